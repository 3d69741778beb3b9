"""What tie-outs have found: when each was made, and every difference from the first that saw it to the first that did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tieout.core.reconciliation.agreement import OpenDifference, Scope, TieoutMade, subject_of
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.engine.ports import Pair
from tieout.store.database import Database, Row, to_json

# A day, if the settings of the pair do not say.
RECONCILE_S = 86_400

_MADE = """
INSERT INTO tieout.tie_out (pair_id, at, agrees, daily, snapshot)
VALUES (:pair, :now, :agrees, :daily, CAST(:snapshot AS jsonb))
"""

_END = """
UPDATE tieout.difference SET ended_at = :now WHERE pair_id = :pair AND ended_at IS NULL
  AND (NOT :daily OR (invariant = ANY(:invariants) AND subject = ANY(:subjects)))
  AND NOT EXISTS (
    SELECT 1 FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (invariant text, kind text, subject text)
    WHERE (new.invariant, new.kind, new.subject) = (difference.invariant, difference.kind, difference.subject)
  )
"""

_FIND = """
INSERT INTO tieout.difference AS stored (pair_id, invariant, kind, subject, freshbooks, nav, text, cause, since, seen)
SELECT :pair, invariant, kind, subject, freshbooks, nav, text, cause, :now, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS new (invariant text, kind text, subject text, freshbooks numeric, nav numeric, text text, cause text)
ON CONFLICT (pair_id, invariant, kind, subject) WHERE ended_at IS NULL
DO UPDATE SET freshbooks = excluded.freshbooks, nav = excluded.nav, text = excluded.text, cause = excluded.cause,
  seen = excluded.seen
"""

_OPEN = """
SELECT invariant, kind, subject, freshbooks, nav, text, cause, since, seen FROM tieout.difference
WHERE pair_id = :pair AND ended_at IS NULL ORDER BY since, seq
"""

# The last one before that moment too: what came between it and the first afterwards is known as well.
_SINCE = """
SELECT at, agrees, daily FROM tieout.tie_out WHERE pair_id = :pair AND at >= COALESCE(
  (SELECT max(at) FROM tieout.tie_out WHERE pair_id = :pair AND at <= :since), :since
) ORDER BY at
"""

_LAST = """
SELECT at, agrees, daily, snapshot FROM tieout.tie_out
WHERE pair_id = :pair AND snapshot IS NOT NULL AND NOT (:whole AND daily) ORDER BY at DESC LIMIT 1
"""

_FIRST = """
SELECT at, agrees, daily, snapshot FROM tieout.tie_out
WHERE pair_id = :pair AND snapshot IS NOT NULL AND at >= :since AND NOT daily ORDER BY at LIMIT 1
"""

# Whoever sets the next time has the tie-out; a pair that was never tied out is due at once.
_TAKE = """
INSERT INTO tieout.tie_out_due AS stored (pair_id, next_at)
SELECT id, :now + make_interval(secs => COALESCE((settings ->> 'reconcile_interval_s')::float8, :default_s))
FROM tieout.pair
ON CONFLICT (pair_id) DO UPDATE SET next_at = excluded.next_at WHERE stored.next_at <= :now
RETURNING pair_id
"""


class Agreement(Database):
    """How both books stood, tie-out by tie-out."""

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
        """Note what a tie-out found. A difference that is open already keeps its beginning; one that was not found any more has ended.

        ``agrees`` is whether there was nothing but what was on its way. ``scope`` is what a daily run looked at; what it did not look at is not ended.
        """
        first = {subject_of(d): d for d in reversed(differences)}
        rows = to_json(
            [
                {
                    "invariant": d.invariant,
                    "kind": str(d.kind),
                    "subject": d.subject,
                    "freshbooks": d.freshbooks,
                    "nav": d.nav,
                    "text": d.text,
                    "cause": d.cause,
                }
                for d in reversed(first.values())
            ]
        )
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            await tx.run(
                _MADE,
                pair=pair.id,
                now=now,
                agrees=agrees,
                daily=scope is not None,
                snapshot=None if snapshot is None else to_json(snapshot),
            )
            await tx.run(
                _END,
                pair=pair.id,
                now=now,
                rows=rows,
                daily=scope is not None,
                invariants=sorted(scope.invariants) if scope else [],
                subjects=sorted(scope.subjects) if scope else [],
            )
            await tx.run(_FIND, pair=pair.id, now=now, rows=rows)

    async def open_differences(self, pair: Pair) -> Sequence[OpenDifference]:
        """The differences that the last tie-out found, the oldest first."""
        async with self.transaction() as tx:
            rows = await tx.rows(_OPEN, pair=pair.id)
        return [
            OpenDifference(
                difference=Difference(
                    invariant=row.invariant,
                    kind=Break(row.kind),
                    subject=row.subject,
                    freshbooks=row.freshbooks,
                    nav=row.nav,
                    text=row.text,
                    cause=row.cause,
                ),
                since=row.since,
                seen=row.seen,
            )
            for row in rows
        ]

    async def tie_outs(self, pair: Pair, *, since: datetime) -> Sequence[TieoutMade]:
        """The tie-outs from the last one before that moment on, in their order."""
        async with self.transaction() as tx:
            rows = await tx.rows(_SINCE, pair=pair.id, since=since)
        return [TieoutMade(at=row.at, agrees=row.agrees, daily=row.daily) for row in rows]

    async def last_tie_out(self, pair: Pair, *, whole: bool = False) -> TieoutMade | None:
        """The last one whose snapshot was kept; ``whole``: that looked at everything."""
        async with self.transaction() as tx:
            return _made(await tx.rows(_LAST, pair=pair.id, whole=whole))

    async def tie_out_after(self, pair: Pair, moment: datetime) -> TieoutMade | None:
        """The first one after a moment that looked at everything, and whose snapshot was kept."""
        async with self.transaction() as tx:
            return _made(await tx.rows(_FIRST, pair=pair.id, since=moment))

    async def tie_outs_due(self, *, now: datetime) -> Sequence[int]:
        """Pairs whose time to be tied out has come; each is given to one caller only, and its next time is set."""
        async with self.transaction() as tx:
            return [row.pair_id for row in await tx.rows(_TAKE, now=now, default_s=RECONCILE_S)]


def _made(rows: Sequence[Row]) -> TieoutMade | None:
    """The tie-out of the only row, if there is one."""
    for row in rows:
        snapshot = msgspec.convert(row.snapshot, Snapshot)
        return TieoutMade(at=row.at, agrees=row.agrees, snapshot=snapshot, daily=row.daily)
    return None
