"""What is sent to FreshBooks for each customer, item, document and payment (the bodies of its public API)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from tieout_sandboxes.retail.documents import Customer, Document
from tieout_sandboxes.retail.rows import Row

CURRENCY = "GBP"
HOME = "United Kingdom"
VAT = {"taxName1": "VAT", "taxAmount1": "20"}
SENT = 2
DUE_DAYS = 30
CENT = Decimal("0.01")
PAYMENT_TYPES = ("Bank Transfer", "Check", "Cash", "Credit Card")
OVERPAID, PAID_IN_FULL, PAID_AT_ALL = 0.03, 0.85, 0.93
Body = dict[str, Any]


def client_body(customer: Customer) -> Body:
    """A client: the organization is the customer, the primary country is the file's word for it."""
    return {
        "organization": customer.organization,
        "email": customer.email,
        "p_country": customer.country,
        "currency_code": CURRENCY,
    }


def item_body(row: Row) -> Body:
    """An item of the catalogue, at the price of the row that first describes it."""
    return {
        "name": row.stock_code,
        "description": row.description,
        "unit_cost": _money(_cents(row.price)),
    }


def invoice_body(document: Document, client: int) -> Body:
    """A sent invoice, due thirty days after its date."""
    return {
        "customerid": client,
        "invoice_number": document.number,
        "create_date": document.day.isoformat(),
        "due_offset_days": DUE_DAYS,
        "currency_code": CURRENCY,
        "status": SENT,
        "lines": [_line(row, row.quantity) for row in document.rows],
    }


def credit_note_body(document: Document, client: int) -> Body:
    """A credit note: what came back, with positive quantities."""
    return {
        "clientid": client,
        "credit_number": document.number,
        "credit_type": "goodwill",
        "create_date": document.day.isoformat(),
        "currency_code": CURRENCY,
        "lines": [_line(row, -row.quantity) for row in document.rows],
    }


def _line(row: Row, quantity: Decimal) -> Body:
    price = row.price
    if price != _cents(price):  # FreshBooks keeps prices in cents; the money must still be right
        price, quantity = _cents(price * quantity), Decimal(1)
    line = {
        "type": 0,
        "name": row.stock_code,
        "description": row.description,
        "qty": f"{quantity:f}",
        "unit_cost": _money(_cents(price)),
    }
    return line | VAT if row.country == HOME else line


@dataclass(frozen=True)
class Payer:
    """Decides how each invoice is paid: from the seed and the invoice's number alone, so always alike.

    Without `credits`, nobody pays too much and no credit is used.
    """

    seed: int
    credits: bool = True

    def payment_body(self, document: Document, invoice: int, amount: Decimal) -> Body | None:
        """A payment in full, of too much, in part, or None; `amount` is the invoice's total as FreshBooks has it."""
        dice = Random(f"{self.seed}:{document.number}")  # noqa: S311 - made-up payments, no secret
        luck = dice.random()
        if amount <= 0 or luck >= PAID_AT_ALL:
            return None
        share = _share(luck, dice) if self.credits or luck >= OVERPAID else Decimal(1)
        paid_on = document.day + timedelta(days=dice.randint(0, 30))
        return {
            "invoiceid": invoice,
            "amount": _money(max(_cents(amount * share), CENT)),
            "date": paid_on.isoformat(),
            "type": dice.choice(PAYMENT_TYPES),
        }


def _share(luck: float, dice: Random) -> Decimal:
    if luck < OVERPAID:
        return Decimal(dice.randint(101, 125)) / 100
    return Decimal(1) if luck < PAID_IN_FULL else Decimal(dice.randint(10, 90)) / 100


def _money(amount: Decimal) -> Body:
    return {"amount": str(amount), "code": CURRENCY}


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
