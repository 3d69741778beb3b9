"""What the firm writes on its invoices and credit notes, and how it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tieout_sandboxes.service_firm.acts import Expression, IdOf
from tieout_sandboxes.service_firm.clients import Client, Taxes

DRAFT, SENT = 1, 2
WORK = ("Consulting", "Design", "Development", "Support", "Training", "Workshop")
RATES = ("65.00", "80.00", "95.50", "110.00", "127.35", "150.00")
OFF = ("2.5", "5", "10", "12.5", "50")
PAYMENT_TYPES = ("Bank Transfer", "Bank Transfer", "Bank Transfer", "Check", "Cash", "Credit Card")
Body = dict[str, Any]


def invoice(dice: Random, client: Client, day: date, **fields: Any) -> Body:
    """A sent invoice of one to six lines; one in eight has a discount."""
    body = {
        "customerid": IdOf(client.organization),
        "create_date": day.isoformat(),
        "currency_code": client.market.currency,
        "due_offset_days": dice.choice((0, 14, 30, 30, 30, 60)),
        "status": SENT,
        "lines": lines(dice, client),
    }
    if dice.random() < 0.12:
        body["discount_value"] = dice.choice(OFF)
    return body | fields


def lines(dice: Random, client: Client) -> list[Body]:
    """Hours of work, a book now and then, and rarely a rebate as a negative line."""
    found = [_hours(dice, client) for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4, 6)))]
    if dice.random() < 0.03 and len(found) > 1:
        found.append(line("Rebate", "1", "-15.00", client, client.market.taxes[0]))
    return found


def _hours(dice: Random, client: Client) -> Body:
    taxes = client.market.taxes
    chosen = taxes[0] if dice.random() < 0.8 else dice.choice(taxes)
    hours = Decimal(dice.randint(1, 120)) / 4
    return line(dice.choice(WORK), f"{hours:f}", dice.choice(RATES), client, chosen)


def line(name: str, quantity: str, price: str, client: Client, taxes: Taxes) -> Body:
    """One line with up to two taxes by name and percent."""
    body = {
        "type": 0,
        "name": name,
        "qty": quantity,
        "unit_cost": {"amount": price, "code": client.market.currency},
    }
    for place, (tax, percent) in enumerate(taxes, start=1):
        body |= {f"taxName{place}": tax, f"taxAmount{place}": percent}
    return body


def credit_note(
    client: Client, day: date, credit_type: str, credited: Sequence[Body], **fields: Any
) -> Body:
    """A credit note of the type `goodwill` or `prepayment`."""
    return {
        "clientid": IdOf(client.organization),
        "create_date": day.isoformat(),
        "credit_type": credit_type,
        "currency_code": client.market.currency,
        "lines": list(credited),
    } | fields


def payment(dice: Random, invoice: str, amount: Expression, day: date, **fields: Any) -> Body:
    """Money for an invoice."""
    return {
        "invoiceid": IdOf(invoice),
        "amount": amount,
        "date": day.isoformat(),
        "type": dice.choice(PAYMENT_TYPES),
    } | fields
