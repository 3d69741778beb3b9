"""What came of all ways and months, by class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from breaks.months import Month
from breaks.trial import Trial
from breaks.ways import WAYS, Way


@dataclass(frozen=True, slots=True)
class Row:
    """A class, an invariant that names it, and how many ways of it were tried, found, rightly named, offered a cure, cured; and refused by a system."""

    kind: str
    invariant: str
    tried: int
    found: int
    named: int
    offered: int
    cured: int
    refused: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was measured."""

    trials: Sequence[Trial]
    months: Sequence[Month]
    seconds: float

    @property
    def clean(self) -> list[Month]:
        """The months in which nothing waits for a person."""
        return [month for month in self.months if month.clean]

    @property
    def false(self) -> list[Month]:
        """The clean months of which the tie-out says that the books do not agree."""
        return [month for month in self.clean if month.found]

    def rows(self) -> Iterator[Row]:
        """Class by class and invariant by invariant."""
        classes = {way.name: class_of(way) for way in WAYS}
        for kind, invariant in sorted(set(classes.values())):
            some = [t for t in self.trials if classes[t.way] == (kind, invariant)]
            if some:
                yield _row(kind, invariant, some)

    def all(self) -> Row:
        """All together."""
        return _row("all", "", self.trials)

    def good(self, least_named: float) -> bool:
        """Whether all were found (none refused), enough of them rightly named, all cured where it was offered, and nothing was found where nothing is."""
        whole = self.all()
        named = whole.named >= least_named * whole.tried
        return (
            whole.found == whole.tried and named and whole.cured == whole.offered and not self.false
        )

    def summary(self) -> dict[str, Any]:
        """The figures as a program reads them."""
        return {
            "classes": [
                {name: getattr(row, name) for name in Row.__slots__} for row in self.rows()
            ],
            "refused": self.all().refused,
            "months": len(self.months),
            "clean_months": len(self.clean),
            "documents": sum(month.documents for month in self.clean),
            "false_breaks": len(self.false),
            "seconds": round(self.seconds, 1),
        }


def class_of(way: Way) -> tuple[str, str]:
    """Its class and invariant; what breaks nothing comes last."""
    return (f"{way.kind} explained" if way.explained else str(way.kind), way.invariant)


def _row(kind: str, invariant: str, some: Sequence[Trial]) -> Row:
    offered = [trial for trial in some if trial.cured is not None]
    return Row(
        kind=kind,
        invariant=invariant,
        tried=len(some),
        found=sum(trial.found for trial in some),
        named=sum(trial.named for trial in some),
        offered=len(offered),
        cured=sum(bool(trial.cured) for trial in offered),
        refused=sum(trial.refused for trial in some),
    )


def table(figures: Figures) -> str:
    """As the guide shows it."""
    head = "| class | named by | ways | found | rightly named | cured of those with a cure |\n|---|---|---:|---:|---:|---:|"
    rows = [*figures.rows(), figures.all()] if figures.trials else []
    lines = [
        f"| {_code(r.kind)} | {r.invariant} | {r.tried} | {r.found} | {r.named} | {_cured(r)} |"
        for r in rows
    ]
    return "\n".join([head, *lines, "", _refused(figures), _months(figures)])


def _code(kind: str) -> str:
    name, _, how = kind.partition(" ")
    return kind if kind == "all" else " ".join(filter(None, (f"`{name}`", how)))


def _cured(row: Row) -> str:
    return f"{row.cured} of {row.offered}" if row.offered else "none offered"


def _refused(figures: Figures) -> str:
    return f"Refused by FreshBooks or NAV, and so not broken: {figures.all().refused}."


def _months(figures: Figures) -> str:
    clean = figures.clean
    documents = sum(month.documents for month in clean)
    return (
        f"Clean months: {len(clean)} with {documents:,} documents (of {len(figures.months)} that were played), with a false break: {len(figures.false)}."
        f" {figures.seconds:,.0f} s."
    )


def text(figures: Figures) -> str:
    """For whoever reads it in a terminal: the classes, and every trial that did not come out as it should."""
    lines = [
        f"{row.kind:<20} {row.invariant:<4} {row.tried:>5} tried {row.found:>5} found {row.named:>5} rightly named  {_cured(row)} cured"
        for row in ([*figures.rows(), figures.all()] if figures.trials else [])
    ]
    lines += [f"{one.way} under seed {one.seed}: {one.told}" for one in figures.trials if one.told]
    lines += [f"month of seed {one.seed}: {one.found}" for one in figures.false]
    return "\n".join([*lines, _refused(figures), _months(figures)])
