"""Documents are condensed as they are read: a tie-out of the condensed ones finds the same, figure by figure and word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.both_books import BothBooks
from tests.unit.core.breaking import WAYS, Shown
from tests.unit.core.sales import VAT, bill, sold

from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.tieout import Tieout

FREE = ("VAT", "0")
SEEDS = 60


def tied_condensed(books: BothBooks) -> Tieout:
    books.invoices = [condensed(one, ()) for one in books.invoices]
    books.notes = [condensed(one, ()) for one in books.notes]
    books.payments = [condensed(one, ()) for one in books.payments]
    return books.tie()


def count(books: BothBooks) -> int:
    return sum(len(one.lines) for one in (*books.invoices, *books.notes))


def test_books_that_agree_have_the_same_figures() -> None:
    fewer = 0
    for seed in range(SEEDS):
        books = BothBooks(seed)
        lines, whole = count(books), books.tie()
        assert tied_condensed(books) == whole
        fewer += lines - count(books)
    assert fewer > SEEDS


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_broken_books_show_the_same_differences(way: Callable[[BothBooks], set[Shown]]) -> None:
    tried = 0
    for seed in range(SEEDS):
        books = BothBooks(seed)
        try:
            way(books)
        except IndexError:
            continue  # these books have nothing of that kind
        whole = books.tie()
        assert not whole.agrees
        assert tied_condensed(books) == whole
        tried += 1
    assert tried > 5


def test_lines_are_added_up_that_the_posting_setup_cannot_tell_apart() -> None:
    lines = [sold("1", "10.00", VAT), sold("2", "5.00", FREE), sold("3", "1.10", VAT)]
    lines += [sold("-1", "4.00", VAT), sold("1", "7.00", VAT, name="Rent")]
    found = condensed(bill("41.96", *lines), {"Rent"}).lines
    told = {(line.name, line.taxes[0].percent, line.amount.amount, line.count) for line in found}
    twenty, nil = Decimal(20), Decimal(0)
    assert told == {
        ("", twenty, Decimal("13.30"), 2),
        ("", nil, Decimal("10.00"), 1),
        ("", twenty, Decimal("-4.00"), 1),
        ("Rent", twenty, Decimal("7.00"), 1),
    }
    assert sum(line.count for line in found) == len(lines)


def test_what_is_condensed_stays_as_it_is() -> None:
    once = condensed(bill("36.00", sold("1", "10.00", VAT), sold("1", "20.00", VAT)), ())
    assert condensed(once, ()) == once
    assert [line.count for line in once.lines] == [2]


def test_lines_that_are_divided_each_by_itself_are_kept() -> None:
    lines = [sold("1", "0.01", VAT)] * 3
    discounted = bill("0.02", *lines, percent="10", discount="0.01")
    for document in (discounted, replace(bill("0.03", *lines), tax_included=True)):
        found = condensed(document, ()).lines
        assert [(line.amount, line.taxes) for line in found] == [
            (line.amount, line.taxes) for line in lines
        ]
