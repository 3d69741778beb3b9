"""Credit notes: goodwill, prepayments, and what was paid too much; used up by payments that name them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clients import Client, Clients
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given, day, text, text_or_null, whole
from tieout_sandboxes.freshbooks.lines import CreditLine
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.numbering import Numbering
from tieout_sandboxes.freshbooks.pricing import added_up, take_lines
from tieout_sandboxes.freshbooks.recipient import RECIPIENT_EDITS, recipient
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, before_day, equals, from_day, updated_keys
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 30_701
TYPES = ("goodwill", "prepayment", "overpayment")


class CreditNote(msgspec.Struct, kw_only=True):
    """A credit note as the API shows it; it has no `updated`."""

    accounting_systemid: str
    amount: Money
    city: str = ""
    clientid: int
    code: str = ""
    country: str = ""
    create_date: str
    credit_number: str = ""
    credit_type: str = "goodwill"
    creditid: int
    currency_code: str
    current_organization: str = ""
    description: str = ""
    display_status: str = "created"
    dispute_status: str | None = None
    ext_archive: int = 0
    fname: str = ""
    id: int
    language: str = "en"
    last_order_status: str | None = None
    lname: str = ""
    notes: str = ""
    organization: str = ""
    paid: Money
    payment_status: str = "unpaid"
    payment_type: str | None = None
    province: str = ""
    sentid: int = 1
    status: str = "created"
    street: str = ""
    street2: str = ""
    template: str = "clean-grouped"
    terms: str | None = None
    vat_name: str = ""
    vat_number: str = ""
    vis_state: int = 0


def _credit_type(given: Given, name: str) -> str:
    value = text(given, name)
    if value not in TYPES:
        raise given.refuse(name, errors.INVALID_VALUE, f"credit_type must be one of {TYPES}.")
    return value


EDITS = {
    **{name: edit for name, edit in RECIPIENT_EDITS.items() if name != "address"},
    **dict.fromkeys(("credit_number", "currency_code", "notes", "language", "template"), text),
    "terms": text_or_null,
    "payment_type": text_or_null,
    "create_date": day,
    "credit_type": _credit_type,
}


class CreditNotes(Resource[CreditNote]):
    """`credit_notes/credit_notes`."""

    record = CreditNote
    single = "credit_note"
    plural = "credit_notes"
    path = "credit_notes/credit_notes"
    scope = "credit_notes"
    settled = frozenset({"clientid", "lines"})
    follows = frozenset({"paid"})
    edits = EDITS

    def __init__(self, core: Core, clients: Clients) -> None:
        indexes = {
            "client": lambda row: row.wire.clientid,
            "number": lambda row: row.wire.credit_number,
        }
        super().__init__(core, Table(FIRST_ID, indexes))
        self.clients = clients
        self.numbering = Numbering()
        self.includes = {"lines": Row.lines_json}

    def keys(self) -> Mapping[str, Key[CreditNote]]:
        changed = updated_keys() if self.core.switches.credit_notes_updated_filter else {}
        return {**KEYS, **changed}

    def new(self, given: Given) -> Row[CreditNote]:
        given.require("clientid", "create_date")
        client = self.clients.billable(whole(given, "clientid"), given).wire
        return self._row(client, day(given, "create_date"), client.currency_code)

    def _row(self, client: Client, created: str, code: str) -> Row[CreditNote]:
        number = self.table.take_id()
        note = CreditNote(
            accounting_systemid=self.core.business.account_id,
            amount=Money(ZERO, code),
            clientid=client.id,
            create_date=created,
            creditid=number,
            currency_code=code,
            current_organization=client.organization,
            id=number,
            paid=Money(ZERO, code),
            **recipient(client),
        )
        return Row(number, note, self.core.clock.now())

    def settle(self, row: Row[CreditNote], given: Given) -> None:
        note, code = row.wire, row.wire.currency_code
        self._number(note)
        take_lines(self.core, row, given)
        note.amount = Money(added_up(self.core, row).amount, code)
        note.paid = Money(note.paid.amount, code)
        if remaining(note) < ZERO and self.core.switches.credit_below_used == "refused":
            raise given.refuse("lines", errors.INVALID_VALUE, "More has been used than this.")
        _restate(note)

    def set_visibility(self, row: Row[CreditNote], vis_state: int) -> None:
        used = row.wire.paid.amount > ZERO
        if vis_state == 1 and used and self.core.switches.delete_used_credit == "refused":
            raise Refusal(
                422, errors.INVALID_VALUE, "The credit has been used.", field="vis_state",
                kind=self.single, value=vis_state,
            )  # fmt: skip
        super().set_visibility(row, vis_state)

    def overpaid(self, invoice: Any, excess: Decimal, on: str) -> Row[CreditNote]:
        """The credit that keeps what was paid above an invoice's total."""
        client = self.clients.table[invoice.customerid].wire
        row = self._row(client, on, invoice.currency_code)
        note = row.wire
        note.credit_type = "overpayment"
        note.description = f"Overpayment: invoice #{invoice.invoice_number}"
        self._number(note)
        note.amount = Money(excess, note.currency_code)
        row.lines = [_sole_line(row)]
        self.save(row, "create")
        return row

    def becomes(self, row: Row[CreditNote], excess: Decimal) -> None:
        """The same credit, where its payment was edited and something else is too much."""
        row.wire.amount = Money(excess, row.wire.currency_code)
        row.lines = [_sole_line(row)]
        _restate(row.wire)
        self.save(row, "update")

    def use(self, row: Row[CreditNote], used: Decimal) -> None:
        """Takes note of how much of a credit its payments have used."""
        row.wire.paid = Money(used, row.wire.currency_code)
        _restate(row.wire)
        self.save(row, "update")

    def open_for(self, client: int, code: str) -> list[Row[CreditNote]]:
        """A client's credits in a currency that are not used up, oldest first."""
        rows = self.table.rows_having("client", client)
        return [
            row
            for row in rows
            if not row.deleted and row.wire.currency_code == code and remaining(row.wire) > ZERO
        ]

    def refresh(self, row: Row[CreditNote]) -> None:
        self.clients.rename(row, row.wire.clientid)

    def after_create(self, row: Row[CreditNote]) -> None:
        self.numbering.note(row.wire.credit_number)

    def _number(self, note: CreditNote) -> None:
        note.credit_number = note.credit_number or self.numbering.next(
            lambda number: bool(self.table.having("number", number))
        )

    def placed(self, row: Row[CreditNote], given: Given) -> None:
        if not row.lines and "amount" in given:
            row.lines = [_sole_line(row)]
        _restate(row.wire)

    def stamp(self, wire: CreditNote, now: datetime) -> None:
        """A credit note shows no moment of change."""


def _sole_line(row: Row[CreditNote]) -> CreditLine:
    """The line of a credit that came about as an amount, such as an overpayment."""
    note = row.wire
    return CreditLine(
        amount=note.amount, creditid=row.id, description=note.description, lineid=1, qty="1",
        unit_cost=note.amount, updated=eastern(row.updated),
    )  # fmt: skip


def remaining(note: CreditNote) -> Decimal:
    """What is left of a credit."""
    return note.amount.amount - note.paid.amount


def _restate(note: CreditNote) -> None:
    if note.paid.amount <= ZERO:
        note.payment_status = "unpaid"
    else:
        note.payment_status = "paid" if remaining(note) <= ZERO else "partial"


def _created(row: Row[CreditNote]) -> date:
    return date.fromisoformat(row.wire.create_date)


KEYS: Mapping[str, Key[Any]] = {
    "vis_state": equals(lambda row: row.wire.vis_state, int),
    "clientid": equals(lambda row: row.wire.clientid, int, index="client"),
    "date_min": from_day(_created),
    "date_max": before_day(_created),
}
