"""The chart of accounts: parents with numbers, and below each the accounts that entries are booked to.

Names and numbers: help article 360001212251 and the trial balance published with the API (which has
2001 Taxes Payable and 2003 Customer Credit, so that Unearned Revenue should be 2002).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Account(NamedTuple):
    """A parent account."""

    number: str
    name: str
    type: str

    @property
    def debit(self) -> bool:
        """Whether its balance is usually a debit."""
        return self.type in ("asset", "expense")


class Place(NamedTuple):
    """An account below a parent: where an amount is booked."""

    account: Account
    name: str


CASH = Account("1000", "Cash", "asset")
RECEIVABLE = Account("1200", "Accounts Receivable", "asset")
EQUIPMENT = Account("1500", "Property, Plant and Equipment", "asset")
DEFERRED = Account("1600", "Deferred Discount", "asset")
PAYABLE = Account("2000", "Accounts Payable", "liability")
TAXES_PAYABLE = Account("2001", "Taxes Payable", "liability")
UNEARNED = Account("2002", "Unearned Revenue", "liability")
CREDIT = Account("2003", "Customer Credit", "liability")
EQUITY = Account("3000", "Owner's Equity", "equity")
REVENUE = Account("4000", "Revenue", "income")
GOODS_SOLD = Account("5000", "Cost of Goods Sold", "expense")
OPERATING = Account("6000", "Operating Expenses", "expense")
TAXES_PAID = Account("6001", "Taxes Paid", "expense")

PETTY_CASH = Place(CASH, "Petty Cash")
RECEIVABLES = Place(RECEIVABLE, "Accounts Receivable")
CUSTOMER_DEPOSITS = Place(RECEIVABLE, "Customer Deposits")
DEFERRED_DISCOUNT = Place(DEFERRED, "Deferred Discount")
PAYABLES = Place(PAYABLE, "Accounts Payable")
UNEARNED_REVENUE = Place(UNEARNED, "Unearned Revenue")
CUSTOMER_CREDIT = Place(CREDIT, "Customer Credit")
SALES = Place(REVENUE, "Sales")
BILLED_EXPENSES = Place(REVENUE, "Billed Expenses")
ADVERTISING = Place(REVENUE, "Ad Revenue")
GOODS = Place(REVENUE, "Sale of Goods")
RENTAL = Place(REVENUE, "Rental Income")
DISCOUNTS = Place(REVENUE, "Discounts")

# What every business starts with; taxes and expense categories join when something is booked to them.
CHART: Mapping[Account, Sequence[str]] = {
    CASH: ("Petty Cash",),
    RECEIVABLE: ("Accounts Receivable", "Customer Deposits"),
    EQUIPMENT: ("Office Equipment", "Furniture"),
    DEFERRED: ("Deferred Discount",),
    PAYABLE: ("Accounts Payable", "Accrued Payroll", "Accrued Rent"),
    TAXES_PAYABLE: (),
    UNEARNED: ("Unearned Revenue",),
    CREDIT: ("Customer Credit",),
    EQUITY: ("Common Stock", "Retained Earnings"),
    REVENUE: (
        "Sales", "Billed Expenses", "Ad Revenue", "Sale of Goods", "Rental Income", "Discounts",
    ),
    GOODS_SOLD: (),
    OPERATING: (),
    TAXES_PAID: (),
}  # fmt: skip
