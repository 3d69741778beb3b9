"""A discount on the whole document: apart or off the revenue, over several taxes, and of everything."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.books import SETUP, credit_note, line
from tests.unit.core.sales import bill, posted, rows, rules_of, sold

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_note import credit_note_to_journal, credit_note_type
from tieout.core.journal.invoice import invoice_type
from tieout.core.journal.lines import DocumentType
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import DiscountPolicy, TaxRule
from tieout.core.journal.terms import Terms
from tieout.core.records.money import total

VAT, ZERO = ("VAT", "20"), ("VAT", "0")
NET = replace(SETUP, discount=DiscountPolicy.NET)
TEN_PERCENT = bill(
    "864.00",
    sold("1", "500.00", VAT, name="Design"),
    sold("1", "300.00", VAT, name="Copywriting"),
    discount="80.00",
    percent="10",
)
MIXED = bill(
    "810.00",
    sold("1", "500.00", VAT, name="Design"),
    sold("1", "300.00", ZERO, name="Printed book"),
    discount="80.00",
    percent="10",
)
GIVEN_AWAY = bill("0.00", sold("10", "80.00", VAT), discount="800.00", percent="100")


def test_a_discount_stands_on_its_own_account() -> None:
    journal = posted(TEN_PERCENT)
    assert rows(journal) == [
        ("C00010", "864.00", ""),
        ("4000", "-960.00", "-160.00"),
        ("4050", "96.00", "16.00"),
    ]
    assert journal.lines[2].description == "10% discount"


def test_or_lowers_the_revenue() -> None:
    assert rows(posted(TEN_PERCENT, NET)) == [
        ("C00010", "864.00", ""),
        ("4000", "-864.00", "-144.00"),
    ]


def test_one_discount_line_for_each_tax() -> None:
    journal = posted(MIXED)
    assert rows(journal) == [
        ("C00010", "810.00", ""),
        ("4000", "-600.00", "-100.00"),
        ("4000", "-300.00", ""),
        ("4050", "60.00", "10.00"),
        ("4050", "30.00", ""),
    ]
    groups = [(ln.groups.gen_prod, ln.groups.vat_prod) for ln in journal.lines if ln.groups]
    assert groups == [("SERVICES", "VAT20"), ("PRODUCTS", "VAT0")] * 2


def test_a_free_line_has_no_discount_line_of_its_own() -> None:
    lines = (sold("1", "500.00", VAT), sold("1", "0.00", ZERO, name="Printed book"))
    document = bill("540.00", *lines, discount="50.00", percent="10")
    assert rows(posted(document))[-1] == ("4050", "60.00", "10.00")


def test_a_discount_of_everything_stands_against_the_revenue_without_a_customer() -> None:
    journal = posted(GIVEN_AWAY)
    assert journal.document_type is DocumentType.BLANK
    assert journal.customer_no == ""
    assert rows(journal) == [("4000", "-960.00", "-160.00"), ("4050", "960.00", "160.00")]
    assert journal.lines[1].description == "100% discount"
    assert reversal_of(journal, "FB0000101-C1").document_type is DocumentType.BLANK


def test_or_leaves_nothing_to_post() -> None:
    assert rules_of(GIVEN_AWAY, NET) == ["NOTHING_TO_POST"]
    assert rules_of(bill("0.00", sold("1", "0.00"))) == ["NOTHING_TO_POST"]


def test_tax_is_on_what_is_left_of_each_line() -> None:
    """A published FreshBooks example: 20.00 with 13 % and 24.00 without, 10 % off; the tax is 13 % of 18.00."""
    taxes = (TaxRule(name="HST", percent=Decimal(13), vat_prod="VAT13"), *SETUP.taxes)
    first, second = sold("1", "20.00", ("HST", "13")), sold("1", "24.00", ZERO)
    document = bill("41.94", first, second, discount="4.40", percent="10")
    journal = posted(document, replace(SETUP, taxes=taxes))
    assert total(ln.vat_amount or Decimal(0) for ln in journal.lines) == Decimal("-2.34")


def test_a_negative_total_is_a_credit_memo_under_the_number_of_the_invoice() -> None:
    document = bill("-120.00", sold("1", "-100.00", VAT, name="Return"))
    journal = posted(document)
    assert invoice_type(document) is journal.document_type is DocumentType.CREDIT_MEMO
    assert (journal.document_no, journal.due_date) == ("FB0000101", None)
    assert rows(journal) == [("C00010", "-120.00", ""), ("4000", "120.00", "20.00")]
    undone = reversal_of(journal, "FB0000101-C1")
    assert undone.document_type is DocumentType.INVOICE
    assert rows(undone) == [("C00010", "120.00", ""), ("4000", "-120.00", "-20.00")]


def test_a_discount_on_a_negative_invoice_lowers_what_is_given_back() -> None:
    document = bill(
        "-108.00", sold("1", "-100.00", VAT, name="Return"), discount="10.00", percent="10"
    )
    assert rows(posted(document)) == [
        ("C00010", "-108.00", ""),
        ("4000", "120.00", "20.00"),
        ("4050", "-12.00", "-2.00"),
    ]


def test_a_credit_note_with_a_negative_total_is_an_invoice() -> None:
    note = credit_note("-60.00", line("1", "-50.00"))
    buyer = Buyer(customer_no="C00010", gen_bus="DOMESTIC", vat_bus="DOMESTIC")
    terms = Terms(posting_date=note.issued_on)
    journal, findings = credit_note_to_journal(note, SETUP, buyer, "FBC1", terms)
    assert journal is not None, findings
    assert credit_note_type(note) is journal.document_type is DocumentType.INVOICE
    assert rows(journal) == [("C00010", "60.00", ""), ("6500", "-60.00", "-10.00")]


def test_a_discount_that_comes_to_nothing_in_all_still_lowers_the_tax() -> None:
    """Lines of 100.00 with 20 % and -100.00 without, 10 % off: nothing off in all, but tax is on 90.00."""
    document = bill(
        "18.00", sold("1", "100.00", VAT), sold("1", "-100.00", ZERO, name="Return"), percent="10"
    )
    assert rows(posted(document)) == [
        ("C00010", "18.00", ""),
        ("4000", "-120.00", "-20.00"),
        ("4050", "100.00", ""),
        ("4050", "12.00", "2.00"),
        ("4050", "-10.00", ""),
    ]
