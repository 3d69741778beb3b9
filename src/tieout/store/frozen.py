"""What both books held up to the days that persons froze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from tieout.core.reconciliation.frozen import Document, Frozen
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair
from tieout.store.database import Database, Row, to_json

_FREEZE = """
INSERT INTO tieout.frozen (pair_id, day, at, by, content) VALUES (:pair, :day, :at, :by, CAST(:content AS jsonb))
"""

# Of a day that was frozen anew, the last.
_FROZEN = """
SELECT day, at, by, content FROM tieout.frozen WHERE pair_id = :pair AND day <= :until ORDER BY day DESC, seq DESC LIMIT 1
"""

_DAYS = "SELECT day, at, by FROM tieout.frozen WHERE pair_id = :pair ORDER BY seq"


class FrozenDays(Database):
    """The frozen past of each pair."""

    async def freeze(self, pair: Pair, frozen: Frozen) -> None:
        """Keep what both books hold up to a day; what was kept of it before stays on record."""
        async with self.transaction() as tx:
            await tx.run(
                _FREEZE,
                pair=pair.id,
                day=frozen.day,
                at=frozen.at,
                by=frozen.by,
                content=to_json(_content(frozen)),
            )

    async def frozen(self, pair: Pair, *, until: date = date.max) -> Frozen | None:
        """The latest frozen day up to another, as it was frozen last; None if there is none."""
        async with self.transaction() as tx:
            rows = await tx.rows(_FROZEN, pair=pair.id, until=until)
        return _frozen(rows[0]) if rows else None

    async def frozen_days(self, pair: Pair) -> Sequence[tuple[date, datetime, str]]:
        """Which days were frozen, when, and by whom; in the order in which that was done."""
        async with self.transaction() as tx:
            return [(row.day, row.at, row.by) for row in await tx.rows(_DAYS, pair=pair.id)]


def _content(frozen: Frozen) -> Mapping[str, object]:
    """Amounts as text: they stay as they are."""
    return {
        "entry_no": frozen.entry_no,
        "debits": str(frozen.debits),
        "accounts": {no: str(amount) for no, amount in frozen.accounts.items()},
        "setup": frozen.setup,
        "documents": {
            str(ref): [one.day.isoformat(), one.client, str(one.amount), one.currency]
            for ref, one in frozen.documents.items()
        },
    }


def _frozen(row: Row) -> Frozen:
    content = row.content
    return Frozen(
        day=row.day,
        at=row.at,
        by=row.by,
        entry_no=content["entry_no"],
        debits=Decimal(content["debits"]),
        accounts={no: Decimal(amount) for no, amount in content["accounts"].items()},
        setup=content["setup"],
        documents={
            Ref.parse(ref): Document(
                day=date.fromisoformat(day),
                client=client,
                amount=Decimal(amount),
                currency=currency,
            )
            for ref, (day, client, amount, currency) in content["documents"].items()
        },
    )
