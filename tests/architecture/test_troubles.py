"""The guide's table of troubles is the code's, and each row was seen in a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.app.troubles import TROUBLES, Trouble, table

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "troubleshooting.md"


def test_the_table_of_the_guide_is_made_from_the_code() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8"), f"put this into {GUIDE}:\n{table()}"


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.wrong)
def test_each_trouble_is_provoked(trouble: Trouble) -> None:
    file, _, name = trouble.test.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")
