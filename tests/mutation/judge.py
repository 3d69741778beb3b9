"""Whether a mutant is caught: by the tests that run its lines, the cheapest first, until one fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from mutation.operators import Mutant
from mutation.touched import Measured, Touched
from mutation.workshop import Ended, Workshop

# These start the command line: which lines run in other processes is not seen.
PROCESSES = ("test_command_line.py", "test_consent.py", "test_full_disk.py")
# A mutant that the quickest tests of a stage do not notice within this time counts as one that nobody notices.
STAGE_S = 60
STAGES = {
    "unit": ("tests/unit", "tests/architecture"),
    "properties": ("tests/properties",),
    "contract": (
        "tests/contract/connectors",
        "tests/contract/test_webhook_door.py",
        "tests/integration/engine",
        "tests/integration/store",
    ),
    "acceptance": ("tests/acceptance",),
    "simulation": (),
}
# Of the seeds and the length that `./dev test` plays, the first.
SEEDS = 20
PLAY = ("--seed", "0", "--seeds", str(SEEDS), "--days", "14", "--deeds", "20", "--until-failure", "--processes", "1", "--json")  # fmt: skip
PLAY_S = 40
# The machine may be busy with something else; a mutant that hangs takes this much longer than the tests themselves.
SLOWER, START_S = 6, 60
TEST_S = 40
# pytest's codes for a wrong command line and for no test.
NOTHING_RUN = (4, 5)
SAYS = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class Judge:
    """Judges mutants in one workshop. Who touches what is measured when a stage is first needed."""

    def __init__(self, workshop: Workshop, touched: Touched) -> None:
        self._workshop, self._touched = workshop, touched

    @property
    def stopped(self) -> bool:
        """Whether no verdict of this judge counts any more."""
        return self._workshop.stopped

    def stop(self) -> None:
        """End what runs now, and whatever is tried later."""
        self._workshop.stop()

    def importable(self, mutant: Mutant) -> bool:
        """Whether the product starts at all; what does not is no mistake that anybody could overlook."""
        if not mutant.at_import:
            return True
        with self._workshop.planted(mutant):
            return self._workshop.run("tieout.app.cli", "--help", limit_s=START_S).code == 0

    def caught(self, mutant: Mutant, stage: str) -> str:
        """What notices it in this stage; empty if nothing does."""
        tests = self._touched.tests(self._workshop, files(self._workshop.root, stage))
        concerned = [test for test in tests if test.concerns(mutant)]
        tests = _quickest(sorted(concerned, key=lambda test: test.distance(mutant)))
        with self._workshop.planted(mutant):
            return self._simulated() if stage == "simulation" else self._run(tests)

    def _simulated(self) -> str:
        ended = self._workshop.run("tieout_simulator", *PLAY, limit_s=START_S + SLOWER * PLAY_S)
        if ended.code == 0:
            return ""
        return ended.output.strip()[-200:] or "takes too long"

    def _run(self, tests: Sequence[Measured]) -> str:
        """The test that fails, empty if none does."""
        if not tests:
            return ""
        longest_s = max(TEST_S, SLOWER * max(test.seconds for test in tests))
        order = self._workshop.root / "order.json"
        order.write_text(json.dumps([test.name for test in tests]))
        ended = self._workshop.run(
            *("pytest", "-x", "-q", "--no-header", "--tb=no", "--timeout", str(longest_s)),
            *("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "mutation.plugin"),
            *dict.fromkeys(test.name.split("::")[0] for test in tests),
            limit_s=START_S + SLOWER * sum(test.seconds for test in tests),
            MUTATION_ORDER=str(order),
        )
        return _culprit(ended)


def _culprit(ended: Ended) -> str:
    if ended.code == 0:
        return ""
    if ended.code is None:
        return "takes too long"
    said = SAYS.search(ended.output)
    assert ended.code not in NOTHING_RUN, ended.output
    return said[1] if said else ended.output.strip()[-200:]


def _quickest(tests: Iterable[Measured]) -> list[Measured]:
    """As many as fit into the time of a stage; they come in their order."""
    chosen, seconds = [], 0.0
    for test in tests:
        seconds += test.seconds
        if chosen and seconds > STAGE_S:
            break
        chosen.append(test)
    return chosen


def files(root: Path, stage: str) -> list[str]:
    """The test files of a stage, below a repository's root."""
    places = [root / place for place in STAGES[stage]]
    found = {path for place in places for path in place.rglob("test_*.py")}
    found |= {place for place in places if place.suffix}
    return sorted(path.relative_to(root).as_posix() for path in found if path.name not in PROCESSES)
