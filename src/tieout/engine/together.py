"""Work side by side that ends together."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all at once until the first fails or the caller is cancelled; then the others are cancelled, and awaited until they have ended in order.

    ``asyncio.gather`` is over with the first that is cancelled, while others still tidy up.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            if not task.cancelling():  # a second time would cut its tidying short
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
