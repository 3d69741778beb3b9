"""Books that agree show no difference, and books that were broken show each break where it is and as what it is; many ways of each, from seeds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.core.both_books import BothBooks
from tests.unit.core.breaking import WAYS, Shown, restated_month
from tests.unit.core.breaking_beside import BESIDE

from tieout.core.reconciliation.tieout import Tieout

CLEAN, EACH = 200, 40


def shown(result: Tieout) -> set[Shown]:
    return {(d.invariant, d.kind, d.subject) for d in result.differences}


def test_books_that_agree_show_no_difference() -> None:
    for seed in range(CLEAN):
        books = BothBooks(seed)
        result = books.tie()
        assert result.agrees, (seed, result.differences)
        looked_at = {check.invariant for check in result.checks if check.compared}
        assert {"I1", "I4", "I5", "I6", "I12", "I28"} <= looked_at
        figures = {c.invariant: (c.freshbooks, c.nav) for c in result.checks}
        assert figures["I7"][0] == figures["I7"][1]


def broken(way: Callable[[BothBooks], set[Shown]], *, alone: bool = False) -> tuple[int, int, int]:
    """How many ways were tried, in how many something was found, and in how many as what it is; ``alone``: and as nothing else."""
    tried = found = right = 0
    for seed in range(1000):
        books = BothBooks(seed)
        try:
            wanted = way(books)
        except IndexError:
            continue  # these books have nothing of that kind
        result = books.tie()
        tried += 1
        found += not result.agrees
        right += wanted == shown(result) if alone else wanted <= shown(result)
        if tried == EACH:
            break
    return tried, found, right


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_a_break_is_found_as_what_it_is(way: Callable[[BothBooks], set[Shown]]) -> None:
    tried, found, right = broken(way)
    print(f"{way.__name__:<20} {tried:>3} tried {found:>3} found {right:>3} right")
    assert (tried, found, right) == (EACH, EACH, EACH)


@pytest.mark.parametrize("way", BESIDE, ids=[way.__name__ for way in BESIDE])
def test_a_break_is_found_that_no_other_invariant_sees(
    way: Callable[[BothBooks], set[Shown]],
) -> None:
    tried, found, right = broken(way, alone=True)
    print(f"{way.__name__:<20} {tried:>3} tried {found:>3} found {right:>3} right")
    assert (tried, found, right) == (EACH, EACH, EACH)


def test_a_restated_month_agrees_today_and_not_at_its_end() -> None:
    tried = 0
    for seed in range(1000):
        books = BothBooks(seed)
        try:
            wanted, end = restated_month(books)
        except IndexError:
            continue
        result = books.tie()
        assert result.agrees, (seed, result.differences)
        assert wanted <= shown(books.tie(end)), seed
        tried += 1
        if tried == EACH:
            break
    assert tried == EACH
