"""One company: its name, its tables, who is signed in and what time it is."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from tieout_sandboxes.nav.database import Database, Row

Clock = Callable[[], dt.datetime]


@dataclass
class Company:
    """A company of the NAV database; `clock` answers the time in UTC.

    `lock` is NAV's ledger lock: who writes holds it until his transaction is committed.
    """

    name: str
    database: Database
    user_id: str
    clock: Clock
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def today(self) -> dt.date:
        """NAV's work date."""
        return self.clock().date()

    @property
    def setup(self) -> Row:
        """The General Ledger Setup."""
        return self.database.existing("General Ledger Setup", "")
