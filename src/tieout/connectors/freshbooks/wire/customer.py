"""A client as FreshBooks writes it, to our customer."""

from __future__ import annotations

import msgspec

from tieout.connectors.freshbooks.wire.common import check_id, decode, text, visibility
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref

# Fields that say nothing about the customer: FreshBooks moves ``updated`` whenever an invoice is made for it, and counts its logins.
VOLATILE = frozenset(
    {
        "updated",
        "last_activity",
        "last_login",
        "num_logins",
        "notified",
        "statement_token",
        "direct_link_token",
        "exceeds_client_limit",
    }
)


class WireCustomer(msgspec.Struct, kw_only=True):
    """The fields that we use; ``p_`` is the address of the business."""

    id: int
    organization: str | None = None
    fname: str | None = None
    lname: str | None = None
    email: str | None = None
    bus_phone: str | None = None
    mob_phone: str | None = None
    home_phone: str | None = None
    p_street: str | None = None
    p_street2: str | None = None
    p_city: str | None = None
    p_province: str | None = None
    p_code: str | None = None
    p_country: str | None = None
    vat_number: str | None = None
    currency_code: str | None = None
    vis_state: int | None = 0


DECODER = msgspec.json.Decoder(WireCustomer)


def customer(ref: Ref, content: bytes) -> Customer:
    """The customer that the bytes say. Raises Unintelligible."""
    wire = decode(DECODER, ref, content)
    check_id(ref, wire.id)
    return Customer(
        ref=ref,
        organization=text(wire.organization),
        first_name=text(wire.fname),
        last_name=text(wire.lname),
        email=text(wire.email),
        phone=text(wire.bus_phone) or text(wire.mob_phone) or text(wire.home_phone),
        street=text(wire.p_street),
        street2=text(wire.p_street2),
        city=text(wire.p_city),
        province=text(wire.p_province),
        postal_code=text(wire.p_code),
        country=text(wire.p_country),
        vat_number=text(wire.vat_number),
        currency=text(wire.currency_code),
        visibility=visibility(ref, wire.vis_state),
    )
