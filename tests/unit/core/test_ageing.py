"""Ageing adds up to what customers owe, in both books, and tells an item that is due on another day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.unit.core.both_books import BothBooks

from tieout.core.reconciliation.ageing import UNUSED, ageing, band, sum_of

DAY = date(2026, 6, 30)


def test_bands_have_the_days_that_accountants_expect() -> None:
    ages = {
        late: band(DAY - timedelta(days=late), DAY) for late in (-400, 0, 1, 30, 31, 60, 61, 90, 91)
    }
    assert list(ages.values()) == [0, 0, 1, 1, 2, 2, 3, 3, 4]


def test_every_row_is_the_balance_of_its_customer() -> None:
    for seed in range(60):
        sides = BothBooks(seed).sides()
        rows = ageing(sides, DAY)
        assert all(row.agrees for row in rows)
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in rows:
            code = "" if row.currency == sides.lcy else row.currency
            sums[row.customer_no, code] = sum_of(row.freshbooks)
            assert sum_of(row.nav) == sides.balances[row.customer_no, code]
        assert sums == {
            place: owed for place, owed in sides.owed_by_account.items() if place in sums
        }
        assert sum(sums.values()) == sum(sides.owed_by_account.values())


def test_credit_that_is_not_used_stands_apart() -> None:
    rows = [row for seed in range(60) for row in ageing(BothBooks(seed).sides(), DAY)]
    assert any(row.freshbooks[UNUSED] < 0 for row in rows)
    assert all(
        amount >= 0 for row in rows for amount in (*row.freshbooks[:UNUSED], *row.nav[:UNUSED])
    )


def test_another_due_date_is_another_band() -> None:
    for seed in range(60):
        books = BothBooks(seed)
        at = next(
            (
                n
                for n, e in enumerate(books.entries)
                if e.document_type == "Invoice" and e.open and e.due_on and e.due_on < DAY
            ),
            None,
        )
        if at is None:
            continue
        entry = books.entries[at]
        books.entries[at] = replace(entry, due_on=DAY + timedelta(days=1))
        rows = {(r.customer_no, r.currency): r for r in ageing(books.sides(), DAY)}
        row = rows[entry.customer_no, entry.currency_code or "GBP"]
        assert row.nav[0] >= entry.remaining
        assert sum_of(row.nav) == sum_of(row.freshbooks)
        assert not row.agrees
        return
    raise AssertionError("no open invoice in any of these books")
