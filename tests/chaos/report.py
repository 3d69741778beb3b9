"""What was done and what came of it, for a person and for a program."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chaos.watch import Takeover, percentile

# A dead worker's pairs are taken over in this time, in all but one case of a hundred.
TAKEOVER_S = 10.0


@dataclass
class Report:
    """One run of rounds."""

    workers: int
    seed: int
    rounds: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, str] = field(default_factory=dict)
    acts: int = 0
    takeovers: list[Takeover] = field(default_factory=list)
    woken: int = 0
    refused: int = 0
    full: int = 0
    ended: list[str] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)
    settled_s: float = 0.0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def seconds_of_takeovers(self) -> list[float]:
        return [one.seconds for one in self.takeovers if one.seconds is not None]

    @property
    def p50(self) -> float:
        return percentile(self.seconds_of_takeovers, 0.50)

    @property
    def p99(self) -> float:
        return percentile(self.seconds_of_takeovers, 0.99)

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, and takeovers in time."""
        return not self.problems and self.p99 < TAKEOVER_S

    def plain(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "good": self.good,
            "workers": self.workers,
            "seed": self.seed,
            "rounds": self.rounds,
            "deeds": dict(sorted(self.deeds.items())),
            "skipped": self.skipped,
            "acts": self.acts,
            "takeovers": {
                "count": len(self.takeovers),
                "p50_s": round(self.p50, 2),
                "p99_s": round(self.p99, 2),
                "most_s": round(max(self.seconds_of_takeovers, default=0.0), 2),
                "limit_s": TAKEOVER_S,
            },
            "woken": self.woken,
            "refused_as_superseded": self.refused,
            "told_of_a_full_disk": self.full,
            "could_not_start": self.ended,
            "status": self.status,
            "settled_s": round(self.settled_s, 1),
            "seconds": round(self.seconds),
            "problems": self.problems,
        }

    def text(self) -> str:
        """The report for a person."""
        deeds = ", ".join(f"{name} {count}" for name, count in sorted(self.deeds.items()))
        counts = ", ".join(f"{name} {count}" for name, count in self.status.items())
        most = max(self.seconds_of_takeovers, default=0.0)
        lines = [
            f"{self.rounds} rounds with {self.workers} workers, seed {self.seed}, in {self.seconds:.0f} s: {deeds}",
            *(f"left out: {name}, because {why}" for name, why in self.skipped.items()),
            f"people did {self.acts} things in FreshBooks; when all was well again, the rest took {self.settled_s:.0f} s",
            f"takeovers {len(self.takeovers)}: p50 {self.p50:.1f} s, p99 {self.p99:.1f} s, at most {most:.1f} s (limit {TAKEOVER_S:.0f} s)",
            f"companies whose worker woke after its takeover: {self.woken}",
            f"workers found themselves superseded {self.refused} times, the disk full {self.full} times",
            *(f"could not start: {text}" for text in self.ended),
            counts,
            *(f"PROBLEM {problem}" for problem in self.problems[:50]),
            "Nothing lost, nothing twice, the books agree."
            if self.good
            else f"Not good: {len(self.problems)} problems, takeovers p99 {self.p99:.1f} s.",
        ]
        return "\n".join(lines)
