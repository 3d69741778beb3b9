"""What is known of documents: for deciding about them, and for people who look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tieout.core.decision.plan import State
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Observation, Pair, Shelf, Stored
from tieout.store.documents import Counts, Status, Waiting
from tieout.store.errors import StoreError
from tieout_simulator.memory.commands import Commands
from tieout_simulator.memory.inbox import Inbox
from tieout_simulator.memory.tables import ApprovalRow, DocumentRow, by_ref

AWAITING_POSTING = "awaiting_posting"
Shelves = list[tuple[Ref, Shelf]]


class Documents(Inbox, Commands):
    """See store.documents and store.approvals."""

    async def seen(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """Which of these documents were ever noted."""
        await self._turn()
        return frozenset(ref for ref in refs if (pair.id, ref) in self.document_rows)

    async def documents(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Stored]:
        """What is stored of these documents; one that was never seen is absent."""
        await self._turn()
        commands = self.commands_of(pair, refs)
        found = {}
        for ref in sorted(set(refs)):
            row = self.document_rows.get((pair.id, ref))
            if row is not None:
                content = self.observation_rows.get((pair.id, ref))
                found[ref] = Stored(
                    ref=ref,
                    state=row.state,
                    reason=row.reason,
                    observation=content.observation if content else None,
                    commands=commands.get(ref, ()),
                )
        return found

    async def observations(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        """The last content received of these records, of any kind."""
        await self._turn()
        rows = {ref: self.observation_rows.get((pair.id, ref)) for ref in sorted(set(refs))}
        return {ref: row.observation for ref, row in rows.items() if row is not None}

    async def related(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """What these documents settle or are settled by, one step away, by what their shelves say."""
        await self._turn()
        asked = set(refs)
        shelves = [(ref, row.shelf) for (of, ref), row in self.document_rows.items() if of == pair.id and row.shelf]  # fmt: skip
        found = _named(shelves, asked) | _rests(shelves, asked)
        return frozenset(found - asked)

    async def customers(self, pair: Pair, keys: Collection[str]) -> Mapping[str, str]:
        """FreshBooks client id to NAV customer number."""
        await self._turn()
        rows = {key: self.links.get((pair.id, Ref(Kind.CUSTOMER, key))) for key in sorted(set(keys))}  # fmt: skip
        return {key: no for key, no in rows.items() if no is not None}

    async def clients_of(self, pair: Pair, nos: Collection[str]) -> Mapping[str, str]:
        """The FreshBooks clients that are linked to these NAV customers."""
        await self._turn()
        links = [(ref.key, no) for (of, ref), no in self.links.items() if of == pair.id]
        return {key: no for key, no in links if no in set(nos)}

    async def linked_customers(self, pair: Pair) -> frozenset[str]:
        """The NAV customers of the company that a client of any of its businesses is linked to."""
        await self._turn()
        company = pair.company_id
        return frozenset(
            no for (of, _), no in self.links.items() if self.pairs_by_id[of].company_id == company
        )

    async def status(self, pair: Pair) -> Status:
        """How many documents were seen, and in which state they are."""
        await self._turn()
        rows = [(ref, row) for (of, ref), row in self.document_rows.items() if of == pair.id]
        kinds = sorted({ref.kind for ref, _ in rows})
        by_kind = {kind: Counts(**_counts([r for ref, r in rows if ref.kind is kind])) for kind in kinds}  # fmt: skip
        return Status(**_counts([row for _, row in rows]), by_kind=by_kind)

    async def held(
        self, pair: Pair, states: Collection[State] = (State.HELD, State.DEAD)
    ) -> Sequence[Waiting]:
        """The documents in these states, the longest there first."""
        await self._turn()
        rows = [(ref, row) for (of, ref), row in self.document_rows.items() if of == pair.id]
        found = [(ref, row) for ref, row in rows if row.state in states]
        return [
            Waiting(
                ref=ref,
                state=row.state,
                number=row.shelf.number if row.shelf else "",
                reason=row.reason,
                findings=row.findings,
                since=row.since,
            )
            for ref, row in sorted(found, key=lambda each: (each[1].since, by_ref(each[0])))
        ]

    async def retry(self, pair: Pair, ref: Ref | None, *, now: datetime) -> int:
        """A person says *look again*: this held or dead document (None: all of them) is due now; how many are."""
        await self._turn()
        with self.transaction():
            stuck = {
                each
                for (of, each), row in self.document_rows.items()
                if of == pair.id and row.state in (State.HELD, State.DEAD)
            }
            chosen = stuck if ref is None else stuck & {ref}
            return self.note(pair.id, chosen, now, changed=True)

    def every_document(self, pair: Pair) -> list[Ref]:
        """All documents ever seen."""
        return [ref for of, ref in self.document_rows if of == pair.id]

    # ------------------------------------------------------------ what persons agreed to

    async def approve(
        self,
        pair: Pair,
        ref: Ref,
        rule: str,
        value: str,
        *,
        by: str,
        now: datetime,
    ) -> int:
        """Note that a person agreed to a finding; the documents that waited for it are due now. How many that are."""
        await self._turn()
        with self.transaction():
            content = self.observation_rows.get((pair.id, ref))
            seen = content.observation.hash if content is not None and not value else ""
            self.approval_rows.put((pair.id, ref, rule), ApprovalRow(value, seen, by, now))
            return self.note(pair.id, self._waiting(pair, ref), now, changed=True)

    async def approvals(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Mapping[str, str]]:
        """What was agreed to for these records, as far as it still holds: rule and value."""
        await self._turn()
        found: dict[Ref, dict[str, str]] = {}
        for (of, ref, rule), row in self.approval_rows.items():
            content = self.observation_rows.get((pair.id, ref))
            holds = not row.hash or (content is not None and content.observation.hash == row.hash)
            if of == pair.id and ref in refs and holds:
                found.setdefault(ref, {})[rule] = row.value
        return found

    async def link_customer(self, pair: Pair, ref: Ref, no: str, *, now: datetime) -> int:
        """Link a client to a customer that is in NAV; its held documents are due now. Raises StoreError if it is linked already."""
        await self._turn()
        with self.transaction():
            if (pair.id, ref) in self.links:
                raise StoreError(f"{ref} is linked to a NAV customer already.")
            self.links.put((pair.id, ref), no)
            return self.note(pair.id, self._waiting(pair, ref), now, changed=True)

    def _waiting(self, pair: Pair, ref: Ref) -> set[Ref]:
        """The record itself, if it is a document; the held ones of a client, or those that pay an invoice."""
        found = {ref} if (pair.id, ref) in self.document_rows else set()
        for (of, other), row in self.document_rows.items():
            if of != pair.id or row.state is not State.HELD or row.shelf is None:
                continue
            of_client = ref.kind is Kind.CUSTOMER and row.shelf.customer == ref.key
            of_invoice = ref.kind is Kind.INVOICE and row.shelf.invoice == ref.key
            if of_client or of_invoice:
                found.add(other)
        return found


def _named(shelves: Shelves, asked: set[Ref]) -> set[Ref]:
    """Invoices and their payments, credits and the payments that use them."""
    found: set[Ref] = set()
    for ref, shelf in shelves:
        invoice, credit = Ref(Kind.INVOICE, shelf.invoice), Ref(Kind.CREDIT_NOTE, shelf.credit)
        if ref.kind is Kind.PAYMENT and shelf.invoice and invoice in asked:
            found.add(ref)
        if shelf.credit and credit in asked:
            found.add(ref)
        if ref.kind is Kind.PAYMENT and ref in asked:
            found |= {other for other, named in ((invoice, shelf.invoice), (credit, shelf.credit)) if named}  # fmt: skip
    return found


def _rests(shelves: Shelves, asked: set[Ref]) -> set[Ref]:
    """Overpayments and the payments they are the rest of, by id or by client, currency and day."""
    found: set[Ref] = set()
    notes = [(ref, shelf) for ref, shelf in shelves if ref.kind is Kind.CREDIT_NOTE]
    for paid, shelf in shelves:
        if not shelf.overpayment:
            continue
        for note, other in notes:
            same_day = (other.customer, other.currency, other.dated) == (
                shelf.customer,
                shelf.currency,
                shelf.dated,
            )
            if note.key == shelf.overpayment or same_day:
                found |= {note} if paid in asked and paid.kind is Kind.PAYMENT else set()
                found |= {paid} if note in asked else set()
    return found


def _counts(rows: Collection[DocumentRow]) -> dict[str, int]:
    counts = {str(state): sum(row.state is state for row in rows) for state in State}
    waiting = sum(row.state is State.PENDING and row.reason == AWAITING_POSTING for row in rows)
    return {"seen": len(rows), **counts, "awaiting_posting": waiting}
