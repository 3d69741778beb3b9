"""Estimates: what the business offers to do for which price. They owe nothing and post nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks.clients import Clients
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import (
    Given,
    day,
    flag,
    percent,
    text,
    text_or_null,
    whole,
    whole_or_null,
)
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.numbering import Numbering
from tieout_sandboxes.freshbooks.pricing import added_up, take_lines, taken_off
from tieout_sandboxes.freshbooks.recipient import RECIPIENT_EDITS, recipient
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import (
    Key,
    among,
    equals,
    id_keys,
    like,
    updated_keys,
)
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 28_499
DRAFT, SENT, VIEWED, REPLIED, ACCEPTED, INVOICED = range(1, 7)
NUMBERED = {
    DRAFT: "draft", SENT: "sent", VIEWED: "viewed", REPLIED: "replied", ACCEPTED: "accepted",
    INVOICED: "invoiced",
}  # fmt: skip


class Estimate(msgspec.Struct, kw_only=True):
    """An estimate as the API shows it, in the order of recorded answers."""

    accepted: bool = False
    accounting_systemid: str
    address: str = ""
    amount: Money
    city: str = ""
    code: str = ""
    country: str = ""
    create_date: str
    created_at: str
    currency_code: str
    current_organization: str = ""
    customerid: int
    description: str = ""
    discount_total: Money
    discount_value: str = "0"
    display_status: str = "draft"
    estimate_number: str = ""
    estimateid: int
    ext_archive: int = 0
    fname: str = ""
    id: int
    invoiced: bool = False
    language: str = "en"
    lname: str = ""
    modern_projectid: int | None = None
    notes: str = ""
    organization: str = ""
    ownerid: int = 1
    po_number: str | None = None
    province: str = ""
    reply_status: str | None = None
    require_client_signature: bool = False
    rich_proposal: bool = False
    sentid: int = 1
    status: int = DRAFT
    street: str = ""
    street2: str = ""
    template: str = "clean-grouped"
    terms: str | None = None
    ui_status: str = "draft"
    updated: str = ""
    vat_name: str = ""
    vat_number: str = ""
    vis_state: int = 0


class Estimates(Resource[Estimate]):
    """`estimates/estimates`."""

    record = Estimate
    single = "estimate"
    plural = "estimates"
    path = "estimates/estimates"
    scope = "estimates"
    settled = frozenset({"lines"})
    words = frozenset({"ui_status", "status"})
    actions = frozenset({"action_email", "action_accept", "action_mark_as_sent"})
    delete_verb = True
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **RECIPIENT_EDITS,
        **dict.fromkeys(
            ("currency_code", "estimate_number", "language", "notes", "template"), text
        ),
        **dict.fromkeys(("po_number", "terms"), text_or_null),
        **dict.fromkeys(("customerid", "ext_archive"), whole),
        **dict.fromkeys(("require_client_signature", "rich_proposal"), flag),
        "create_date": day,
        "discount_value": percent,
        "modern_projectid": whole_or_null,
    }

    def __init__(self, core: Core, clients: Clients, invoices: Invoices) -> None:
        indexes = {
            "customer": lambda row: row.wire.customerid,
            "number": lambda row: row.wire.estimate_number,
        }
        super().__init__(core, Table(FIRST_ID, indexes))
        self.clients = clients
        self.invoices = invoices
        self.numbering = Numbering()
        self.includes = {"lines": Row.lines_json}
        self._keys: Mapping[str, Key[Estimate]] = {
            **KEYS,
            "statusid": equals(self._status, int),
            "statusids": among(self._status, int),
        }

    def keys(self) -> Mapping[str, Key[Estimate]]:
        changed = updated_keys() if self.core.switches.estimates_updated_filter else {}
        return {**self._keys, **changed}

    def new(self, given: Given) -> Row[Estimate]:
        given.require("customerid", "create_date")
        client = self.clients.billable(whole(given, "customerid"), given).wire
        number, now = self.table.take_id(), self.core.clock.now()
        nothing = Money(ZERO, client.currency_code)
        estimate = Estimate(
            accounting_systemid=self.core.business.account_id,
            amount=nothing,
            create_date=day(given, "create_date"),
            created_at=eastern(now),
            currency_code=client.currency_code,
            current_organization=client.organization,
            customerid=client.id,
            discount_total=nothing,
            estimateid=number,
            id=number,
            **recipient(client),
        )
        return Row(number, estimate, now)

    def settle(self, row: Row[Estimate], given: Given) -> None:
        estimate = row.wire
        if "customerid" in given:
            client = self.clients.billable(estimate.customerid, given)
            estimate.current_organization = client.wire.organization
        estimate.estimate_number = estimate.estimate_number or self.numbering.next(
            lambda number: bool(self.table.having("number", number))
        )
        take_lines(self.core, row, given)
        found = added_up(self.core, row, estimate.discount_value)
        estimate.amount = Money(found.amount, estimate.currency_code)
        estimate.discount_total = taken_off(self.core, found, estimate.currency_code)

    def after_create(self, row: Row[Estimate]) -> None:
        self.numbering.note(row.wire.estimate_number)

    def act(self, row: Row[Estimate], given: Given) -> None:
        sends = given.raw("action_email") or (
            given.raw("action_mark_as_sent") and self.core.switches.estimate_mark_as_sent
        )
        if sends and row.wire.status == DRAFT:
            _say(row.wire, SENT)
        if given.raw("action_accept"):
            _say(row.wire, ACCEPTED)
        if given.raw("action_email"):
            self.core.announce("estimate.sendByEmail", row.id)

    def check_placing(self, given: Given) -> None:
        word, number = given.raw("ui_status"), given.raw("status")
        if word is not None and word not in NUMBERED.values():
            raise ValueError(f"no ui_status {word!r}; there are: {', '.join(NUMBERED.values())}")
        if number is not None and number not in NUMBERED:
            raise ValueError(f"no status {number!r}; there are: {', '.join(map(str, NUMBERED))}")

    def placed(self, row: Row[Estimate], given: Given) -> None:
        numbers = {word: number for number, word in NUMBERED.items()}
        number = numbers.get(given.raw("ui_status"), given.raw("status"))
        if number is not None:
            _say(row.wire, number)

    def stamp(self, wire: Estimate, now: datetime) -> None:
        wire.updated = eastern(now)

    def refresh(self, row: Row[Estimate]) -> None:
        self.clients.rename(row, row.wire.customerid)
        if not row.wire.invoiced and self._invoiced(row):
            _say(row.wire, INVOICED)
            row.forget()

    def _status(self, row: Row[Estimate]) -> int:
        return INVOICED if self._invoiced(row) else row.wire.status

    def _invoiced(self, row: Row[Estimate]) -> bool:
        """An estimate counts as invoiced once an invoice made from it has been sent."""
        made = self.invoices.table.rows_having("estimate", row.id)
        return any(one.wire.display_status != "draft" and not one.deleted for one in made)


def _say(estimate: Estimate, status: int) -> None:
    estimate.status = status
    estimate.ui_status = estimate.display_status = NUMBERED[status]
    estimate.accepted = estimate.accepted or status == ACCEPTED
    estimate.invoiced = status == INVOICED


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("estimateid", "estimateids"),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "estimate_number": equals(lambda row: row.wire.estimate_number, index="number"),
    "estimate_number_like": like(lambda row: row.wire.estimate_number),
    "notes": like(lambda row: row.wire.notes),
}
