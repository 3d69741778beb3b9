"""Decides which credits of a client are used for which of its later invoices: from the seed and their numbers alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
USED_AT_ALL, USED_IN_FULL = 0.6, 0.8
Wire = dict[str, Any]


@dataclass(frozen=True)
class Use:
    """A credit pays for (a part of) an invoice."""

    invoice_number: str
    body: Wire


def uses(seed: int, notes: Iterable[Wire], invoices: Sequence[Wire]) -> Iterator[Use]:
    """The uses of one client's credits, as FreshBooks shows both now; a credit that has been used before is left alone.

    Each is used for the oldest open invoice that is not older than the credit itself.
    """
    owed = {one["id"]: _amount(one["outstanding"]) for one in invoices}
    by_age = sorted(invoices, key=lambda one: (one["create_date"], one["invoice_number"]))
    for note in sorted(notes, key=lambda one: (one["create_date"], _name(one))):
        dice = Random(f"{seed}:{_name(note)}")  # noqa: S311 - made-up payments, no secret
        if dice.random() >= USED_AT_ALL or _amount(note["paid"]):
            continue
        for invoice in by_age:
            if invoice["create_date"] >= note["create_date"] and owed[invoice["id"]] > 0:
                amount = min(owed[invoice["id"]], _wanted(dice, note))
                owed[invoice["id"]] -= amount
                yield Use(invoice["invoice_number"], _body(dice, note, invoice, amount))
                break


def _wanted(dice: Random, note: Wire) -> Decimal:
    """Mostly all of a credit; sometimes only a share of it."""
    amount = _amount(note["amount"])
    share = 100 if dice.random() < USED_IN_FULL else dice.randint(10, 90)
    return max((amount * share / 100).quantize(CENT, ROUND_HALF_UP), CENT)


def _body(dice: Random, note: Wire, invoice: Wire, amount: Decimal) -> Wire:
    used_on = date.fromisoformat(invoice["create_date"]) + timedelta(days=dice.randint(0, 30))
    return {
        "invoiceid": invoice["id"],
        "creditid": note["id"],
        "amount": {"amount": str(amount), "code": invoice["currency_code"]},
        "date": used_on.isoformat(),
        "type": "Credit",
    }


def _name(note: Wire) -> str:
    """What names a credit in every run: FreshBooks numbers an overpayment as it comes, but tells the invoice that it is of."""
    overpaid = note["credit_type"] == "overpayment"
    return str(note["description"] if overpaid else note["credit_number"])


def _amount(money: Wire) -> Decimal:
    return Decimal(money["amount"])
