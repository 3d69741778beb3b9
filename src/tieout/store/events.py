"""Derived events: what FreshBooks does not announce. Each happens once, ends when it is no longer true, and may happen again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tieout.core.records.identity import Kind
from tieout.engine.ports import Pair, Shelf
from tieout.store.database import Database, Transaction, to_json

PAID, OVERDUE = "invoice.paid", "invoice.overdue"

_BEGIN = """
INSERT INTO tieout.derived_event (pair_id, name, key, at)
SELECT :pair, :name, key, :now FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (key text)
ON CONFLICT (pair_id, name, key) WHERE ended_at IS NULL DO NOTHING
"""

_END = """
UPDATE tieout.derived_event e SET ended_at = :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (key text)
WHERE e.pair_id = :pair AND e.name = :name AND e.key = new.key AND e.ended_at IS NULL
"""

_OVERDUE = """
INSERT INTO tieout.derived_event (pair_id, name, key, at)
SELECT pair_id, 'invoice.overdue', key, :now FROM tieout.document
WHERE pair_id = :pair AND kind = 'invoice' AND due_on < :today AND outstanding > 0
ON CONFLICT (pair_id, name, key) WHERE ended_at IS NULL DO NOTHING
"""

_NOT_OVERDUE = """
UPDATE tieout.derived_event e SET ended_at = :now FROM tieout.document d
WHERE e.pair_id = :pair AND e.name = 'invoice.overdue' AND e.ended_at IS NULL
  AND (d.pair_id, d.kind, d.key) = (e.pair_id, 'invoice', e.key)
  AND (d.due_on >= :today OR d.outstanding <= 0) IS TRUE
"""

_EVENTS = """
SELECT e.seq, e.name, e.key, e.at, e.ended_at, coalesce(d.number, '') AS number
FROM tieout.derived_event e
LEFT JOIN tieout.document d ON (d.pair_id, d.kind, d.key) = (e.pair_id, 'invoice', e.key)
WHERE e.pair_id = :pair AND e.seq > :after ORDER BY e.seq LIMIT :limit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedEvent:
    """What happened to an invoice: ``seq`` grows, so that a reader goes on where it was; ``ended_at`` is set once it is no longer true."""

    seq: int
    name: str
    invoice: str
    number: str
    at: datetime
    ended_at: datetime | None


class Events(Database):
    """What was derived."""

    async def derive_overdue(self, pair: Pair, *, today: date, now: datetime) -> int:
        """Note the invoices that are overdue on this day of the business's calendar; how many are so newly."""
        async with self.transaction() as tx:
            await tx.run(_NOT_OVERDUE, pair=pair.id, today=today, now=now)
            return (await tx.run(_OVERDUE, pair=pair.id, today=today, now=now)).rowcount

    async def derived_events(
        self, pair: Pair, *, after: int = 0, limit: int = 1000
    ) -> Sequence[DerivedEvent]:
        """The events after a number, in the order in which they were noted."""
        async with self.transaction() as tx:
            rows = await tx.rows(_EVENTS, pair=pair.id, after=after, limit=limit)
        return [
            DerivedEvent(
                seq=row.seq,
                name=row.name,
                invoice=row.key,
                number=row.number,
                at=row.at,
                ended_at=row.ended_at,
            )
            for row in rows
        ]


async def derive_paid(
    tx: Transaction, pair_id: int, shelves: Sequence[Shelf], now: datetime
) -> None:
    """Note which of these invoices are paid, and which are not any more."""
    invoices = [shelf for shelf in shelves if shelf.ref.kind is Kind.INVOICE]
    for sql, paid in ((_BEGIN, True), (_END, False)):
        keys = sorted({shelf.ref.key for shelf in invoices if shelf.paid is paid})
        if keys:
            rows = to_json([{"key": key} for key in keys])
            await tx.run(sql, pair=pair_id, name=PAID, rows=rows, now=now)
