"""The figures side by side, and whether the limits are kept."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from benchmarks.measure import Measurement

OURS, USUAL, BARE = "tieout sync", "(a) one by one", "(b) bare batches"
WALL_TO_USUAL, WALL_TO_BARE = 1.0, 2.5
NAV_WRITES_PER_DOCUMENT, FRESHBOOKS_CALLS_PER_DOCUMENT = 0.05, 0.06
MEMORY_MB = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A figure of ours and what it may be at most."""

    name: str
    value: float
    at_most: float

    @property
    def kept(self) -> bool:
        return self.value <= self.at_most


def medians(runs: Sequence[Measurement]) -> Measurement:
    """The median of each figure over several runs."""
    values = {f.name: statistics.median(getattr(r, f.name) for r in runs) for f in fields(runs[0])}
    return Measurement(**values)


def limits_of(results: Mapping[str, Measurement], documents: int) -> list[Limit]:
    """What ours is held to."""
    ours, wall_s = results[OURS], {name: each.wall_s for name, each in results.items()}
    return [
        Limit(name="wall / (a)", value=wall_s[OURS] / wall_s[USUAL], at_most=WALL_TO_USUAL),
        Limit(name="wall / (b)", value=wall_s[OURS] / wall_s[BARE], at_most=WALL_TO_BARE),
        Limit(
            name="NAV writes per document",
            value=ours.nav_writes / documents,
            at_most=NAV_WRITES_PER_DOCUMENT,
        ),
        Limit(
            name="FreshBooks calls per document",
            value=ours.freshbooks_calls / documents,
            at_most=FRESHBOOKS_CALLS_PER_DOCUMENT,
        ),
        Limit(name="peak memory, MB", value=ours.memory_mb, at_most=MEMORY_MB),
    ]


def shown(results: Mapping[str, Measurement], documents: int) -> str:
    """A table: one row for each figure, one column for each contestant, then the ratios of ours to the others."""
    names = [OURS, USUAL, BARE]
    lines = [_line("", [*names, "ours/(a)", "ours/(b)"])]
    for title, values, digits in _rows(results, documents):
        ours, usual, bare = (values[name] for name in names)
        ratios = [f"{ours / other:.2f}" if other else "-" for other in (usual, bare)]
        lines.append(_line(title, [*(f"{values[n]:,.{digits}f}" for n in names), *ratios]))
    return "\n".join(lines)


def verdicts(limits: Sequence[Limit]) -> str:
    """One line for each limit."""
    return "\n".join(
        f"{'kept  ' if each.kept else 'MISSED'} {each.name:<30} {each.value:8.3f}  at most {each.at_most:g}"
        for each in limits
    )


def as_json(
    results: Mapping[str, Measurement], limits: Sequence[Limit], about: Mapping[str, Any]
) -> dict[str, Any]:
    """All figures for a program."""
    return {
        **about,
        "results": {name: asdict(each) for name, each in results.items()},
        "limits": [{**asdict(each), "kept": each.kept} for each in limits],
    }


def _rows(
    results: Mapping[str, Measurement], documents: int
) -> Iterator[tuple[str, dict[str, float], int]]:
    def row(title: str, figure: str, digits: int) -> tuple[str, dict[str, float], int]:
        return title, {name: getattr(each, figure) for name, each in results.items()}, digits

    yield row("wall, s", "wall_s", 2)
    yield row("CPU of the program, s", "cpu_s", 2)
    yield row("CPU of PostgreSQL, s", "database_cpu_s", 2)
    yield row("peak memory, MB", "memory_mb", 0)
    for title, figure in (
        ("FreshBooks calls", "freshbooks_calls"),
        ("NAV write calls", "nav_writes"),
        ("NAV read calls", "nav_reads"),
    ):
        title_of_all, values, digits = row(title, figure, 0)
        yield title_of_all, values, digits
        yield "  per document", {n: count / documents for n, count in values.items()}, 3


def _line(title: str, cells: Sequence[str]) -> str:
    return f"{title:<24}" + "".join(f"{cell:>18}" for cell in cells)
