"""Invoices: drafted, sent, changed, paid and deleted; totals are worked out here and nowhere else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clients import Client, Clients
from tieout_sandboxes.freshbooks.clock import eastern, eastern_version
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import (
    Given,
    day,
    day_or_null,
    flag,
    money_or_null,
    percent,
    percent_or_null,
    text,
    text_or_null,
    whole,
)
from tieout_sandboxes.freshbooks.invoice import (
    DRAFT,
    KEYS,
    Discount,
    Invoice,
    SenderAddress,
    due_on,
)
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.numbering import Numbering
from tieout_sandboxes.freshbooks.pricing import added_up, take_lines, taken_off
from tieout_sandboxes.freshbooks.recipient import RECIPIENT_EDITS, recipient
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals
from tieout_sandboxes.freshbooks.statuses import (
    NUMBERED,
    SAYS,
    SENT,
    V3_STATUSES,
    WRITABLE_STATUSES,
    mark,
    restate,
    say,
    shown_today,
)
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 453_877
INCLUSIVE = "inclusive"
EDITS = {
    **RECIPIENT_EDITS,
    **dict.fromkeys(("notes", "payment_details", "template", "language", "currency_code"), text),
    **dict.fromkeys(
        ("po_number", "terms", "discount_description", "return_uri", "last_order_status"),
        text_or_null,
    ),
    **dict.fromkeys(
        ("due_offset_days", "estimateid", "ext_archive", "parent", "customerid"), whole
    ),
    **dict.fromkeys(("auto_bill", "show_attachments"), flag),
    "deposit_amount": money_or_null,
    "deposit_percentage": percent_or_null,
    **dict.fromkeys(("fulfillment_date", "generation_date"), day_or_null),
    "create_date": day,
    "discount_value": percent,
    "invoice_number": text,
}


class Invoices(Resource[Invoice]):
    """`invoices/invoices`."""

    record = Invoice
    single = "invoice"
    plural = "invoices"
    path = "invoices/invoices"
    scope = "invoices"
    settled = frozenset({"lines", "status", "tax_included"})
    words = frozenset({"v3_status", "status"})
    follows = frozenset({"date_paid", "net_paid_amount", "outstanding", "paid"})
    edits = EDITS
    read_only = frozenset({"due_date"})
    actions = frozenset({"action_email", "action_mark_as_sent"})
    delete_verb = True

    def __init__(self, core: Core, clients: Clients) -> None:
        indexes = {
            "customer": lambda row: row.wire.customerid,
            "estimate": lambda row: row.wire.estimateid,
            "number": lambda row: row.wire.invoice_number,
        }
        super().__init__(core, Table(FIRST_ID, indexes))
        self.clients = clients
        self.sender = SenderAddress(core.business.country)
        self.numbering = Numbering()
        self.sorts = {"invoice_date": lambda row: (row.wire.create_date, row.id)}
        self.includes = {"lines": Row.lines_json}
        self.on_deleted: Callable[[int], None] = lambda _number: None
        self.on_edited: Callable[[Row[Invoice]], None] = lambda _row: None
        self._said: dict[int, str] = {}
        self._keys: Mapping[str, Key[Invoice]] = {**KEYS, "v3_status": equals(self._shown)}

    def keys(self) -> Mapping[str, Key[Invoice]]:
        return self._keys

    def new(self, given: Given) -> Row[Invoice]:
        given.require("customerid", "create_date")
        client = self.clients.billable(whole(given, "customerid"), given)
        number = self.table.take_id()
        now = self.core.clock.now()
        return Row(number, self._blank(number, client.wire, day(given, "create_date"), now), now)

    def _blank(self, number: int, client: Client, created: str, now: datetime) -> Invoice:
        nothing = Money(ZERO, client.currency_code)
        business = self.core.business
        return Invoice(
            accountid=business.account_id,
            accounting_systemid=business.account_id,
            amount=nothing,
            create_date=created,
            created_at=eastern(now),
            currency_code=client.currency_code,
            customerid=client.id,
            current_organization=client.organization,
            discount=Discount(nothing, "0"),
            discount_total=nothing,
            due_date=created,
            id=number,
            invoiceid=number,
            net_paid_amount=nothing,
            outstanding=nothing,
            paid=nothing,
            sender_address=self.sender,
            uuid=str(uuid.uuid4()),
            **recipient(client),
        )

    def settle(self, row: Row[Invoice], given: Given) -> None:
        invoice = row.wire
        if "customerid" in given:
            self._bill_to(invoice, given)
        self._number(row, given)
        if "status" in given:
            self._set_status(invoice, given)
        invoice.due_date = due_on(invoice.create_date, invoice.due_offset_days, given)
        self._price(row, given)
        self.restate(invoice, invoice.date_paid)
        if invoice.outstanding.amount < ZERO and self.core.switches.edit_below_paid == "refused":
            raise given.refuse("lines", errors.INVALID_VALUE, "More has been paid than this.")

    def _bill_to(self, invoice: Invoice, given: Given) -> None:
        client = self.clients.billable(invoice.customerid, given).wire
        invoice.current_organization = client.organization
        if self.core.switches.new_client_is_recipient:
            for name, value in recipient(client).items():
                if name not in given:
                    setattr(invoice, name, value)

    def _number(self, row: Row[Invoice], given: Given) -> None:
        invoice = row.wire
        if not invoice.invoice_number:
            invoice.invoice_number = self.numbering.next(self._taken)
        elif "invoice_number" in given and self.core.switches.duplicate_invoice_number == "refused":
            same = self.table.rows_having("number", invoice.invoice_number)
            if any(other.id != row.id and not other.deleted for other in same):
                message = "This invoice number is already in use."
                raise given.refuse("invoice_number", errors.DUPLICATE_VALUE, message)

    def _taken(self, number: str) -> bool:
        return bool(self.table.having("number", number))

    def _price(self, row: Row[Invoice], given: Given) -> None:
        invoice, switches = row.wire, self.core.switches
        code = invoice.currency_code
        take_lines(self.core, row, given)
        if "tax_included" in given and switches.tax_included == "honoured":
            inclusive = given.raw("tax_included") in (INCLUSIVE, True)
            invoice.tax_included = INCLUSIVE if inclusive else msgspec.UNSET
        inclusive = invoice.tax_included == INCLUSIVE
        found = added_up(self.core, row, invoice.discount_value, inclusive=inclusive)
        invoice.discount_total = taken_off(self.core, found, code)
        invoice.discount = Discount(invoice.discount_total, invoice.discount_value)
        invoice.amount = Money(found.amount, code)
        invoice.paid = Money(invoice.paid.amount, code)
        if invoice.deposit_amount is not None:
            invoice.deposit_amount = Money(invoice.deposit_amount.amount, code)

    def act(self, row: Row[Invoice], given: Given) -> None:
        invoice = row.wire
        if given.raw("action_email") or given.raw("action_mark_as_sent"):
            self._mark(invoice, SENT)
            self.restate(invoice, invoice.date_paid)
        if given.raw("action_email"):
            self.core.announce("invoice.sendByEmail", row.id)

    def _set_status(self, invoice: Invoice, given: Given) -> None:
        status = _status(given)
        paid = invoice.paid.amount > ZERO or invoice.autobill_status is not None
        if status == DRAFT and paid and self.core.switches.draft_after_payment == "refused":
            message = "A paid invoice cannot be made a draft."
            raise given.refuse("status", errors.INVALID_VALUE, message)
        self._mark(invoice, status)

    def _mark(self, invoice: Invoice, status: int) -> None:
        mark(invoice, status, self.core.switches.dispute_ended)
        if status != DRAFT and invoice.fulfillment_date is None:
            on_create = self.core.switches.fulfillment_date == "create_date"
            today = self.core.today().isoformat()
            invoice.fulfillment_date = invoice.create_date if on_create else today

    def restate(self, invoice: Invoice, paid_on: str | None) -> None:
        """Brings an invoice's statuses in line with its figures."""
        restate(invoice, paid_on, self.core.switches)

    def receive(self, row: Row[Invoice], paid: Decimal, paid_on: str | None) -> None:
        """Takes note of everything that has been paid on an invoice, as payments come and go."""
        invoice = row.wire
        invoice.paid = Money(paid, invoice.currency_code)
        if paid and invoice.display_status == "draft" and self._pays_drafts():
            self._mark(invoice, SENT)
        given_back = not paid and invoice.autobill_status == "success"
        if given_back and self.core.switches.autobill_given_back == "cleared":
            invoice.autobill_status = None
        self.restate(invoice, paid_on)
        self.touch(row)
        if self.core.switches.payment_emits_invoice_update:
            self.core.announce("invoice.update", row.id)

    def _pays_drafts(self) -> bool:
        return self.core.switches.payment_on_draft == "marks_sent"

    def after_create(self, row: Row[Invoice]) -> None:
        self.numbering.note(row.wire.invoice_number)
        client = self.clients.table[row.wire.customerid]
        if self.core.switches.invoice_create_bumps_client:
            self.clients.touch(client)
        if self.core.switches.bump_emits_client_update:
            self.core.announce("client.update", client.id)

    def after_visibility(self, row: Row[Invoice]) -> None:
        if row.deleted:
            self.on_deleted(row.id)

    def stamps_deletion(self) -> bool:
        return self.core.switches.delete_moves_updated

    def stamp(self, wire: Invoice, now: datetime) -> None:
        wire.updated = eastern(now)
        wire.version = eastern_version(now)

    def edit(self, row: Row[Invoice], given: Given) -> None:
        super().edit(row, given)
        self.on_edited(row)

    def touch(self, row: Row[Invoice]) -> None:
        self._said.pop(row.id, None)
        super().touch(row)

    def refresh(self, row: Row[Invoice]) -> None:
        self.clients.rename(row, row.wire.customerid)
        shown = self._shown(row)
        if shown != row.wire.v3_status:
            row.wire.v3_status = shown
            row.forget()

    def _shown(self, row: Row[Invoice]) -> str:
        said = self._said.get(row.id)
        return said or shown_today(row.wire, self.core.today(), self.core.switches)

    def check_placing(self, given: Given) -> None:
        word, number = given.raw("v3_status"), given.raw("status")
        if word is not None and word not in V3_STATUSES:
            raise ValueError(f"no v3_status {word!r}; there are: {', '.join(V3_STATUSES)}")
        if number is not None and number not in NUMBERED:
            raise ValueError(f"no status {number!r}; there are: {', '.join(map(str, NUMBERED))}")

    def placed(self, row: Row[Invoice], given: Given) -> None:
        invoice = row.wire
        word = given.raw("v3_status") or NUMBERED.get(given.raw("status"))
        if word is not None:
            kept = {name: getattr(invoice, name) for name in SAYS if name in given}
            say(invoice, word)
            for name, value in kept.items():
                setattr(invoice, name, value)
        self.restate(invoice, invoice.date_paid)
        if word not in (None, self._shown(row)):
            self._said[row.id] = word


def _status(given: Given) -> int:
    status = given.raw("status")
    if not isinstance(status, int) or isinstance(status, bool):
        message = "The field 'status' must be a number."
        raise given.refuse("status", errors.NOT_A_NUMBER, message)
    if status not in WRITABLE_STATUSES:
        message = "Status must be one of 'draft', 'sent', 'viewed' or 'disputed'."
        raise given.refuse("status", errors.INVALID_VALUE, message)
    return status
