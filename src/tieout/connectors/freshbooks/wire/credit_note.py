"""A credit note as FreshBooks writes it, to our credit note."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from tieout.connectors.freshbooks.wire.common import (
    WireLine,
    WireMoney,
    check_id,
    decode,
    lines,
    moment,
    required,
    text,
    visibility,
)
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import Money

# Fields that say nothing about the books: a change in them alone is no change of the credit note.
VOLATILE = frozenset({"updated", "version"})
UNUSED = frozenset({None, "", "unpaid"})


class WireCreditNote(msgspec.Struct, kw_only=True):
    """The fields that we use. The id is written twice, as ``id`` and as ``creditid``."""

    id: int | None = None
    creditid: int | None = None
    clientid: int | None
    credit_number: str | None = None
    credit_type: str | None = None
    create_date: date
    amount: WireMoney
    paid: WireMoney | None = None
    display_status: str | None = None
    payment_status: str | None = None
    updated: str | None = None
    vis_state: int | None = 0
    lines: list[WireLine] | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def used(self) -> Money:
        return self.paid.money() if self.paid else Money(Decimal(0), self.amount.code)

    @property
    def draft(self) -> bool:
        """Not yet sent; one that was used is in the books whatever it is called."""
        return self.display_status == "draft" and not self.used and self.payment_status in UNUSED


DECODER = msgspec.json.Decoder(WireCreditNote)


def credit_note(ref: Ref, content: bytes) -> CreditNote:
    """The credit note that the bytes say. Raises Unintelligible."""
    wire = decode(DECODER, ref, content)
    check_id(ref, wire.id or wire.creditid or 0)
    return CreditNote(
        ref=ref,
        number=text(wire.credit_number),
        customer=required(ref, Kind.CUSTOMER, wire.clientid, "clientid"),
        credit_type=text(wire.credit_type),
        issued_on=wire.create_date,
        amount=wire.amount.money(),
        used=wire.used,
        draft=wire.draft,
        visibility=visibility(ref, wire.vis_state),
        lines=lines(ref, wire.lines),
        updated_on=moment(ref, wire.updated),
    )
