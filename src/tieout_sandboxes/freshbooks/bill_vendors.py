"""Vendors of bills: whom the business owes. The vendor of an expense is only a text and has nothing to do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks.clock import plain_utc
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, flag, text, text_or_null
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 1_563
TEXTS = (
    "account_number", "city", "country", "note", "phone", "postal_code", "primary_contact_email",
    "primary_contact_first_name", "primary_contact_last_name", "province", "street", "street2",
    "website",
)  # fmt: skip


class Owed(msgspec.Struct, frozen=True):
    """What is owed to a vendor in one currency."""

    amount: Money


class BillVendor(msgspec.Struct, kw_only=True):
    """A vendor as the API shows it; its stamps are in UTC."""

    account_number: str | None = None
    city: str | None = None
    country: str | None = None
    created_at: str
    currency_code: str
    is_1099: bool = False
    language: str = "en"
    note: str | None = None
    outstanding_balance: list[Owed] = []
    overdue_balance: list[Owed] = []
    phone: str | None = None
    postal_code: str | None = None
    primary_contact_email: str | None = None
    primary_contact_first_name: str | None = None
    primary_contact_last_name: str | None = None
    province: str | None = None
    street: str | None = None
    street2: str | None = None
    tax_defaults: list[Any] = []
    updated_at: str = ""
    vendor_name: str = ""
    vendorid: int
    vis_state: int = 0
    website: str | None = None


def _nothing_owed(_vendor: int) -> tuple[list[Owed], list[Owed]]:
    return [], []


class BillVendors(Resource[BillVendor]):
    """`bill_vendors/bill_vendors`. `owed` tells what is outstanding and what of it is overdue."""

    record = BillVendor
    single = "bill_vendor"
    plural = "bill_vendors"
    path = "bill_vendors/bill_vendors"
    scope = "bill_vendors"
    id_name = "vendorid"
    follows = frozenset({"outstanding_balance", "overdue_balance"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **dict.fromkeys(TEXTS, text_or_null),
        **dict.fromkeys(("currency_code", "language", "vendor_name"), text),
        "is_1099": flag,
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))
        self.owed: Callable[[int], tuple[list[Owed], list[Owed]]] = _nothing_owed

    def keys(self) -> Mapping[str, Key[BillVendor]]:
        return {}

    def new(self, given: Given) -> Row[BillVendor]:
        given.require("vendor_name")
        number, now = self.table.take_id(), self.core.clock.now()
        currency = self.core.business.currency
        made = BillVendor(created_at=plain_utc(now), currency_code=currency, vendorid=number)
        return Row(number, made, now)

    def stamp(self, wire: BillVendor, now: datetime) -> None:
        wire.updated_at = plain_utc(now)

    def refresh(self, row: Row[BillVendor]) -> None:
        row.wire.outstanding_balance, row.wire.overdue_balance = self.owed(row.id)
        row.forget()
