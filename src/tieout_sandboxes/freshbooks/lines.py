"""Lines of invoices and credit notes: a name, a quantity, a price and up to two taxes by name and percent.

A line carries no item id and no tax id. Its `amount` is quantity times price, before discount and tax.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.given import (
    Given,
    day_or_null,
    flag,
    money,
    number,
    percent,
    text,
    text_or_null,
    whole,
    whole_or_null,
)
from tieout_sandboxes.freshbooks.money import ZERO, Money, cents

EDITS = {
    "basecampid": whole,
    "date": day_or_null,
    "description": text,
    "expenseid": whole,
    "name": text,
    "qty": number,
    "taskno": whole,
    "taxAmount1": percent,
    "taxAmount2": percent,
    "taxName1": text_or_null,
    "taxName2": text_or_null,
    "type": whole,
}


class Line(msgspec.Struct, kw_only=True):
    """One line as the API shows it."""

    amount: Money
    basecampid: int = 0
    compounded_tax: bool = False
    date: str | None = None
    description: str = ""
    expenseid: int = 0
    lineid: int
    modern_project_id: int | None = None
    modern_time_entries: list[Any] = []
    name: str = ""
    qty: str = "0"
    retainer_id: int | None = None
    retainer_period_id: int | None = None
    taskno: int = 1
    taxAmount1: str = "0"
    taxAmount2: str = "0"
    taxName1: str | None = None
    taxName2: str | None = None
    taxNumber1: str | None = None
    taxNumber2: str | None = None
    type: int = 0
    unit_cost: Money
    updated: str = ""


class InvoiceLine(Line, kw_only=True):
    """A line of an invoice names its invoice."""

    invoiceid: int


class EstimateLine(Line, kw_only=True):
    """A line of an estimate names its estimate."""

    estimateid: int


class ProfileLine(Line, kw_only=True):
    """A line of a recurring profile names its profile."""

    profileid: int


class CreditLine(Line, kw_only=True):
    """A line of a credit note names its credit note."""

    creditid: int


def read_lines(
    given: Given, document: int, code: str, stamp: str, before: list[Any], *, merge: bool
) -> list[Any]:
    """The lines of a body, numbered from 1; with `merge`, lines that name a lineid change that line."""
    values = given.raw("lines")
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise given.refuse(
            "lines", errors.INVALID_MAPPING_TYPE, "The field 'lines' must be a list."
        )
    kept = list(before) if merge else []
    places: dict[int | None, int] = {line.lineid: place for place, line in enumerate(kept)}
    for value in values:
        place = places.get(whole_or_null(Given("line", value), "lineid"))
        lineid = len(kept) + 1 if place is None else kept[place].lineid
        base = _blank(given.kind, document, lineid, code) if place is None else kept[place]
        line = _filled(copy(base), Given("line", value), code, stamp)
        kept = [*kept, line] if place is None else [*kept[:place], line, *kept[place + 1 :]]
    return kept


def _blank(kind: str, document: int, lineid: int, code: str) -> Line:
    nothing = Money(ZERO, code)
    start: dict[str, Any] = {"amount": nothing, "unit_cost": nothing, "lineid": lineid}
    if kind == "invoice":
        return InvoiceLine(**start, invoiceid=document)
    if kind == "estimate":
        return EstimateLine(**start, estimateid=document)
    if kind == "invoice_profile":
        return ProfileLine(**start, profileid=document, taskno=lineid)
    return CreditLine(**start, creditid=document)


def _filled(line: Line, given: Given, code: str, stamp: str) -> Line:
    for name in given:
        edit = EDITS.get(name)
        if edit is not None:
            setattr(line, name, edit(given, name))
    if given.raw("compounded_tax") is not None:
        line.compounded_tax = flag(given, "compounded_tax")
    if "unit_cost" in given:
        line.unit_cost = Money(money(given, "unit_cost", code).amount, code)
    line.amount = Money(cents(Decimal(line.qty) * line.unit_cost.amount), code)
    line.updated = stamp
    return line
