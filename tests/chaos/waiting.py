"""Waiting until something is true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(true: Callable[[], Awaitable[bool]], patience_s: float) -> bool:
    """Wait until something is true; False if patience ran out."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience_s
    while loop.time() < end:
        if await true():
            return True
        await asyncio.sleep(0.1)
    return False
