"""The instrument bites: planted bugs are caught, and every place where one is planted is still there."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.bugs import ROOT, SOURCE, hunt
from simulation.planted import BUGS, Bug, plant

QUICK = ("failure swallowed", "rounding to float", "token in the log")
DOCUMENT = ROOT / "docs" / "simulator" / "planted-bugs.md"


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_places_of_a_bug_are_there_once(bug: Bug, tmp_path: Path) -> None:
    files = {file for file, _, _ in bug.places}
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text((SOURCE / file).read_text())
    plant(bug, tmp_path)
    for file in files:
        compile((tmp_path / file).read_text(), file, "exec")
        assert (tmp_path / file).read_text() != (SOURCE / file).read_text()


@pytest.mark.parametrize("bug", [b for b in BUGS if b.name in QUICK], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    assert hunt(bug, seeds=10).caught


def test_the_committed_table_has_every_bug_and_no_other() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [bug.name for bug in BUGS]
