"""Lines that stand still, connections that are left alone, and how much was written in a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from tieout.core.decision.breaker import Breaker, after_failure
from tieout.core.failures import Failure
from tieout.engine.ports import Pair, Volume
from tieout.store.database import Database, Row

System = Literal["freshbooks", "nav"]
# Whoever looks whether a connection works again has so long for it.
PROBE_S = 30.0

_STOP = """
INSERT INTO tieout.line_stop (pair_id, cause, reason, since) VALUES (:pair, :cause, :reason, :now)
ON CONFLICT (pair_id) DO NOTHING
"""

_FAILED = """
INSERT INTO tieout.breaker (system, connection_id, failures, open_until, since, reason)
VALUES (:system, :id, :failures, :open_until, :since, :reason)
ON CONFLICT (system, connection_id) DO UPDATE
SET failures = excluded.failures, open_until = excluded.open_until, reason = excluded.reason
"""

# Half open: the one whose update succeeds may try, the others wait for what it finds.
_PROBE = """
UPDATE tieout.breaker SET open_until = :until
WHERE system = :system AND connection_id = :id AND open_until <= :now
"""

_VOLUME = """
SELECT coalesce(c.payload ->> 'currency_code', '') AS currency, count(*) AS documents, coalesce(sum(
  (SELECT sum(abs((line ->> 'amount')::numeric)) FROM jsonb_array_elements(c.payload -> 'lines') line
   WHERE line ->> 'account_type' = 'Customer')), 0) AS amount
FROM tieout.command c
WHERE c.pair_id = :pair AND c.role IN ('post', 'reverse') AND c.intended_at >= :since
  AND c.state NOT IN ('abandoned', 'refused')
GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why a line stands still, and since when."""

    cause: str
    reason: str
    since: datetime


class Lines(Database):
    """What runs and what does not."""

    async def stop_line(self, pair: Pair, *, cause: str, reason: str, now: datetime) -> None:
        """Let nothing of this pair be worked until a person releases it; an earlier reason stays."""
        async with self.transaction() as tx:
            await tx.run(_STOP, pair=pair.id, cause=cause, reason=reason, now=now)

    async def stop_of(self, pair: Pair) -> Stop | None:
        """Why this pair's line stands still; None if it runs."""
        async with self.transaction() as tx:
            row = await tx.row("SELECT * FROM tieout.line_stop WHERE pair_id = :pair", pair=pair.id)
        return row and Stop(cause=row.cause, reason=row.reason, since=row.since)

    async def release_line(self, pair: Pair) -> Stop | None:
        """Let the line run again; why it stood still, None if it did not."""
        async with self.transaction() as tx:
            row = await tx.row(
                "DELETE FROM tieout.line_stop WHERE pair_id = :pair RETURNING *", pair=pair.id
            )
        return row and Stop(cause=row.cause, reason=row.reason, since=row.since)

    async def connection_id(self, pair: Pair, system: System) -> int:
        """What a breaker is kept for: the FreshBooks connection, or the NAV company."""
        if system == "nav":
            return pair.company_id
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT freshbooks_id FROM tieout.pair WHERE id = :pair", pair=pair.id
            )
        assert row is not None, f"pair {pair.name} is gone"
        return int(row.freshbooks_id)

    async def may_call(self, system: System, connection_id: int, *, now: datetime) -> bool:
        """Whether a connection may be called: it works, or it is this caller's turn to see whether it does again."""
        async with self.transaction() as tx:
            found = await tx.row(
                "SELECT open_until FROM tieout.breaker WHERE system = :system AND connection_id = :id",
                system=system,
                id=connection_id,
            )
            if found is None or found.open_until is None:
                return True
            until = now + timedelta(seconds=PROBE_S)
            probe = await tx.run(_PROBE, system=system, id=connection_id, now=now, until=until)
            return bool(probe.rowcount)

    async def call_failed(
        self, system: System, connection_id: int, failure: Failure, *, now: datetime, dice: float
    ) -> Breaker:
        """Note that a connection failed; how it stands now."""
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT * FROM tieout.breaker WHERE system = :system AND connection_id = :id FOR UPDATE",
                system=system,
                id=connection_id,
            )
            after = after_failure(row and _breaker_of(row), failure, now, dice)
            await tx.run(
                _FAILED,
                system=system,
                id=connection_id,
                failures=after.failures,
                open_until=after.open_until,
                since=after.since,
                reason=after.reason,
            )
        return after

    async def call_succeeded(self, system: System, connection_id: int) -> bool:
        """Note that a connection works; whether it had failed before."""
        async with self.transaction() as tx:
            gone = await tx.run(
                "DELETE FROM tieout.breaker WHERE system = :system AND connection_id = :id",
                system=system,
                id=connection_id,
            )
        return bool(gone.rowcount)

    async def breaker_of(self, system: System, connection_id: int) -> Breaker | None:
        """How a connection has failed; None if it works."""
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT * FROM tieout.breaker WHERE system = :system AND connection_id = :id",
                system=system,
                id=connection_id,
            )
        return row and _breaker_of(row)

    async def intended_since(self, pair: Pair, since: datetime) -> Sequence[Volume]:
        """How many postings and reversals were intended since then, and their amounts, by currency."""
        async with self.transaction() as tx:
            rows = await tx.rows(_VOLUME, pair=pair.id, since=since)
        return [
            Volume(currency=row.currency, documents=row.documents, amount=Decimal(row.amount))
            for row in rows
        ]


def _breaker_of(row: Row) -> Breaker:
    return Breaker(
        failures=row.failures, since=row.since, reason=row.reason, open_until=row.open_until
    )
