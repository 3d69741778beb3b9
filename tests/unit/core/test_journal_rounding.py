"""A cent of tax more or less: as NAV's VAT difference, on the rounding account, or held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.books import SETUP
from tests.unit.core.sales import VAT, bill, outcome, posted, rows, rules_of, sold

from tieout.core.journal.parts import Part, Target
from tieout.core.journal.rates import Rates
from tieout.core.journal.rounding import fitted
from tieout.core.journal.setup import Aggregate
from tieout.core.journal.tax import Taxed
from tieout.core.records.document import LineTax

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


def test_what_rounding_leaves_over_of_a_tax_goes_to_the_largest_part() -> None:
    """20 % of 100.03 and of 0.03 is 20.01 and 0.01, of both together 20.01."""
    by_item = replace(SETUP, aggregate=Aggregate.ITEM)
    for order in (1, -1):
        lines = [sold("1", "0.03", VAT, name="Stamp"), sold("1", "100.03", VAT, name="Design")]
        small, large = ("4000", "-0.04", "-0.01"), ("4000", "-120.03", "-20.00")
        found = rows(posted(bill("120.07", *lines[::order]), by_item))
        assert found == [("C00010", "120.07", ""), *[small, large][::order]]


def test_what_rounding_leaves_over_of_a_tax_goes_to_no_other_tax() -> None:
    """5 % of 100.10 is 5.01, of both together 10.01; the 200.00 of the other rate stay, although they are the largest tax."""
    lines = [
        sold("1", "100.10", ("VAT", "5"), name="Book"),
        sold("1", "100.10", ("VAT", "5"), name="Map"),
        sold("1", "1000.00", VAT, name="Design"),
    ]
    by_item = replace(SETUP, aggregate=Aggregate.ITEM)
    assert rows(posted(bill("1410.21", *lines), by_item))[1:] == [
        ("4000", "-105.10", "-5.00"),
        ("4000", "-105.11", "-5.01"),
        ("4000", "-1200.00", "-200.00"),
    ]


def test_beyond_the_limits_it_is_held() -> None:
    assert rules_of(CENTS) == ["ROUNDING_LIMIT"]
    assert rules_of(THIRDS, replace(STRICT, rounding_account="")) == ["ROUNDING_LIMIT"]
    _, (finding,) = outcome(CENTS)
    assert "account 7100 takes at most 0.05" in finding.text


def test_tax_on_the_other_side_of_its_line_is_none_that_nav_could_post() -> None:
    """NAV's own tax of a cent is nothing; a cent of the other sign is within the limit, but no VAT difference."""
    part = Part(
        target=Target(gl_account="4000", gen_prod="S", vat_prod="VAT20"),
        rates=Rates((LineTax(name="VAT", percent=Decimal(20)),)),
        net=Decimal("0.02"),
        bases=(Decimal("0.02"),),
    )
    row = Taxed(part=part, gross=Decimal("0.01"), tax=Decimal("-0.01"))
    (fit,), cents, findings = fitted(SETUP, [row], 2)
    assert (fit.gross, fit.tax, cents, findings) == (Decimal("0.02"), 0, Decimal("-0.01"), ())


def test_the_limits_are_those_of_the_setup() -> None:
    wide = replace(SETUP, max_vat_difference=Decimal("0.10"))
    assert rows(posted(CENTS, wide))[1] == ("4000", "-0.80", "-0.20")
    account = replace(STRICT, max_rounding=Decimal("0.10"))
    assert rows(posted(CENTS, account))[2] == ("7100", "-0.08", "")


def test_tax_that_lines_and_rates_do_not_give_is_held_whatever_the_limits() -> None:
    wide = replace(SETUP, max_vat_difference=Decimal(1), max_rounding=Decimal(1))
    assert rules_of(bill("120.10", sold("1", "100.00", VAT)), wide) == ["TAX_NOT_EXPLAINED"]


@pytest.mark.parametrize(
    ("percents", "taxed"), [((), False), (("0",), False), (("0", "5"), True), (("5", "0"), True)]
)
def test_a_line_is_taxed_if_one_of_its_taxes_is_of_more_than_nothing(
    percents: tuple[str, ...], *, taxed: bool
) -> None:
    taxes = tuple(LineTax(name=f"T{n}", percent=Decimal(p)) for n, p in enumerate(percents))
    assert Rates(taxes).taxed is taxed
