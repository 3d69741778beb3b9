"""Other income: money that came in without an invoice. The list's key is in the singular."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, day, money, percent, text_or_null
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 12_345
CATEGORIES = ("advertising", "in_person_sales", "online_sales", "rentals", "other")


class IncomeTax(msgspec.Struct, frozen=True):
    """A tax contained in an income, by name and percentage."""

    amount: str
    name: str | None


class OtherIncome(msgspec.Struct, kw_only=True):
    """An income as the API shows it; its stamps are Eastern."""

    amount: Money
    category_name: str = ""
    created_at: str
    date: str = ""
    incomeid: int
    note: str | None = None
    payment_type: str | None = None
    source: str | None = None
    sourceid: int | None = None
    taxes: list[IncomeTax] = []
    updated_at: str = ""
    userid: int | None = None
    vis_state: int = 0


class OtherIncomes(Resource[OtherIncome]):
    """`other_incomes/other_incomes`."""

    record = OtherIncome
    single = "other_income"
    plural = "other_income"
    path = "other_incomes/other_incomes"
    scope = "other_income"
    id_name = "incomeid"
    announced = False
    delete_verb = True
    settled = frozenset({"amount", "category_name", "taxes"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        "category_name": text_or_null,
        "date": day,
        "note": text_or_null,
        "payment_type": text_or_null,
        "source": text_or_null,
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))

    def keys(self) -> Mapping[str, Key[OtherIncome]]:
        return KEYS

    def new(self, given: Given) -> Row[OtherIncome]:
        given.require("amount", "category_name", "date")
        number, now = self.table.take_id(), self.core.clock.now()
        amount = money(given, "amount", self.core.business.currency)
        income = OtherIncome(amount=amount, created_at=eastern(now), incomeid=number)
        return Row(number, income, now)

    def settle(self, row: Row[OtherIncome], given: Given) -> None:
        income = row.wire
        if income.category_name not in CATEGORIES:
            message = f"category_name must be one of {', '.join(CATEGORIES)}."
            raise given.refuse("category_name", errors.INVALID_VALUE, message)
        if "amount" in given:
            income.amount = money(given, "amount", income.amount.code)
        if "taxes" in given:
            income.taxes = _taxes(given)

    def stamp(self, wire: OtherIncome, now: datetime) -> None:
        wire.updated_at = eastern(now)


def _taxes(given: Given) -> list[IncomeTax]:
    values = given.raw("taxes") or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        message = "The field 'taxes' must be a list."
        raise given.refuse("taxes", errors.INVALID_MAPPING_TYPE, message)
    taxes = [Given("tax", value) for value in values]
    return [IncomeTax(percent(tax, "amount"), text_or_null(tax, "name")) for tax in taxes]


KEYS: Mapping[str, Key[Any]] = {
    "incomeid": equals(lambda row: row.id, int, index="id"),
    "category_name": equals(lambda row: row.wire.category_name),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
}
