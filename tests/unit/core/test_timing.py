"""I24: applications in the month in which FreshBooks has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.unit.core.both_books import CLOSED_BEFORE, BothBooks

from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.ledger import DetailedEntry


def checked(result: Tieout) -> Check:
    return next(check for check in result.checks if check.invariant == "I24")


def sources(books: BothBooks) -> list[DetailedEntry]:
    """What is applied of receipts and credits."""
    kinds = {entry.entry_no: entry.amount for entry in books.entries}
    made = [detail for detail in books.details if detail.entry_type == "Application"]
    return [detail for detail in made if kinds[detail.customer_entry_no] < 0]


def moved(books: BothBooks, detail: DetailedEntry, day: date, *, unapplied: bool = False) -> None:
    at = books.details.index(detail)
    books.details[at] = replace(detail, posting_date=day, unapplied=unapplied)


def test_every_application_of_receipts_and_credits_is_compared() -> None:
    compared = 0
    for seed in range(60):
        books = BothBooks(seed)
        check = checked(books.tie())
        assert check.compared == len(sources(books))
        assert (check.found, check.explained) == ((), ())
        assert check.freshbooks == check.nav == sum(abs(d.amount) for d in sources(books))
        compared += check.compared
    assert compared > 300


def test_another_day_of_the_same_month_is_as_good() -> None:
    for seed in range(20):
        books = BothBooks(seed)
        for detail in sources(books):
            moved(books, detail, detail.posting_date.replace(day=28))
        assert checked(books.tie()).found == ()


def test_what_was_undone_is_not_looked_at() -> None:
    books = BothBooks(1)
    detail = sources(books)[0]
    before = checked(books.tie()).compared
    moved(books, detail, detail.posting_date + timedelta(days=90), unapplied=True)
    check = checked(books.tie())
    assert (check.found, check.compared) == ((), before - 1)


def test_a_month_that_is_closed_lets_it_wait_and_that_is_listed() -> None:
    listed = 0
    for seed in range(60):
        books = BothBooks(seed)
        for detail in sources(books):
            if detail.posting_date < CLOSED_BEFORE:
                moved(books, detail, CLOSED_BEFORE)
        check = checked(books.tie())
        assert check.found == ()
        assert {d.kind for d in check.explained} <= {Break.DATE_PERIOD}
        listed += len(check.explained)
    assert listed > 5


def test_before_a_closed_month_is_too_early_however() -> None:
    for seed in range(60):
        books = BothBooks(seed)
        early = [d for d in sources(books) if d.posting_date < CLOSED_BEFORE]
        if early:
            moved(books, early[0], date(2025, 11, 1))
            (found,) = checked(books.tie()).found
            assert found.kind is Break.DATE_PERIOD
            assert "applied in NAV on 2025-11-01" in found.text
            return
    raise AssertionError("no books with an early application")


def test_an_application_that_nothing_in_freshbooks_asks_for_is_left_to_the_open_items() -> None:
    books = BothBooks(1)
    detail = sources(books)[0]
    books.payments.clear()
    check = checked(books.tie())
    assert check.found == ()
    assert detail in books.details
