"""Who holds which NAV company, looked at twenty times a second: epochs may only rise, and the time of a takeover is read here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

LOOK_S = 0.05
_LOOK = """
SELECT company.id, company.epoch, coalesce(company.lease_owner, '') AS owner,
  coalesce(extract(epoch FROM company.lease_until), 0)::float AS until, EXISTS (
  SELECT FROM tieout.inbox i JOIN tieout.pair p ON p.id = i.pair_id
  WHERE p.company_id = company.id AND i.version > i.settled_version AND i.due_at <= now()) AS due
FROM tieout.nav_company company
"""


@dataclass(frozen=True)
class Sight:
    """A company at one moment."""

    epoch: int
    owner: str
    until: float
    due: bool


@dataclass(frozen=True)
class Takeover:
    """How long a company with work due stood still after its worker was gone; ``seconds`` is None if nobody came in time."""

    company: int
    seconds: float | None


@dataclass
class Watch:
    """The watch over the database of ``url``."""

    url: Callable[[], str]
    latest: dict[int, Sight] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _connection: psycopg.AsyncConnection[tuple[int, int, str, float, bool]] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Look until cancelled; while the database is away there is nothing to see."""
        while True:
            with suppress(psycopg.Error, OSError):
                await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> dict[int, Sight]:
        """Look now. Raises psycopg.Error while the database is away."""
        async with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await psycopg.AsyncConnection.connect(
                        self.url(), autocommit=True
                    )
                rows = await (await self._connection.execute(_LOOK)).fetchall()
            except (psycopg.Error, OSError):
                await self.close()
                raise
        found = {row[0]: Sight(*row[1:]) for row in rows}
        for company, sight in found.items():
            before = self.latest.get(company)
            if before and sight.epoch < before.epoch:
                self.problems.append(
                    f"the epoch of company {company} fell from {before.epoch} to {sight.epoch}"
                )
        self.latest = found
        return found

    async def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error, OSError):
                await self._connection.close()
            self._connection = None

    def held_by(self, pid: int) -> dict[int, Sight]:
        """The companies that a process holds, as they were seen last."""
        return {c: sight for c, sight in self.latest.items() if f"/{pid}/" in sight.owner}

    async def takeovers(
        self, held: dict[int, Sight], gone: float, patience_s: float
    ) -> list[Takeover]:
        """Wait until other workers have claimed these companies; each is timed from ``gone``, or from when work was due there.

        Who claims before the lease has run out has taken over nothing: the last word of the one that is gone gave it back.
        """
        began = {company: gone for company, sight in held.items() if sight.due}
        found: dict[int, float] = {}
        given_back: set[int] = set()
        while time.monotonic() < gone + patience_s:
            for company in held.keys() - found.keys() - given_back:
                sight = self.latest.get(company, held[company])
                if sight.due:
                    began.setdefault(company, time.monotonic())
                if sight.epoch > held[company].epoch:
                    if time.time() < held[company].until:
                        given_back.add(company)
                    else:
                        found[company] = time.monotonic() - began.get(company, gone)
            if found.keys() | given_back == held.keys():
                break
            await asyncio.sleep(LOOK_S / 2)
        return [Takeover(company, found.get(company)) for company in held.keys() - given_back]


def percentile(values: Collection[float], share: float) -> float:
    """The smallest value that so large a share of all do not exceed; 0 if there are none.

    >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5), percentile([3.0, 1.0], 0.99)
    (2.0, 3.0)
    """
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
