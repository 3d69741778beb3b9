"""`profitloss_entity`: what was earned and what it cost, by accrual or as the money came.

Keys, the tree of rows and its words: fixtures of the Node and Java SDKs. Taxes are left out of both
sides there: 10.00 spent with 13 % in it shows as 8.85.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks.errors import INVALID_VALUE, Refusal
from tieout_sandboxes.freshbooks.ledger.accounts import GOODS_SOLD, OPERATING, REVENUE
from tieout_sandboxes.freshbooks.ledger.entries import Booking
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import KIND, Asked, download_token
from tieout_sandboxes.freshbooks.ledger.reports.recognition import Counted, accrued, collected
from tieout_sandboxes.freshbooks.money import ZERO, Money, cents

WORDS = {
    "invoice": "Invoice", "payment": "Payment", "credit": "Credit", "income": "Other Income",
    "expense": "Expenses", "bill": "Bills", "journal_entry": "Adjustment",
}  # fmt: skip
RESOLUTION = re.compile(r"([1-9]\d?)?m")
HUNDRED = Decimal(100)
Span = tuple[str, str]


@dataclass
class Row:
    """A line of the report: an amount for the whole of it and one for each column."""

    description: str
    side: str
    amounts: list[Decimal]
    children: dict[str, Row] = field(default_factory=dict)

    def add(self, path: Sequence[str], amounts: Sequence[Decimal]) -> None:
        """Adds to this row and to those below it that a path names."""
        self.amounts = [old + new for old, new in zip(self.amounts, amounts, strict=True)]
        if path:
            empty = [ZERO] * len(amounts)
            child = self.children.setdefault(path[0], Row(path[0], self.side, empty))
            child.add(path[1:], amounts)

    def shown(self, code: str) -> dict[str, Any]:
        """The row with those below it, by name."""
        total, *columns = self.amounts
        return {
            "children": [child.shown(code) for _, child in sorted(self.children.items())],
            "data": [Money(amount, code) for amount in columns],
            "description": self.description,
            "entry_type": self.side,
            "total": Money(total, code),
        }


def profit_loss(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """Income above, expenses below, and what is left."""
    core, code = journal.books.core, wanted.code
    columns = _columns(wanted, core.switches.query_error_status)
    whole = core.switches.profit_loss_columns == "whole"
    spans = [(wanted.first, wanted.last), *columns]
    empty = [ZERO] * len(spans)
    sales, goods = Row("Sales", "credit", empty), Row("Cost of Goods Sold", "credit", empty)
    costs = Row("Total Expenses", "debit", empty)
    for counted in _counted(journal, wanted):
        shares = _shares(counted.date, spans, whole=whole)
        if counted.code == code and any(shares):
            _book(counted, shares, sales, goods, costs)
    gross = _less(sales, goods, "Gross Profit")
    if core.switches.profit_loss_goods_sold == "negative":
        goods = _negated(goods)
    return {
        "cash_based": wanted.cash,
        "company_name": core.business.name,
        "currency_code": code,
        "dates": [{"end_date": last, "start_date": first} for first, last in columns],
        "download_token": download_token("profitloss", wanted),
        "end_date": wanted.last,
        "expenses": [row.shown(code) for _, row in sorted(costs.children.items())],
        "gross_margin": _margin(gross, sales).shown("%"),
        "income": [sales.shown(code), goods.shown(code)],
        "labels": [first for first, _last in columns],
        "net_profit": _less(gross, costs, f"Net Profit ({code})").shown(code),
        "resolution": wanted.resolution,
        "start_date": wanted.first,
        "total_expenses": costs.shown(code) | {"children": []},
        "total_income": gross.shown(code),
    }


def _counted(journal: Journal, wanted: Asked) -> Iterable[Counted]:
    entries = journal.entries()
    return collected(journal.books, entries) if wanted.cash else accrued(entries)


def _book(counted: Counted, shares: Sequence[int], sales: Row, goods: Row, costs: Row) -> None:
    word = WORDS.get(counted.kind, counted.kind)
    for booking in counted.bookings:
        amounts = [booking.amount * share for share in shares]
        if booking.place.account == REVENUE:
            sales.add([word], [-amount for amount in amounts])
        elif booking.place.account == GOODS_SOLD:
            goods.add([*_branch(booking), word], amounts)
        elif booking.place.account == OPERATING:
            costs.add([*_branch(booking), word], amounts)


def _branch(booking: Booking) -> tuple[str, str]:
    """The category at the top, and the one below it or the top's own."""
    top, category = booking.place.name, booking.category
    return top, category if category not in ("", top) else f"{top} (general)"


def _shares(on: str, spans: Sequence[Span], *, whole: bool) -> list[int]:
    """In which columns a day counts, the whole report first."""
    inside = [int(first <= on <= last) for first, last in spans]
    if whole and len(inside) > 1:
        return [int(any(inside[1:])), *inside[1:]]
    return [inside[0] and share for share in inside]


def _less(above: Row, below: Row, description: str) -> Row:
    amounts = [one - other for one, other in zip(above.amounts, below.amounts, strict=True)]
    return Row(description, "credit", amounts)


def _negated(row: Row) -> Row:
    children = {name: _negated(child) for name, child in row.children.items()}
    return Row(row.description, row.side, [ZERO - amount for amount in row.amounts], children)


def _margin(gross: Row, sales: Row) -> Row:
    pairs = zip(gross.amounts, sales.amounts, strict=True)
    return Row(
        "Gross Margin", "none",
        [cents(profit / sold * HUNDRED) if sold else ZERO for profit, sold in pairs],
    )  # fmt: skip


def _columns(wanted: Asked, status: int) -> list[Span]:
    """Calendar months, or several together, that cover the days asked for; `m`, `3m`."""
    if not wanted.resolution:
        return []
    read = RESOLUTION.fullmatch(wanted.resolution)
    if read is None:
        message = "The parameter 'resolution' has an invalid value."
        raise Refusal(
            status, INVALID_VALUE, message, field="resolution", kind=KIND, value=wanted.resolution
        )
    months, first = int(read[1] or 1), date.fromisoformat(wanted.first).replace(day=1)
    found = []
    while first.isoformat() <= wanted.last:
        following = _later(first, months)
        found.append((first.isoformat(), (following - timedelta(days=1)).isoformat()))
        first = following
    return found


def _later(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
