"""The inbox: what is to be looked at again, each document once, however often it was announced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Claimed, Observation, Pair, Priority
from tieout.store.database import Database, Row, Transaction, ref_of, refs_json, to_json
from tieout.store.observed import news, observation_of, write_observations

_PENDING = """
INSERT INTO tieout.document AS stored (pair_id, kind, key, state, since)
SELECT :pair, kind, key, 'pending', :since
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text)
ON CONFLICT (pair_id, kind, key) DO UPDATE
SET state = 'pending', reason = '', findings = '[]', since = excluded.since
WHERE :changed AND stored.state <> 'pending'
"""

# A row that is due already keeps its place in the queue; one that waits for a retry is brought forward.
_RAISE = """
INSERT INTO tieout.inbox AS stored (pair_id, kind, key, due_at, cause, priority)
SELECT :pair, kind, key, :now, :cause, :priority
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text)
ON CONFLICT (pair_id, kind, key) DO UPDATE
SET version = stored.version + 1, cause = excluded.cause,
  due_at = CASE WHEN stored.version > stored.settled_version
    THEN least(stored.due_at, excluded.due_at) ELSE excluded.due_at END,
  priority = CASE WHEN stored.version > stored.settled_version
    THEN least(stored.priority, excluded.priority) ELSE excluded.priority END,
  attempts = CASE WHEN :changed THEN 0 ELSE stored.attempts END,
  failures = CASE WHEN :changed THEN 0 ELSE stored.failures END,
  reason = CASE WHEN :changed THEN '' ELSE stored.reason END
"""

_CURSOR = """
INSERT INTO tieout.cursor (pair_id, value) VALUES (:pair, CAST(:value AS jsonb))
ON CONFLICT (pair_id) DO UPDATE SET value = excluded.value
"""

_CLAIMED = """
SELECT i.kind, i.key, i.version, i.attempts, i.failures, i.priority, o.content, o.hash, o.updated_at, o.deleted
FROM tieout.inbox i
LEFT JOIN tieout.observation o
  ON (o.pair_id, o.kind, o.key) = (i.pair_id, i.kind, i.key) AND o.version = i.version
WHERE i.pair_id = :pair AND i.version > i.settled_version
"""

_DUE = """ AND i.due_at <= :now AND NOT EXISTS
  (SELECT FROM tieout.line_stop s WHERE s.pair_id = i.pair_id)
ORDER BY i.priority, i.due_at, i.kind = 'payment', length(i.key), i.key LIMIT :limit
"""

_OF_REFS = """ AND (i.kind, i.key) IN
(SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_UNSETTLED = (
    "SELECT kind, key FROM tieout.inbox WHERE pair_id = :pair AND version > settled_version"
)

_DUE_COMPANIES = """
SELECT id FROM tieout.nav_company company
WHERE EXISTS (
  SELECT FROM tieout.inbox i JOIN tieout.pair p ON p.id = i.pair_id
  WHERE p.company_id = company.id AND i.version > i.settled_version AND i.due_at <= :now AND NOT EXISTS
  (SELECT FROM tieout.line_stop s WHERE s.pair_id = i.pair_id))
ORDER BY id
"""

_LIVE_DUE = """
SELECT EXISTS (SELECT FROM tieout.inbox i WHERE i.pair_id = ANY (CAST(:pairs AS bigint[]))
  AND i.priority = 0 AND i.version > i.settled_version AND i.due_at <= :now AND NOT EXISTS
  (SELECT FROM tieout.line_stop s WHERE s.pair_id = i.pair_id)) AS found
"""

_KNOWN = """
SELECT kind, key FROM tieout.observation WHERE pair_id = :pair AND kind = :kind AND NOT unlisted
"""

_KNOWN_COUNTS = """
SELECT kind, count(*) AS known FROM tieout.observation WHERE pair_id = :pair AND NOT unlisted GROUP BY kind
"""

_UNLISTED = """
UPDATE tieout.observation o SET unlisted = :unlisted
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text)
WHERE (o.pair_id, o.kind, o.key) = (:pair, new.kind, new.key) AND o.unlisted <> :unlisted
"""


_ANALYZE = "ANALYZE tieout.document, tieout.inbox, tieout.observation, tieout.command"
# From how many rows on a plan for an empty table hurts.
MANY = 200


class Inbox(Database):
    """What was noted and what of it is due."""

    _accepted, _measured_at = 0, MANY // 2

    async def accept(
        self,
        pair: Pair,
        *,
        now: datetime,
        observations: Sequence[Observation] = (),
        refs: Collection[Ref] = (),
        cursor: Mapping[str, Any] | None = None,
        cause: str = "poll",
        priority: Priority = Priority.LIVE,
    ) -> int:
        """Note what is to be looked at, whole or not at all; how many inbox rows were raised, all of which are due then."""
        how = partial(note, now=now, cause=cause, priority=priority)
        async with self.transaction("accept") as tx:
            await tx.lock_pair(pair.id)
            changed, doubtful = await news(tx, pair.id, observations)
            known = {each.ref for each in changed}
            due = await how(tx, pair.id, known | doubtful, changed=True)
            others = set(refs) - known - doubtful
            due += await how(tx, pair.id, others, changed=False)
            await write_observations(tx, pair.id, changed, arrived=True)
            if cursor is not None:
                await tx.run(_CURSOR, pair=pair.id, value=to_json(cursor))
        await self._measure_again(due)
        return due

    async def _measure_again(self, accepted: int) -> None:
        """Let PostgreSQL count its rows whenever they may have doubled: plans that it made for empty tables (foreign keys) read whole tables for ever."""
        self._accepted += accepted
        if self._accepted < self._measured_at * 2:
            return
        self._measured_at = self._accepted
        async with self.transaction() as tx:
            await tx.run(_ANALYZE)

    async def cursor(self, pair: Pair) -> Mapping[str, Any]:
        """Where the last accepted page ended."""
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT value FROM tieout.cursor WHERE pair_id = :pair", pair=pair.id
            )
        return {} if row is None else dict(row.value)

    async def due(self, pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        """What is due, live before backfill and never both at once, the longest due first; of what became due together, payments last."""
        async with self.transaction() as tx:
            rows = await tx.rows(_CLAIMED + _DUE, pair=pair.id, now=now, limit=limit)
        return [_claimed_of(row) for row in rows if row.priority == rows[0].priority]

    async def live_due(self, pairs: Collection[Pair], *, now: datetime) -> bool:
        """Whether something live is due for one of these pairs."""
        async with self.transaction() as tx:
            row = await tx.row(_LIVE_DUE, pairs=[pair.id for pair in pairs], now=now)
        return bool(row and row.found)

    async def claimed(self, pair: Pair, refs: Collection[Ref]) -> Sequence[Claimed]:
        """Those of these documents that are unsettled, due or not."""
        if not refs:
            return []
        async with self.transaction() as tx:
            rows = await tx.rows(_CLAIMED + _OF_REFS, pair=pair.id, rows=refs_json(refs))
        return [_claimed_of(row) for row in rows]

    async def unsettled(self, pair: Pair) -> frozenset[Ref]:
        """The documents that wait to be looked at, due or not."""
        async with self.transaction() as tx:
            rows = await tx.rows(_UNSETTLED, pair=pair.id)
        return frozenset(map(ref_of, rows))

    async def companies_due(self, *, now: datetime) -> Sequence[int]:
        """The NAV companies for which something is due: the sweep sees to it that each has a job."""
        async with self.transaction() as tx:
            return [row.id for row in await tx.rows(_DUE_COMPANIES, now=now)]

    async def known(self, pair: Pair, kind: Kind) -> frozenset[Ref]:
        """All records of a kind that were ever read, deleted ones too, without those that are accepted as unlisted."""
        async with self.transaction() as tx:
            rows = await tx.rows(_KNOWN, pair=pair.id, kind=str(kind))
        return frozenset(map(ref_of, rows))

    async def known_counts(self, pair: Pair) -> Mapping[Kind, int]:
        """How many there are of each kind of what ``known`` tells."""
        async with self.transaction() as tx:
            rows = await tx.rows(_KNOWN_COUNTS, pair=pair.id)
        return {Kind(row.kind): row.known for row in rows}

    async def mark_unlisted(self, pair: Pair, refs: Collection[Ref], *, unlisted: bool) -> None:
        """Note that no list shows these records any more, or again."""
        if refs:
            async with self.transaction() as tx:
                await tx.run(_UNLISTED, pair=pair.id, rows=refs_json(refs), unlisted=unlisted)


async def note(
    tx: Transaction,
    pair_id: int,
    refs: Collection[Ref],
    *,
    now: datetime,
    cause: str,
    changed: bool,
    priority: Priority = Priority.LIVE,
) -> int:
    """Raise the inbox version of documents, making those that are new; how many. With ``changed`` they become pending and their attempts begin anew."""
    if not refs:
        return 0
    rows = refs_json(sorted(refs))
    await tx.run(_PENDING, pair=pair_id, rows=rows, since=now, changed=changed)
    raised = await tx.run(
        _RAISE,
        pair=pair_id,
        rows=rows,
        now=now,
        cause=cause,
        changed=changed,
        priority=int(priority),
    )
    return raised.rowcount


def _claimed_of(row: Row) -> Claimed:
    return Claimed(
        ref=ref_of(row),
        version=row.version,
        attempts=row.attempts,
        failures=row.failures,
        priority=Priority(row.priority),
        observation=observation_of(row),
    )
