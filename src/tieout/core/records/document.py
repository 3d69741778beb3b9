"""What invoices, credit notes and payments have in common."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.core.records.money import Money


class Visibility(StrEnum):
    """Whether FreshBooks shows a record: archived ones still count, deleted ones do not."""

    ACTIVE = "active"
    DELETED = "deleted"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """A tax on a line as FreshBooks names it: a name and a percentage, never an amount of money."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an invoice or credit note; ``amount`` is quantity times unit cost, before discount and tax. ``count`` is how many lines it stands for."""

    name: str
    description: str
    quantity: Decimal
    unit_cost: Money
    amount: Money
    taxes: tuple[LineTax, ...] = ()
    compounded: bool = False
    count: int = 1
