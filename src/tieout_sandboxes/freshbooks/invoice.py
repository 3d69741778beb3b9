"""An invoice as the API shows it, and the four vocabularies that say how far it has come.

`status` is a number and only ever written as 0 to 3; `v3_status` is what the screen shows;
`payment_status` follows the money; `display_status` remembers drafted, sent or viewed.
"""

from __future__ import annotations

from datetime import date

import msgspec

from tieout_sandboxes.freshbooks.money import ZERO, Money

DISPUTED, DRAFT, SENT, VIEWED, PAID = range(5)
WRITABLE_STATUSES = (DISPUTED, DRAFT, SENT, VIEWED)
SHOWN = {DISPUTED: "disputed", DRAFT: "draft", SENT: "sent", VIEWED: "viewed"}
OPEN_STATUSES = ("sent", "viewed", "partial", "overdue")


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


def sent_status(invoice: Invoice) -> int:
    """How far the invoice had come before any money: disputed, draft, sent or viewed."""
    if invoice.dispute_status is not None:
        return DISPUTED
    return {"draft": DRAFT, "viewed": VIEWED}.get(invoice.display_status, SENT)


def mark(invoice: Invoice, status: int) -> None:
    """Records that the invoice is disputed, a draft, sent or viewed."""
    invoice.dispute_status = "disputed" if status == DISPUTED else None
    if status != DISPUTED:
        invoice.display_status = SHOWN[status]


def restate(invoice: Invoice, paid_on: str | None, zero_total: str) -> None:
    """Brings outstanding and every status in line with the amount and what was paid."""
    due, paid = invoice.amount.amount, invoice.paid.amount
    invoice.outstanding = Money(due - paid, invoice.currency_code)
    invoice.net_paid_amount = invoice.paid
    base = sent_status(invoice)
    invoice.date_paid = None
    if paid > ZERO and due <= paid:
        invoice.status, invoice.v3_status, invoice.payment_status = PAID, "paid", "paid"
        invoice.date_paid = paid_on
    elif paid > ZERO:
        invoice.status, invoice.v3_status, invoice.payment_status = base, "partial", "partial"
    else:
        invoice.status, invoice.v3_status = base, SHOWN[base]
        invoice.payment_status = zero_total if due == ZERO else "unpaid"


def past_due(invoice: Invoice, today: date) -> bool:
    """Whether money was due before today and is still open."""
    return (
        invoice.v3_status in OPEN_STATUSES
        and invoice.due_date < today.isoformat()
        and invoice.outstanding.amount > ZERO
    )
