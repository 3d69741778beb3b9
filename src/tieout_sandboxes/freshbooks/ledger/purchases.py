"""Expenses, bills with their payments, and other income as journal entries.

Expenses and other income go through Petty Cash (help article 360046884431). An expense is booked to
the category at the top of its branch: fuel to Car & Truck Expenses (sample published with the API).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout_sandboxes.freshbooks.bills import Bill, BillPayment
from tieout_sandboxes.freshbooks.categories import Categories
from tieout_sandboxes.freshbooks.expenses import Expense
from tieout_sandboxes.freshbooks.ledger.accounts import (
    ADVERTISING,
    GOODS,
    GOODS_SOLD,
    OPERATING,
    PAYABLES,
    PETTY_CASH,
    RENTAL,
    SALES,
    TAXES_PAID,
    TAXES_PAYABLE,
    Place,
)
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry, bookings, merged
from tieout_sandboxes.freshbooks.ledger.sales import UNNAMED, tax_place
from tieout_sandboxes.freshbooks.money import ZERO, Money, cents, rate
from tieout_sandboxes.freshbooks.other_incomes import OtherIncome
from tieout_sandboxes.freshbooks.switches import Switches
from tieout_sandboxes.freshbooks.totals import Taxed, TaxKey

Taxes = dict[TaxKey, Taxed]
BY_CATEGORY = {
    "advertising": ADVERTISING, "in_person_sales": GOODS, "online_sales": GOODS, "rentals": RENTAL,
    "other": SALES,
}  # fmt: skip


def expense_entry(expense: Expense, categories: Categories, switches: Switches) -> Entry:
    """Dr the category without tax, Dr each tax; Cr Petty Cash."""
    taxes = expense_taxes(expense)
    return Entry(
        "expense", expense.id, expense.date, expense.amount.code, "Expense", expense.notes,
        merged((
            *_spent(expense.categoryid, net_of(expense), categories),
            *_paid_taxes(taxes, switches),
            Booking(PETTY_CASH, -expense.amount.amount),
        )),
        client=expense.clientid or None, category=expense.categoryid,
    )  # fmt: skip


def net_of(expense: Expense) -> Decimal:
    """An expense without its taxes."""
    taxes = (expense.taxAmount1, expense.taxAmount2)
    return expense.amount.amount - sum((tax.amount for tax in taxes if tax is not None), ZERO)


def expense_taxes(expense: Expense) -> Taxes:
    """What each tax of an expense comes to."""
    first = (expense.taxName1, expense.taxPercent1, expense.taxAmount1)
    second = (expense.taxName2, expense.taxPercent2, expense.taxAmount2)
    return _by_key([first, second], net_of(expense))


def bill_entry(bill: Bill, categories: Categories, switches: Switches) -> Entry:
    """Dr the category of each line without tax, Dr each tax; Cr accounts payable."""
    spent = [
        booking
        for line in bill.lines
        for booking in _spent(line.categoryid, line.amount.amount, categories)
    ]
    owed = sum((line.total_amount.amount for line in bill.lines), ZERO)
    taxes = _paid_taxes(bill_taxes(bill), switches)
    return Entry(
        "bill", bill.id, bill.issue_date, bill.currency_code, f"Bill {bill.bill_number or bill.id}",
        bill.overall_description or "", merged((*spent, *taxes, Booking(PAYABLES, -owed))),
    )  # fmt: skip


def bill_taxes(bill: Bill) -> Taxes:
    """What each tax of a bill comes to."""
    found: Taxes = {}
    for line in bill.lines:
        first = (line.tax_name1, line.tax_percent1, line.tax_amount1)
        second = (line.tax_name2, line.tax_percent2, line.tax_amount2)
        for key, taxed in _by_key([first, second], line.amount.amount).items():
            before = found.get(key, Taxed(ZERO, ZERO))
            found[key] = Taxed(before.base + taxed.base, before.tax + taxed.tax)
    return found


def bill_payment_entry(payment: BillPayment) -> Entry:
    """Dr accounts payable, Cr Petty Cash."""
    amount = payment.amount.amount
    return Entry(
        "bill_payment", payment.id, payment.paid_date, payment.amount.code, "Bill Payment",
        payment.note or "", bookings((PAYABLES, amount), (PETTY_CASH, -amount)),
    )  # fmt: skip


def income_entry(income: OtherIncome, switches: Switches) -> Entry:
    """Dr Petty Cash; Cr revenue without the taxes that are in it, Cr each tax."""
    amount, taxes = income.amount.amount, income_taxes(income)
    tax = sum((taxed.tax for taxed in taxes.values()), ZERO)
    by_category = switches.ledger_other_income == "by_category"
    earned = BY_CATEGORY[income.category_name] if by_category else SALES
    owed = [Booking(tax_place(name), -taxed.tax) for (name, _percent), taxed in taxes.items()]
    return Entry(
        "income", income.incomeid, income.date, income.amount.code, "Other Income",
        income.note or "",
        merged((Booking(PETTY_CASH, amount), Booking(earned, tax - amount), *owed)),
    )  # fmt: skip


def income_taxes(income: OtherIncome) -> Taxes:
    """The taxes that are contained in an income."""
    net = income.amount.amount / (1 + sum(rate(tax.amount) for tax in income.taxes))
    found: Taxes = {}
    for tax in income.taxes:
        before = found.get((tax.name, tax.amount), Taxed(ZERO, ZERO))
        found[tax.name, tax.amount] = Taxed(cents(net), before.tax + cents(net * rate(tax.amount)))
    return found


def _by_key(taxes: list[tuple[str | None, str | None, Money | None]], base: Decimal) -> Taxes:
    found: Taxes = {}
    for name, percent, amount in taxes:
        if amount is not None:
            key = name, percent or "0"
            before = found.get(key, Taxed(base, ZERO))
            found[key] = Taxed(base, before.tax + amount.amount)
    return found


def _spent(number: int, amount: Decimal, categories: Categories) -> Iterator[Booking]:
    """The category on which an amount was spent."""
    category = categories.table[number].wire
    account = GOODS_SOLD if category.is_cogs else OPERATING
    top = category
    while top.parentid is not None:
        top = categories.table[top.parentid].wire
    yield Booking(Place(account, top.category), amount, category.category)


def _paid_taxes(taxes: Taxes, switches: Switches) -> Iterator[Booking]:
    account = TAXES_PAID if switches.ledger_purchase_tax == "taxes_paid" else TAXES_PAYABLE
    for (name, _percent), taxed in taxes.items():
        yield Booking(Place(account, name or UNNAMED), taxed.tax)
