"""All journal entries of a business, worked out of its documents as they stand at present.

What is deleted is not there, what was edited is there as it is now and at its present date, what is
archived counts. Nothing else is looked at, so that the same documents make the same ledger.
"""

from __future__ import annotations

from collections.abc import Iterator

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.credit_notes import CreditNote
from tieout_sandboxes.freshbooks.ledger.entries import Entry
from tieout_sandboxes.freshbooks.ledger.purchases import (
    bill_entry,
    bill_payment_entry,
    expense_entry,
    income_entry,
)
from tieout_sandboxes.freshbooks.ledger.sales import (
    credit_entry,
    invoice_entry,
    issued,
    payment_entry,
)
from tieout_sandboxes.freshbooks.payment import Payment
from tieout_sandboxes.freshbooks.table import Row


def entries(books: Books) -> Iterator[Entry]:
    """The entries that say anything; a document of nothing has none."""
    for entry in (*_sales(books), *_purchases(books)):
        if entry.bookings:
            yield entry


def _sales(books: Books) -> Iterator[Entry]:
    switches = books.core.switches
    for invoice in books.invoices.table:
        if issued(invoice, switches):
            yield invoice_entry(invoice, switches)
    for credit in books.credit_notes.table:
        if not credit.deleted:
            yield credit_entry(credit, switches)
    for payment in invoice_payments(books):
        yield payment_entry(payment.wire, credit_used(books, payment.wire), switches)


def invoice_payments(books: Books) -> Iterator[Row[Payment]]:
    """The live payments of invoices. One without an invoice belongs to a credit, which has its own entry."""
    vanish = books.core.switches.ledger_orphan_payments == "vanish"
    for row in books.payments.table:
        number = row.wire.invoiceid
        if row.deleted or number is None:
            continue
        if not (vanish and books.invoices.table[number].deleted):
            yield row


def credit_used(books: Books, payment: Payment) -> CreditNote | None:
    """The credit that a payment used instead of money."""
    if not payment.from_credit or payment.creditid is None:
        return None
    return books.credit_notes.table[payment.creditid].wire


def _purchases(books: Books) -> Iterator[Entry]:
    switches, categories = books.core.switches, books.categories
    for expense in books.expenses.table:
        if not expense.deleted:
            yield expense_entry(expense.wire, categories, switches)
    for bill in books.bills.table:
        if not bill.deleted:
            yield bill_entry(bill.wire, categories, switches)
    for paid in books.bill_payments.table:
        orphan = books.bills.table[paid.wire.billid].deleted
        if not paid.deleted and not (orphan and switches.ledger_orphan_payments == "vanish"):
            yield bill_payment_entry(paid.wire)
    for income in books.other_incomes.table:
        if not income.deleted:
            yield income_entry(income.wire, switches)
