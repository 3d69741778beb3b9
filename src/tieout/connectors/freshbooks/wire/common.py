"""What the records of FreshBooks have in common on the wire: money, texts, ids, dates, visibility, lines.

Whatever does not have the documented shape raises Unintelligible, which names the record and the field and never shows a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from tieout.core.failures import Unintelligible
from tieout.core.records.document import Line, LineTax, Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import Money

VISIBILITY = {0: Visibility.ACTIVE, 1: Visibility.DELETED, 2: Visibility.ARCHIVED}
# FreshBooks stamps accounting records with New York wall time and no zone, whatever the zone of the business (FreshBooks: Dates and Times).
EASTERN = ZoneInfo("America/New_York")
ABSENT = msgspec.Raw(b"null")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")

Wire = TypeVar("Wire", bound=msgspec.Struct)


class WireMoney(msgspec.Struct):
    """An amount as text and its currency."""

    amount: Decimal
    code: Annotated[str, msgspec.Meta(min_length=1)]

    def money(self) -> Money:
        return Money(self.amount, self.code)


class WireLine(msgspec.Struct, kw_only=True):
    """A line of an invoice or a credit note. ``taxAmount1`` is a percentage in spite of its name."""

    name: str | None = None
    description: str | None = None
    qty: Decimal | None = None
    unit_cost: WireMoney | None = None
    amount: WireMoney
    name1: str | None = msgspec.field(default=None, name="taxName1")
    percent1: msgspec.Raw = msgspec.field(default=ABSENT, name="taxAmount1")
    name2: str | None = msgspec.field(default=None, name="taxName2")
    percent2: msgspec.Raw = msgspec.field(default=ABSENT, name="taxAmount2")
    compounded_tax: bool | None = None
    count: int = msgspec.field(default=1, name="")

    def line(self) -> Line:
        amount = self.amount.money()
        unit_cost = self.unit_cost.money() if self.unit_cost else Money(Decimal(0), amount.currency)
        return Line(
            name=text(self.name),
            description=text(self.description),
            quantity=Decimal(0) if self.qty is None else self.qty,
            unit_cost=unit_cost,
            amount=amount,
            taxes=_taxes(self.name1, bytes(self.percent1), self.name2, bytes(self.percent2)),
            compounded=bool(self.compounded_tax),
            count=self.count,
        )

    def alike(self, items: Collection[str]) -> object:
        """What tells it from others, for whoever asks only for these names."""
        name, amount = text(self.name) if items else "", self.amount.amount
        taxes = (self.name1, bytes(self.percent1), self.name2, bytes(self.percent2))
        return (name if name in items else "", *taxes, self.compounded_tax, amount > 0, amount < 0)


def decode(decoder: msgspec.json.Decoder[Wire], ref: Ref, content: bytes) -> Wire:
    """The wire form of one record."""
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unintelligible(ref, str(error)) from None


def unintelligible(ref: Ref, what: str) -> Unintelligible:
    """``what`` names the field and what was expected, no value."""
    return Unintelligible("freshbooks", f"{ref} does not have the documented shape: {what}")


def check_id(ref: Ref, identity: int) -> None:
    """Whether the record is the one that was asked for."""
    if ref.key != str(identity):
        raise unintelligible(ref, f"it carries the id {identity}")


def visibility(ref: Ref, vis_state: int | None) -> Visibility:
    """0 active, 1 deleted, 2 archived (FreshBooks: Active and Deleted Objects)."""
    found = VISIBILITY.get(vis_state or 0)
    if found is None:
        raise unintelligible(ref, f"vis_state {vis_state} is unknown")
    return found


def text(value: str | None) -> str:
    r"""Trimmed; nothing, null and blank are the same; control characters, which NAV cannot hold, become a blank.

    >>> text(None), text("  Tea\tfor\x0btwo ")
    ('', 'Tea for two')
    """
    if not value:
        return ""
    return value.strip() if value.isprintable() else CONTROL.sub(" ", value).strip()


def moment(ref: Ref, stamp: str | None) -> datetime | None:
    """When a record was last changed, from ``2026-03-10 09:00:00`` in New York; none where FreshBooks says nothing.

    In the hour that is struck twice in autumn the earlier one is taken.

    >>> moment(Ref(Kind.INVOICE, "1"), "2026-07-01 12:00:00").isoformat()
    '2026-07-01T12:00:00-04:00'
    """
    if not stamp:
        return None
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        raise unintelligible(ref, "updated is not a moment") from None
    return found if found.tzinfo else found.replace(tzinfo=EASTERN)


def reference(kind: Kind, identity: int | None) -> Ref | None:
    """A reference to another record; FreshBooks says none as null or as 0."""
    return Ref(kind, str(identity)) if identity else None


def required(ref: Ref, kind: Kind, identity: int | None, field: str) -> Ref:
    """A reference that must be there."""
    found = reference(kind, identity)
    if found is None:
        raise unintelligible(ref, f"{field} is empty")
    return found


def lines(ref: Ref, wire: list[WireLine] | msgspec.UnsetType | None) -> tuple[Line, ...]:
    """The lines; a record read without ``include[]=lines`` is not taken for one that has none."""
    if isinstance(wire, msgspec.UnsetType) or wire is None:
        raise unintelligible(ref, "lines are missing")
    try:
        return tuple(line.line() for line in wire)
    except InvalidOperation:
        raise unintelligible(ref, "a taxAmount of a line is not a percentage") from None


def added(wire: list[WireLine], items: Collection[str]) -> list[WireLine]:
    """Lines that nothing tells apart but what they are called added up, before anything is made of them."""
    found: dict[object, WireLine] = {}
    for line in wire:
        one = found.setdefault(line.alike(items), line)
        if one is not line:
            one.amount.amount += line.amount.amount
            one.count += 1
    return list(found.values())


@lru_cache(maxsize=1024)
def _taxes(
    name1: str | None, percent1: bytes, name2: str | None, percent2: bytes
) -> tuple[LineTax, ...]:
    """Up to two taxes. There is one where there is a name or a percentage: a tax of 0 % with a name is not the same as no tax."""
    pairs = ((name1, percent1), (name2, percent2))
    taxes = (LineTax(name=text(name), percent=percent(raw)) for name, raw in pairs)
    return tuple(tax for tax in taxes if tax.name or tax.percent)


def percent(raw: bytes) -> Decimal:
    """A percentage written as a number or as text; nothing, null and blank are 0. Raises InvalidOperation for anything else."""
    digits = raw.decode().strip('"').strip()
    return Decimal(0) if digits in ("", "null") else Decimal(digits)
