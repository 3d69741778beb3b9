"""What is on record of all documents and commands of a pair, for the tie-out that holds it against both systems."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.reconciliation.recorded import Known, Recorded, Sent
from tieout.engine.ports import Pair
from tieout.store.database import Database, ref_of

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


class Records(Database):
    """All that is on record of a pair."""

    async def recorded(self, pair: Pair, user: str) -> Recorded:
        """Every document with its state, every command with what became of it. ``user`` is who posts, empty where persons do."""
        async with self.transaction() as tx:
            documents = await tx.rows(_KNOWN, pair=pair.id)
            commands = await tx.rows(_SENT, pair=pair.id)
        return Recorded(
            documents={
                ref_of(row): Known(state=row.state, gone=row.gone, reason=row.reason)
                for row in documents
            },
            commands=[
                Sent(
                    ref=ref_of(row),
                    key=row.command_key,
                    role=row.role,
                    state=row.state,
                    setup_version=row.setup_version,
                    factor=Decimal(row.factor) if row.factor else None,
                    at=row.intended_at,
                    answer=row.answer or "",
                )
                for row in commands
            ],
            user=user,
        )
