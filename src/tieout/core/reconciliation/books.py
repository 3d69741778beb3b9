"""The two books as they show themselves: what a tie-out compares, and nothing that Tieout remembers of its own postings.

The only things taken from Tieout: which FreshBooks client is which NAV customer, which entries a person adopted as which documents, the prefix of its keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TypeVar

from tieout.core.reconciliation.adopted import NOTHING_ADOPTED, Adopted
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.feed import FeedLine, OwnBalances
from tieout.core.records.identity import CHARGEBACK, KEY_TYPES, Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry, DetailedEntry, GLEntry, VatEntry
from tieout.core.records.money import Money, total
from tieout.core.records.payment import Payment

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)
KINDS = {word: kind for kind, word in KEY_TYPES.items()} | {CHARGEBACK: Kind.PAYMENT}
# A credit of this type is the rest of a payment's receipt and no document of its own in NAV.
OVERPAYMENT = "overpayment"
INITIAL = "Initial Entry"


@dataclass(frozen=True, kw_only=True)
class FreshbooksBooks:
    """FreshBooks' documents as its lists show them, up to ``as_of`` (all if None).

    ``recovered`` is money for claims that were written off, by payment, as NAV's accounts of bad debts show it: income there, and no customer's.
    ``ledger_lines`` is FreshBooks' own general ledger, ``own_balances`` its trial balance of the same days; None where it was not read.
    ``deferred`` are goodwill credits that count when they are used: not they, but the payments that use them are documents in NAV.
    """

    invoices: Sequence[Invoice]
    credit_notes: Sequence[CreditNote]
    payments: Sequence[Payment]
    as_of: date | None = None
    deferred: frozenset[Ref] = frozenset()
    recovered: Mapping[Ref, Decimal] = field(default_factory=dict)
    ledger_lines: Sequence[FeedLine] | None = None
    own_balances: OwnBalances | None = None

    @cached_property
    def ledger(self) -> tuple[FeedLine, ...] | None:
        """FreshBooks' own general ledger, None where it was not read."""
        if self.ledger_lines is None:
            return None
        return tuple(line for line in self.ledger_lines if self._in(line.day))

    @cached_property
    def amounts(self) -> Mapping[Ref, Money]:
        """All that is listed and counts, with its amount."""
        documents: tuple[Invoice | CreditNote | Payment, ...] = (
            *self.live_invoices,
            *self.live_credit_notes,
            *self.live_payments,
        )
        return {one.ref: one.amount for one in documents}

    def moves(self, payment: Payment) -> bool:
        """Whether a payment is a document of its own in NAV: money, or the use of a credit that counts then for an invoice in the books."""
        if payment.from_credit:
            return payment.credit in self.deferred and payment.invoice in self._listed
        return True

    @cached_property
    def live_invoices(self) -> tuple[Invoice, ...]:
        return tuple(
            i
            for i in self.invoices
            if i.visibility is not Visibility.DELETED and not i.draft and self._in(i.issued_on)
        )

    @cached_property
    def live_credit_notes(self) -> tuple[CreditNote, ...]:
        return tuple(
            c
            for c in self.credit_notes
            if c.visibility is not Visibility.DELETED and not c.draft and self._in(c.issued_on)
        )

    @cached_property
    def listed(self) -> frozenset[Ref]:
        """All that the lists show as not deleted, of whatever day, drafts too."""
        documents: tuple[Invoice | CreditNote | Payment, ...] = (
            *self.invoices,
            *self.credit_notes,
            *self.payments,
        )
        return frozenset(d.ref for d in documents if d.visibility is not Visibility.DELETED)

    @cached_property
    def drafts(self) -> tuple[Invoice | CreditNote, ...]:
        """What is not sent yet."""
        documents: tuple[Invoice | CreditNote, ...] = (*self.invoices, *self.credit_notes)
        return tuple(
            d
            for d in documents
            if d.draft and d.visibility is not Visibility.DELETED and self._in(d.issued_on)
        )

    @cached_property
    def overpayments(self) -> Mapping[Ref, CreditNote]:
        """The credit that holds what was paid too much, by payment: the one that it names, else the only one of its client, currency and day."""
        notes = [note for note in self.live_credit_notes if note.credit_type == OVERPAYMENT]
        named = {note.ref: note for note in notes}
        by_day: dict[Hashable, list[CreditNote]] = defaultdict(list)
        for note in notes:
            by_day[(note.customer, note.currency, note.issued_on)].append(note)
        kept = {p.ref.key: p.credit for p in self.payments if p.is_rest}
        found: dict[Ref, CreditNote] = {}
        for payment in self.money:
            if payment.overpayment is None:
                continue
            same_day = by_day[(payment.customer, payment.currency, payment.paid_on)]
            only = same_day[0] if len(same_day) == 1 else None
            key = payment.overpayment
            rest = named.get(key) or named.get(kept.get(key.key) or key) or only
            if rest is not None:
                found[payment.ref] = rest
        return found

    @cached_property
    def money(self) -> tuple[Payment, ...]:
        """All payments but those that only show the rest of another."""
        return tuple(p for p in self.payments if not p.is_rest)

    @cached_property
    def recoveries(self) -> Mapping[Ref, CreditNote]:
        """What FreshBooks keeps as a client's credit though NAV has it as income: an overpayment, all of it recovered, by payment."""
        nothing = {p.ref for p in self.payments if not p.amount}
        return {
            ref: note
            for ref, note in self.overpayments.items()
            if ref in nothing and self.recovered.get(ref) == note.amount.amount
        }

    @cached_property
    def _recovered_notes(self) -> frozenset[Ref]:
        return frozenset(note.ref for note in self.recoveries.values())

    @cached_property
    def live_payments(self) -> tuple[Payment, ...]:
        return tuple(
            p for p in self.money if p.visibility is not Visibility.DELETED and self._in(p.paid_on)
        )

    @cached_property
    def _paid(self) -> Mapping[Ref, Decimal]:
        return _sums((p.invoice, p.amount.amount) for p in self.live_payments)

    @cached_property
    def _used(self) -> Mapping[Ref, Decimal]:
        """A credit that was set aside for an invoice of a later day is whole until then."""
        return _sums((credit, amount) for credit, amount, stands in self._uses if stands)

    @cached_property
    def _given_back(self) -> Mapping[Ref, Decimal]:
        """FreshBooks still calls a credit used where its invoice was deleted; the client has it again."""
        return _sums((credit, amount) for credit, amount, stands in self._uses if not stands)

    @cached_property
    def _uses(self) -> tuple[tuple[Ref, Decimal, bool], ...]:
        """Which credit was used, by how much, and whether for an invoice that is in the books."""
        return tuple(
            (p.credit, p.amount.amount, p.invoice in self._listed)
            for p in self.live_payments
            if p.credit is not None and p.from_credit
        )

    def outstanding(self, invoice: Invoice) -> Decimal:
        """What is owed: FreshBooks' own figure, or for an earlier day the total less what was paid by then."""
        if self.as_of is None:
            return invoice.outstanding.amount
        return invoice.amount.amount - self._paid.get(invoice.ref, ZERO)

    def unused(self, note: CreditNote) -> Decimal:
        """What is left of a credit note."""
        if note.ref in self.deferred or note.ref in self._recovered_notes:
            return ZERO
        if self.as_of is None:
            return note.amount.amount - note.used.amount + self._given_back.get(note.ref, ZERO)
        return note.amount.amount - self._used.get(note.ref, ZERO)

    @cached_property
    def orphans(self) -> tuple[Payment, ...]:
        """Cash payments whose invoice was deleted (FreshBooks keeps them active) or is of a later day: the customer's credit."""
        return tuple(
            p for p in self.live_payments if p.invoice not in self._listed and not p.from_credit
        )

    @cached_property
    def _listed(self) -> frozenset[Ref]:
        return frozenset(
            i.ref
            for i in self.invoices
            if i.visibility is not Visibility.DELETED and self._in(i.issued_on)
        )

    def _in(self, day: date) -> bool:
        return self.as_of is None or day <= self.as_of


@dataclass(frozen=True, kw_only=True)
class NavBooks:
    """NAV's ledgers up to ``as_of``: customer entries, their details, the G/L entries of the accounts of receivables, taxes and rounding, and sales tax."""

    customer_entries: Sequence[CustomerEntry]
    detailed_entries: Sequence[DetailedEntry]
    receivable_entries: Sequence[GLEntry]
    prefix: str
    tax_entries: Sequence[GLEntry] = ()
    sales_taxes: Sequence[VatEntry] = ()
    rounding_entries: Sequence[GLEntry] = ()
    as_of: date | None = None
    adopted: Adopted = NOTHING_ADOPTED

    @cached_property
    def entries(self) -> tuple[CustomerEntry, ...]:
        return tuple(e for e in self.customer_entries if self._in(e.posting_date))

    @cached_property
    def details(self) -> tuple[DetailedEntry, ...]:
        return tuple(e for e in self.detailed_entries if self._in(e.posting_date))

    @cached_property
    def control(self) -> Decimal:
        """The balance of the receivables accounts in the general ledger, local currency."""
        return total(e.amount for e in self.receivable_entries if self._in(e.posting_date))

    @cached_property
    def _remaining(self) -> Mapping[int, Decimal]:
        return _sums((e.customer_entry_no, e.amount) for e in self.details)

    def remaining(self, entry: CustomerEntry) -> Decimal:
        """What is open of an entry: NAV's own figure, or for an earlier day the sum of its details by then."""
        if self.as_of is None or entry.share:
            return entry.remaining
        return self._remaining.get(entry.entry_no, ZERO)

    @cached_property
    def families(self) -> Mapping[Ref, tuple[CustomerEntry, ...]]:
        """The customer entries of each FreshBooks document, found by the key that NAV's general ledger carries: all revisions and reversals together.

        Those that people keyed and a person adopted are found by their numbers; what was reversed of them is none any more.
        """
        return self._families(self.entries)

    @cached_property
    def families_since(self) -> Mapping[Ref, tuple[CustomerEntry, ...]]:
        """The same with what was posted after the day."""
        return self._families(self.customer_entries)

    @cached_property
    def taxes(self) -> Mapping[Ref, tuple[Decimal, ...]]:
        """The tax of each FreshBooks document, row by row, local currency, positive for sales; VAT that waits until it is paid with it."""
        found: dict[Ref, list[Decimal]] = defaultdict(list)
        for entry in self.tax_entries:
            ref = ref_of_key(self.prefix, entry.external_document_no)
            if ref is not None and self._in(entry.posting_date):
                found[ref].append(-entry.amount)
        for tax in self.sales_taxes:
            ref = self._refs.get((tax.document_type, tax.document_no))
            if ref is not None and self._in(tax.posting_date):
                found[ref].append(-tax.amount)
        return {ref: tuple(amounts) for ref, amounts in found.items()}

    @cached_property
    def rounded(self) -> Mapping[Ref, Decimal]:
        """What of each document stands on the rounding account, with the sign of its tax."""
        pairs = (
            (ref_of_key(self.prefix, e.external_document_no), -e.amount)
            for e in self.rounding_entries
            if self._in(e.posting_date)
        )
        return _sums((ref, amount) for ref, amount in pairs if ref is not None)

    @cached_property
    def local(self) -> Mapping[int, Decimal]:
        """What each customer entry was worth in local currency when it was posted."""
        first = (e for e in self.details if e.entry_type == INITIAL)
        return {e.customer_entry_no: e.amount_lcy for e in first}

    @cached_property
    def _refs(self) -> Mapping[tuple[str, str], Ref]:
        """The FreshBooks document that a document of NAV is of, by its type and number."""
        pairs = (
            ((e.document_type, e.document_no), ref_of_key(self.prefix, e.external_document_no))
            for e in self.receivable_entries
        )
        return {number: ref for number, ref in pairs if ref is not None}

    def _families(
        self, entries: Sequence[CustomerEntry]
    ) -> Mapping[Ref, tuple[CustomerEntry, ...]]:
        found: dict[Ref, list[CustomerEntry]] = defaultdict(list)
        for entry in entries:
            for ref, part in self._whose(entry):
                found[ref].append(part)
        return {ref: tuple(entries) for ref, entries in found.items()}

    def _whose(self, entry: CustomerEntry) -> Iterable[tuple[Ref, CustomerEntry]]:
        if entry.entry_no in self.adopted.by_entry:
            left = self.remaining(entry)
            return () if entry.reversed else self.adopted.shares(entry, left)
        ref = self._refs.get((entry.document_type, entry.document_no))
        return () if ref is None else ((ref, entry),)

    def under_key(self, ref: Ref) -> bool:
        """Whether NAV has a document under a key of ours: what was adopted stands there without one."""
        return ref in self.families and ref not in self.adopted.refs

    def _in(self, day: date) -> bool:
        return self.as_of is None or day <= self.as_of


@lru_cache(maxsize=1024)
def ref_of_key(prefix: str, key: str) -> Ref | None:
    """The FreshBooks document that a key names; the rows of a document stand together in a ledger.

    >>> ref_of_key("FB", "FB-INV-34101-1X")
    Ref(kind=<Kind.INVOICE: 'invoice'>, key='34101')
    >>> ref_of_key("FB", "PO-77") is None
    True
    """
    parts = key.removeprefix(f"{prefix}-").split("-")
    if not key.startswith(f"{prefix}-") or len(parts) != 3 or parts[0] not in KINDS:
        return None
    return Ref(Kind(KINDS[parts[0]]), parts[1])


def _sums(pairs: Iterable[tuple[K, Decimal]]) -> Mapping[K, Decimal]:
    sums: dict[K, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        sums[key] += amount
    return sums
