"""Sales tax in the Canadian company, worked backwards from the gross amount of a line."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.nav.business import money, sales_tax
from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.companies.tax_areas import AREAS

NOW = dt.datetime(2026, 4, 10, 9, 30, tzinfo=dt.UTC)


def amounts(**net: str) -> dict[str, Decimal]:
    return {name.removeprefix("a"): Decimal(amount) for name, amount in net.items()}


def sold(books: Any, gross: str, area: str, **more: Any) -> Any:
    """An invoice of one line without VAT groups, in a tax area."""
    invoice = books.invoice("FB0000103", gross)
    taxed = {"tax_area_code": area, "tax_group_code": "TAXABLE", "tax_liable": True, **more}
    revenue = replace(
        invoice.lines[1], vat_bus_posting_group="", vat_prod_posting_group="", **taxed
    )
    return replace(invoice, lines=(invoice.lines[0], revenue))


@pytest.fixture
async def canada(new_books: Any) -> Any:
    books = new_books(open_company("ca", lambda: NOW))
    (made,) = await books.create(books.customer(tax_area_code="QC", tax_liable=True))
    assert made.no == "C00010"
    return books


async def test_two_taxes_on_one_line(canada: Any) -> None:
    await canada.posted(sold(canada, "1149.75", "QC"))
    net = amounts(a1200="1149.75", a2210="-50.00", a2220="-99.75", a4000="-1000.00")
    assert canada.gl() == net
    found = [
        (row["Tax Jurisdiction Code"], row["Base"], row["Amount"])
        for row in canada.rows("VAT Entry")
    ]
    assert found == [
        ("GST", Decimal("-1000.00"), Decimal("-50.00")),
        ("QST", Decimal("-1000.00"), Decimal("-99.75")),
    ]
    entry = canada.rows("VAT Entry")[0]
    assert (entry["Tax Area Code"], entry["VAT Calculation Type"]) == ("QC", "Sales Tax")


async def test_a_tax_on_a_tax(canada: Any) -> None:
    await canada.posted(sold(canada, "1154.74", "FICT-COMP"))
    net = amounts(a1200="1154.74", a2210="-50.00", a2220="-104.74", a4000="-1000.00")
    assert canada.gl() == net
    compound = canada.rows("VAT Entry")[1]
    assert (compound["Base"], compound["Tax on Tax"]) == (Decimal("-1050.00"), True)


@pytest.mark.parametrize(
    ("area", "taxes"),
    [
        ("ON", {"2210": Decimal("-13.00")}),
        ("AB", {"2210": Decimal("-5.00")}),
        ("BC", {"2210": Decimal("-5.00"), "2220": Decimal("-7.00")}),
    ],
)
async def test_each_province_has_its_own(canada: Any, area: str, taxes: Any) -> None:
    gross = Decimal("100.00") - sum(taxes.values())
    await canada.posted(sold(canada, str(gross), area))
    assert canada.gl() == {"1200": gross, "4000": Decimal("-100.00"), **taxes}


@pytest.mark.parametrize(
    "untaxed", [{"tax_liable": False}, {"tax_group_code": "NONTAXABLE"}, {"tax_area_code": ""}]
)
async def test_nothing_is_taxed_without_a_reason(canada: Any, untaxed: Any) -> None:
    await canada.posted(sold(canada, "100.00", "QC", **untaxed))
    assert canada.gl() == amounts(a1200="100.00", a4000="-100.00")


async def test_a_rate_counts_from_its_day(canada: Any) -> None:
    row = {"Tax Jurisdiction Code": "GST", "Tax Group Code": "TAXABLE"}
    change = {"Effective Date": dt.date(2026, 4, 1), "Tax Below Maximum": Decimal(7)}
    canada.company.database.insert("Tax Detail", {**row, **change})
    await canada.posted(sold(canada, "105.00", "AB"))
    later = replace(
        sold(canada, "107.00", "AB"), document_no="FB2", key="FB-2", posting_date=NOW.date()
    )
    await canada.posted(later)
    assert canada.gl("FB0000103")["2210"] == Decimal("-5.00")
    assert canada.gl("FB2")["2210"] == Decimal("-7.00")


async def test_a_credit_memo_takes_the_taxes_back(canada: Any) -> None:
    await canada.posted(sold(canada, "1149.75", "QC"))
    invoice = sold(canada, "1149.75", "QC")
    lines = tuple(replace(line, amount=-line.amount) for line in invoice.lines)
    back = {"document_type": "Credit Memo", "document_no": "FB0000103-C1", "key": "FB-C1"}
    await canada.posted(replace(invoice, lines=lines, **back))
    assert not any(canada.gl().values())


async def test_tax_on_tax_needs_an_order(canada: Any) -> None:
    canada.setup("Tax Area Line", "FICT-COMP", "TAXA", Calculation_Order=1)
    told = await canada.refusal(sold(canada, "115.00", "FICT-COMP"))
    assert "Calculation Order in Tax Area FICT-COMP must be filled in with unique values" in told


async def test_a_jurisdiction_without_an_account(canada: Any) -> None:
    canada.setup("Tax Jurisdiction", "GST", **{"Tax_Account_(Sales)": ""})
    told = await canada.refusal(sold(canada, "105.00", "AB"))
    assert "Tax Account (Sales) must have a value in Tax Jurisdiction: Code='GST'" in told


async def test_an_area_that_does_not_exist(canada: Any) -> None:
    told = await canada.refusal(sold(canada, "105.00", "XX"))
    assert "(XX) that cannot be found in the related table (Tax Area)" in told


CENTS = st.integers(min_value=-5_000_000, max_value=5_000_000).map(lambda n: Decimal(n) / 100)


@given(CENTS, st.sampled_from(sorted(AREAS)))
def test_net_and_taxes_always_add_up_to_the_gross(gross: Decimal, area: str) -> None:
    company = open_company("ca", lambda: NOW)
    line = {
        "Tax Area Code": area,
        "Tax Group Code": "TAXABLE",
        "Tax Liable": True,
        "Posting Date": NOW.date(),
    }
    net = money.round_amount(company, sales_tax.net(company, line, gross))
    shares = sales_tax.shares(company, line, net, gross - net)
    assert sum((share.tax for share in shares), Decimal(0)) == gross - net
