"""The instrument bites: planted bugs are caught, and every place where one is planted is still there."""

from __future__ import annotations

import pytest

from simulation.bugs import BUGS, SOURCE, Bug, hunt

QUICK = ("failure swallowed", "rounding to float", "token in the log")


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_place_of_a_bug_is_there_once(bug: Bug) -> None:
    assert (SOURCE / bug.file).read_text().count(bug.right) == 1


@pytest.mark.parametrize("bug", [b for b in BUGS if b.name in QUICK], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    assert "caught after" in hunt(bug, seeds=10)
