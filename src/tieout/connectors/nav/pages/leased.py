"""Writing to pages only while NAV is ours to write to: nothing in NAV would keep a worker out that was succeeded while it stood still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from tieout.connectors.http import Http
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import NavOData
from tieout.core.failures import OutcomeUnknown
from tieout.engine.ports import Keep

# So long may a worker stand still between being told that the lease is its own and sending; the lease lasts six seconds from then on.
STOOD_STILL_S = 3.0


class LeasedOData(NavOData):
    """The entity sets of one company; each write is sent just after the lease of the task that writes was renewed.

    Of the task and not of the process: one that stood still may begin a second drain before the first learns that it was succeeded. Before any claim
    (a check by hand) there is no lease to renew.
    """

    def __init__(
        self,
        connection: NavConnection,
        http: Http,
        write_timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(connection, http, write_timeout_s)
        self._clock = clock
        self._keeps: WeakKeyDictionary[asyncio.Task[Any], Keep] = WeakKeyDictionary()
        self._claimed = False

    def claimed(self, keep: Keep | None) -> None:
        """From now on this task writes under the lease that ``keep`` renews."""
        task = asyncio.current_task()
        if task is not None and keep is not None:
            self._keeps[task], self._claimed = keep, True

    async def _about_to_write(self) -> None:
        """Raises Superseded, or OutcomeUnknown if we stood still meanwhile, so that it is not known any more."""
        task = asyncio.current_task()
        keep = self._keeps.get(task) if task is not None else None
        if keep is None:
            assert not self._claimed, "a write by a task that has not claimed"
            return
        asked = self._clock()
        await keep()
        if self._clock() - asked > STOOD_STILL_S:
            raise OutcomeUnknown("nav", "stood still before a write")
