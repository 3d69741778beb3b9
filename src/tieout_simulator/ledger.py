"""What many seeds came to, kept in a file so that a long run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tieout_simulator.coverage import Coverage
from tieout_simulator.trials import Trial
from tieout_simulator.verdicts import Verdict, note
from tieout_simulator.world import Options, Outcome

PACKAGES = ("tieout", "tieout_sandboxes", "tieout_simulator")


@cache
def source() -> str:
    """The hash of all code that has a part in a story."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def circumstances(options: Options, switches: str) -> str:
    """What must be the same for seeds to belong into one ledger."""
    faults = "random" if options.faults is None else ",".join(options.faults)
    route = f", route {options.route}" if options.route else ""
    return f"source {source()}, {options.days} days, {options.deeds} deeds, faults {faults}, switches {switches or 'default'}{route}"


def _order(name: str) -> tuple[int, str]:
    seed, _, switches = name.partition(" ")
    return int(seed), switches


@dataclass
class Ledger:
    """Trials played (a seed, or a seed and its switches), with the fingerprint of each; those that failed; faults met; what came of each flip.

    ``under`` are the circumstances of all of them.
    """

    under: str = ""
    seeds: dict[str, str] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    forgotten: int = 0

    def add(self, trial: Trial, outcome: Outcome) -> None:
        self.seeds[trial.name] = outcome.fingerprint
        if not outcome.good:
            self.failed[trial.name] = [str(violation) for violation in outcome.violations]
        self.coverage.add(outcome.coverage)
        note(self.verdicts, outcome, trial.flips)

    @property
    def fingerprint(self) -> str:
        """The hash over all traces, in the order of the seeds."""
        names = sorted(self.seeds, key=_order)
        lines = "".join(f"{name} {self.seeds[name]}\n" for name in names)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    @classmethod
    def read(cls, path: Path, under: str) -> Ledger:
        """What the file has; an empty ledger if there is none, or if its seeds were played under other circumstances."""
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"seeds": {}}
        if found.get("under") != under or not found["seeds"]:
            return cls(under, forgotten=len(found["seeds"]))
        ledger = cls(under, found["seeds"], found["failed"])
        for cell, number in found["met"].items():
            fault, step, kind = cell.split("|")
            ledger.coverage.met[fault, step, kind] = number
        for occasion, number in found["occasions"].items():
            step, kind = occasion.split("|")
            ledger.coverage.occasions[step, kind] = number
        for flip, kept in found["verdicts"].items():
            ledger.verdicts[flip] = Verdict(**kept | {"reasons": Counter(kept["reasons"])})
        return ledger

    def write(self, path: Path | None) -> None:
        """Keep it; a half-written file never takes the place of a whole one."""
        if path is None:
            return
        content = {
            "under": self.under,
            "seeds": self.seeds,
            "failed": self.failed,
            "met": {"|".join(cell): number for cell, number in sorted(self.coverage.met.items())},
            "occasions": {"|".join(o): n for o, n in sorted(self.coverage.occasions.items())},
            "verdicts": {flip: vars(verdict) for flip, verdict in self.verdicts.items()},
        }
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(content))
        draft.replace(path)
