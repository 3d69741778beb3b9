"""The inbox: what is to be looked at again, each document once, however often it was announced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tieout.core.decision.plan import State
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Claimed, Observation, Pair, Priority
from tieout_simulator.memory.tables import (
    DocumentRow,
    InboxRow,
    Memory,
    ObservationRow,
    as_stored,
)


class Inbox(Memory):
    """See store.inbox and store.observed."""

    async def accept(
        self,
        pair: Pair,
        *,
        now: datetime,
        observations: Sequence[Observation] = (),
        refs: Collection[Ref] = (),
        cursor: Mapping[str, Any] | None = None,
        cause: str = "poll",  # noqa: ARG002 - for people who look into the table
        priority: Priority = Priority.LIVE,
    ) -> int:
        """Note what is to be looked at, whole or not at all; how many inbox rows were raised."""
        await self._turn()
        with self.transaction("accept"):
            fresh, doubtful = self._news(pair, observations)
            known = {each.ref for each in fresh}
            due = self.note(pair.id, known | doubtful, now, changed=True, priority=priority)
            others = set(refs) - known - doubtful
            due += self.note(pair.id, others, now, changed=False, priority=priority)
            for each in fresh:
                where = (pair.id, each.ref)
                self.observation_rows.put(where, ObservationRow(each, self.inbox[where].version))
            if cursor is not None:
                self.cursors.put(pair.id, as_stored(cursor))
            return due

    def _news(
        self, pair: Pair, observations: Sequence[Observation]
    ) -> tuple[list[Observation], set[Ref]]:
        """What says something new, and what may be older than what is stored."""
        latest = {each.ref: each for each in observations}
        fresh, doubtful = [], set()
        for ref in sorted(latest):
            new, stored = latest[ref], self.observation_rows.get((pair.id, ref))
            if stored is None:
                fresh.append(new)
            elif stored.observation.hash == new.hash:
                if (pair.id, ref) not in self.document_rows:
                    fresh.append(new)
            elif _no_later(new, stored.observation):
                doubtful.add(ref)
            else:
                fresh.append(new)
        return fresh, doubtful

    def note(
        self,
        pair_id: int,
        refs: Collection[Ref],
        now: datetime,
        *,
        changed: bool,
        priority: Priority = Priority.LIVE,
    ) -> int:
        """Raise the inbox version of documents, making those that are new; how many."""
        for ref in sorted(refs):
            self.raised += 1
            self._make_pending((pair_id, ref), now, changed=changed)
            row = self.inbox.get((pair_id, ref))
            raised = InboxRow(due_at=now, priority=priority)
            if row is not None:
                raised = _raised(row, now, priority, changed=changed)
            self.inbox.put((pair_id, ref), raised)
        return len(refs)

    def _make_pending(self, where: tuple[int, Ref], now: datetime, *, changed: bool) -> None:
        document = self.document_rows.get(where)
        if document is None:
            self.document_rows.put(where, DocumentRow(State.PENDING, now))
        elif changed and document.state is not State.PENDING:
            pending = DocumentRow(
                State.PENDING, now, shelf=document.shelf, verified_at=document.verified_at
            )
            self.document_rows.put(where, pending)

    async def cursor(self, pair: Pair) -> Mapping[str, Any]:
        """Where the last accepted page ended."""
        await self._turn()
        return dict(self.cursors.get(pair.id, {}))

    async def due(self, pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        """What is due, live before backfill and never both at once, the longest due first; of what became due together, payments last."""
        await self._turn()
        if pair.id in self.stops:
            return []
        found = sorted(
            (row.priority, row.due_at, ref.kind is Kind.PAYMENT, len(ref.key), ref.key, ref)
            for ref, row in self._unsettled(pair)
            if row.due_at <= now
        )[:limit]
        return [self._claimed(pair, each[-1]) for each in found if each[0] == found[0][0]]

    async def live_due(self, pairs: Collection[Pair], *, now: datetime) -> bool:
        """Whether something live is due for one of these pairs."""
        await self._turn()
        return any(
            row.priority is Priority.LIVE and row.due_at <= now
            for pair in pairs
            if pair.id not in self.stops
            for _, row in self._unsettled(pair)
        )

    async def claimed(self, pair: Pair, refs: Collection[Ref]) -> Sequence[Claimed]:
        """Those of these documents that are unsettled, due or not."""
        await self._turn()
        unsettled = {ref for ref, _ in self._unsettled(pair)}
        return [self._claimed(pair, ref) for ref in sorted(unsettled.intersection(refs))]

    async def unsettled(self, pair: Pair) -> frozenset[Ref]:
        """The documents that wait to be looked at, due or not."""
        await self._turn()
        return frozenset(ref for ref, _ in self._unsettled(pair))

    async def companies_due(self, *, now: datetime) -> Sequence[int]:
        """The NAV companies for which something is due."""
        await self._turn()
        return sorted(
            {
                self.pairs_by_id[of].company_id
                for (of, _), row in self.inbox.items()
                if row.unsettled and row.due_at <= now and of not in self.stops
            }
        )

    async def known(self, pair: Pair, kind: Kind) -> frozenset[Ref]:
        """All records of a kind that were ever read, without those that are accepted as unlisted."""
        await self._turn()
        return frozenset(ref for ref in self._listed(pair) if ref.kind is kind)

    async def known_counts(self, pair: Pair) -> Mapping[Kind, int]:
        """How many there are of each kind of what ``known`` tells."""
        await self._turn()
        counts: dict[Kind, int] = {}
        for ref in self._listed(pair):
            counts[ref.kind] = counts.get(ref.kind, 0) + 1
        return counts

    async def mark_unlisted(self, pair: Pair, refs: Collection[Ref], *, unlisted: bool) -> None:
        """Note that no list shows these records any more, or again."""
        await self._turn()
        with self.transaction():
            for ref in sorted(refs):
                row = self.observation_rows.get((pair.id, ref))
                if row is not None:
                    self.observation_rows.put((pair.id, ref), replace(row, unlisted=unlisted))

    def _unsettled(self, pair: Pair) -> list[tuple[Ref, InboxRow]]:
        return [(ref, row) for (of, ref), row in self.inbox.items() if of == pair.id and row.unsettled]  # fmt: skip

    def _listed(self, pair: Pair) -> list[Ref]:
        rows = self.observation_rows.items()
        return [ref for (of, ref), row in rows if of == pair.id and not row.unlisted]

    def _claimed(self, pair: Pair, ref: Ref) -> Claimed:
        row, content = self.inbox[pair.id, ref], self.observation_rows.get((pair.id, ref))
        brought = content is not None and content.version == row.version
        return Claimed(
            ref=ref,
            version=row.version,
            attempts=row.attempts,
            failures=row.failures,
            priority=row.priority,
            observation=content.observation if content is not None and brought else None,
        )


def _no_later(new: Observation, stored: Observation) -> bool:
    if new.updated_at is None or stored.updated_at is None:
        return False
    return new.updated_at <= stored.updated_at


def _raised(row: InboxRow, now: datetime, priority: Priority, *, changed: bool) -> InboxRow:
    """A row that is due already keeps its place; one that waits for a retry is brought forward."""
    raised = replace(
        row,
        version=row.version + 1,
        due_at=min(row.due_at, now) if row.unsettled else now,
        priority=min(row.priority, priority) if row.unsettled else priority,
    )
    return replace(raised, attempts=0, failures=0, reason="") if changed else raised
