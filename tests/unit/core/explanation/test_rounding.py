"""What rounding did, in sentences."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.core.books import SETUP
from tests.unit.core.explanation.cases import step
from tests.unit.core.sales import ABROAD, EURO, VAT, bill, posted, sold

from tieout.core.journal.setup import Aggregate


def test_nothing_is_said_where_nothing_was_rounded() -> None:
    document = bill("960.00", sold("10", "80.00", VAT))
    assert step(document, posted(document)).rounding == ()


def test_vat_that_is_not_what_nav_computes() -> None:
    lines = [sold("1", "33.33", VAT) for _ in range(3)]
    document = bill("120.00", *lines)
    (told,) = step(document, posted(document)).rounding
    assert told == "The VAT of line 2 is FreshBooks' own: -20.01, where NAV computes -20.00."
    document = bill("119.99", *lines)
    assert step(document, posted(document)).rounding == ()


def test_a_cent_on_the_rounding_account() -> None:
    setup = replace(SETUP, vat_difference=False, rounding_account="7100")
    document = bill("120.00", *[sold("1", "33.33", VAT) for _ in range(3)])
    found = step(document, posted(document, setup), setup)
    (told,) = found.rounding
    assert told == "Line 3 is what FreshBooks' tax has more or less than NAV's (-0.01)."
    assert found.origins[2].account == ("rounding_account",)


def test_local_amounts_that_would_not_add_up() -> None:
    lines = [sold("1", "0.62", currency="EUR", name=str(n)) for n in range(3)]
    setup = replace(SETUP, aggregate=Aggregate.LINE)
    document = bill("1.86", *lines, currency="EUR")
    (told,) = step(document, posted(document, setup, ABROAD, EURO), setup).rounding
    assert told == (
        "Line 2 is told to be GBP -0.52 (-0.53 by its rate), so that all local amounts add up to zero."
    )
