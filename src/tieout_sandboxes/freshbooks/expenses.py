"""Expenses: what the business has spent. Amounts include their taxes; there is no approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.categories import Categories
from tieout_sandboxes.freshbooks.clients import Clients
from tieout_sandboxes.freshbooks.clock import eastern, eastern_version
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import (
    Given,
    day,
    flag,
    money,
    money_or_null,
    number,
    percent_or_null,
    text,
    text_or_null,
    whole,
    whole_or_null,
)
from tieout_sandboxes.freshbooks.money import Money, cents, rate
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import (
    Key,
    among,
    at_least,
    before_day,
    boolean,
    equals,
    from_day,
    id_keys,
    less_than,
    updated_keys,
)
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 2_420_459
INTERNAL, OUTSTANDING, INVOICED = 0, 1, 2


class Expense(msgspec.Struct, kw_only=True):
    """An expense as the API shows it, in the order of recorded answers."""

    account_name: str = ""
    accountid: int | None = None
    accounting_systemid: str
    amount: Money
    background_jobid: int | None = None
    bank_name: str = ""
    bill_matches: list[Any] = []
    billable: bool = False
    categoryid: int = 0
    clientid: int = 0
    compounded_tax: bool = False
    converse_projectid: int | None = None
    date: str = ""
    expenseid: int
    ext_accountid: int | None = None
    ext_invoiceid: int = 0
    ext_systemid: int = 0
    from_bulk_import: bool = False
    has_receipt: bool = False
    id: int
    include_receipt: bool = False
    invoiceid: int | None = None
    is_cogs: bool = False
    isduplicate: bool = False
    markup_percent: str = "0"
    modern_projectid: int | None = None
    notes: str = ""
    potential_bill_payment: bool = False
    profileid: int | None = None
    projectid: int = 0
    staffid: int = 1
    status: int = INTERNAL
    taxAmount1: Money | None = None
    taxAmount2: Money | None = None
    taxName1: str | None = None
    taxName2: str | None = None
    taxPercent1: str | None = None
    taxPercent2: str | None = None
    transactionid: int | None = None
    updated: str = ""
    vendor: str | None = None
    version: str = ""
    vis_state: int = 0


class Expenses(Resource[Expense]):
    """`expenses/expenses`."""

    record = Expense
    single = "expense"
    plural = "expenses"
    path = "expenses/expenses"
    scope = "expenses"
    settled = frozenset({"amount"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **dict.fromkeys(("account_name", "bank_name", "notes"), text),
        **dict.fromkeys(("taxName1", "taxName2", "vendor"), text_or_null),
        **dict.fromkeys(
            ("categoryid", "clientid", "ext_invoiceid", "ext_systemid", "projectid", "staffid"),
            whole,
        ),
        **dict.fromkeys(("billable", "compounded_tax", "has_receipt", "include_receipt"), flag),
        **dict.fromkeys(("taxPercent1", "taxPercent2"), percent_or_null),
        **dict.fromkeys(("taxAmount1", "taxAmount2"), money_or_null),
        "date": day,
        "markup_percent": number,
        "modern_projectid": whole_or_null,
    }

    def __init__(self, core: Core, clients: Clients, categories: Categories) -> None:
        indexes = {"client": lambda row: row.wire.clientid, "same": _likeness}
        super().__init__(core, Table(FIRST_ID, indexes))
        self.clients = clients
        self.categories = categories

    def keys(self) -> Mapping[str, Key[Expense]]:
        return KEYS

    def new(self, given: Given) -> Row[Expense]:
        given.require("amount", "date", "categoryid", "staffid")
        id_ = self.table.take_id()
        expense = Expense(
            accounting_systemid=self.core.business.account_id,
            amount=money(given, "amount", self.core.business.currency),
            expenseid=id_,
            id=id_,
        )
        return Row(id_, expense, self.core.clock.now())

    def settle(self, row: Row[Expense], given: Given) -> None:
        expense = row.wire
        if "amount" in given:
            expense.amount = money(given, "amount", expense.amount.code)
        if expense.amount.amount < 0:
            raise given.refuse("amount", errors.INVALID_NEGATIVE, "The amount cannot be negative.")
        status = self.core.switches.unknown_reference_status
        category = self.categories.find(expense.categoryid, status).wire
        expense.is_cogs = category.is_cogs
        if expense.clientid:
            self.clients.find(expense.clientid, status)
        if expense.status in (INTERNAL, OUTSTANDING):
            expense.status = OUTSTANDING if expense.clientid else INTERNAL
        _tax(expense, given)

    def after_create(self, row: Row[Expense]) -> None:
        self.categories.posted(row.wire.categoryid)

    def stamp(self, wire: Expense, now: datetime) -> None:
        wire.updated = eastern(now)
        wire.version = eastern_version(now)

    def refresh(self, row: Row[Expense]) -> None:
        same = (other for other in self.table.having("same", _likeness(row)) if other != row.id)
        twice = any(not self.table[other].deleted for other in same)
        if twice != row.wire.isduplicate:
            row.wire.isduplicate = twice
            row.forget()


def _likeness(row: Row[Expense]) -> tuple[Any, ...]:
    """What two expenses have in common that count as the same one entered twice."""
    expense = row.wire
    return expense.amount, expense.date, expense.categoryid, expense.vendor


def _tax(expense: Expense, given: Given) -> None:
    """Works out the taxes that are contained in the amount, where only their percentages are given."""
    first, second = rate(expense.taxPercent1), rate(expense.taxPercent2)
    code, net = expense.amount.code, expense.amount.amount / (1 + first + second)
    for name, share in (("taxAmount1", first), ("taxAmount2", second)):
        kept = getattr(expense, name)
        if name in given and kept is not None:
            setattr(expense, name, Money(kept.amount, code))
        elif share:
            setattr(expense, name, Money(cents(net * share), code))


def _spent_on(row: Row[Expense]) -> date:
    return date.fromisoformat(row.wire.date)


def _amount(row: Row[Expense]) -> Decimal:
    return row.wire.amount.amount


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("expenseid", "expenseids"),
    **updated_keys(),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "clientid": equals(lambda row: row.wire.clientid, int, index="client"),
    "clientids": among(lambda row: row.wire.clientid, int, index="client"),
    "categoryid": equals(lambda row: row.wire.categoryid, int),
    "staffid": equals(lambda row: row.wire.staffid, int),
    "staffids": among(lambda row: row.wire.staffid, int),
    "projectid": equals(lambda row: row.wire.projectid, int),
    "projectids": among(lambda row: row.wire.projectid, int),
    "vendor": equals(lambda row: row.wire.vendor),
    "has_receipt": boolean(lambda row: row.wire.has_receipt),
    "date_min": from_day(_spent_on),
    "date_max": before_day(_spent_on),
    "amount_min": at_least(_amount),
    "amount_max": less_than(_amount),
}
