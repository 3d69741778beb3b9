"""Payments of invoices: they lower what is outstanding, split off what is too much, and give it back
when deleted. A payment of type Credit uses a credit note instead of money.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from decimal import Decimal

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.credit_notes import CreditNote, CreditNotes, remaining
from tieout_sandboxes.freshbooks.given import (
    Given,
    day,
    flag_or_null,
    money,
    text,
    text_or_null,
    whole,
    whole_or_null,
)
from tieout_sandboxes.freshbooks.invoice import Invoice
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.payment import KEYS, Payment, payment_type
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, like
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 312_041


class Payments(Resource[Payment]):
    """`payments/payments`."""

    record = Payment
    single = "payment"
    plural = "payments"
    path = "payments/payments"
    scope = "payments"
    settled = frozenset({"amount", "creditid", "invoiceid"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        "date": day,
        "note": text,
        "orderid": whole_or_null,
        "send_client_notification": flag_or_null,
        "transactionid": text_or_null,
        "type": payment_type,
    }

    def __init__(self, core: Core, invoices: Invoices, credit_notes: CreditNotes) -> None:
        indexes = {
            "invoice": lambda row: row.wire.invoiceid,
            "client": lambda row: row.wire.clientid,
            "credit": lambda row: row.wire.creditid,
        }
        super().__init__(core, Table(FIRST_ID, indexes))
        self.invoices = invoices
        self.credit_notes = credit_notes
        invoices.on_deleted = self.delete_on
        invoices.on_edited = self.follow
        self._split: dict[int, int] = {}
        self.includes = {
            "client": lambda row: self.invoices.clients.table[row.wire.clientid].json(),
            "invoice": self._invoice_json,
            "credit_note": self._credit_json,
            "order": lambda _row: b"null",
            "gateway": lambda _row: b"null",
        }

    def keys(self) -> Mapping[str, Key[Payment]]:
        names = {"client_name": like(self._client_name), "number": like(self._invoice_number)}
        return {**KEYS, **names}

    def new(self, given: Given) -> Row[Payment]:
        given.require("invoiceid", "amount", "date", "type")
        invoice = self._payable(given)
        number = self.table.take_id()
        payment = Payment(
            accounting_systemid=self.core.business.account_id,
            amount=Money(ZERO, invoice.wire.currency_code),
            clientid=invoice.wire.customerid,
            date=day(given, "date"),
            id=number,
            invoiceid=invoice.id,
            logid=number,
        )
        return Row(number, payment, self.core.clock.now())

    def settle(self, row: Row[Payment], given: Given) -> None:
        payment, moves = row.wire, self._moves(row, given)
        if payment.invoiceid is None or ("amount" not in given and not moves):
            return
        invoice = self.invoices.table[payment.invoiceid].wire
        asked = self._asked(given, payment, invoice)
        free = invoice.outstanding.amount
        if not row.deleted and not moves:
            free += payment.amount.amount
        if payment.type == "Credit":
            self._take_credit(payment, given, asked)
        self._limit(payment, invoice, given, asked, max(free, ZERO))

    def _moves(self, row: Row[Payment], given: Given) -> bool:
        """Whether the body takes the payment to another invoice; if so, puts it there."""
        payment = row.wire
        if "invoiceid" not in given or whole(given, "invoiceid") == payment.invoiceid:
            return False
        invoice = self._payable(given)
        payment.invoiceid, payment.clientid = invoice.id, invoice.wire.customerid
        return True

    def after_create(self, row: Row[Payment]) -> None:
        self._pass_on(row)

    def edit(self, row: Row[Payment], given: Given) -> None:
        paid_before = row.wire.invoiceid
        super().edit(row, given)
        self.table.keep(row)
        self._pass_on(row)
        if paid_before not in (None, row.wire.invoiceid):
            self._tell(paid_before)

    def set_visibility(self, row: Row[Payment], vis_state: int) -> None:
        restores = row.deleted and vis_state in (0, 2)
        if restores and self.core.switches.restore_beyond == "refused" and self._has_no_room(row):
            message = "There is no room left for this payment."
            raise Given(self.single, {"vis_state": vis_state}).refuse(
                "vis_state", errors.INVALID_VALUE, message
            )
        super().set_visibility(row, vis_state)

    def _has_no_room(self, row: Row[Payment]) -> bool:
        """Whether its invoice, or the credit it used, has been used up without this deleted payment."""
        payment = row.wire
        if payment.invoiceid is None:
            return False
        room = self.invoices.table[payment.invoiceid].wire.outstanding.amount
        if payment.from_credit and payment.creditid is not None:
            room = min(room, remaining(self.credit_notes.table[payment.creditid].wire))
        return payment.amount.amount > max(room, ZERO)

    def after_visibility(self, row: Row[Payment]) -> None:
        self._pass_on(row)
        split = self._split.get(row.id)
        if row.wire.invoiceid is None and row.wire.creditid is not None:
            credit = self.credit_notes.table[row.wire.creditid]
            self.credit_notes.set_visibility(credit, row.wire.vis_state)
        if split is not None and self.core.switches.delete_payment_deletes_overpayment:
            credit = self.credit_notes.table[split]
            if credit.deleted != row.deleted:
                self.credit_notes.set_visibility(credit, row.wire.vis_state)

    def stamp(self, wire: Payment, now: datetime) -> None:
        wire.updated = eastern(now)

    def _payable(self, given: Given) -> Row[Invoice]:
        number, switches = whole(given, "invoiceid"), self.core.switches
        row = self.invoices.table.get(number)
        if row is None:
            raise self.invoices.unknown(number, switches.unknown_reference_status)
        if row.deleted and switches.payment_on_deleted == "refused":
            raise given.refuse("invoiceid", errors.DELETED_RESOURCE, "Invoice is deleted.")
        if row.wire.display_status == "draft" and switches.payment_on_draft == "refused":
            raise given.refuse("invoiceid", errors.INVALID_VALUE, "Invoice is a draft.")
        return row

    def _asked(self, given: Given, payment: Payment, invoice: Invoice) -> Decimal:
        asked = payment.amount
        if "amount" in given:
            asked = money(given, "amount", invoice.currency_code)
        other = asked.code != invoice.currency_code
        if other and self.core.switches.payment_other_currency == "refused":
            message = f"The payment must be in {invoice.currency_code}."
            raise given.refuse("amount", errors.INVALID_VALUE, message)
        if asked.amount < ZERO:
            message = "The amount cannot be negative."
            raise given.refuse("amount", errors.INVALID_VALUE, message)
        return asked.amount

    def _limit(
        self, payment: Payment, invoice: Invoice, given: Given, asked: Decimal, free: Decimal
    ) -> None:
        kept = min(asked, free)
        excess = asked - kept
        if excess and (payment.from_credit or self.core.switches.overpayment == "refused"):
            message = "The amount is more than is outstanding."
            raise given.refuse("amount", errors.INVALID_VALUE, message)
        payment.amount = Money(kept, invoice.currency_code)
        if excess and not self._again(payment, excess):
            credit = self.credit_notes.overpaid(invoice, excess, payment.date)
            self._split[payment.id] = credit.id
            payment.overpaymentid = credit.id
            if self.core.switches.overpaymentid == "payment":
                payment.overpaymentid = self._kept(payment, credit).id

    def _again(self, payment: Payment, excess: Decimal) -> bool:
        """Whether the credit that a payment has from before becomes what is too much now."""
        split = self._split.get(payment.id)
        if split is None or self.core.switches.overpaid_again == "another":
            return False
        self.credit_notes.becomes(self.credit_notes.table[split], excess)
        if payment.overpaymentid not in (None, split):
            kept = self.table[payment.overpaymentid]
            kept.wire.amount = Money(excess, payment.amount.code)
            self.save(kept, "update")
        return True

    def _kept(self, payment: Payment, credit: Row[CreditNote]) -> Row[Payment]:
        """What was paid too much, as a payment of the credit that keeps it."""
        number = self.table.take_id()
        kept = copy(payment)
        kept.id = kept.logid = number
        kept.amount, kept.creditid = credit.wire.amount, credit.id
        kept.invoiceid = None
        row = Row(number, kept, self.core.clock.now())
        self.save(row, "create")
        return row

    def _take_credit(self, payment: Payment, given: Given, asked: Decimal) -> None:
        credit = self._credit(payment, given)
        if remaining(credit.wire) + payment.amount.amount < asked:
            raise given.refuse("creditid", errors.INVALID_VALUE, "The credit is not that large.")
        payment.creditid, payment.from_credit = credit.id, True

    def _credit(self, payment: Payment, given: Given) -> Row[CreditNote]:
        number = whole_or_null(given, "creditid") or payment.creditid
        if number is not None:
            status = self.core.switches.unknown_reference_status
            credit = self.credit_notes.find(number, status)
            if credit.deleted or credit.wire.clientid != payment.clientid:
                raise given.refuse("creditid", errors.INVALID_VALUE, "Not this client's credit.")
            return credit
        open_credits = self.credit_notes.open_for(payment.clientid, payment.amount.code)
        if self.core.switches.credit_payment_without_creditid == "refused" or not open_credits:
            given.require("creditid")
        return open_credits[0]

    def _pass_on(self, row: Row[Payment]) -> None:
        """Tells the invoice, and the credit that was used, what their live payments add up to."""
        payment = row.wire
        self._tell(payment.invoiceid)
        if payment.creditid is not None and payment.from_credit:
            uses = [one for one in self._live("credit", payment.creditid) if one.from_credit]
            used = sum((one.amount.amount for one in uses), ZERO)
            self.credit_notes.use(self.credit_notes.table[payment.creditid], used)

    def _tell(self, invoice: int | None) -> None:
        if invoice is None:
            return
        live = self._live("invoice", invoice)
        latest = max((one.date for one in live), default=None)
        paid = sum((one.amount.amount for one in live), ZERO)
        self.invoices.receive(self.invoices.table[invoice], paid, latest)

    def follow(self, invoice: Row[Invoice]) -> None:
        """Gives an invoice's payments its client and currency, where the switch says so."""
        if not self.core.switches.payments_follow_invoice:
            return
        client, code = invoice.wire.customerid, invoice.wire.currency_code
        for row in list(self.table.rows_having("invoice", invoice.id)):
            if (row.wire.clientid, row.wire.amount.code) != (client, code):
                row.wire.clientid = client
                row.wire.amount = Money(row.wire.amount.amount, code)
                self.table.keep(row)

    def _live(self, index: str, key: int) -> list[Payment]:
        return [row.wire for row in self.table.rows_having(index, key) if not row.deleted]

    def delete_on(self, invoice: int) -> None:
        """Deletes an invoice's payments, where the switch says that deleting it does."""
        if not self.core.switches.delete_invoice_deletes_payments:
            return
        for row in list(self.table.rows_having("invoice", invoice)):
            if not row.deleted:
                self.set_visibility(row, 1)

    def _client_name(self, row: Row[Payment]) -> str:
        client = self.invoices.clients.table[row.wire.clientid].wire
        return f"{client.fname} {client.lname} {client.organization}"

    def _invoice_number(self, row: Row[Payment]) -> str:
        number, credit = row.wire.invoiceid, row.wire.creditid
        if number is not None:
            return self.invoices.table[number].wire.invoice_number
        return "" if credit is None else self.credit_notes.table[credit].wire.credit_number

    def _invoice_json(self, row: Row[Payment]) -> bytes:
        number = row.wire.invoiceid
        return b"null" if number is None else self.invoices.table[number].json()

    def _credit_json(self, row: Row[Payment]) -> bytes:
        number = row.wire.creditid
        return b"null" if number is None else self.credit_notes.table[number].json()
