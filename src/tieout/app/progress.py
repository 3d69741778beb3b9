"""How far long work has come: one line on standard error, for a person at a terminal only."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from tieout.core.failures import Failure

EVERY_S = 0.5
CLEAR_LINE = "\r\x1b[K"


@asynccontextmanager
async def shown(tell: Callable[[], Awaitable[str]]) -> AsyncIterator[None]:
    """Show twice a second what ``tell`` says, and wipe it away at the end. Into a file or a pipe nothing is written."""
    if not sys.stderr.isatty():
        yield
        return
    teller = asyncio.create_task(_keep_telling(tell))
    try:
        yield
    finally:
        teller.cancel()
        with suppress(asyncio.CancelledError):
            await teller
        _write(CLEAR_LINE)


async def _keep_telling(tell: Callable[[], Awaitable[str]]) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        with suppress(Failure):
            _write(CLEAR_LINE + await tell())


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
