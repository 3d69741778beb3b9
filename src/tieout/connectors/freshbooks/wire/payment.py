"""A payment as FreshBooks writes it, to our payment."""

from __future__ import annotations

import datetime

import msgspec

from tieout.connectors.freshbooks.wire.common import (
    WireMoney,
    check_id,
    decode,
    moment,
    reference,
    required,
    text,
    visibility,
)
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import NO_INVOICE, Payment

# Fields that say nothing about the books: a change in them alone is no change of the payment.
VOLATILE = frozenset({"updated", "send_client_notification"})


class WirePayment(msgspec.Struct, kw_only=True):
    """The fields that we use; ids that are not there are null or 0."""

    id: int
    invoiceid: int | None
    clientid: int | None
    amount: WireMoney
    date: datetime.date
    type: str | None = None
    from_credit: bool | None = None
    creditid: int | None = None
    overpaymentid: int | None = None
    gateway: str | None = None
    note: str | None = None
    updated: str | None = None
    vis_state: int | None = 0


DECODER = msgspec.json.Decoder(WirePayment)


def payment(ref: Ref, content: bytes) -> Payment:
    """The payment that the bytes say. Raises Unintelligible."""
    wire = decode(DECODER, ref, content)
    check_id(ref, wire.id)
    return Payment(
        ref=ref,
        invoice=_invoice(ref, wire),
        customer=required(ref, Kind.CUSTOMER, wire.clientid, "clientid"),
        amount=wire.amount.money(),
        paid_on=wire.date,
        method=text(wire.type),
        from_credit=bool(wire.from_credit),
        credit=reference(Kind.CREDIT_NOTE, wire.creditid),
        overpayment=reference(Kind.CREDIT_NOTE, wire.overpaymentid),
        visibility=visibility(ref, wire.vis_state),
        gateway=text(wire.gateway),
        note=text(wire.note),
        updated_on=moment(ref, wire.updated),
    )


def _invoice(ref: Ref, wire: WirePayment) -> Ref:
    """The invoice that it pays; none for one that only holds a credit (the published samples number ``overpaymentid`` among the payments)."""
    if not wire.invoiceid and wire.creditid and not wire.from_credit:
        return NO_INVOICE
    return required(ref, Kind.INVOICE, wire.invoiceid, "invoiceid")
