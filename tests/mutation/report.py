"""How many were caught, where and by what; and each survivor as the change that nobody noticed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mutation.kept import Verdict
from mutation.operators import Mutant
from mutation.sample import AREAS
from tieout.app.console import table

AIM_PERCENT = 90
SURVIVORS = Path(__file__).with_name("survivors.md")


class Judged(NamedTuple):
    """A mutant and what became of it."""

    mutant: Mutant
    verdict: Verdict

    @property
    def area(self) -> str:
        return next(area for area in AREAS if self.mutant.file.startswith(area))


def equivalents() -> set[str]:
    """The keys of those that change nothing that anybody could notice; survivors.md says of each why."""
    return set(re.findall(r"^\| `(\w{10})` \|", SURVIVORS.read_text(), re.MULTILINE))


def line(mutant: Mutant, verdict: Verdict, stage: str, seconds: float) -> str:
    """What is told while it runs."""
    place = f"{mutant.file.removeprefix('tieout/')}:{mutant.first_line}"
    return f"{mutant.key} {verdict.word:<7}{seconds:6.1f} s {stage:<11}{mutant.operator:<19} {place} {verdict.by[:90]}"


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures for a program. An equivalent one is neither caught nor missed."""
    tally = _tally(judged)
    return {
        **tally,
        "good": 100 * tally["caught"] >= AIM_PERCENT * (tally["caught"] + tally["survived"]),
        "areas": _by(judged, lambda one: one.area),
        "operators": _by(judged, lambda one: one.mutant.operator),
        "stages": dict(Counter(one.verdict.stage for one in judged if one.verdict.stage)),
        "survivors": [
            {
                "key": one.mutant.key,
                "file": one.mutant.file,
                "line": one.mutant.first_line,
                "operator": one.mutant.operator,
                "diff": one.mutant.diff,
            }
            for one in judged
            if one.verdict.word == "open"
        ],
    }


def report(judged: Sequence[Judged]) -> str:
    """The figures and the survivors for a person."""
    found = summary(judged)
    shown = ("mutants", "caught", "survived", "equivalent", "percent")
    parts = [
        table([heading, *shown], [[name, *(row[k] for k in shown)] for name, row in rows.items()])
        for heading, rows in (
            ("area", {**found["areas"], "all": found}),
            ("operator", found["operators"]),
        )
    ]
    parts.append(table(["caught by", "mutants"], list(found["stages"].items())))
    parts += (
        f"{one['key']} {one['file']}:{one['line']} ({one['operator']})\n{one['diff']}"
        for one in found["survivors"]
    )
    return "\n\n".join(parts)


def _by(judged: Iterable[Judged], group: Callable[[Judged], str]) -> dict[str, dict[str, int]]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(group(one), []).append(one)
    return {name: _tally(ones) for name, ones in groups.items()}


def _tally(judged: Iterable[Judged]) -> dict[str, int]:
    count = Counter(one.verdict.word for one in judged)
    caught, survived = count["caught"], count["open"]
    percent = 100 * caught // (caught + survived) if caught + survived else 100
    return {
        "mutants": count.total(),
        "caught": caught,
        "survived": survived,
        "equivalent": count["equivalent"],
        "percent": percent,
    }
