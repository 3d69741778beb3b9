"""What happens to the books outside of the API: a saved card is charged, a processor refunds, several
invoices are paid on the screen at once.

FreshBooks tells of these by their effects alone; no request brings them about.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.given import Given, money
from tieout_sandboxes.freshbooks.invoice import Invoice
from tieout_sandboxes.freshbooks.money import ZERO
from tieout_sandboxes.freshbooks.payment import Payment
from tieout_sandboxes.freshbooks.profiles import Profile
from tieout_sandboxes.freshbooks.statuses import AUTOBILLS
from tieout_sandboxes.freshbooks.table import Row

FIRST_BULK_ID = 9_001
GATEWAY = "stripe"


class Outside:
    """The card network, the payment processor and the owner at the screen."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._orders = 0
        self._bulks = FIRST_BULK_ID - 1
        self._cards: dict[int, str] = {}
        books.profiles.on_made = self._made

    def autobill(self, invoice: int, outcome: str) -> Row[Invoice]:
        """A saved card is charged for what an invoice has open: `success`, `retry` or `failed`.

        Success is a payment through the gateway; the other two only show on the invoice.
        """
        _known(outcome)
        invoices = self._books.invoices
        row = invoices.find(invoice, 422)
        if outcome == "success" and row.wire.outstanding.amount <= ZERO:
            raise ValueError(f"invoice {invoice} has nothing open that a card could pay")
        if row.wire.display_status == "draft":
            invoices.act(row, Given("invoice", {"action_mark_as_sent": True}))
        row.wire.autobill_status = outcome
        if outcome == "success":
            self.charge(invoice, row.wire.outstanding.amount)
        else:
            invoices.restate(row.wire, row.wire.date_paid)
            invoices.save(row, "update")
        return row

    def autobill_profile(self, profile: int, outcome: str) -> Row[Profile]:
        """From now on the card of a recurring profile is charged so for each invoice that it makes."""
        _known(outcome)
        row = self._books.profiles.find(profile, 422)
        if not row.wire.auto_bill:
            raise ValueError(f"invoice_profile {profile} has no auto_bill")
        self._cards[profile] = outcome
        return row

    def _made(self, profile: Row[Profile], invoice: int) -> None:
        outcome = self._cards.get(profile.id)
        if outcome is not None and profile.wire.auto_bill:
            self.autobill(invoice, outcome)

    def charge(self, invoice: int, amount: Decimal, gateway: str = GATEWAY) -> Row[Payment]:
        """A client pays online: a payment with the gateway's name, an order and a transaction."""
        self._orders += 1
        paid = self._pay(invoice, amount, "Credit Card", self._books.core.today().isoformat())
        paid.wire.gateway = gateway
        paid.wire.orderid, paid.wire.transactionid = self._orders, str(self._orders)
        paid.wire.transaction_uuid = str(uuid.uuid4())
        self._books.payments.table.keep(paid)
        return paid

    def refund(self, payment: int, amount: Any = None, note: str | None = None) -> Row[Payment]:
        """A processor gives back a payment or a part of it: the payment is lowered by so much.

        `amount` is what is given back, all of it by default.
        """
        row = self._books.payments.find(payment, 422)
        paid = row.wire.amount
        asked = Given("refund", {"amount": paid.amount if amount is None else amount})
        back = money(asked, "amount", paid.code)
        if back.code != paid.code or not ZERO < back.amount <= paid.amount:
            message = f"A refund is above 0.00 and at most {paid.amount} {paid.code}."
            raise asked.refuse("amount", errors.INVALID_VALUE, message)
        left: dict[str, Any] = {"amount": str(paid.amount - back.amount)}
        change = Given("payment", left | ({} if note is None else {"note": note}))
        self._books.payments.edit(row, change)
        self._books.payments.save(row, "update")
        return row

    def bulk_payment(self, invoices: Sequence[int], way: str, on: str) -> list[Row[Payment]]:
        """Several invoices are paid in full at once: one payment each, with one `bulk_paymentid`.

        They must share a currency, as on the screen.
        """
        rows = [self._books.invoices.find(number, 422) for number in invoices]
        codes = sorted({row.wire.currency_code for row in rows})
        if len(codes) != 1:
            raise ValueError(f"a bulk payment has one currency, not {', '.join(codes) or 'none'}")
        self._bulks += 1
        made = [self._pay(row.id, row.wire.outstanding.amount, way, on) for row in rows]
        for paid in made:
            paid.wire.bulk_paymentid = self._bulks
            self._books.payments.table.keep(paid)
        return made

    def _pay(self, invoice: int, amount: Decimal, way: str, on: str) -> Row[Payment]:
        code = self._books.invoices.find(invoice, 422).wire.currency_code
        shown = {"amount": str(amount), "code": code}
        values = {"invoiceid": invoice, "amount": shown, "type": way, "date": on}
        return self._books.payments.add(Given("payment", values))


def _known(outcome: str) -> None:
    if outcome not in AUTOBILLS:
        raise ValueError(f"no outcome {outcome!r}; there are: {', '.join(AUTOBILLS)}")
