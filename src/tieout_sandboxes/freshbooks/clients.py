"""Clients: the customers of the business. E-mail addresses need not be unique; usernames are."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern, plain_utc
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given, flag, text, text_or_null
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals, id_keys, like, updated_keys
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 567_521
ADDRESS_PARTS = ("street", "street2", "city", "province", "code", "country")


class Client(msgspec.Struct, kw_only=True):
    """A client as the API shows it."""

    accounting_systemid: str
    allow_email_include_pdf: bool = False
    allow_late_fees: bool = True
    allow_late_notifications: bool = True
    bus_phone: str = ""
    company_industry: str | None = None
    company_size: str | None = None
    currency_code: str
    direct_link_token: str | None = None
    email: str = ""
    exceeds_client_limit: int = 0
    fax: str = ""
    fname: str = ""
    has_retainer: bool | None = None
    home_phone: str | None = None
    id: int
    language: str = "en"
    last_activity: str | None = None
    last_login: str | None = None
    level: int = 0
    lname: str = ""
    mob_phone: str = ""
    note: str | None = None
    notified: bool = False
    num_logins: int = 0
    number_format: str | None = None
    organization: str = ""
    p_city: str = ""
    p_code: str = ""
    p_country: str = ""
    p_province: str = ""
    p_street: str = ""
    p_street2: str = ""
    pref_email: bool = True
    pref_gmail: bool = False
    retainer_id: int | None = None
    role: str = "client"
    s_city: str = ""
    s_code: str = ""
    s_country: str = ""
    s_province: str = ""
    s_street: str = ""
    s_street2: str = ""
    signup_date: str
    statement_token: str | None = None
    subdomain: str | None = None
    updated: str = ""
    userid: int
    username: str
    uuid: str
    vat_name: str | None = None
    vat_number: str | None = None
    vis_state: int = 0


EDITS = {
    **dict.fromkeys(
        ("bus_phone", "currency_code", "email", "fax", "fname", "language", "lname", "mob_phone",
         "organization"), text,
    ),
    **{f"{prefix}_{part}": text for prefix in "ps" for part in ADDRESS_PARTS},
    **dict.fromkeys(
        ("company_industry", "company_size", "home_phone", "note", "vat_name", "vat_number"),
        text_or_null,
    ),
    **dict.fromkeys(
        ("allow_email_include_pdf", "allow_late_fees", "allow_late_notifications", "pref_email",
         "pref_gmail"), flag,
    ),
}  # fmt: skip


class Clients(Resource[Client]):
    """`users/clients`."""

    record = Client
    single = "client"
    id_name = "userid"
    plural = "clients"
    path = "users/clients"
    scope = "clients"
    edits = EDITS

    def __init__(self, core: Core) -> None:
        by_name = {
            "email": lambda row: row.wire.email,
            "username": lambda row: row.wire.username,
        }
        super().__init__(core, Table(FIRST_ID, by_name))
        self.more_keys: dict[str, Key[Client]] = dict(KEYS)
        self._usernames: dict[str, int] = {}
        self.sorts = {
            "updated": lambda row: (row.updated, row.id),
            "email": lambda row: (row.wire.email.casefold(), row.id),
            "organization_name": lambda row: (row.wire.organization.casefold(), row.id),
            "fullname": lambda row: (_full_name(row).casefold(), row.id),
        }

    def keys(self) -> Mapping[str, Key[Client]]:
        return self.more_keys

    def new(self, given: Given) -> Row[Client]:
        if not any(given.raw(name) for name in ("email", "fname", "lname", "organization")):
            given.require("email")
        number = self.table.take_id()
        now = self.core.clock.now()
        business = self.core.business
        client = Client(
            accounting_systemid=business.account_id,
            currency_code=business.currency,
            id=number,
            userid=number,
            signup_date=plain_utc(now),
            username=self._username(given),
            uuid=str(uuid.uuid4()),
        )
        return Row(number, client, now)

    def stamp(self, wire: Client, now: datetime) -> None:
        wire.updated = eastern(now)

    def billable(self, number: int, given: Given) -> Row[Client]:
        """The client a document names; a client that is gone or deleted cannot be billed."""
        row = self.table.get(number)
        status = self.core.switches.unknown_reference_status
        if row is None:
            raise self.unknown(number, status)
        if row.deleted:
            raise Refusal(
                422, errors.DELETED_RESOURCE, "Client is deleted.", field="clientid",
                kind=given.kind, value=number,
            )  # fmt: skip
        return row

    def rename(self, row: Row[Any], client: int) -> None:
        """Shows on a document what its client is called at present, without moving its `updated`."""
        if self.core.switches.current_organization == "stays":
            return
        called = self.table[client].wire.organization
        if row.wire.current_organization != called:
            row.wire.current_organization = called
            row.forget()

    def _username(self, given: Given) -> str:
        names = [str(given.raw(name) or "") for name in ("fname", "lname")]
        plain = re.sub(r"[^a-z0-9]", "", "".join(names).lower())
        plain = plain or re.sub(r"[^a-z0-9]", "", str(given.raw("organization") or "").lower())
        plain = plain or "client"
        taken = self._usernames.get(plain, 0) + 1
        self._usernames[plain] = taken
        return plain if taken == 1 else f"{plain}{taken}"


def _full_name(row: Row[Client]) -> str:
    return f"{row.wire.fname} {row.wire.lname}"


def _phones(row: Row[Client]) -> str:
    return " ".join((row.wire.bus_phone, row.wire.mob_phone, row.wire.home_phone or ""))


def _address(row: Row[Client]) -> str:
    return " ".join(getattr(row.wire, f"p_{part}") for part in ADDRESS_PARTS)


def _person(row: Row[Client]) -> str:
    return f"{_full_name(row)} {row.wire.organization} {row.wire.email}"


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("userid", "userids"),
    **updated_keys(),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "email": equals(lambda row: row.wire.email, index="email"),
    "username": equals(lambda row: row.wire.username, index="username"),
    "fname_like": like(lambda row: row.wire.fname),
    "lname_like": like(lambda row: row.wire.lname),
    "organization_like": like(lambda row: row.wire.organization),
    "email_like": like(lambda row: row.wire.email),
    "address_like": like(_address),
    "note_like": like(lambda row: row.wire.note),
    "phone_like": like(_phones),
    "user_like": like(_person),
}
