"""Sales tax: one or two taxes on a line, the second on the first or not, in a company that has tax areas."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.books import SETUP
from tests.unit.core.sales import CANADA, MONTREAL, bill, outcome, posted, rows, rules_of, sold

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.doubts import setup_findings
from tieout.core.journal.lines import SalesTax
from tieout.core.journal.reading import SetupError
from tieout.core.journal.setup import PostingSetup, SalesTaxRule
from tieout.core.records.document import Line

GST, QST = ("GST", "5"), ("QST", "9.975")
OLD_QUEBEC = SalesTaxRule(
    name1="GST",
    percent1=Decimal(5),
    name2="QST",
    percent2=Decimal("9.975"),
    compounded=True,
    tax_area="QC-OLD",
    tax_group="TAXABLE",
)


def dollars(price: str, *taxes: tuple[str, str], compounded: bool = False) -> Line:
    return sold("1", price, *taxes, compounded=compounded, currency="CAD")


def test_two_taxes_on_one_line() -> None:
    document = bill("1149.75", dollars("1000.00", GST, QST), currency="CAD")
    journal = posted(document, CANADA, MONTREAL)
    assert rows(journal) == [("C00010", "1149.75", ""), ("4000", "-1149.75", "")]
    assert journal.lines[1].sales_tax == SalesTax(area="QC", group="TAXABLE")
    groups = journal.lines[1].groups
    assert groups is not None
    assert (groups.gen_posting_type, groups.gen_bus, groups.gen_prod) == (
        "Sale",
        "DOMESTIC",
        "SERVICES",
    )
    assert (groups.vat_bus, groups.vat_prod) == ("", "")
    assert journal.lines[1].vat_amount is None, "NAV refuses a VAT Amount with sales tax"


def test_the_order_of_two_taxes_does_not_matter_unless_the_second_is_on_the_first() -> None:
    document = bill("1149.75", dollars("1000.00", QST, GST), currency="CAD")
    assert posted(document, CANADA, MONTREAL).lines[1].sales_tax == SalesTax(
        area="QC", group="TAXABLE"
    )
    swapped = dollars("1000.00", ("TAXB", "9.975"), ("TAXA", "5"), compounded=True)
    assert rules_of(bill("1154.74", swapped, currency="CAD"), CANADA, MONTREAL) == [
        "TAX_NOT_MAPPED"
    ]


def test_a_second_tax_on_the_first() -> None:
    line = dollars("1000.00", ("TAXA", "5"), ("TAXB", "9.975"), compounded=True)
    journal, warnings = outcome(bill("1154.74", line, currency="CAD"), CANADA, MONTREAL)
    assert journal is not None
    assert rows(journal)[1] == ("4000", "-1154.74", "")
    assert journal.lines[1].sales_tax == SalesTax(area="FICT-COMP", group="TAXABLE")
    assert not warnings


def test_one_tax_is_on_no_other_whatever_the_line_says() -> None:
    """The mark is about a second tax (docs/protocols/freshbooks.md)."""
    line = dollars("100.00", GST, compounded=True)
    journal = posted(bill("105.00", line, currency="CAD"), CANADA, MONTREAL)
    assert journal.lines[1].sales_tax == SalesTax(area="AB", group="TAXABLE")


def test_a_tax_that_the_law_does_not_compound_is_posted_with_a_warning() -> None:
    setup = replace(CANADA, sales_taxes=(OLD_QUEBEC, *CANADA.sales_taxes))
    document = bill("1154.74", dollars("1000.00", GST, QST, compounded=True), currency="CAD")
    journal, warnings = outcome(document, setup, MONTREAL)
    assert journal is not None
    assert [finding.rule for finding in warnings] == ["TAX_LAW_DOUBTFUL"]
    assert [finding.rule for finding in setup_findings(setup)] == ["TAX_LAW_DOUBTFUL"]
    assert setup_findings(CANADA) == ()


def test_lines_of_different_areas_stay_apart() -> None:
    document = bill("1254.75", dollars("1000.00", GST, QST), dollars("100.00", GST), currency="CAD")
    journal = posted(document, CANADA, MONTREAL)
    assert [(str(ln.amount), ln.sales_tax and ln.sales_tax.area) for ln in journal.lines] == [
        ("1254.75", None),
        ("-1149.75", "QC"),
        ("-105.00", "AB"),
    ]


def test_a_cent_that_nav_computes_differently_goes_to_the_rounding_account() -> None:
    """Three lines of 0.33 with 13 %: 0.04 each makes 0.12 rounded per line; NAV finds 0.13 in 1.12. Its 0.13 stands, the cent is on 7100."""
    lines = [dollars("0.33", ("HST", "13"))] * 3
    journal = posted(bill("1.11", *lines, currency="CAD"), CANADA, MONTREAL)
    assert rows(journal) == [("C00010", "1.11", ""), ("4000", "-1.12", ""), ("7100", "0.01", "")]


def test_more_than_the_limit_is_held() -> None:
    """Thirty lines of 0.33: 1.20 of tax per line, 1.29 by NAV's rule; 0.09 is more than 0.05."""
    document = bill("11.10", *[dollars("0.33", ("HST", "13"))] * 30, currency="CAD")
    assert rules_of(document, CANADA, MONTREAL) == ["ROUNDING_LIMIT"]


def test_two_taxes_are_held_in_a_company_with_vat() -> None:
    line = sold("1", "100.00", ("VAT", "20"), ("Levy", "5"))
    assert rules_of(bill("125.00", line), SETUP) == ["TWO_TAXES"]


def test_no_tax_is_posted_without_an_area_only_where_the_setup_says_so() -> None:
    document = bill("100.00", dollars("100.00"), currency="CAD")
    assert rules_of(document, CANADA, MONTREAL) == ["TAX_TREATMENT_UNKNOWN"]
    buyer = Buyer(customer_no="C00020", gen_bus="EXPORT", vat_bus="")
    journal = posted(document, CANADA, buyer)
    assert journal.lines[1].sales_tax is None


def test_a_rule_with_a_tax_and_without_an_area_is_refused() -> None:
    wrong = {"lcy": "CAD", "countries": {}, "currencies": ["CAD"], "discount_account": "4050"}
    with pytest.raises(SetupError, match=r"sales_taxes\[0\] has a tax but no tax_area"):
        PostingSetup.from_json({**wrong, "sales_taxes": [{"name1": "GST", "percent1": "5"}]})
