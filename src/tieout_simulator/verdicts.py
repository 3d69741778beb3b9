"""What came of each value of each switch: how many documents were seen, how many were held and why, and whether any law was broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tieout_simulator.assumptions import NOT_PLAYED, VALUES, Flip, every_switch, flips
from tieout_simulator.world import Outcome

UNFLIPPED = "nothing flipped"
LONGEST, MOST = 110, 4
FIGURES = re.compile(r"\d[\d.,:-]*")


@dataclass
class Verdict:
    """Counts over the seeds that were played with a value; ``asked``: in how many of them the sandbox looked at the switch."""

    seeds: int = 0
    asked: int = 0
    seen: int = 0
    held: int = 0
    violations: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome, *, asked: bool) -> None:
        self.seeds += 1
        self.asked += asked
        # Of a seed that could not be played to its end nothing is known but that.
        self.seen += outcome.states.get("seen", 0)
        self.held += len(outcome.held)
        self.violations += len(outcome.violations)
        self.reasons.update(short(reason) for reason in outcome.held.values())


def short(reason: str) -> str:
    """A reason without the figures in which documents differ.

    >>> short("FreshBooks has taken 5.00 off invoice 4711; ask your bookkeeper")
    'FreshBooks has taken N off invoice N; ask your bookkeeper'
    """
    text = FIGURES.sub("N", reason).replace("|", "/").replace("\n", " ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def note(verdicts: dict[str, Verdict], outcome: Outcome, some: tuple[Flip, ...]) -> None:
    """Add what came of a seed to every flip that it was played with."""
    if not some:
        verdicts.setdefault(UNFLIPPED, Verdict()).add(outcome, asked=True)
    for flip in some:
        asked = (flip.system, flip.switch) in outcome.asked
        verdicts.setdefault(str(flip), Verdict()).add(outcome, asked=asked)


def document(verdicts: Mapping[str, Verdict], command: str) -> str:
    """The table for people, in Markdown."""
    return "\n".join([*_head(verdicts, command), *_rows(verdicts), "", *_not_played()])


def combinations(
    verdicts: Mapping[str, Verdict],
    trials: Collection[str],
    failed: Mapping[str, Sequence[str]],
    command: str,
) -> str:
    """The table of what was flipped together with other switches; whose fault a held document is cannot be told there."""
    numbers = sorted(name.count(",") + 1 for name in trials)
    broken = [f"* seed {name.split()[0]}: {'; '.join(laws)}" for name, laws in failed.items()]
    span = f"{numbers[0]} to {numbers[-1]} flips, {sum(numbers) / len(numbers):.0f} on average"
    outcome = f"Laws were broken in {len(broken)}" if broken else "No law was broken"
    head = [
        "## In combinations",
        "",
        f"Made by `{command}`: {len(numbers)} random combinations of {span}. {outcome}.",
        "",
        *broken,
        *([""] if broken else []),
        "| Switch and value | Combinations | Asked | Documents | Held | Laws broken |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows = [
        f"| `{flip}` | {v.seeds} | {v.asked} | {v.seen} | {v.held} | {v.violations} |"
        for flip in flips()
        for v in [verdicts.get(str(flip), Verdict())]
    ]
    return "\n".join([*head, *rows])


def _head(verdicts: Mapping[str, Verdict], command: str) -> Iterator[str]:
    broken = sum(verdict.violations for verdict in verdicts.values())
    yield "# What nobody could verify, flipped"
    yield ""
    yield (
        "Both sandboxes had to assume things about FreshBooks and NAV; each assumption is a switch"
        " ([FreshBooks](../../src/tieout_sandboxes/freshbooks/FIDELITY.md), [NAV](../../src/tieout_sandboxes/nav/FIDELITY.md))."
        " Here every other value of every switch was played alone, with everything else going wrong as well."
    )
    yield ""
    yield f"Made by `{command}`. Trials: {sum(v.seeds for v in verdicts.values())}. Laws broken: {broken}."
    yield ""
    yield (
        "*Asked*: in how many of the seeds the sandbox looked at the switch; where it never did, nothing that Tieout or people do here depends on it."
        " *Held*: documents that wait for a person when everything has come to rest, and their reasons, as far as they are not also held with nothing flipped."
    )
    yield ""
    yield "| Switch and value | Seeds | Asked | Documents | Held | Laws broken | Held because |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"


def _rows(verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    usual = verdicts.get(UNFLIPPED, Verdict())
    yield _row(UNFLIPPED, usual, Verdict())
    for flip in flips():
        yield _row(f"`{flip}`", verdicts.get(str(flip), Verdict()), usual)


def _row(name: str, verdict: Verdict, usual: Verdict) -> str:
    new = [f"{n} x {why}" for why, n in verdict.reasons.most_common() if why not in usual.reasons]
    why = "; ".join(new[:MOST]) + (f"; and {len(new) - MOST} more" if len(new) > MOST else "")
    return (
        f"| {name} | {verdict.seeds} | {verdict.asked} | {verdict.seen} | {verdict.held}"
        f" | {verdict.violations} | {why} |"
    )


def _not_played() -> Iterator[str]:
    yield "Values chosen for switches that take a number or a text:"
    yield ""
    yield from (f"* `{'.'.join(name)}`: {why}" for name, (_, why) in VALUES.items())
    yield ""
    yield f"Not played, of {len(every_switch())} switches:"
    yield ""
    yield from (f"* `{'.'.join(name)}`: {why}" for name, why in NOT_PLAYED.items())
