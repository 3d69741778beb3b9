"""What both books held up to the days that persons froze."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tieout.core.reconciliation.frozen import Frozen
from tieout.engine.ports import Pair
from tieout_simulator.memory.tables import Memory


class FrozenDays(Memory):
    """See store.frozen."""

    async def freeze(self, pair: Pair, frozen: Frozen) -> None:
        """Keep what both books hold up to a day."""
        await self._turn()
        with self.transaction():
            self.frozen_rows.put((pair.id, len(self.frozen_rows)), frozen)

    async def frozen(self, pair: Pair, *, until: date = date.max) -> Frozen | None:
        """The latest frozen day up to another, as it was frozen last."""
        await self._turn()
        rows = [row for row in self._of(pair) if row.day <= until]
        return max(reversed(rows), key=lambda row: row.day, default=None)

    async def frozen_days(self, pair: Pair) -> Sequence[tuple[date, datetime, str]]:
        """Which days were frozen, when, and by whom."""
        await self._turn()
        return [(row.day, row.at, row.by) for row in self._of(pair)]

    def _of(self, pair: Pair) -> list[Frozen]:
        return [row for (of, _), row in self.frozen_rows.items() if of == pair.id]
