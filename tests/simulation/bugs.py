"""``cd tests; python -m simulation.bugs``: deliberate bugs, planted one at a time in a copy of the product; each must be caught by the simulation.

An instrument that never says no proves nothing. A bug that is not caught means that a checker, a fault or a deed is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from simulation.planted import BUGS, Bug, plant
from tieout_simulator.ledger import source

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
FIRST_SEED, SEEDS = 1, 200
DAYS, DEEDS = 20, 28
# So many at a time, of a bug that is not caught yet.
PIECE = 10
JOURNAL = Path(".tieout-simulation.bugs.json")
# What a person would still wait for.
SOON = 20


@dataclass(frozen=True)
class Found:
    """What came of a bug: after how many seeds it was caught, by the last of them, and which law that broke; ``broken`` tells why it could not be played."""

    bug: Bug
    seeds: int
    law: str = ""
    text: str = ""
    took_s: float = 0.0
    broken: str = ""

    @property
    def caught(self) -> bool:
        return bool(self.law)

    def __str__(self) -> str:
        name = f"{self.bug.name:<50}"
        if self.broken:
            return f"{name} BROKEN {self.broken}"
        if not self.caught:
            return f"{name} NOT CAUGHT in {self.seeds} seeds ({self.took_s:.0f} s)"
        return f"{name} caught after {self.seeds:>3} seeds ({self.took_s:.0f} s): {self.law}: {self.text}"

    def row(self) -> str:
        """Its row of the table; no figure in it differs from one machine to another."""
        seed = str(FIRST_SEED + self.seeds - 1) if self.caught else "-"
        law = self.law or "not caught so far"
        faults = ", ".join(f"`{name}`" for name in self.bug.faults) or "as drawn"
        return f"| {self.bug.name} | `{self.bug.file}` | {faults} | {seed} | {self.seeds} | {law} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulation.bugs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds to try at most")
    parser.add_argument("--only", default="", help="bugs whose name has this text")
    parser.add_argument("--table", action="store_true", help="print docs/simulator/planted-bugs.md")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--resume", action="store_true", help=f"go on where {JOURNAL} is, if it is of the same source")  # fmt: skip
    given = parser.parse_args()
    chosen = [bug for bug in BUGS if given.only in bug.name]
    played = Played(JOURNAL if given.resume else None)
    with ThreadPoolExecutor(given.processes) as pool:
        hunts = [pool.submit(played.hunt, bug, given.seeds) for bug in chosen]
        for done in as_completed(hunts):
            print(done.result(), file=sys.stderr if given.table else sys.stdout, flush=True)
    found = [one.result() for one in hunts]
    if given.table:
        print(document(found, given.seeds))
    sys.exit(0 if all(one.caught for one in found) else 1)


class Played:
    """What was played of each bug, a few seeds at a time; kept in a file, so that it can be done in pieces."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, Lock()
        self._kept: dict[str, dict[str, Any]] = {}
        if path and path.is_file():
            kept = json.loads(path.read_text())
            self._kept = kept["bugs"] if kept["source"] == source() else {}

    def hunt(self, bug: Bug, seeds: int) -> Found:
        """Play on until the bug is caught, or so many seeds are played in all."""
        known = Found(bug, **self._kept.get(bug.name, {"seeds": 0}))
        while not known.caught and known.seeds < seeds:
            more = hunt(bug, min(PIECE, seeds - known.seeds), FIRST_SEED + known.seeds)
            if more.broken:
                return more
            known = replace(more, seeds=known.seeds + more.seeds, took_s=known.took_s + more.took_s)
            self._keep(known)
        return known

    def _keep(self, one: Found) -> None:
        with self._lock:
            self._kept[one.bug.name] = {"seeds": one.seeds, "law": one.law, "text": one.text}
            if self._path:
                kept = {"source": source(), "bugs": self._kept}
                self._path.write_text(json.dumps(kept, indent=1))


def hunt(bug: Bug, seeds: int, first: int = FIRST_SEED) -> Found:
    """Plant the bug in a copy and play seeds until one breaks a law."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        planted = Path(folder) / "src"
        shutil.copytree(SOURCE, planted, ignore=shutil.ignore_patterns("__pycache__"))
        plant(bug, planted)
        environment = {**os.environ, "PYTHONPATH": str(planted)}
        command = [
            sys.executable, "-m", "tieout_simulator", "--seed", str(first), "--seeds", str(seeds),
            "--days", str(DAYS), "--deeds", str(DEEDS), "--until-failure", "--json",
            *(["--route", bug.route] if bug.route else []),
            *(["--faults", ",".join(bug.faults)] if bug.faults else []),
        ]  # fmt: skip
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
    took_s = time.monotonic() - begun
    try:
        figures = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return Found(bug, 0, broken=str(done.stderr.strip().splitlines()[-1:]))
    law, _, text = figures["first"].partition(": ")
    return Found(bug, figures["seeds"], law, text, took_s)


def document(found: Sequence[Found], seeds: int) -> str:
    """The table for people, in Markdown."""
    caught = [one.seeds for one in found if one.caught]
    command = f"cd tests; python -m simulation.bugs --seeds {seeds} --resume --table"
    soon = sum(number <= SOON for number in caught)
    return "\n".join(
        [
            "# Planted bugs",
            "",
            "Each of these mistakes was made in a copy of the product, and seeds were played until one broke a law:",
            "an instrument that never says no proves nothing.",
            f"Made by `{command}`; a seed has {DAYS} days and {DEEDS} deeds, the first is {FIRST_SEED}.",
            f"Of {len(found)} bugs {len(caught)} are caught, {soon} of them within {SOON} seeds; where one is not, the seeds played say how far it was tried.",
            "Faults are drawn by the seed, but where the table names some: those alone.",
            "The same source gives the same table; whatever changes what a seed plays (a fault, a deed, one request more) changes the figures.",
            "",
            "| bug | where | faults | caught by seed | seeds played | law that was broken |",
            "|---|---|---|---|---|---|",
            *(one.row() for one in found),
        ]
    )


if __name__ == "__main__":
    main()
