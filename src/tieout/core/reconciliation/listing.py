"""The documents behind the figures of a tie-out: one row each, with what both systems call it and what it contributes to every bridge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.bridge import Bridge, Item, Topic
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.payment import Payment

Both = tuple[Decimal, Decimal]
NOTHING: Both = (ZERO, ZERO)
Document = Invoice | CreditNote | Payment
ENTRY = "entry "


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document, or an entry of NAV that is none of FreshBooks': ``subject`` is how differences name it.

    ``figures`` are its parts of the bridges, FreshBooks' and NAV's, those of revenue and tax in local currency; ``open`` is what is open of it in both books.
    """

    subject: str
    ref: Ref | None
    number: str
    client: str
    customer_no: str
    day: date | None
    currency: str
    nav_numbers: tuple[str, ...]
    entries: tuple[int, ...]
    state: str
    open: Both
    figures: Mapping[Topic, Both] = field(default_factory=dict)

    def figure(self, topic: Topic) -> Both:
        return self.figures.get(topic, NOTHING)


def listing(sides: Sides, bridges: Iterable[Bridge]) -> tuple[Listed, ...]:
    """All documents of any bridge, by currency (the local one first), customer, kind, day and number; entries that are only in NAV last."""
    documents, figures = _documents(sides), _figures(bridges)
    entries = {entry.entry_no: entry for entry in sides.nav.entries}
    opened = _open(sides)
    rows = []
    for subject, currency in {**figures, **dict.fromkeys(opened)}:
        left = opened.get((subject, currency), NOTHING)
        parts = figures.get((subject, currency), {})
        if subject.startswith(ENTRY):
            rows.append(_entry(entries[int(subject.removeprefix(ENTRY))], currency, left, parts))
        else:
            rows.append(_document(sides, documents, subject, currency, left, parts))
    return tuple(sorted(rows, key=lambda row: (row.currency != sides.lcy, *_place(row))))


def _place(row: Listed) -> tuple[str, str, int, date, str, str]:
    kind = DOCUMENTS.index(row.ref.kind) if row.ref else len(DOCUMENTS)
    day = row.day or date.min
    return row.currency, row.customer_no, kind, day, row.number, row.subject


def _documents(sides: Sides) -> Mapping[Ref, Document]:
    books = sides.freshbooks
    every: Iterator[Document] = (
        one for some in (books.invoices, books.credit_notes, books.payments) for one in some
    )
    return {one.ref: one for one in every}


def _figures(bridges: Iterable[Bridge]) -> dict[tuple[str, str], dict[Topic, Both]]:
    """What each document and strange entry contributes, by subject and currency."""
    found: dict[tuple[str, str], dict[Topic, Both]] = defaultdict(dict)
    for bridge in bridges:
        for item in bridge.items:
            if _is_listed(item):
                found[item.subject, bridge.currency][bridge.topic] = (item.freshbooks, item.nav)
    return found


def _is_listed(item: Item) -> bool:
    return "/" in item.subject or item.subject.startswith(ENTRY)


def _open(sides: Sides) -> Mapping[tuple[str, str], Both]:
    """What is open of each document in both books; a credit that holds what was paid too much is with its payment, as in NAV."""
    books, sums = sides.freshbooks, dict[tuple[str, str], Both]()

    def add(subject: str, currency: str, freshbooks: Decimal, nav: Decimal) -> None:
        if freshbooks or nav:
            one, other = sums.get((subject, currency), NOTHING)
            sums[subject, currency] = one + freshbooks, other + nav

    holders = {note.ref: payment for payment, note in books.overpayments.items()}
    for invoice in books.live_invoices:
        add(str(invoice.ref), invoice.currency, books.outstanding(invoice), ZERO)
    for note in books.live_credit_notes:
        add(str(holders.get(note.ref, note.ref)), note.currency, -books.unused(note), ZERO)
    for payment in books.orphans:
        add(str(payment.ref), payment.currency, -payment.amount.amount, ZERO)
    of = {entry.entry_no: str(ref) for ref, some in sides.nav.families.items() for entry in some}
    for entry in sides.nav.entries:
        if entry.customer_no in sides.clients:
            subject = of.get(entry.entry_no, f"{ENTRY}{entry.entry_no}")
            add(subject, entry.currency_code or sides.lcy, ZERO, sides.nav.remaining(entry))
    return sums


def _document(
    sides: Sides,
    documents: Mapping[Ref, Document],
    subject: str,
    currency: str,
    left: Both,
    figures: Mapping[Topic, Both],
) -> Listed:
    ref = Ref.parse(subject)
    one, family = documents.get(ref), sides.nav.families.get(ref, ())
    client = one.customer.key if one else ""
    recorded = sides.evidence.recorded
    known = recorded.documents.get(ref) if recorded else None
    numbers, entries = _in_nav(sides, ref, family)
    return Listed(
        subject=subject,
        ref=ref,
        number=_number(one),
        client=client,
        customer_no=_customer(sides, client, family),
        day=_day(one) or (family[0].posting_date if family else None),
        currency=currency,
        nav_numbers=numbers,
        entries=entries,
        state=("deleted" if known.gone else known.state) if known else "",
        open=left,
        figures=figures,
    )


def _in_nav(
    sides: Sides, ref: Ref, family: Sequence[CustomerEntry]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """NAV's numbers of a document; where it is on no customer's account, those of the general ledger."""
    general = sides.evidence.general
    rows = family or (general.by_document.get(ref, ()) if general else ())
    return tuple(dict.fromkeys(r.document_no for r in rows)), tuple(r.entry_no for r in rows)


def _customer(sides: Sides, client: str, family: Sequence[CustomerEntry]) -> str:
    """Where it stands in NAV, or else where it should."""
    standing = ", ".join(sorted({entry.customer_no for entry in family}))
    return standing or sides.customer_nos.get(client, "")


def _number(one: Document | None) -> str:
    """What is written on it; a payment has no number."""
    return one.number if isinstance(one, Invoice | CreditNote) else ""


def _day(one: Document | None) -> date | None:
    if one is None:
        return None
    return one.paid_on if isinstance(one, Payment) else one.issued_on


def _entry(
    entry: CustomerEntry, currency: str, left: Both, figures: Mapping[Topic, Both]
) -> Listed:
    return Listed(
        subject=f"{ENTRY}{entry.entry_no}",
        ref=None,
        number="",
        client="",
        customer_no=entry.customer_no,
        day=entry.posting_date,
        currency=currency,
        nav_numbers=(entry.document_no,),
        entries=(entry.entry_no,),
        state="",
        open=left,
        figures=figures,
    )
