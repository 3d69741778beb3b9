"""Lines of bills: a category, a quantity, a price and up to two taxes, and what they come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.categories import Categories
from tieout_sandboxes.freshbooks.given import (
    Given,
    money,
    number,
    percent_or_null,
    text_or_null,
    whole,
)
from tieout_sandboxes.freshbooks.money import ZERO, Money, cents, rate


class BillLine(msgspec.Struct, kw_only=True):
    """One line as the API shows it: `amount` without its taxes, `total_amount` with them."""

    amount: Money
    category: Any = None
    categoryid: int
    description: str | None = None
    id: int
    list_index: int
    quantity: str
    tax_amount1: Money | None = None
    tax_amount2: Money | None = None
    tax_authorityid1: str | None = None
    tax_authorityid2: str | None = None
    tax_name1: str | None = None
    tax_name2: str | None = None
    tax_percent1: str | None = None
    tax_percent2: str | None = None
    total_amount: Money
    unit_cost: Money


class Reader:
    """Reads the lines of a body for a bill in one currency."""

    def __init__(
        self, categories: Categories, code: str, missing: int, *, tax_contained: bool
    ) -> None:
        self._categories = categories
        self._code = code
        self._missing = missing
        self._contained = tax_contained

    def lines(self, given: Given) -> list[BillLine]:
        """The lines, numbered from 1 in the order in which they came."""
        values = given.raw("lines")
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            message = "The field 'lines' must be a list."
            raise given.refuse("lines", errors.INVALID_MAPPING_TYPE, message)
        return [
            self._line(Given("bill_line", value), place) for place, value in enumerate(values, 1)
        ]

    def _line(self, given: Given, place: int) -> BillLine:
        given.require("categoryid")
        category = self._categories.find(whole(given, "categoryid"), self._missing)
        cost = self._money(money(given, "unit_cost", self._code).amount)
        quantity = number(given, "quantity") if "quantity" in given else "1"
        line = BillLine(
            amount=cost, category=category.wire, categoryid=category.id, id=place, list_index=place,
            description=text_or_null(given, "description"), quantity=quantity, total_amount=cost,
            unit_cost=cost, tax_name1=text_or_null(given, "tax_name1"),
            tax_name2=text_or_null(given, "tax_name2"),
            tax_percent1=percent_or_null(given, "tax_percent1"),
            tax_percent2=percent_or_null(given, "tax_percent2"),
        )  # fmt: skip
        self._add_up(line)
        return line

    def _add_up(self, line: BillLine) -> None:
        first, second = rate(line.tax_percent1), rate(line.tax_percent2)
        stated = cents(Decimal(line.quantity) * line.unit_cost.amount)
        net = stated / (1 + first + second) if self._contained else stated
        taxes = [cents(net * share) for share in (first, second)]
        amount = stated - sum(taxes, ZERO) if self._contained else stated
        line.amount = self._money(amount)
        line.total_amount = self._money(amount + sum(taxes, ZERO))
        line.tax_amount1 = self._money(taxes[0]) if line.tax_percent1 else None
        line.tax_amount2 = self._money(taxes[1]) if line.tax_percent2 else None

    def _money(self, amount: Decimal) -> Money:
        return Money(amount, self._code)
