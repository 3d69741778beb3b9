"""Items: things the business sells. A document's line copies an item's name and price; nothing links back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, money, number, text, text_or_null, whole
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals, id_keys, updated_keys
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 101_001


class Item(msgspec.Struct, kw_only=True):
    """An item as the API shows it; tax1 and tax2 are tax ids, 0 for none."""

    accounting_systemid: str
    description: str = ""
    id: int
    inventory: str | None = None
    itemid: int
    name: str = ""
    qty: str = "0"
    sku: str = ""
    tax1: int = 0
    tax2: int = 0
    unit_cost: Money
    updated: str = ""
    vis_state: int = 0


class Items(Resource[Item]):
    """`items/items`."""

    record = Item
    single = "item"
    plural = "items"
    path = "items/items"
    scope = "billable_items"
    settled = frozenset({"unit_cost"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        "description": text,
        "inventory": text_or_null,
        "name": text,
        "qty": number,
        "sku": text,
        "tax1": whole,
        "tax2": whole,
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))

    def keys(self) -> Mapping[str, Key[Item]]:
        changed = updated_keys() if self.core.switches.items_updated_filter else {}
        return {**KEYS, **changed}

    def new(self, given: Given) -> Row[Item]:
        given.require("name")
        number_ = self.table.take_id()
        business = self.core.business
        item = Item(
            accounting_systemid=business.account_id,
            id=number_,
            itemid=number_,
            unit_cost=Money(ZERO, business.currency),
        )
        return Row(number_, item, self.core.clock.now())

    def settle(self, row: Row[Item], given: Given) -> None:
        if "unit_cost" in given:
            row.wire.unit_cost = money(given, "unit_cost", row.wire.unit_cost.code)

    def stamp(self, wire: Item, now: datetime) -> None:
        wire.updated = eastern(now)


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("itemid", "itemids"),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
}
