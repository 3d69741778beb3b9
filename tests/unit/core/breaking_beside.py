"""Ways in which books break that no look at single documents shows: each is found by one invariant, and by no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.both_books import BANK_GL, REVENUE, BothBooks
from tests.unit.core.breaking import Shown

from tieout.core.reconciliation.difference import Break


def some(books: BothBooks) -> Decimal:
    return Decimal(books.dice.choice([1, -100, 12345, -99999])) / 100


def bank_account_alone(books: BothBooks) -> set[Shown]:
    """Somebody posts to the bank's account in the general ledger, past the bank ledger."""
    if not books.bank:
        raise IndexError
    books.post_beside(BANK_GL, date(2026, 7, 1), some(books), "ANN", bank=False)
    return {("I21", Break.CONTROL, f"account {BANK_GL}")}


def bank_entry_of_another_amount(books: BothBooks) -> set[Shown]:
    """The bank ledger has another amount than the general ledger, of what is not ours."""
    if not books.bank:
        raise IndexError
    books.post_beside(BANK_GL, date(2026, 7, 1), some(books), "ANN")
    last = books.bank_by_others[-1]
    books.bank_by_others[-1] = replace(last, amount_lcy=last.amount_lcy + Decimal("0.01"))
    return {("I21", Break.CONTROL, f"account {BANK_GL}")}


def entry_that_no_reading_shows(books: BothBooks) -> set[Shown]:
    """NAV's balance of a revenue account has an entry of somebody's that was not read, or that is no more."""
    books.unread.add(books.post_beside(REVENUE, date(2026, 4, 9), some(books), "ANN").entry_no)
    return {("I21", Break.ROLL_FORWARD, f"account {REVENUE}")}


def bank_entry_that_no_reading_shows(books: BothBooks) -> set[Shown]:
    receipts = [e for e in books.bank if e.bank_account_no == "BANK-GBP"]
    books.dice.choice(receipts)
    books.unread.add(books.post_beside(BANK_GL, date(2026, 4, 9), some(books), "ANN").entry_no)
    return {
        ("I21", Break.ROLL_FORWARD, f"account {BANK_GL}"),
        ("I21", Break.ROLL_FORWARD, "bank account BANK-GBP"),
    }


BESIDE: Sequence[Callable[[BothBooks], set[Shown]]] = (
    bank_account_alone,
    bank_entry_of_another_amount,
    entry_that_no_reading_shows,
    bank_entry_that_no_reading_shows,
)
