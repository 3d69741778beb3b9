"""An invariant is looked at part by part, so that no more of both books is held than one part; what only the whole can tell is told at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from tieout.core.reconciliation.cause import with_causes
from tieout.core.reconciliation.difference import Check, Difference
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.money import total


class Invariant(Protocol):
    """One invariant of the tie-out."""

    def add(self, traces: Traces) -> Iterable[Difference]:
        """Look at a part of both books; what may be explained of it is given, so that it is recomputed (I26) while the part is at hand."""
        ...

    def check(self) -> Check:
        """What was found in all parts together."""
        ...


class OneByOne:
    """An invariant of documents and entries one by one: what holds of every part holds of the whole."""

    def __init__(self, look: Callable[[Sides], Check]) -> None:
        self._look = look
        self._checks: list[Check] = []

    def add(self, traces: Traces) -> Iterable[Difference]:
        check = self._look(traces.sides)
        found = with_causes(check.found, traces)
        self._checks.append(replace(check, found=found))
        return check.explained

    def check(self) -> Check:
        return summed(self._checks)


def summed(checks: Sequence[Check]) -> Check:
    """The checks of all parts as one."""
    first = checks[0]
    return replace(
        first,
        compared=sum(check.compared for check in checks),
        freshbooks=total(check.freshbooks for check in checks),
        nav=total(check.nav for check in checks),
        found=tuple(d for check in checks for d in check.found),
        explained=tuple(d for check in checks for d in check.explained),
    )
