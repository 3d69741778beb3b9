"""Expense categories: a fixed tree that every business starts with. There is no call that writes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 13_151_877
TREE: Mapping[str, Sequence[str]] = {
    "Advertising": (),
    "Car & Truck Expenses": ("Gas", "Mileage", "Repairs", "Vehicle Insurance", "Vehicle Licensing"),
    "Contractors": (),
    "Cost of Goods Sold": ("Cost of Billed Expenses", "Cost of Shipping & Handling"),
    "Education and Training": (),
    "Employee Benefits": ("Accident Insurance", "Health Insurance", "Life Insurance"),
    "Meals & Entertainment": ("Entertainment", "Restaurants/Dining"),
    "Office Expenses & Postage": (
        "Hardware", "Office Supplies", "Packaging", "Postage", "Printing", "Shipping & Couriers",
        "Software", "Stationery",
    ),
    "Other Expenses": (
        "Bank Fees", "Business Insurance", "Commissions", "Depreciation", "Interest - Mortgage",
        "Interest - Other", "Online Services", "Reference Materials", "Repairs & Maintenance",
        "Subscriptions/Dues/Memberships", "Taxes & Licenses", "Wages",
    ),
    "Personal": (),
    "Professional Services": ("Accounting", "Legal Fees"),
    "Rent or Lease": ("Equipment", "Machinery", "Office Space", "Vehicles"),
    "Supplies": (),
    "Travel": ("Airfare", "Hotel/Lodging/Accommodation", "Taxi & Parking"),
    "Uncategorized Expenses": (),
    "Utilities": ("Gas & Electrical", "Phone"),
}  # fmt: skip


class Category(msgspec.Struct, kw_only=True):
    """A category as the API shows it."""

    category: str
    categoryid: int
    created_at: str
    id: int
    is_cogs: bool = False
    is_editable: bool = False
    parentid: int | None = None
    transaction_posted: bool = False
    updated_at: str = ""
    vis_state: int = 0


class Categories(Resource[Category]):
    """`expenses/categories`."""

    record = Category
    single = "category"
    plural = "categories"
    path = "expenses/categories"
    scope = "expenses"
    writable = False

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))
        for parent, children in TREE.items():
            top = self._plant(parent, None)
            for child in children:
                self._plant(child, top)

    def keys(self) -> Mapping[str, Key[Category]]:
        return KEYS

    def new(self, given: Given) -> Row[Category]:
        raise self.unknown(given.kind)

    def _plant(self, name: str, parent: int | None) -> int:
        now = self.core.clock.now()
        number = self.table.take_id()
        cogs = name.startswith("Cost of")
        category = Category(
            category=name, categoryid=number, created_at=eastern(now), id=number, is_cogs=cogs,
            parentid=parent,
        )  # fmt: skip
        self.touch(Row(number, category, now))
        return number

    def posted(self, number: int) -> None:
        """Takes note that an expense was written to a category."""
        row = self.table[number]
        row.wire.transaction_posted = True
        self.touch(row)

    def stamp(self, wire: Category, now: datetime) -> None:
        wire.updated_at = eastern(now)

    def in_order(self, ids: list[int]) -> list[int]:
        return sorted(ids, key=lambda number: self.table[number].wire.category)


KEYS: Mapping[str, Key[Any]] = {
    "vis_state": equals(lambda row: row.wire.vis_state, int),
}
