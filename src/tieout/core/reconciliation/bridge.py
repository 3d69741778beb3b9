"""A bridge: from what FreshBooks says to what NAV says in one column, every step between them named, down to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from tieout.core.reconciliation.expected import ZERO
from tieout.core.records.money import total


class Reason(StrEnum):
    """Why both figures differ where nothing disagrees; what disagrees has the name of its difference."""

    OPEN_AMOUNTS = "OPEN_AMOUNTS"
    APPLIED_ACROSS = "APPLIED_ACROSS"
    OTHER_CUSTOMERS = "OTHER_CUSTOMERS"
    FOREIGN_AT_HOME = "FOREIGN_AT_HOME"
    WITHIN_CENTS = "WITHIN_CENTS"
    ADOPTED = "ADOPTED"
    NO_AMOUNT_OF_TAX = "NO_AMOUNT_OF_TAX"
    TAX_OF_RECEIPTS = "TAX_OF_RECEIPTS"
    NOT_EXPLAINED = "NOT_EXPLAINED"


class Topic(StrEnum):
    """What a bridge is about."""

    RECEIVABLES = "receivables"
    CONTROL = "control"
    REVENUE = "revenue"
    TAX = "tax"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one document, entry or customer has in both books; ``name`` says why that differs, empty if it agrees."""

    subject: str
    freshbooks: Decimal
    nav: Decimal
    name: str = ""

    @property
    def effect(self) -> Decimal:
        return self.nav - self.freshbooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a bridge: all items of one name. What goes up and down within it comes to less than its items one by one."""

    name: str
    items: tuple[Item, ...]

    @property
    def effect(self) -> Decimal:
        return total(item.effect for item in self.items)

    @property
    def gross(self) -> Decimal:
        """The same without one item making good another."""
        return total(abs(item.effect) for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """Both figures of one topic in one currency, each from its own system, and every document between them.

    ``currency`` is that of the documents, ``local`` says that the amounts are in the company's own.
    """

    topic: Topic
    currency: str
    freshbooks: Decimal
    nav: Decimal
    items: tuple[Item, ...]
    local: bool = False

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps in a fixed order, differences first; with what no item accounts for, should there be anything."""
        named: dict[str, list[Item]] = {}
        for item in (*self.items, *self._left):
            if item.name:
                named.setdefault(item.name, []).append(item)
        reasons = list(map(str, Reason))
        order = sorted(named, key=lambda n: (reasons.index(n) + 1 if n in reasons else 0, n))
        return tuple(Step(name=name, items=tuple(named[name])) for name in order)

    @property
    def is_explained(self) -> bool:
        return all(step.name != Reason.NOT_EXPLAINED for step in self.steps)

    @cached_property
    def _left(self) -> Sequence[Item]:
        left = self.nav - self.freshbooks - total(item.effect for item in self.items)
        rest = Item(subject="", freshbooks=ZERO, nav=left, name=Reason.NOT_EXPLAINED)
        return (rest,) if left else ()


def named(item: Item, names: Iterable[str]) -> Item:
    """The item under the first of these names, or told to be without one, if its sides differ."""
    if not item.effect:
        return item
    name = next(iter(names), "") or Reason.NOT_EXPLAINED
    return Item(subject=item.subject, freshbooks=item.freshbooks, nav=item.nav, name=name)
