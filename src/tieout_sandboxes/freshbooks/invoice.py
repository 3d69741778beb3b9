"""An invoice as the API shows it, and the search keys of invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.search import (
    Key,
    among,
    before_day,
    boolean,
    equals,
    from_day,
    id_keys,
    updated_keys,
)
from tieout_sandboxes.freshbooks.table import Row

DRAFT = 1
FURTHEST = 365_000


class Discount(msgspec.Struct, frozen=True):
    """The discount in its newer wording."""

    amount: Money
    rate: str
    type: str = "percent"


class SenderAddress(msgspec.Struct, frozen=True):
    """The address of the business."""

    country: str
    city: str = ""
    code: str = ""
    province: str = ""
    street: str = ""
    street2: str = ""


class Invoice(msgspec.Struct, kw_only=True, omit_defaults=False):
    """The read fields, in the alphabetical order of recorded answers."""

    accountid: str
    accounting_systemid: str
    address: str = ""
    amount: Money
    attach_pdf_to_email: bool = False
    auto_bill: bool = False
    autobill_status: str | None = None
    basecampid: int = 0
    city: str = ""
    code: str = ""
    country: str = ""
    create_date: str
    created_at: str
    currency_code: str
    current_organization: str = ""
    customerid: int
    date_paid: str | None = None
    deposit_amount: Money | None = None
    deposit_percentage: str | None = None
    deposit_status: str = "none"
    description: str = ""
    discount: Discount
    discount_description: str | None = None
    discount_total: Money
    discount_value: str = "0"
    display_status: str = "draft"
    dispute_status: str | None = None
    due_date: str
    due_offset_days: int = 0
    estimateid: int = 0
    ext_archive: int = 0
    fname: str = ""
    fulfillment_date: str | None = None
    generation_date: str | None = None
    gmail: bool = False
    id: int
    invoice_number: str = ""
    invoiceid: int
    language: str = "en"
    last_order_status: str | None = None
    lname: str = ""
    lock_status: str = "unlocked"
    net_paid_amount: Money
    notes: str = ""
    organization: str = ""
    outstanding: Money
    ownerid: int = 1
    paid: Money
    parent: int = 0
    payment_details: str = ""
    payment_status: str = "unpaid"
    po_number: str | None = None
    province: str = ""
    return_uri: str | None = None
    sender_address: SenderAddress
    sentid: int = 1
    series: str = ""
    show_attachments: bool = True
    status: int = DRAFT
    street: str = ""
    street2: str = ""
    tax_included: str | msgspec.UnsetType = msgspec.UNSET
    template: str = "clean-grouped"
    terms: str | None = None
    updated: str = ""
    uuid: str
    v3_status: str = "draft"
    vat_name: str = ""
    vat_number: str = ""
    version: str = ""
    vis_state: int = 0


def due_on(created: str, days: int, given: Given) -> str:
    """The day that an invoice is due, so many days after its date."""
    first = date.fromisoformat(created)
    if not (date.min - first).days <= days <= min((date.max - first).days, FURTHEST):
        message = "The due date is out of range."
        raise given.refuse("due_offset_days", errors.INVALID_RANGE, message)
    return (first + timedelta(days=days)).isoformat()


def _created(row: Row[Invoice]) -> date:
    return date.fromisoformat(row.wire.create_date)


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("invoiceid", "invoiceids"),
    **updated_keys(),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "customerid": equals(lambda row: row.wire.customerid, int, index="customer"),
    "customerids": among(lambda row: row.wire.customerid, int, index="customer"),
    "invoice_number": equals(lambda row: row.wire.invoice_number, index="number"),
    "date_min": from_day(_created),
    "date_max": before_day(_created),
    "paid": boolean(lambda row: row.wire.payment_status in ("paid", "auto-paid")),
    "outstanding": boolean(lambda row: row.wire.outstanding.amount > ZERO),
}
