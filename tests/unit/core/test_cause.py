"""The first cause of a difference: the same breaks as always, each told with the entry, key, person and day that it comes from; never a cause that is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.core import breaking, breaking_beside
from tests.unit.core.both_books import BothBooks
from tests.unit.core.breaking import Shown, restated_month

from tieout.core.reconciliation.cause import NOT_FOUND
from tieout.core.reconciliation.tieout import Tieout

SEEDS = 12
POSTED = "was posted by Tieout on 2026-"
# What the cause of each difference must say that a break was made to show.
CAUSES = {
    breaking.deleted_invoice: "deleted in FreshBooks after it had been posted as FB-INV-",
    breaking.edited_invoice: "and other in FreshBooks now (",
    breaking.manual_twin: "was keyed by ANN as Payment CR-",
    breaking.posted_twice: "-2) was posted by Tieout, which no command on record asked for",
    breaking.revenue_elsewhere: POSTED,
    breaking.money_elsewhere: POSTED,
    breaking.other_currency: POSTED,
    breaking.other_customer: POSTED,
    breaking.other_day: POSTED,
    breaking.lost_payment: "is on record as posted, and NAV has nothing of it any more",
    breaking.unapplied_payment: "was unapplied by BEN on 2026-08-01",
    breaking.applied_to_another: "applied by BEN on 2026-08-01",
    breaking.tax_cent: POSTED,
    breaking.unseen_document: "not seen by Tieout yet",
    breaking.posted_by_another: "was posted by ANN, which no command on record asked for",
    breaking.foreign_entry: "was keyed by ANN as ",
    breaking.past_the_subledger: "was posted by ANN as GJ-1 to account 1200 itself",
    breaking_beside.bank_account_alone: "was posted by ANN past the bank ledger",
    breaking_beside.entry_that_no_reading_shows: NOT_FOUND,
    breaking_beside.applied_in_another_month: "was made by TIEOUT",
}


def broken(way: Callable[[BothBooks], set[Shown]]) -> list[tuple[set[Shown], Tieout]]:
    found: list[tuple[set[Shown], Tieout]] = []
    for seed in range(1000):
        books = BothBooks(seed)
        try:
            wanted = way(books)
        except IndexError:
            continue
        found.append((wanted, books.tie()))
        if len(found) == SEEDS:
            return found
    raise AssertionError("too few books have anything of that kind")


@pytest.mark.parametrize(("way", "words"), CAUSES.items(), ids=[way.__name__ for way in CAUSES])
def test_a_break_has_its_cause(way: Callable[[BothBooks], set[Shown]], words: str) -> None:
    for wanted, result in broken(way):
        found = {(d.invariant, d.kind, d.subject): d.cause for d in result.differences}
        for shown in wanted:
            assert words in found[shown], (shown, found[shown])


def test_every_difference_has_a_cause_or_says_that_it_has_none() -> None:
    """Totals too: the balances and the control of whatever is broken are told with what they are made of. None was found only of I21."""
    without: set[str] = set()
    for way in (*breaking.WAYS, *breaking_beside.BESIDE):
        for _, result in broken(way):
            assert all(d.cause for d in result.differences)
            without |= {d.invariant for d in result.differences if d.cause == NOT_FOUND}
    assert without == {"I21"}


def test_a_change_is_told_with_its_moment_and_both_amounts() -> None:
    for seed in range(SEEDS):
        books = BothBooks(seed)
        breaking.edited_invoice(books)
        at = datetime(2026, 9, 3, 8, 30, tzinfo=UTC)
        books.invoices = [replace(bill, updated_on=at) for bill in books.invoices]
        (one,) = (d for d in books.tie().differences if d.invariant == "I1")
        assert one.cause.startswith("changed in FreshBooks, last on 2026-09-03 08:30 UTC, after ")
        assert one.cause.endswith(f"({one.nav} -> {one.freshbooks})")


def test_two_parts_of_one_total() -> None:
    """Two receipts keyed by hand on one customer: no one of them is the difference, both together are."""
    books = BothBooks(3)
    breaking.manual_twin(books)
    receipt = books.entries[-1]
    books.post_entries(
        "", "Payment", "CR-TWO", receipt.customer_no, receipt.currency_code or "GBP",
        receipt.posting_date, receipt.amount, [("2310", -receipt.amount)], user="BEN",
    )  # fmt: skip
    causes = [d.cause for d in books.tie().differences if d.invariant == "I4"]
    assert len(causes) == 1
    assert causes[0].startswith("2 together: entry ")
    assert "keyed by ANN" in causes[0]
    assert "keyed by BEN as Payment CR-TWO" in causes[0]


def test_as_of_an_earlier_day_it_is_what_was_posted_afterwards() -> None:
    tried = 0
    for seed in range(300):
        books = BothBooks(seed)
        try:
            wanted, end = restated_month(books)
        except IndexError:
            continue
        found = {(d.invariant, d.kind, d.subject): d.cause for d in books.tie(end).differences}
        ((_, _, subject),) = wanted
        key = f"FB-INV-{subject.removeprefix('invoice/')}-1X"
        assert f"({key}) was posted by Tieout" in found[next(iter(wanted))]
        tried += 1
    assert tried > SEEDS
