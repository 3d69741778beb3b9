"""FreshBooks' records as documents to be matched: what changes a customer's balance, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.matching.documents import FreshbooksDocument
from tieout.core.records.adoption import substance
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.document import Line, Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

GOODWILL = "goodwill"
ZERO = Decimal(0)


@dataclass(slots=True)
class FreshbooksSide:
    """The documents, and how many records were left out, by reason."""

    documents: list[FreshbooksDocument] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a document shows of others: its client's name, the number of the invoice that it pays, what was paid too much with it."""

    names: Mapping[Ref, str]
    invoices: Mapping[Ref, Invoice]
    notes: Mapping[Ref, CreditNote]


def documents_of(
    invoices: Sequence[Invoice],
    credit_notes: Sequence[CreditNote],
    payments: Sequence[Payment],
    customers: Iterable[Customer],
) -> FreshbooksSide:
    """All that should stand in a ledger. What was paid too much belongs to its payment; a prepayment is money; a credit that is used moves none."""
    known = _Known(
        names={customer.ref: customer.name for customer in customers},
        invoices={invoice.ref: invoice for invoice in invoices},
        notes={note.ref: note for note in credit_notes},
    )
    with_payment = {payment.overpayment for payment in payments if payment.overpayment}
    side = FreshbooksSide()
    for invoice in _kept(invoices, side):
        side.documents.append(_invoice(invoice, known))
    for note in _kept(credit_notes, side):
        if note.ref in with_payment:
            side.left_out["overpayments, counted with their payment"] += 1
        else:
            side.documents.append(_credit_note(note, known))
    for payment in _kept(payments, side):
        if payment.from_credit or payment.is_rest:
            side.left_out["uses of credits, which move no money"] += 1
        else:
            side.documents.append(_payment(payment, known))
    return side


def between(
    documents: Sequence[FreshbooksDocument], first: date, last: date
) -> list[FreshbooksDocument]:
    """The documents of these days. What is open of an invoice that was paid on other days cannot be compared, for those payments are not."""
    inside = [document for document in documents if first <= document.day <= last]
    others = [document for document in documents if not first <= document.day <= last]
    outside = {number for document in others for number in document.named}
    return [
        replace(document, open=None) if document.number in outside else document
        for document in inside
    ]


def _kept(
    records: Iterable[Invoice] | Iterable[CreditNote] | Iterable[Payment], side: FreshbooksSide
) -> Iterator[Any]:
    for record in records:
        reason = _reason(record)
        if reason:
            side.left_out[reason] += 1
        else:
            yield record


def _reason(record: Invoice | CreditNote | Payment) -> str:
    """Why a record has no place in a ledger; empty if it has one."""
    if record.visibility is Visibility.DELETED:
        return "deleted"
    if not isinstance(record, Payment) and record.draft:
        return "drafts"
    return "" if record.amount else "documents of nothing"


def _invoice(invoice: Invoice, known: _Known) -> FreshbooksDocument:
    amount = invoice.amount.amount
    told = bool(invoice.lines) and not invoice.tax_included
    return FreshbooksDocument(
        ref=str(invoice.ref),
        substance=substance(invoice),
        kind=Kind.INVOICE,
        number=invoice.number,
        client=invoice.customer.key,
        client_name=known.names.get(invoice.customer, ""),
        amount=amount,
        currency=invoice.currency,
        day=invoice.issued_on,
        tax=_rest(amount, invoice.lines) + invoice.discount.amount if told else None,
        open=invoice.outstanding.amount,
        reference=invoice.purchase_order,
        categories=_categories(invoice.lines),
    )


def _credit_note(note: CreditNote, known: _Known) -> FreshbooksDocument:
    amount, goodwill = note.amount.amount, note.credit_type == GOODWILL
    return FreshbooksDocument(
        ref=str(note.ref),
        substance=substance(note),
        kind=Kind.CREDIT_NOTE if goodwill else Kind.PAYMENT,
        number=note.number,
        client=note.customer.key,
        client_name=known.names.get(note.customer, ""),
        amount=-amount,
        currency=note.currency,
        day=note.issued_on,
        tax=-_rest(amount, note.lines) if note.lines and goodwill else None,
        open=note.used.amount - amount,
        categories=_categories(note.lines) if goodwill else frozenset(),
    )


def _payment(payment: Payment, known: _Known) -> FreshbooksDocument:
    more = known.notes.get(payment.overpayment) if payment.overpayment else None
    unused = more.used.amount - more.amount.amount if more else ZERO
    invoice = known.invoices.get(payment.invoice)
    # FreshBooks leaves the payments of a deleted invoice where they are: they settle nothing.
    gone = invoice is None or invoice.visibility is Visibility.DELETED
    return FreshbooksDocument(
        ref=str(payment.ref),
        substance=substance(payment),
        kind=Kind.PAYMENT,
        number="",
        client=payment.customer.key,
        client_name=known.names.get(payment.customer, ""),
        amount=-payment.amount.amount - (more.amount.amount if more else ZERO),
        currency=payment.currency,
        day=payment.paid_on,
        open=None if gone else unused,
        named=(invoice.number,) if invoice and invoice.number else (),
        reference=payment.note,
        categories=frozenset({payment.method} - {""}),
    )


def _rest(amount: Decimal, lines: Sequence[Line]) -> Decimal:
    """The tax: what the total has beyond its lines, since FreshBooks names percentages only."""
    return amount - total(line.amount.amount for line in lines)


def _categories(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(line.name for line in lines if line.name)
