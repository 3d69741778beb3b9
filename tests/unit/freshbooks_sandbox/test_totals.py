"""The arithmetic of documents."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.freshbooks.lines import Line
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.totals import totals


def line(
    amount: str, first: str = "0", second: str = "0", *, name: str = "VAT", compound: bool = False
) -> Line:
    money = Money(Decimal(amount), "GBP")
    return Line(
        amount=money,
        unit_cost=money,
        lineid=1,
        taxName1=name,
        taxAmount1=first,
        taxName2="PST",
        taxAmount2=second,
        compounded_tax=compound,
    )


@pytest.mark.parametrize(
    ("lines", "discount", "expected"),
    [
        ([line("800.00", "20")], "0", "960.00"),
        ([line("20.00", "13"), line("24.00")], "10", "41.94"),
        ([line("800.00", "20")], "10", "864.00"),
        ([line("1000.00", "5", "9.975")], "0", "1149.75"),
        ([line("1000.00", "5", "9.975", compound=True)], "0", "1154.74"),
        ([line("33.33", "20")] * 3, "0", "119.99"),
        ([line("500.00", "20"), line("-50.00", "20"), line("0.00", "20")], "0", "540.00"),
        ([line("720.00", "0"), line("210.00", "5")], "0", "940.50"),
        ([], "0", "0.00"),
    ],
)
def test_amounts(lines: list[Line], discount: str, expected: str) -> None:
    assert str(totals(lines, discount).amount) == expected


def test_tax_by_line_may_differ_by_a_cent() -> None:
    lines = [line("33.33", "20")] * 3
    assert (totals(lines).tax, totals(lines, per_line=True).tax) == (
        Decimal("20.00"),
        Decimal("20.01"),
    )


def test_half_a_cent_goes_away_from_zero() -> None:
    assert totals([line("0.05", "10")]).tax == Decimal("0.01")
    assert totals([line("-0.05", "10")]).tax == Decimal("-0.01")


@pytest.mark.parametrize(
    ("lines", "tax"),
    [
        ([line("99.99", "20")], "16.67"),
        ([line("114.975", "5", "9.975")], "14.98"),
        ([line("115.47", "5", "9.975", compound=True)], "15.47"),
    ],
)
def test_gross_prices_contain_their_tax(lines: list[Line], tax: str) -> None:
    found = totals(lines, inclusive=True)
    assert (str(found.tax), found.amount) == (tax, found.subtotal)


prices = st.decimals(Decimal("-999.99"), Decimal("999.99"), places=2).map(str)


@given(st.lists(st.tuples(prices, st.sampled_from(["0", "5", "20", "9.975"])), max_size=6))
def test_amount_is_subtotal_less_discount_plus_tax(parts: list[tuple[str, str]]) -> None:
    found = totals([line(price, percent) for price, percent in parts], "10")
    assert found.amount == found.subtotal - found.discount + found.tax
    assert found.amount == round(found.amount, 2)


def test_a_published_example_of_a_small_discount() -> None:
    found = totals([line("11.98"), line("2.45")], "5")
    assert (str(found.discount), str(found.amount)) == ("0.72", "13.71")
