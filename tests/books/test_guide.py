"""The guide tells of every kind of difference, and the report has words for it."""

from __future__ import annotations

import re
from pathlib import Path

from tieout.app.books_report_words import WORDS
from tieout.core.matching.result import Break

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "books-check.md"


def test_every_kind_of_difference_is_told_of() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", GUIDE.read_text(encoding="utf-8"), re.M)
    assert rows == [str(kind) for kind in Break]
    assert list(WORDS) == list(Break)
