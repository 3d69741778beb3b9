"""A payment as the API shows it, and the ways of paying that it knows."""

from __future__ import annotations

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.given import Given, text
from tieout_sandboxes.freshbooks.money import Money

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
    invoiceid: int
    logid: int
    note: str = ""
    orderid: int | None = None
    overpaymentid: int | None = None
    send_client_notification: bool | None = None
    transaction_uuid: str | None = None
    transactionid: int | None = None
    type: str = "Other"
    updated: str = ""
    vis_state: int = 0


def payment_type(given: Given, name: str) -> str:
    """One of the ways of paying."""
    value = text(given, name)
    if value not in TYPES:
        raise given.refuse(name, errors.INVALID_VALUE, f"'{value}' is not a payment type.")
    return value
