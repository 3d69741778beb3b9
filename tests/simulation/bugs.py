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
from dataclasses import dataclass
from pathlib import Path

from simulation.planted import BUGS, Bug, plant

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
FIRST_SEED, SEEDS = 1, 200
DAYS, DEEDS = 20, 28
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
        law = self.law or "not caught"
        return f"| {self.bug.name} | `{self.bug.file}` | {seed} | {self.seeds} | {law} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulation.bugs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds to try at most")
    parser.add_argument("--only", default="", help="bugs whose name has this text")
    parser.add_argument("--table", action="store_true", help="print docs/simulator/planted-bugs.md")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    given = parser.parse_args()
    chosen = [bug for bug in BUGS if given.only in bug.name]
    with ThreadPoolExecutor(given.processes) as pool:
        hunts = [pool.submit(hunt, bug, given.seeds) for bug in chosen]
        for done in as_completed(hunts):
            print(done.result(), file=sys.stderr if given.table else sys.stdout, flush=True)
    found = [one.result() for one in hunts]
    if given.table:
        print(document(found, given.seeds))
    sys.exit(0 if all(one.caught for one in found) else 1)


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
    command = f"cd tests; python -m simulation.bugs --seeds {seeds} --table"
    soon = sum(number <= SOON for number in caught)
    return "\n".join(
        [
            "# Planted bugs",
            "",
            "Each of these mistakes was made in a copy of the product, and seeds were played until one broke a law:",
            "an instrument that never says no proves nothing.",
            f"Made by `{command}`; a seed has {DAYS} days and {DEEDS} deeds, the first is {FIRST_SEED}.",
            f"Of {len(found)} bugs {len(caught)} are caught, {soon} of them within {SOON} seeds.",
            "The same source gives the same table; whatever changes what a seed plays (a fault, a deed, one request more) changes the figures.",
            "",
            "| bug | where | caught by seed | seeds played | law that was broken |",
            "|---|---|---|---|---|",
            *(one.row() for one in found),
        ]
    )


if __name__ == "__main__":
    main()
