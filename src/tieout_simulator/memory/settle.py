"""Recording: the outcome of one round of settling, all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from tieout.core.decision.plan import State, Verdict
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.events import OVERDUE, PAID, DerivedEvent
from tieout_simulator.memory.documents import Documents
from tieout_simulator.memory.tables import DocumentRow, EventRow, InboxRow, ObservationRow


class Settling(Documents):
    """See store.settle and store.events."""

    async def record(self, pair: Pair, lease: Lease, settlement: Settlement) -> None:
        """Write the outcome of a round. Raises Superseded, and then nothing is written."""
        await self._turn()
        now = self.clock()
        judged = {verdict.ref for verdict in settlement.verdicts}
        with self.transaction("record"):
            self.hold(lease)
            self.receive(pair, lease, settlement.receipts, settlement.unknown)
            self._write_verdicts(pair, settlement.verdicts, now)
            self._settle(pair, settlement)
            self._put_off(pair, settlement, now)
            read = self._write_contents(pair, settlement.observations)
            looked_at = judged | settlement.settled.keys() | settlement.retry.keys()
            unjudged = {r for r in read if r.kind in DOCUMENTS and r not in looked_at}
            self.note(pair.id, unjudged, now, changed=True)
            self._write_shelves(pair, settlement.shelves, now)
            self._reopen(pair, judged - settlement.retry.keys(), now)

    def _write_verdicts(self, pair: Pair, verdicts: Sequence[Verdict], now: datetime) -> None:
        for verdict in {verdict.ref: verdict for verdict in verdicts}.values():
            old = self.document_rows.get((pair.id, verdict.ref))
            same = old is not None and old.state is verdict.state
            row = DocumentRow(
                state=verdict.state,
                since=old.since if old is not None and same else now,
                reason=verdict.reason,
                findings=tuple(verdict.findings),
                shelf=old.shelf if old else None,
                verified_at=_verified(verdict, old, now),
            )
            self.document_rows.put((pair.id, verdict.ref), row)

    def _settle(self, pair: Pair, settlement: Settlement) -> None:
        for ref, version in settlement.settled.items():
            row = self.inbox.get((pair.id, ref))
            if ref not in settlement.retry and row is not None:
                settled = max(row.settled, version)
                calm = replace(row, settled=settled, attempts=0, failures=0, reason="")
                self.inbox.put((pair.id, ref), calm)

    def _put_off(self, pair: Pair, settlement: Settlement, now: datetime) -> None:
        """What is settled already and must be looked at again needs a version that is not."""
        for ref, (due_at, reason) in sorted(settlement.retry.items()):
            where, failed = (pair.id, ref), int(ref in settlement.failed)
            if where not in self.document_rows:
                self.document_rows.put(where, DocumentRow(State.PENDING, now))
            row = self.inbox.get(where)
            again = InboxRow(due_at=due_at, attempts=1, failures=failed, reason=reason)
            if row is not None:
                again = replace(
                    row,
                    version=max(row.version, row.settled + 1),
                    due_at=due_at,
                    attempts=row.attempts + 1,
                    failures=row.failures + failed,
                    reason=reason,
                )
            self.inbox.put(where, again)

    def _write_contents(self, pair: Pair, observations: Sequence[Observation]) -> list[Ref]:
        """Content that waits to be looked at is not overwritten by what a round read before it came."""
        written = []
        for each in {each.ref: each for each in observations}.values():
            old, row = self.observation_rows.get((pair.id, each.ref)), self.inbox.get((pair.id, each.ref))  # fmt: skip
            same = old is not None and old.observation.hash == each.hash
            waits = old is not None and row is not None and old.version > row.settled
            if not same and not waits:
                self.observation_rows.put((pair.id, each.ref), ObservationRow(each, 0))
                written.append(each.ref)
        return written

    def _write_shelves(self, pair: Pair, shelves: Sequence[Shelf], now: datetime) -> None:
        for shelf in shelves:
            row = self.document_rows.get((pair.id, shelf.ref))
            if row is not None:
                self.document_rows.put((pair.id, shelf.ref), replace(row, shelf=shelf))
        paid = {s.ref.key: s.paid for s in shelves if s.ref.kind is Kind.INVOICE}
        self._begin(pair, PAID, [key for key, is_paid in paid.items() if is_paid], now)
        self._end(pair, PAID, [key for key, is_paid in paid.items() if is_paid is False], now)

    def _reopen(self, pair: Pair, refs: Collection[Ref], now: datetime) -> None:
        """A verdict on content that has been overtaken does not stand."""
        for ref in refs:
            where = (pair.id, ref)
            row, content, place = self.document_rows.get(where), self.observation_rows.get(where), self.inbox.get(where)  # fmt: skip
            if row is None or content is None or place is None or row.state is State.PENDING:
                continue
            if content.version > place.settled:
                pending = DocumentRow(
                    State.PENDING, now, shelf=row.shelf, verified_at=row.verified_at
                )
                self.document_rows.put(where, pending)

    # ------------------------------------------------------------ derived events

    async def derive_overdue(self, pair: Pair, *, today: date, now: datetime) -> int:
        """Note the invoices that are overdue on this day of the business's calendar; how many are so newly."""
        await self._turn()
        with self.transaction():
            late, not_late = [], []
            for (of, ref), row in self.document_rows.items():
                shelf = row.shelf
                if of != pair.id or ref.kind is not Kind.INVOICE or shelf is None:
                    continue
                owed, due_on = shelf.outstanding, shelf.due_on
                if due_on is not None and due_on < today and owed is not None and owed > 0:
                    late.append(ref.key)
                elif (due_on is not None and due_on >= today) or (owed is not None and owed <= 0):
                    not_late.append(ref.key)
            self._end(pair, OVERDUE, not_late, now)
            return self._begin(pair, OVERDUE, late, now)

    async def derived_events(
        self, pair: Pair, *, after: int = 0, limit: int = 1000
    ) -> Sequence[DerivedEvent]:
        """The events after a number, in the order in which they were noted."""
        await self._turn()
        found = [(seq, row) for seq, row in self.events.items() if row.pair == pair.id and seq > after]  # fmt: skip
        return [self._event(pair, seq, row) for seq, row in sorted(found)[:limit]]

    def _event(self, pair: Pair, seq: int, row: EventRow) -> DerivedEvent:
        document = self.document_rows.get((pair.id, Ref(Kind.INVOICE, row.key)))
        shelf = document.shelf if document else None
        return DerivedEvent(
            seq=seq,
            name=row.name,
            invoice=row.key,
            number=shelf.number if shelf else "",
            at=row.at,
            ended_at=row.ended_at,
        )

    def _begin(self, pair: Pair, name: str, keys: Sequence[str], now: datetime) -> int:
        lasting = {row.key for row in self.events.values() if (row.pair, row.name) == (pair.id, name) and row.ended_at is None}  # fmt: skip
        new = [key for key in sorted(set(keys)) if key not in lasting]
        for key in new:
            self.events.put(len(self.events) + 1, EventRow(pair.id, name, key, now))
        return len(new)

    def _end(self, pair: Pair, name: str, keys: Sequence[str], now: datetime) -> None:
        for seq, row in list(self.events.items()):
            lasts = (row.pair, row.name, row.ended_at) == (pair.id, name, None)
            if lasts and row.key in keys:
                self.events.put(seq, replace(row, ended_at=now))


def _verified(verdict: Verdict, old: DocumentRow | None, now: datetime) -> datetime | None:
    """When it last was seen to agree."""
    if verdict.state is State.AGREED:
        return now
    return old.verified_at if old else None
