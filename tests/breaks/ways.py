"""The ways in which books are broken: who breaks what, and what a tie-out must say of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

from breaks.accountant import Accountant
from breaks.firm import Firm
from breaks.office import Office
from tieout.core.reconciliation.difference import Break
from tieout.core.records.identity import Kind, Ref

FRESHBOOKS, NAV = "FreshBooks", "NAV"


@dataclass(frozen=True, slots=True)
class Hands:
    """Whoever breaks something: the office, its firm, the accountant in NAV."""

    office: Office
    firm: Firm
    accountant: Accountant


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Where the break must be found, and which documents may be named with it; ``as_of`` and ``at_once``: how the books are to be looked at."""

    subject: str
    related: frozenset[Ref] = field(default_factory=frozenset)
    as_of: date | None = None
    at_once: bool = False


Plant = Callable[[Hands], Awaitable[Planted]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way: the class that it is of, the invariant that must name it, whose hands, and how. ``explained``: nothing is broken, and that must be told."""

    kind: Break
    invariant: str
    side: str
    plant: Plant
    explained: bool = False

    @property
    def name(self) -> str:
        return self.plant.__name__

    @property
    def told(self) -> str:
        """What is done, in a sentence."""
        return (self.plant.__doc__ or "").strip()


WAYS: list[Way] = []


def way(kind: Break, invariant: str, side: str) -> Callable[[Plant], Plant]:
    """Make a way of a function."""

    def keep(plant: Plant) -> Plant:
        WAYS.append(Way(kind, invariant, side, plant))
        return plant

    return keep


def explained(kind: Break, invariant: str, side: str) -> Callable[[Plant], Plant]:
    """Make a way of a function that breaks nothing."""

    def keep(plant: Plant) -> Plant:
        WAYS.append(Way(kind, invariant, side, plant, explained=True))
        return plant

    return keep


def invoice(number: int) -> Ref:
    return Ref(Kind.INVOICE, str(number))


def payment(number: int) -> Ref:
    return Ref(Kind.PAYMENT, str(number))


def credit_note(number: int) -> Ref:
    return Ref(Kind.CREDIT_NOTE, str(number))


def at(*refs: Ref) -> Planted:
    """The first is where it must be found, the others may be named with it."""
    return Planted(subject=str(refs[0]), related=frozenset(refs))
