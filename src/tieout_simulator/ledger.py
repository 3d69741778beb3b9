"""What many seeds came to, kept in a file so that a long run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from tieout_simulator.coverage import Coverage
from tieout_simulator.world import Outcome


@dataclass
class Ledger:
    """Seeds played, with the fingerprint of each; those that failed; faults met."""

    seeds: dict[int, str] = field(default_factory=dict)
    failed: dict[int, list[str]] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)

    def add(self, outcome: Outcome) -> None:
        self.seeds[outcome.seed] = outcome.fingerprint
        if not outcome.good:
            self.failed[outcome.seed] = [str(violation) for violation in outcome.violations]
        self.coverage.add(outcome.coverage)

    @property
    def fingerprint(self) -> str:
        """The hash over all seeds' traces, in the order of the seeds."""
        lines = "".join(f"{seed} {trace}\n" for seed, trace in sorted(self.seeds.items()))
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """What the file has; an empty ledger if there is none."""
        if not path.exists():
            return cls()
        found = json.loads(path.read_text())
        ledger = cls({int(seed): trace for seed, trace in found["seeds"].items()})
        ledger.failed = {int(seed): laws for seed, laws in found["failed"].items()}
        for cell, number in found["met"].items():
            fault, step, kind = cell.split("|")
            ledger.coverage.met[fault, step, kind] = number
        for occasion, number in found["occasions"].items():
            step, kind = occasion.split("|")
            ledger.coverage.occasions[step, kind] = number
        return ledger

    def write(self, path: Path | None) -> None:
        """Keep it; a half-written file never takes the place of a whole one."""
        if path is None:
            return
        content = {
            "seeds": self.seeds,
            "failed": self.failed,
            "met": {"|".join(cell): number for cell, number in sorted(self.coverage.met.items())},
            "occasions": {"|".join(o): n for o, n in sorted(self.coverage.occasions.items())},
        }
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(content))
        draft.replace(path)
