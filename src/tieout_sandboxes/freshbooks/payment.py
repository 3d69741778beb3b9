"""A payment as the API shows it, the ways of paying, and the search keys of payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.given import Given, text
from tieout_sandboxes.freshbooks.money import Money
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
    like,
    updated_keys,
)
from tieout_sandboxes.freshbooks.table import Row

TYPES = frozenset(
    ("Check", "Credit", "Cash", "Bank Transfer", "Credit Card", "Debit", "PayPal", "2Checkout", "VISA",
     "MASTERCARD", "DISCOVER", "AMEX", "DINERS", "JCB", "ACH", "Other")
)  # fmt: skip


class Payment(msgspec.Struct, kw_only=True):
    """A payment as the API shows it."""

    accounting_systemid: str
    amount: Money
    bulk_paymentid: int | None = None
    clientid: int
    creditid: int | None = None
    date: str
    from_credit: bool = False
    gateway: str | None = None
    id: int
    invoiceid: int | None = None
    logid: int
    note: str = ""
    orderid: int | None = None
    overpaymentid: int | None = None
    send_client_notification: bool | None = None
    transaction_uuid: str | None = None
    transactionid: str | None = None
    type: str = "Other"
    updated: str = ""
    vis_state: int = 0


def payment_type(given: Given, name: str) -> str:
    """One of the ways of paying."""
    value = text(given, name)
    if value not in TYPES:
        raise given.refuse(name, errors.INVALID_VALUE, f"'{value}' is not a payment type.")
    return value


def _paid_on(row: Row[Payment]) -> date:
    return date.fromisoformat(row.wire.date)


def _amount(row: Row[Payment]) -> Decimal:
    return row.wire.amount.amount


def _kind(row: Row[Payment]) -> str:
    return "credit" if row.wire.from_credit or row.wire.invoiceid is None else "invoice"


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("logid", "logids"),
    **updated_keys(),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "invoiceid": equals(lambda row: row.wire.invoiceid, int, index="invoice"),
    "clientid": equals(lambda row: row.wire.clientid, int, index="client"),
    "clientids": among(lambda row: row.wire.clientid, int, index="client"),
    "customerid": equals(lambda row: row.wire.clientid, int, index="client"),
    "customerids": among(lambda row: row.wire.clientid, int, index="client"),
    "date_min": from_day(_paid_on),
    "date_max": before_day(_paid_on),
    "amount_min": at_least(_amount),
    "amount_max": less_than(_amount),
    "type": equals(lambda row: row.wire.type),
    "currency": equals(lambda row: row.wire.amount.code),
    "notes": like(lambda row: row.wire.note),
    "from_credit": boolean(lambda row: row.wire.from_credit),
    "payment_or_credit": equals(_kind),
}
