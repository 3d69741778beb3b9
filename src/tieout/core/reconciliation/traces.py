"""What is known of each document besides its figures: who posted which entry of it, what Tieout has on record, when FreshBooks changed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.recorded import DONE, NOTHING_RECORDED, Known, Recorded, Sent
from tieout.core.reconciliation.restated import Restated, restated
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry, DetailedEntry, GLEntry
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

Document = Invoice | CreditNote | Payment
APPLICATION = "Application"
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Both books and our own record by document and by entry; each index is made when it is first asked for."""

    sides: Sides

    @cached_property
    def recorded(self) -> Recorded:
        """What we have on record; nothing, where that was not given."""
        return self.sides.evidence.recorded or NOTHING_RECORDED

    def is_other(self, user: str) -> bool:
        """Whether somebody else than Tieout did it; where persons post what we draft there is no other."""
        return bool(self.recorded.user) and user.upper() != self.recorded.user.upper()

    def may_be_other(self, user: str) -> bool:
        """Whether it may have been somebody else; where persons post, anybody."""
        return not self.recorded.user or self.is_other(user)

    @cached_property
    def documents(self) -> Mapping[Ref, Document]:
        """All that FreshBooks' lists show."""
        books = self.sides.freshbooks
        every: tuple[Document, ...] = (*books.invoices, *books.credit_notes, *books.payments)
        return {one.ref: one for one in every}

    @cached_property
    def drafts(self) -> Mapping[Ref, Document]:
        return {one.ref: one for one in self.sides.freshbooks.drafts}

    @cached_property
    def used_on(self) -> Mapping[Ref, Sequence[date]]:
        """The days on which each credit was used."""
        return _grouped((p.credit, p.paid_on) for p in self.sides.freshbooks.money if p.credit)

    @cached_property
    def restated(self) -> Mapping[Ref, Restated]:
        """What FreshBooks has changed of the frozen past."""
        frozen = self.sides.evidence.frozen
        changed = restated(self.sides.freshbooks, frozen) if frozen else ()
        return {one.ref: one for one in changed}

    @cached_property
    def keyed(self) -> Mapping[Ref, tuple[GLEntry, ...]]:
        """NAV's general ledger by document, whatever day, in the order of posting."""
        nav, general = self.sides.nav, self.sides.evidence.general
        pairs = (
            (ref_of_key(nav.prefix, entry.external_document_no), entry)
            for entry in (general.entries if general else nav.receivable_entries)
        )
        found = _grouped((ref, entry) for ref, entry in pairs if ref is not None)
        return {ref: tuple(sorted(rows, key=_number)) for ref, rows in found.items()}

    @cached_property
    def users(self) -> Mapping[int, GLEntry]:
        """The G/L entry of each customer entry: it has the same number (codeunit 12), and shows who posted it."""
        return {entry.entry_no: entry for entry in self.sides.nav.receivable_entries}

    @cached_property
    def commands(self) -> Mapping[Ref, tuple[Sent, ...]]:
        """What we set out to write of each document, in its order."""
        found = _grouped((sent.ref, sent) for sent in self.recorded.commands)
        return {ref: tuple(some) for ref, some in found.items()}

    @cached_property
    def by_key(self) -> Mapping[str, Sent]:
        return {sent.key: sent for sent in self.recorded.commands}

    def known(self, ref: Ref) -> Known | None:
        """How a document stands with us; None if it was never seen."""
        return self.recorded.documents.get(ref)

    def posted(self, ref: Ref) -> Sent | None:
        """The last posting of a document that is on record as done."""
        done = [s for s in self.commands.get(ref, ()) if s.role == "post" and s.state == DONE]
        return done[-1] if done else None

    def changed_on(self, ref: Ref) -> datetime | None:
        """When FreshBooks last changed it."""
        document = self.documents.get(ref)
        return document.updated_on if document else None

    @cached_property
    def off(self) -> Mapping[Ref, Mapping[Account, Decimal]]:
        """How much more NAV has of each document that differs, by customer and currency."""
        sums: dict[Ref, dict[Account, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for want in self.sides.expected:
            sums[want.ref][want.account, want.currency_code] -= want.amount
        for ref, entries in self.sides.nav.families.items():
            for entry in entries:
                sums[ref][entry.customer_no, entry.currency_code] += entry.amount
        return _differing(sums)

    @cached_property
    def off_open(self) -> Mapping[Ref, Mapping[Account, Decimal]]:
        """How much more is open in NAV of each document that differs, by customer and currency."""
        sums: dict[Ref, dict[Account, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for ref, account, amount in self._open():
            sums[ref][account] -= amount
        for ref, entries in self.sides.nav.families.items():
            for entry in entries:
                left = self.sides.nav.remaining(entry)
                sums[ref][entry.customer_no, entry.currency_code] += left
        return _differing(sums)

    def _open(self) -> Iterator[tuple[Ref, Account, Decimal]]:
        """What FreshBooks has open; the rest of a payment stands in NAV under the payment."""
        books, account = self.sides.freshbooks, self.sides.account
        rests = {note.ref: ref for ref, note in books.overpayments.items()}
        for invoice in books.live_invoices:
            place = account(invoice.customer.key, invoice.currency)
            yield invoice.ref, place, books.outstanding(invoice)
        for note in books.live_credit_notes:
            place = account(note.customer.key, note.currency)
            yield rests.get(note.ref, note.ref), place, -books.unused(note)
        for payment in books.orphans:
            place = account(payment.customer.key, payment.currency)
            yield payment.ref, place, -payment.amount.amount

    @cached_property
    def applications(self) -> Mapping[int, tuple[DetailedEntry, ...]]:
        """What settled each customer entry, or undid that, in its order."""
        made = (d for d in self.sides.nav.detailed_entries if d.entry_type == APPLICATION)
        found = _grouped((d.customer_entry_no, d) for d in made)
        return {no: tuple(sorted(some, key=_number)) for no, some in found.items()}

    @cached_property
    def paid_by(self) -> Mapping[Ref, tuple[Ref, ...]]:
        """What FreshBooks settles each invoice with: payments, and the credits behind them."""
        pairs = (
            (payment.invoice, ref)
            for payment in self.sides.freshbooks.money
            for ref in (payment.ref, payment.credit)
            if ref is not None
        )
        return {ref: tuple(dict.fromkeys(some)) for ref, some in _grouped(pairs).items()}

    @cached_property
    def past_the_ledger(self) -> tuple[GLEntry, ...]:
        """Entries on receivables that no customer entry has a part in: posted to the account itself."""
        nav = self.sides.nav
        numbers = {entry.entry_no for entry in nav.customer_entries}
        documents = {(d.document_no, d.posting_date) for d in nav.detailed_entries}
        return tuple(
            entry
            for entry in nav.receivable_entries
            if entry.entry_no not in numbers
            if (entry.document_no, entry.posting_date) not in documents
            if nav.as_of is None or entry.posting_date <= nav.as_of
        )

    def standing(self, ref: Ref, key: str) -> Decimal:
        """What the customer ledger has of a document under one of its keys."""
        numbers = {e.document_no for e in self.keyed.get(ref, ()) if e.external_document_no == key}
        family = self.sides.nav.families_since.get(ref, ())
        return total(entry.amount for entry in family if entry.document_no in numbers)

    def customer_entries(self, ref: Ref) -> Sequence[CustomerEntry]:
        return self.sides.nav.families.get(ref, ())

    def amount(self, ref: Ref) -> Decimal:
        """What should stand in NAV by what FreshBooks shows now."""
        return self._wanted.get(ref, ZERO)

    @cached_property
    def _wanted(self) -> Mapping[Ref, Decimal]:
        return {want.ref: want.amount for want in self.sides.expected}


def document_of(subject: str) -> Ref | None:
    """The document that a difference is of, if it is of one.

    >>> str(document_of("invoice/34101")), document_of("receivables")
    ('invoice/34101', None)
    """
    kind, _, key = subject.partition("/")
    return Ref.parse(subject) if kind in map(str, DOCUMENTS) and key.isdigit() else None


def _differing(
    sums: Mapping[Ref, Mapping[Account, Decimal]],
) -> Mapping[Ref, Mapping[Account, Decimal]]:
    left = {ref: {at: a for at, a in some.items() if a} for ref, some in sums.items()}
    return {ref: some for ref, some in left.items() if some}


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, list[V]]:
    found: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _number(entry: GLEntry | DetailedEntry) -> int:
    return entry.entry_no
