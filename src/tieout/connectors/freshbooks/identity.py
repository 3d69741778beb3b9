"""Whose consent we have (FreshBooks: ``users/me``).

The answer is large and carries personal data and tokens; only what is named here is taken from it, and none of it is logged.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from tieout.connectors.freshbooks.wire.common import text
from tieout.core.failures import Unintelligible


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """A business that the consent covers. ``currency`` is empty where FreshBooks does not tell."""

    name: str
    account_id: str
    business_id: str
    business_uuid: str
    role: str
    timezone: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The person who consented, by id, and the businesses."""

    identity_id: str
    businesses: tuple[Business, ...]

    def business(self, account_id: str) -> Business | None:
        return next((b for b in self.businesses if b.account_id == account_id), None)


class _Address(msgspec.Struct):
    country: str | None = None


class _Business(msgspec.Struct):
    id: int
    name: str | None = None
    account_id: str | None = None
    business_uuid: str | None = None
    timezone: str | None = None
    currency_code: str | None = None
    address: _Address | None = None


class _Membership(msgspec.Struct):
    business: _Business
    role: str | None = None


class _Me(msgspec.Struct):
    id: int | str
    business_memberships: list[_Membership] = []


class _Envelope(msgspec.Struct):
    response: _Me


def identity_of(body: bytes) -> Identity:
    """The identity in an answer. The business's id is ``business.id``; the membership has another one."""
    try:
        me = msgspec.json.decode(body, type=_Envelope).response
    except msgspec.DecodeError as error:
        raise Unintelligible("freshbooks", f"users/me: {error}") from None
    return Identity(
        identity_id=str(me.id),
        businesses=tuple(_business(m) for m in me.business_memberships if m.business.account_id),
    )


def _business(membership: _Membership) -> Business:
    wire = membership.business
    return Business(
        name=text(wire.name),
        account_id=text(wire.account_id),
        business_id=str(wire.id),
        business_uuid=text(wire.business_uuid),
        role=text(membership.role),
        timezone=text(wire.timezone),
        country=text(wire.address.country if wire.address else None),
        currency=text(wire.currency_code),
    )
