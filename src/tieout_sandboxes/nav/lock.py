"""NAV's lock: one transaction writes at a time, the others wait and then give up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.switches import Switches


@asynccontextmanager
async def writing(lock: asyncio.Lock, table: str, switches: Switches) -> AsyncIterator[None]:
    """Holds the lock; raises NavError "lock" after the time a database waits for one."""
    try:
        await asyncio.wait_for(lock.acquire(), switches["lock_timeout_ms"] / 1000)
    except TimeoutError:
        raise NavError(
            "lock",
            f"The operation could not complete because a record in the {table} table was locked "
            "by another user. Please retry the activity.",
        ) from None
    try:
        yield
    finally:
        lock.release()
