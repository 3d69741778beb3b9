"""What the store keeps of a document beside its raw content, so that people, rounds and events can look for it."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.decision.facts import DocumentRecord
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment
from tieout.engine.ports import Shelf


def shelf_of(record: DocumentRecord) -> Shelf:
    """The shelf of a document."""
    invoice = record if isinstance(record, Invoice) else None
    return Shelf(
        ref=record.ref,
        number="" if isinstance(record, Payment) else record.number,
        customer=record.customer.key,
        invoice=_key(record.invoice) if isinstance(record, Payment) and not record.is_rest else "",
        credit=_key(record.credit) if isinstance(record, Payment) else "",
        overpayment=_key(record.overpayment) if isinstance(record, Payment) else "",
        currency=record.currency,
        amount=record.amount.amount,
        dated=record.paid_on if isinstance(record, Payment) else record.issued_on,
        due_on=invoice.due_on if invoice else None,
        outstanding=_owed(invoice) if invoice else None,
        paid=is_paid(invoice) if invoice else None,
    )


def is_paid(invoice: Invoice) -> bool:
    """Whether a claim was made and nothing of it is owed any more. A draft, a deleted invoice and one of nothing are never paid."""
    return is_claim(invoice) and bool(invoice.amount) and invoice.outstanding.amount <= 0


def is_claim(invoice: Invoice) -> bool:
    """Whether the customer has been asked for money, and still is."""
    return not invoice.draft and invoice.visibility is not Visibility.DELETED


def _owed(invoice: Invoice) -> Decimal:
    return invoice.outstanding.amount if is_claim(invoice) else Decimal(0)


def _key(ref: Ref | None) -> str:
    return ref.key if ref else ""
