"""What is on record of all documents and commands of a pair."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieout.core.reconciliation.recorded import Known, KnownDocument, Sent
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair
from tieout_simulator.memory.documents import Documents


class Records(Documents):
    """See store.recorded."""

    async def on_record(
        self, pair: Pair
    ) -> AsyncIterator[Sequence[KnownDocument] | Sequence[Sent]]:
        """Every document with its state, then every command with what became of it."""
        await self._turn()
        yield [
            KnownDocument(
                ref, Known(state=row.state, gone=self._gone(pair, ref), reason=row.reason)
            )
            for (of, ref), row in self.document_rows.items()
            if of == pair.id
        ]
        yield [
            Sent(
                ref=row.command.ref,
                key=row.command.key,
                role=row.command.role,
                state=row.state,
                setup_version=row.command.setup_version,
                factor=_factor(row.command.payload),
                at=row.intended_at,
                answer=row.receipt.text if row.receipt and row.state == "refused" else "",
            )
            for row in self._in_order(pair)
        ]

    def _gone(self, pair: Pair, ref: Ref) -> bool:
        row = self.observation_rows.get((pair.id, ref))
        return row is None or row.observation.deleted or row.unlisted


def _factor(payload: Mapping[str, Any]) -> Decimal | None:
    factor = payload.get("currency_factor")
    return Decimal(factor) if factor else None
