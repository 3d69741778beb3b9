"""Writing to pages only while NAV is ours to write to: nothing in NAV would keep a worker out that was succeeded while it stood still."""

from __future__ import annotations

import time
from collections.abc import Callable

from tieout.connectors.http import Http
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

    async def _about_to_write(self) -> None:
        """Raises Superseded, or OutcomeUnknown if we stood still meanwhile, so that it is not known any more."""
        if self.keep is None:
            return
        asked = self._clock()
        await self.keep()
        if self._clock() - asked > STOOD_STILL_S:
            raise OutcomeUnknown("nav", "stood still before a write")
