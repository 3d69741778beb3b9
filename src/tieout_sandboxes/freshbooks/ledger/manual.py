"""Journal entries that an accountant makes by hand; nothing changes or deletes them afterwards.

Request and answer: freshbooks.com/api/journal-entries. That debits equal credits, and that they
cannot be edited: help article 360001212251.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.given import LARGEST, Given, day, text
from tieout_sandboxes.freshbooks.ledger.chart import Chart
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry
from tieout_sandboxes.freshbooks.money import ZERO, cents

KIND = "journal_entry"


@dataclass(frozen=True)
class Manual:
    """An entry made by hand, and the amounts as they were written."""

    entry: Entry
    written: tuple[tuple[str | None, str | None], ...]


def manual(given: Given, number: int, chart: Chart, missing: int) -> Manual:
    """Reads an entry that debits and credits accounts by their ids; raises Refusal for what cannot stand."""
    given.require("name", "user_entered_date", "currency_code", "details")
    details = given.raw("details")
    if not isinstance(details, list) or not all(isinstance(one, dict) for one in details):
        message = "The field 'details' must be a list."
        raise given.refuse("details", errors.INVALID_MAPPING_TYPE, message)
    read = [_detail(Given("detail", one), chart, missing) for one in details]
    amounts = tuple(booking for booking, _written in read)
    if sum((booking.amount for booking in amounts), ZERO) != ZERO or len(amounts) < 2:
        message = "Debits and credits must be equal."
        raise given.refuse("details", errors.INVALID_VALUE, message)
    entry = Entry(
        KIND, number, day(given, "user_entered_date"), text(given, "currency_code"),
        text(given, "name"), text(given, "description"), amounts,
    )  # fmt: skip
    return Manual(entry, tuple(written for _booking, written in read))


def _detail(
    given: Given, chart: Chart, missing: int
) -> tuple[Booking, tuple[str | None, str | None]]:
    given.require("sub_accountid")
    number = str(given.raw("sub_accountid"))
    known = chart.get(int(number)) if number.isdecimal() else None
    if known is None:
        message = "Sub account not found."
        raise given.refuse("sub_accountid", errors.UNKNOWN_RESOURCE, message, missing)
    debit, credit = _amount(given, "debit"), _amount(given, "credit")
    if (debit is None) == (credit is None):
        raise given.refuse("debit", errors.INVALID_VALUE, "Give either a debit or a credit.")
    written = tuple(
        str(given.raw(name)) if given.raw(name) else None for name in ("debit", "credit")
    )
    return Booking(known.place, (debit or ZERO) - (credit or ZERO)), (written[0], written[1])


def _amount(given: Given, name: str) -> Decimal | None:
    value: Any = given.raw(name)
    if value in (None, ""):
        return None
    try:
        amount = cents(Decimal(str(value)))
    except InvalidOperation:
        amount = ZERO
    if not amount.is_finite() or not ZERO < amount < LARGEST:
        raise given.refuse(name, errors.INVALID_VALUE, f"The field '{name}' must be an amount.")
    return amount
