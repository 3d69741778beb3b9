"""What is on record of all documents and commands of a pair, for the tie-out that holds it against both systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from tieout.core.reconciliation.recorded import Known, KnownDocument, Sent
from tieout.engine.ports import Pair
from tieout.store.database import Database, Row, ref_of

_KNOWN = """
SELECT d.kind, d.key, d.state, d.reason, coalesce(o.deleted OR o.unlisted, true) AS gone FROM tieout.document d
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (d.pair_id, d.kind, d.key)
WHERE d.pair_id = :pair
"""

_SENT = """
SELECT kind, key, command_key, role, state, setup_version, payload ->> 'currency_factor' AS factor, intended_at,
  CASE state WHEN 'refused' THEN receipt ->> 'text' END AS answer
FROM tieout.command WHERE pair_id = :pair ORDER BY seq
"""


# So many rows are handed on together.
AT_ONCE = 1000


class Records(Database):
    """All that is on record of a pair."""

    async def on_record(
        self, pair: Pair
    ) -> AsyncIterator[Sequence[KnownDocument] | Sequence[Sent]]:
        """Every document with its state, then every command with what became of it; some at a time."""
        async with self.transaction() as tx:
            async for rows in tx.some(_KNOWN, AT_ONCE, pair=pair.id):
                yield [KnownDocument(ref_of(row), _known(row)) for row in rows]
            async for rows in tx.some(_SENT, AT_ONCE, pair=pair.id):
                yield [_sent(row) for row in rows]


def _known(row: Row) -> Known:
    return Known(state=row.state, gone=row.gone, reason=row.reason)


def _sent(row: Row) -> Sent:
    return Sent(
        ref=ref_of(row),
        key=row.command_key,
        role=row.role,
        state=row.state,
        setup_version=row.setup_version,
        factor=Decimal(row.factor) if row.factor else None,
        at=row.intended_at,
        answer=row.answer or "",
    )
