"""At which rate a journal was posted, and whether NAV's table still says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.core.sales import ABROAD, EURO, VAT, bill, posted, sold

from tieout.core.explanation.rate import Rate, rate_of

SINCE = date(2026, 3, 1)
GERMAN = posted(
    bill("200.00", sold("2", "100.00", currency="EUR"), currency="EUR"), buyer=ABROAD, terms=EURO
)


def rate(known: tuple[date, Decimal] | None) -> Rate:
    found = rate_of(GERMAN, "GBP", known)
    assert found is not None
    return found


def test_a_local_journal_has_no_rate() -> None:
    assert rate_of(posted(bill("960.00", sold("10", "80.00", VAT))), "GBP", None) is None


def test_the_row_that_still_says_so() -> None:
    assert EURO.factor is not None
    found = rate((SINCE, EURO.factor))
    assert (found.currency, found.lcy, found.factor) == ("EUR", "GBP", EURO.factor)
    assert found.source == "NAV's exchange rates, the row of 2026-03-01"


def test_a_row_that_was_changed_and_one_that_is_gone() -> None:
    assert "the row of 2026-03-01 says 1.2 now" in rate((SINCE, Decimal("1.2"))).source
    assert "has none for that day now" in rate(None).source
