"""Writing to pages only while NAV is ours to write to: nothing in NAV would keep a worker out that was succeeded while it stood still."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tieout.connectors.http import Answer, Http, Statuses
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import NavOData
from tieout.core.failures import OutcomeUnknown
from tieout.engine.ports import Keep

# So long may a worker stand still between being told that the lease is its own and sending; the lease lasts six seconds from then on.
STOOD_STILL_S = 3.0


class LeasedOData(NavOData):
    """The entity sets of one company; each write is sent just after the lease was renewed. Before a claim (a check by hand) there is none to renew."""

    def __init__(
        self,
        connection: NavConnection,
        http: Http,
        write_timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(connection, http, write_timeout_s)
        self._clock = clock
        self.keep: Keep | None = None

    async def _send(
        self,
        method: str,
        url: str,
        statuses: Statuses,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        if method != "GET" and self.keep is not None:
            await self._kept(self.keep)
        return await super()._send(method, url, statuses, content=content, headers=headers)

    async def _kept(self, keep: Keep) -> None:
        """Raises Superseded, or OutcomeUnknown if we stood still meanwhile, so that it is not known any more."""
        asked = self._clock()
        await keep()
        if self._clock() - asked > STOOD_STILL_S:
            raise OutcomeUnknown("nav", "stood still before a write")
