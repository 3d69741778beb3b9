"""An invoice as FreshBooks writes it, to our invoice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from tieout.connectors.freshbooks.wire.common import (
    ABSENT,
    WireLine,
    WireMoney,
    added,
    check_id,
    decode,
    lines,
    moment,
    percent,
    required,
    text,
    unintelligible,
    visibility,
)
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money

# Fields that say nothing about the books: a change in them alone is no change of the invoice.
VOLATILE = frozenset({"updated", "version"})
DRAFT = 1
UNSENT = frozenset({None, "", "created", "draft"})
UNPAID = frozenset({None, "", "unpaid"})
INCLUDED = frozenset({True, "true", "yes", "1", "inclusive"})


class WireInvoice(msgspec.Struct, kw_only=True):
    """The fields that we use; ``lines`` come only with ``include[]=lines``."""

    id: int
    customerid: int | None
    invoice_number: str | None = None
    create_date: date
    due_date: date | None = None
    amount: WireMoney
    outstanding: WireMoney
    paid: WireMoney | None = None
    discount_total: WireMoney | None = None
    discount_value: msgspec.Raw = ABSENT
    status: int
    v3_status: str | None = None
    payment_status: str | None = None
    vis_state: int | None = 0
    po_number: str | None = None
    updated: str | None = None
    tax_included: bool | int | str | None = None
    lines: list[WireLine] | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def draft(self) -> bool:
        """Not yet sent. A draft that was paid, or whose newer status is past draft, is in FreshBooks' reports and thereby in the books."""
        unpaid = not (self.paid and self.paid.amount) and self.payment_status in UNPAID
        return self.status == DRAFT and unpaid and self.v3_status in UNSENT


DECODER = msgspec.json.Decoder(WireInvoice)


def invoice(ref: Ref, content: bytes) -> Invoice:
    """The invoice that the bytes say. Raises Unintelligible."""
    return _invoice(ref, decode(DECODER, ref, content))


def invoice_added(ref: Ref, content: bytes, items: Collection[str]) -> Invoice:
    """The same, its lines added up but for those of these names, where a total of lines is as good as they are. Raises Unintelligible."""
    wire = decode(DECODER, ref, content)
    divided = wire.tax_included in INCLUDED or (wire.discount_total and wire.discount_total.amount)
    if isinstance(wire.lines, list) and not divided:
        wire.lines = added(wire.lines, items)
    return _invoice(ref, wire)


def _invoice(ref: Ref, wire: WireInvoice) -> Invoice:
    check_id(ref, wire.id)
    amount = wire.amount.money()
    return Invoice(
        ref=ref,
        number=text(wire.invoice_number),
        customer=required(ref, Kind.CUSTOMER, wire.customerid, "customerid"),
        issued_on=wire.create_date,
        due_on=wire.due_date,
        amount=amount,
        outstanding=wire.outstanding.money(),
        discount=_discount(wire, amount.currency),
        draft=wire.draft,
        visibility=visibility(ref, wire.vis_state),
        lines=lines(ref, wire.lines),
        tax_included=wire.tax_included in INCLUDED,
        purchase_order=text(wire.po_number),
        discount_percent=_percent(ref, wire.discount_value),
        status=text(wire.v3_status),
        updated_on=moment(ref, wire.updated),
    )


def _discount(wire: WireInvoice, currency: str) -> Money:
    """FreshBooks writes the discount as a negative or as a positive amount; ours is positive."""
    discount = wire.discount_total
    return Money(abs(discount.amount) if discount else Decimal(0), currency)


def _percent(ref: Ref, value: msgspec.Raw) -> Decimal:
    """FreshBooks writes the rate of the discount as text, ``"10"``."""
    try:
        return percent(bytes(value))
    except InvalidOperation:
        raise unintelligible(ref, "discount_value is not a percentage") from None
