"""What a tie-out needs of a document: the posting setup tells few of its lines apart, and the others are added up as soon as they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Line
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money, total
from tieout.core.records.payment import Payment

Document = TypeVar("Document", bound=Invoice | CreditNote | Payment)
ONE = Decimal(1)


def condensed(document: Document, items: Collection[str]) -> Document:
    """A document that gives every figure of a tie-out as before. ``items`` are the names of lines that the posting setup asks about.

    Lines are added up only where that cannot move a figure by a cent: not where each is divided by itself, for the tax that it contains or for a discount.
    """
    if isinstance(document, Payment):
        return document
    lines = _added if _is_exact(document) else _bare
    return replace(document, lines=tuple(lines(document.lines, items)))


def _is_exact(document: Invoice | CreditNote) -> bool:
    return isinstance(document, Invoice) and not (document.tax_included or document.discount)


def _bare(lines: Iterable[Line], items: Collection[str]) -> Iterator[Line]:
    """Without what no figure comes from: how an amount came about, and how it is described."""
    for line in lines:
        yield _line(line, items, line.amount, line.count)


def _line(line: Line, items: Collection[str], amount: Money, count: int) -> Line:
    return Line(
        name=line.name if line.name in items else "",
        description="",
        quantity=ONE,
        unit_cost=amount,
        amount=amount,
        taxes=line.taxes,
        compounded=line.compounded,
        count=count,
    )


def _added(lines: Iterable[Line], items: Collection[str]) -> Iterator[Line]:
    """One line for all of the same name, taxes and sign."""
    alike: dict[object, list[Line]] = {}
    for line in lines:
        amount, name = line.amount.amount, line.name if line.name in items else ""
        place = (name, line.taxes, line.compounded, amount > 0, amount < 0)
        alike.setdefault(place, []).append(line)
    for some in alike.values():
        whole = Money(total(line.amount.amount for line in some), some[0].amount.currency)
        yield _line(some[0], items, whole, sum(line.count for line in some))
