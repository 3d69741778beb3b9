"""I23: each open invoice is due on the same day in both books, and so of the same age."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

INVOICE = "Invoice"


def due_dates(sides: Sides) -> Check:
    """NAV keeps the date of an entry that is closed, so only what is open now is compared."""
    compared = list(_compared(sides))
    invoices = {invoice.ref: invoice for invoice, _ in compared}.values()
    return Check(
        invariant="I23",
        name="due dates of open items",
        compared=len(compared),
        freshbooks=total(sides.freshbooks.outstanding(invoice) for invoice in invoices),
        nav=total(sides.nav.remaining(entry) for _, entry in compared),
        found=tuple(_difference(sides, i, e) for i, e in compared if i.due_on != e.due_on),
    )


def _compared(sides: Sides) -> Iterator[tuple[Invoice, CustomerEntry]]:
    for invoice in sides.freshbooks.live_invoices:
        for entry in sides.nav.families.get(invoice.ref, ()):
            if invoice.due_on and entry.open and entry.document_type == INVOICE:
                yield invoice, entry


def _difference(sides: Sides, invoice: Invoice, entry: CustomerEntry) -> Difference:
    moving = sides.flight.explains(invoice.ref)
    return Difference(
        invariant="I23",
        kind=Break.IN_FLIGHT if moving else Break.DUE_DATE,
        subject=str(invoice.ref),
        freshbooks=sides.freshbooks.outstanding(invoice),
        nav=sides.nav.remaining(entry),
        text=f"FreshBooks: due on {invoice.due_on}, NAV: due on {entry.due_on or 'no day'}",
    )
