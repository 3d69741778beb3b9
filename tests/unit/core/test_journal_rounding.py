"""A cent of tax more or less: as NAV's VAT difference, on the rounding account, or held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.books import SETUP
from tests.unit.core.sales import VAT, bill, posted, rows, rules_of, sold

THIRDS = bill("120.00", *[sold("1", "33.33", VAT)] * 3)
STRICT = replace(SETUP, vat_difference=False)
# 0.03 with 20 %: 0.01 a line; twenty of them bear 0.20 by line, 0.12 together.
CENTS = bill("0.80", *[sold("1", "0.03", VAT)] * 20)


def test_a_difference_that_nav_allows_is_its_vat_difference() -> None:
    assert rows(posted(THIRDS)) == [("C00010", "120.00", ""), ("4000", "-120.00", "-20.01")]


def test_where_nav_allows_none_it_is_on_the_rounding_account() -> None:
    journal = posted(THIRDS, STRICT)
    assert rows(journal) == [
        ("C00010", "120.00", ""),
        ("4000", "-119.99", ""),
        ("7100", "-0.01", ""),
    ]
    assert journal.lines[1].vat_amount is None, "typing a VAT Amount is what the batch refuses"
    assert journal.lines[2].groups is None


def test_beyond_the_limits_it_is_held() -> None:
    assert rules_of(CENTS) == ["ROUNDING_LIMIT"]
    assert rules_of(THIRDS, replace(STRICT, rounding_account="")) == ["ROUNDING_LIMIT"]


def test_the_limits_are_those_of_the_setup() -> None:
    wide = replace(SETUP, max_vat_difference=Decimal("0.10"))
    assert rows(posted(CENTS, wide))[1] == ("4000", "-0.80", "-0.20")
    account = replace(STRICT, max_rounding=Decimal("0.10"))
    assert rows(posted(CENTS, account))[2] == ("7100", "-0.08", "")


def test_tax_that_lines_and_rates_do_not_give_is_held_whatever_the_limits() -> None:
    wide = replace(SETUP, max_vat_difference=Decimal(1), max_rounding=Decimal(1))
    assert rules_of(bill("120.10", sold("1", "100.00", VAT)), wide) == ["TAX_NOT_EXPLAINED"]
