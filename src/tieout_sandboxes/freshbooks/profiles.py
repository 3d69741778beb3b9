"""Recurring profiles: they make an invoice every so often, as the sandbox's clock moves on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clients import Clients
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.frequency import occurrence, steps
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
from tieout_sandboxes.freshbooks.invoice import due_on
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.lines import EDITS as LINE_EDITS
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.pricing import added_up, take_lines, taken_off
from tieout_sandboxes.freshbooks.recipient import RECIPIENT_EDITS, recipient
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, among, boolean, equals, id_keys
from tieout_sandboxes.freshbooks.statuses import SENT
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 5_283
COPIED = (
    *RECIPIENT_EDITS, "auto_bill", "currency_code", "customerid", "discount_value", "due_offset_days", "language",
    "notes", "payment_details", "po_number", "terms",
)  # fmt: skip


class Profile(msgspec.Struct, kw_only=True):
    """A recurring profile as the API shows it; `create_date` is the day of its first invoice."""

    accounting_systemid: str
    address: str = ""
    amount: Money
    auto_bill: bool = False
    bill_gateway: str | None = None
    city: str = ""
    code: str = ""
    country: str = ""
    create_date: str
    currency_code: str
    customerid: int
    description: str = ""
    disable: bool = False
    discount_total: Money
    discount_value: str = "0"
    due_offset_days: int = 0
    ext_archive: int | None = None
    fname: str = ""
    frequency: str = ""
    id: int
    include_unbilled_time: bool = False
    language: str = "en"
    lname: str = ""
    notes: str = ""
    numberRecurring: int = 0
    occurrences_to_date: int = 0
    organization: str = ""
    ownerid: int = 1
    payment_details: str = ""
    po_number: str | None = None
    profileid: int
    province: str = ""
    require_auto_bill: bool = False
    retainer_id: int | None = None
    send_email: bool = True
    send_gmail: bool = False
    street: str = ""
    street2: str = ""
    terms: str | None = None
    total_accrued_revenue: Money | None = None
    updated: str = ""
    vat_name: str = ""
    vat_number: str = ""
    vis_state: int = 0


class Profiles(Resource[Profile]):
    """`invoice_profiles/invoice_profiles`."""

    record = Profile
    single = "invoice_profile"
    id_name = "profileid"
    event = "recurring"
    plural = "invoice_profiles"
    path = "invoice_profiles/invoice_profiles"
    scope = "invoices"
    settled = frozenset({"lines"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **RECIPIENT_EDITS,
        **dict.fromkeys(
            ("currency_code", "frequency", "language", "notes", "payment_details"), text
        ),
        **dict.fromkeys(("bill_gateway", "po_number", "terms"), text_or_null),
        **dict.fromkeys(("customerid", "due_offset_days", "numberRecurring"), whole),
        **dict.fromkeys(("ext_archive", "retainer_id"), whole_or_null),
        **dict.fromkeys(
            ("auto_bill", "disable", "include_unbilled_time", "require_auto_bill", "send_email",
             "send_gmail"), flag,
        ),
        "create_date": day,
        "discount_value": percent,
    }  # fmt: skip

    def __init__(self, core: Core, clients: Clients, invoices: Invoices) -> None:
        super().__init__(core, Table(FIRST_ID, {"customer": lambda row: row.wire.customerid}))
        self.clients = clients
        self.invoices = invoices
        self.includes = {"lines": Row.lines_json, "next_issue_date": self._next_json}
        self.on_made: Callable[[Row[Profile], int], None] = lambda _profile, _invoice: None
        self._looked_on: date | None = None

    def keys(self) -> Mapping[str, Key[Profile]]:
        return KEYS

    def new(self, given: Given) -> Row[Profile]:
        given.require("customerid", "frequency", "create_date")
        client = self.clients.billable(whole(given, "customerid"), given).wire
        number = self.table.take_id()
        nothing = Money(ZERO, client.currency_code)
        profile = Profile(
            accounting_systemid=self.core.business.account_id,
            amount=nothing,
            create_date=day(given, "create_date"),
            currency_code=client.currency_code,
            customerid=client.id,
            discount_total=nothing,
            id=number,
            profileid=number,
            **recipient(client),
        )
        return Row(number, profile, self.core.clock.now())

    def settle(self, row: Row[Profile], given: Given) -> None:
        profile = row.wire
        if "customerid" in given:
            self.clients.billable(profile.customerid, given)
        if steps(profile.frequency) is None:
            message = "The frequency must be weeks, months or years, such as 2w, m or y."
            raise given.refuse("frequency", errors.INVALID_VALUE, message)
        due_on(profile.create_date, profile.due_offset_days, given)
        take_lines(self.core, row, given)
        found = added_up(self.core, row, profile.discount_value)
        profile.amount = Money(found.amount, profile.currency_code)
        profile.discount_total = taken_off(self.core, found, profile.currency_code)
        self._looked_on = None

    def stamp(self, wire: Profile, now: datetime) -> None:
        wire.updated = eastern(now)

    def after_visibility(self, _row: Row[Profile]) -> None:
        self._looked_on = None

    def run(self) -> None:
        """Makes every invoice that is due by today, where the business is; asked before each request."""
        today = self.core.today()
        if self._looked_on == today:
            return
        self._looked_on = today
        for row in list(self.table):
            while (due := self._due(row)) is not None and due <= today:
                self._make(row, due)

    def _due(self, row: Row[Profile]) -> date | None:
        """The day of the next invoice, if there is to be one."""
        profile = row.wire
        made, most = profile.occurrences_to_date, profile.numberRecurring
        if profile.disable or profile.vis_state or (most and made >= most):
            return None
        return occurrence(date.fromisoformat(profile.create_date), profile.frequency, made)

    def _make(self, row: Row[Profile], due: date) -> None:
        profile = row.wire
        profile.occurrences_to_date += 1
        catches_up = self.core.switches.recurring_catches_up or due == self.core.today()
        if catches_up and not self.clients.table[profile.customerid].deleted:
            values = {name: getattr(profile, name) for name in COPIED}
            values |= {"create_date": due.isoformat(), "parent": row.id}
            values["generation_date"] = self.core.today().isoformat()
            values["lines"] = [_as_given(line) for line in row.lines]
            values |= {"status": SENT} if profile.send_email else {}
            made = self.invoices.add(Given("invoice", values))
            if profile.send_email:
                self.core.announce("invoice.sendByEmail", made.id)
            self.on_made(row, made.id)
        if self.core.switches.recurring_moves_profile:
            self.save(row, "update")
        else:
            self.table.keep(row)

    def _next_json(self, row: Row[Profile]) -> bytes:
        due = self._due(row)
        return b"null" if due is None else b'"%b"' % due.isoformat().encode()


def _as_given(line: Any) -> dict[str, Any]:
    """A line as a body would say it."""
    values = {name: getattr(line, name) for name in LINE_EDITS}
    return values | {
        "compounded_tax": line.compounded_tax,
        "unit_cost": {"amount": str(line.unit_cost.amount), "code": line.unit_cost.code},
    }


KEYS: Mapping[str, Key[Any]] = {
    **id_keys("profileid", "profileids"),
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "clientid": equals(lambda row: row.wire.customerid, int, index="customer"),
    "clientids": among(lambda row: row.wire.customerid, int, index="customer"),
    "currency_code": equals(lambda row: row.wire.currency_code),
    "include_unbilled_time": boolean(lambda row: row.wire.include_unbilled_time),
}
