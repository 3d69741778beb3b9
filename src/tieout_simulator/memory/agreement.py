"""What tie-outs have found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tieout.core.reconciliation.agreement import OpenDifference, Scope, TieoutMade, subject_of
from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.engine.ports import Pair
from tieout.store.agreement import RECONCILE_S
from tieout_simulator.memory.tables import Memory


class Agreement(Memory):
    """See store.agreement."""

    async def note_tie_out(
        self,
        pair: Pair,
        differences: Sequence[Difference],
        *,
        agrees: bool,
        now: datetime,
        snapshot: Snapshot | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Note what a tie-out found."""
        await self._turn()
        first = {subject_of(d): d for d in reversed(differences)}
        with self.transaction():
            self.tie_out_rows.put(
                (pair.id, len(self.tie_out_rows)),
                TieoutMade(at=now, agrees=agrees, snapshot=snapshot, daily=scope is not None),
            )
            for key in [k for k in self.difference_rows if k[0] == pair.id and k[1] not in first]:
                if scope is None or scope.covers(key[1][0], key[1][2]):
                    self.difference_rows.drop(key)
            for subject, difference in reversed(first.items()):
                known = self.difference_rows.get((pair.id, subject))
                new = OpenDifference(
                    difference=difference, since=known.since if known else now, seen=now
                )
                self.difference_rows.put((pair.id, subject), new)

    async def open_differences(self, pair: Pair) -> Sequence[OpenDifference]:
        """The differences that the last tie-out found, the oldest first."""
        await self._turn()
        found = [row for (of, _), row in self.difference_rows.items() if of == pair.id]
        return sorted(found, key=lambda row: row.since)

    async def tie_outs(self, pair: Pair, *, since: datetime) -> Sequence[TieoutMade]:
        """The tie-outs from the last one before that moment on."""
        await self._turn()
        rows = [row for (of, _), row in self.tie_out_rows.items() if of == pair.id]
        found = [replace(row, snapshot=None) for row in rows]
        found.sort(key=lambda look: look.at)
        before = [look for look in found if look.at <= since][-1:]
        return [*before, *(look for look in found if look.at > since)]

    async def last_tie_out(self, pair: Pair, *, whole: bool = False) -> TieoutMade | None:
        """The last one whose snapshot was kept."""
        await self._turn()
        return max(self._kept(pair, whole=whole), key=lambda made: made.at, default=None)

    async def tie_out_after(self, pair: Pair, moment: datetime) -> TieoutMade | None:
        """The first one after a moment that looked at everything."""
        await self._turn()
        later = [made for made in self._kept(pair, whole=True) if made.at >= moment]
        return min(later, key=lambda made: made.at, default=None)

    def _kept(self, pair: Pair, *, whole: bool) -> list[TieoutMade]:
        made = [row for (of, _), row in self.tie_out_rows.items() if of == pair.id]
        return [one for one in made if one.snapshot is not None and not (whole and one.daily)]

    async def tie_outs_due(self, *, now: datetime) -> Sequence[int]:
        """Pairs whose time to be tied out has come."""
        await self._turn()
        with self.transaction():
            due = [p for p in self.pairs_by_id.values() if self.tie_out_times.get(p.id, now) <= now]
            for pair in due:
                pause_s = float(pair.settings.get("reconcile_interval_s", RECONCILE_S))
                self.tie_out_times.put(pair.id, now + timedelta(seconds=pause_s))
        return [pair.id for pair in due]
