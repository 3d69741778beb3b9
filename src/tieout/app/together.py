"""Several readings at the same time; where one fails, the others are not carried to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*jobs: Awaitable[Any]) -> list[Any]:
    """Their results in order."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
