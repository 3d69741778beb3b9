"""Invoices, credit notes and their payments as journal entries.

The accounts are those of help articles 360001212251 and 360046884431: receivables against revenue,
discounts and the payable account of each tax; every payment goes through Petty Cash.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout_sandboxes.freshbooks.credit_notes import CreditNote
from tieout_sandboxes.freshbooks.invoice import Invoice
from tieout_sandboxes.freshbooks.invoices import INCLUSIVE
from tieout_sandboxes.freshbooks.ledger.accounts import (
    BILLED_EXPENSES,
    CUSTOMER_CREDIT,
    CUSTOMER_DEPOSITS,
    DEFERRED_DISCOUNT,
    DISCOUNTS,
    PETTY_CASH,
    RECEIVABLES,
    SALES,
    TAXES_PAYABLE,
    UNEARNED_REVENUE,
    Place,
)
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry, bookings, merged
from tieout_sandboxes.freshbooks.money import ZERO, cents
from tieout_sandboxes.freshbooks.payment import Payment
from tieout_sandboxes.freshbooks.statuses import v3_status
from tieout_sandboxes.freshbooks.switches import Switches
from tieout_sandboxes.freshbooks.table import Row
from tieout_sandboxes.freshbooks.totals import Taxed, TaxKey, by_tax, gross_share

UNISSUED = ("draft", "created")
REBILLED = 1
UNNAMED = "Tax"
CLIENT_MONEY = {
    "customer_credit": CUSTOMER_CREDIT,
    "customer_deposits": CUSTOMER_DEPOSITS,
    "unearned_revenue": UNEARNED_REVENUE,
}


def issued(row: Row[Invoice], switches: Switches) -> bool:
    """Whether an invoice counts: it exists and is no draft. A payment makes a draft count."""
    return not row.deleted and v3_status(row.wire, switches) not in UNISSUED


def invoice_taxes(row: Row[Invoice], switches: Switches) -> dict[TaxKey, Taxed]:
    """What each tax of an invoice comes to."""
    return by_tax(
        row.lines, row.wire.discount_value, per_line=switches.tax_rounding == "per_line",
        inclusive=row.wire.tax_included == INCLUSIVE,
    )  # fmt: skip


def credit_taxes(row: Row[CreditNote], switches: Switches) -> dict[TaxKey, Taxed]:
    """What each tax of a credit note comes to."""
    return by_tax(row.lines, per_line=switches.tax_rounding == "per_line")


def tax_place(name: str | None) -> Place:
    """The account of a tax that is owed."""
    return Place(TAXES_PAYABLE, name or UNNAMED)


def invoice_entry(row: Row[Invoice], switches: Switches) -> Entry:
    """Dr receivables, Dr discounts; Cr sales, Cr billed expenses, Cr each tax.

    Sales are what is left of the total, so that the entry balances whatever rounding did.
    """
    invoice = row.wire
    return Entry(
        "invoice", row.id, invoice.create_date, invoice.currency_code,
        f"Invoice {invoice.invoice_number}", invoice.description,
        merged(_invoice_bookings(row, switches)), client=invoice.customerid,
    )  # fmt: skip


def _invoice_bookings(row: Row[Invoice], switches: Switches) -> Iterator[Booking]:
    total, discount = row.wire.amount.amount, abs(row.wire.discount_total.amount)
    taxes = invoice_taxes(row, switches)
    tax = sum((taxed.tax for taxed in taxes.values()), ZERO)
    rebilled = _rebilled(row)
    if switches.ledger_discounts == "sales":
        discount = ZERO
    yield Booking(RECEIVABLES, total)
    yield Booking(DISCOUNTS, discount)
    yield Booking(SALES, -(total + discount - tax - rebilled))
    yield Booking(BILLED_EXPENSES, -rebilled)
    for (name, _percent), taxed in taxes.items():
        yield Booking(tax_place(name), -taxed.tax)


def _rebilled(row: Row[Invoice]) -> Decimal:
    """What lines of rebilled expenses come to without tax, before the discount."""
    inclusive = row.wire.tax_included == INCLUSIVE
    return sum(
        (
            cents(line.amount.amount / gross_share(line)) if inclusive else line.amount.amount
            for line in row.lines
            if line.type == REBILLED
        ),
        ZERO,
    )


def held_by(credit: CreditNote, switches: Switches) -> Place:
    """The account on which a credit waits until it is used."""
    if credit.credit_type == "goodwill":
        return CUSTOMER_CREDIT
    return CLIENT_MONEY[switches.ledger_client_money]


def credit_entry(row: Row[CreditNote], switches: Switches) -> Entry:
    """A gift: Dr sales and its taxes, Cr customer credit. Money received: Dr Petty Cash instead."""
    credit = row.wire
    return Entry(
        "credit", row.id, credit.create_date, credit.currency_code,
        f"Credit {credit.credit_number}", credit.description,
        merged(_credit_bookings(row, switches)), client=credit.clientid,
    )  # fmt: skip


def _credit_bookings(row: Row[CreditNote], switches: Switches) -> Iterator[Booking]:
    amount = row.wire.amount.amount
    yield Booking(held_by(row.wire, switches), -amount)
    if row.wire.credit_type != "goodwill":
        yield Booking(PETTY_CASH, amount)
    elif switches.ledger_goodwill == "deferred_discount":
        yield Booking(DEFERRED_DISCOUNT, amount)
    else:
        taxes = credit_taxes(row, switches)
        yield Booking(SALES, amount - sum((taxed.tax for taxed in taxes.values()), ZERO))
        for (name, _percent), taxed in taxes.items():
            yield Booking(tax_place(name), taxed.tax)


def payment_entry(payment: Payment, credit: CreditNote | None, switches: Switches) -> Entry:
    """Dr Petty Cash, or the account of the credit that was used; Cr receivables."""
    amount = payment.amount.amount
    paid = bookings((_paid_from(credit, switches), amount), (RECEIVABLES, -amount))
    if credit is not None and _deferred(credit, switches):
        paid += bookings((DISCOUNTS, amount), (DEFERRED_DISCOUNT, -amount))
    return Entry(
        "payment", payment.id, payment.date, payment.amount.code, "Payment", payment.note, paid,
        client=payment.clientid,
    )  # fmt: skip


def _paid_from(credit: CreditNote | None, switches: Switches) -> Place:
    return PETTY_CASH if credit is None else held_by(credit, switches)


def _deferred(credit: CreditNote, switches: Switches) -> bool:
    return credit.credit_type == "goodwill" and switches.ledger_goodwill == "deferred_discount"
