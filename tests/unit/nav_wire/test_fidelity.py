"""FIDELITY.md and the sandbox name the same switches and the same tests."""

from __future__ import annotations

import re
from pathlib import Path

from tieout_sandboxes.nav import switches

ROOT = Path(__file__).resolve().parents[3]
TEXT = Path(switches.__file__).with_name("FIDELITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| Behaviour", "| ---"))
]


def test_every_switch_is_described_and_every_described_switch_exists() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([a-z0-9_]+)`", row[4])}
    assert named == set(switches.SWITCHES)


def test_every_assumption_has_a_switch() -> None:
    assert [row[0] for row in ROWS if row[2] in ("[I]", "[?]", "[B]") and not row[4]] == []


def test_every_row_is_whole_and_its_test_exists() -> None:
    for row in ROWS:
        assert len(row) == 5, row
        path, _, name = row[3].strip("`").partition("::")
        file = ROOT / "tests" / path
        assert file.is_file(), row
        assert f"def {name}(" in file.read_text(encoding="utf-8"), row
