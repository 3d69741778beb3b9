"""I21: whole accounts, part by part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.both_books import REVENUE, BothBooks

from tieout.core.reconciliation.accounts import Accounts
from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.roll_forward import POSTED_MEANWHILE, LedgerRolls
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.ledger import GLEntry


def quiet(seed: int) -> BothBooks:
    """Books in which nobody else posts."""
    books = BothBooks(seed)
    books.by_others, books.bank_by_others = [], []
    return books


def checked(result: Tieout) -> Check:
    return next(check for check in result.checks if check.invariant == "I21")


def test_what_somebody_posts_to_revenue_without_our_key_is_listed_with_its_user_and_breaks_nothing() -> (
    None
):
    for seed in range(20):
        books = quiet(seed)
        assert not checked(books.tie()).explained
        books.post_beside(REVENUE, date(2026, 7, 1), Decimal("-12.34"), "ANN", "SALES")
        result = books.tie()
        assert result.agrees
        (listed,) = checked(result).explained
        assert (listed.kind, listed.subject) == (Break.NAV_ONLY, f"account {REVENUE}")
        assert "posted by ANN -12.34" in listed.text


def test_opening_and_the_closing_of_the_year_are_parts_of_their_own() -> None:
    books = quiet(3)
    books.post_beside(REVENUE, date(2025, 12, 31), Decimal("-100.00"), "ANN")
    books.post_beside(REVENUE, date(2026, 12, 31), Decimal("50.00"), "ANN", "CLSINCOME")
    books.post_beside(REVENUE, date(2026, 7, 1), Decimal("-1.00"), "BEN")
    (listed,) = checked(books.tie()).explained
    assert "opening -100.00 + from FreshBooks -" in listed.text
    assert listed.text.endswith(f"posted by BEN -1.00 + closing of the year 50.00 = {listed.nav}")
    assert listed.freshbooks == listed.nav


def test_as_of_an_earlier_day_what_came_later_is_left_out_on_both_sides() -> None:
    for seed in range(40):
        books = BothBooks(seed)
        check = checked(books.tie(date(2026, 4, 30)))
        assert not check.found, seed


def test_the_figures_are_debits() -> None:
    books = quiet(5)
    check = checked(books.tie())
    debits = sum(row.amount for row in books.gl if row.amount > 0)
    assert (check.freshbooks, check.nav) == (debits, debits)
    books.post_beside(REVENUE, date(2026, 7, 1), Decimal("5.00"), "ANN")
    check = checked(books.tie())
    assert (check.freshbooks, check.nav) == (debits, debits + 5)


def test_an_account_that_moved_while_it_was_read_is_in_flight() -> None:
    books = quiet(7)
    books.unread.add(books.post_beside(REVENUE, date(2026, 7, 1), Decimal("5.00"), "ANN").entry_no)
    accounts = books.accounts(None)
    after = accounts.accounts[REVENUE][0]
    for before, kinds in (
        (after, {Break.ROLL_FORWARD}),
        (after - 7, {Break.IN_FLIGHT}),
        (after - 5, set()),
    ):
        read = {**accounts.accounts, REVENUE: (before, after)}
        found = checked(books.tie(accounts=replace(accounts, accounts=read))).found
        assert {d.kind for d in found} == kinds
        assert all((POSTED_MEANWHILE in d.text) == (d.kind is Break.IN_FLIGHT) for d in found)


def test_the_opening_ends_where_the_pair_begins_and_other_prefixes_are_others() -> None:
    row = GLEntry(
        entry_no=1,
        gl_account_no="4000",
        document_type="Invoice",
        document_no="FB1",
        external_document_no="FB-INV-1-1",
        posting_date=date(2026, 3, 1),
        amount=Decimal(-10),
    )
    other = replace(
        row,
        entry_no=2,
        external_document_no="FB2-INV-1-1",
        gl_account_no="4010",
        posting_date=date(2026, 2, 1),
    )
    accounts = Accounts(prefix="FB", entries=[row, other])
    assert accounts.first_day == date(2026, 3, 1)
    rolls = LedgerRolls()
    rolls.add(accounts)
    assert [roll.name for roll in rolls.rolls(accounts)] == ["account 4000"]
