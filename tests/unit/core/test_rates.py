"""I20: posted rates against NAV's table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.core.both_books import BothBooks

from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.tieout import Tieout

NOW = Decimal("1.162790697674419")  # 0.86


def foreign() -> BothBooks:
    """The first books with foreign documents."""
    return next(b for b in map(BothBooks, range(50)) if any(e.currency_code for e in b.entries))


def checked(result: Tieout) -> Check:
    return next(check for check in result.checks if check.invariant == "I20")


def test_every_foreign_entry_of_ours_is_compared() -> None:
    books = foreign()
    count = sum(bool(entry.currency_code) for entry in books.entries)
    check = checked(books.tie())
    assert (check.compared, check.differences, check.explained) == (count, 0, ())
    assert check.freshbooks == check.nav


def test_a_table_that_was_changed_since_is_listed_and_breaks_nothing() -> None:
    books = foreign()
    books.rates["EUR"][0] = (date(2025, 1, 1), NOW)
    check = checked(books.tie())
    assert check.found == ()
    assert len(check.explained) == check.compared
    assert {d.kind for d in check.explained} == {Break.RATE}


def test_what_is_on_record_explains_only_what_stands_at_it() -> None:
    books = foreign()
    books.rates["EUR"][0] = (date(2025, 1, 1), NOW)
    books.sent = [replace(sent, factor=Decimal("1.5")) for sent in books.sent]
    check = checked(books.tie())
    assert len(check.found) == check.compared
    assert "posted at 1.17" in check.found[0].text
    assert "NAV's table says 1.162791" in check.found[0].text


def test_a_day_without_a_rate_is_a_difference_and_so_is_a_currency_without_any() -> None:
    books = foreign()
    for known in ([(date(2030, 1, 1), NOW)], []):
        books.rates["EUR"] = known
        books.sent = [replace(sent, factor=None) for sent in books.sent]
        check = checked(books.tie())
        assert len(check.found) == check.compared
        assert all("no rate for that day" in d.text for d in check.found)


def test_the_opposite_of_an_entry_has_its_rate_whatever_the_table_says_on_its_day() -> None:
    books = foreign()
    books.rates["EUR"].append((date(2026, 10, 1), NOW))
    bill = next(i for i in books.invoices if i.currency == "EUR" and not i.draft)
    entry = next(e for e in books.entries if e.document_no == f"FBI{bill.ref.key}")
    value = next(d.amount_lcy for d in books.details if d.customer_entry_no == entry.entry_no)
    key = f"FB-INV-{bill.ref.key}-1X"
    books.post_entries(
        key, "Credit Memo", "BACK", entry.customer_no, "EUR", date(2026, 10, 5), -entry.amount
    )
    assert books.details[-1].amount_lcy == -value
    assert checked(books.tie()).found == ()
    books.details[-1] = replace(books.details[-1], amount_lcy=-value - Decimal("0.01"))
    (found,) = checked(books.tie()).found
    assert (found.subject, found.nav) == (str(bill.ref), -value - Decimal("0.01"))


def test_a_rate_that_an_earlier_entry_shows_was_in_the_table_already() -> None:
    """The row before its own is no proof of a mistake by itself: the table may have been changed. An earlier entry at the present rate is one."""
    books = foreign()
    bill = next(e for e in books.entries if e.currency_code)
    books.rates["EUR"].append((bill.posting_date, NOW))
    alone = checked(books.tie())
    assert [d.subject for d in alone.found] == []
    assert alone.explained
    books.post_entries(
        "FB-INV-900-1", "Invoice", "NOW", bill.customer_no, "EUR", bill.posting_date, Decimal(100)
    )
    books.details[-1] = replace(books.details[-1], amount_lcy=Decimal(86))
    books.entries.insert(0, replace(books.entries.pop(), entry_no=0))
    books.details[-1] = replace(books.details[-1], customer_entry_no=0)
    check = checked(books.tie())
    assert len(check.found) == len(alone.explained)
    assert check.explained == ()


@pytest.mark.parametrize(
    ("day", "seen"),
    [(0, "234"), (9, "234"), (10, "34"), (20, "14"), (33, "12"), (-5, "1234")],
)
def test_the_rates_that_may_be_taken_by_mistake(day: int, seen: str) -> None:
    start = date(2026, 1, 1).toordinal()
    rows = [(date.fromordinal(start + 10 * n), Decimal(n + 1)) for n in range(4)]
    table = RateTable(rates={"EUR": rows})
    found = table.others("EUR", date.fromordinal(start + day), timedelta(days=25))
    assert found == {Decimal(one) for one in seen}
    assert table.others("USD", rows[0][0], timedelta(days=25)) == frozenset()
