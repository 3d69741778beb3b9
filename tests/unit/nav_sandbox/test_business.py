"""What NAV does when records are typed in through its pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.nav import business
from tieout_sandboxes.nav.business.dates import shift
from tieout_sandboxes.nav.business.money import rounded
from tieout_sandboxes.nav.business.numbers import increase
from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.companies.countries import COUNTRIES
from tieout_sandboxes.nav.errors import NavError

LINE = "Gen. Journal Line"
BATCH = (("Journal Template Name", "GENERAL"), ("Journal Batch Name", "FRESHBOOKS"))


def typed(books: Any, table: str, *values: tuple[str, Any]) -> dict[str, Any]:
    """A draft into which these values are typed, in this order."""
    row: dict[str, Any] = {}
    business.new_record(books.company, table, row)
    for field, value in values:
        business.validate(books.company, table, row, field, value)
    return row


def refused(books: Any, table: str, *values: tuple[str, Any]) -> tuple[str, str]:
    with pytest.raises(NavError) as refusal:
        typed(books, table, *values)
    return refusal.value.kind, refusal.value.text


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("Name", "x" * 51, "length"),
        ("Name", 7, "evaluate"),
        ("Blocked", "Sometimes", "option"),
        ("Credit Limit (LCY)", "much", "evaluate"),
        ("Credit Limit (LCY)", 1.5, "evaluate"),
        ("Credit Limit (LCY)", Decimal("NaN"), "evaluate"),
        ("Invoice Copies", Decimal("1.5"), "evaluate"),
        ("Prices Including VAT", "yes", "evaluate"),
        ("Customer Posting Group", "NOWHERE", "table_relation"),
        ("No.", "C1", "dialog"),
        ("Colour", "red", "unknown_field"),
        ("Balance (LCY)", Decimal(1), "unknown_field"),
    ],
)
def test_a_field_refuses_what_it_cannot_hold(books: Any, field: str, value: Any, kind: str) -> None:
    assert refused(books, "Customer", (field, value))[0] == kind


def test_the_words_of_a_missing_relation(books: Any) -> None:
    told = (
        "The field Customer Posting Group of table Customer contains a value (NOWHERE) "
        "that cannot be found in the related table (Customer Posting Group)."
    )
    assert refused(books, "Customer", ("Customer Posting Group", "nowhere")) == (
        "table_relation",
        told,
    )


def test_values_are_kept_as_their_field_keeps_them(books: Any) -> None:
    row = typed(
        books,
        "Customer",
        ("Country/Region Code", " gb "),
        ("Blocked", ""),
        ("Credit Limit (LCY)", "100.50"),
        ("Invoice Copies", 2),
        ("Name", " Acme "),
    )
    assert (row["Country/Region Code"], row["Blocked"], row["Name"]) == ("GB", " ", " Acme ")
    assert (row["Credit Limit (LCY)"], row["Invoice Copies"]) == (Decimal("100.50"), 2)


def test_the_search_name_follows_until_it_is_changed(books: Any) -> None:
    row = typed(books, "Customer", ("Name", "Acme"), ("Name", "Brown"))
    assert row["Search Name"] == "BROWN"
    row = typed(books, "Customer", ("Name", "Acme"), ("Search Name", "X"), ("Name", "Brown"))
    assert row["Search Name"] == "X"


async def test_a_customer_with_entries_is_not_deleted(books: Any) -> None:
    row = books.company.database.existing("Customer", "C00010")
    business.on_delete(books.company, "Customer", row)
    await books.posted(books.invoice())
    with pytest.raises(NavError, match="You cannot delete Customer C00010"):
        business.on_delete(books.company, "Customer", row)


async def test_balances_are_added_up_when_read(books: Any) -> None:
    await books.posted(books.invoice(), books.payment("P1", "100.00", applies_to="FB0000101"))
    company, database = books.company, books.company.database
    customer = business.flow_fields(company, "Customer", database.existing("Customer", "C00010"))
    assert (customer["Balance (LCY)"], customer["Payments (LCY)"]) == (860, 100)
    assert customer["Balance Due (LCY)"] == 860
    account = business.flow_fields(company, "G/L Account", {"No.": "1200"})
    figures = (account["Balance"], account["Debit Amount"], account["Credit Amount"])
    assert figures == (860, 960, 100)
    assert business.flow_fields(company, "Bank Account", {"No.": "BANK-GBP"})["Balance"] == 100
    entry = business.flow_fields(company, "Cust. Ledger Entry", {"Entry No.": 1})
    assert (entry["Original Amount"], entry["Amount"], entry["Remaining Amount"]) == (960, 960, 860)
    assert (entry["Debit Amount"], entry["Credit Amount"]) == (960, 0)


def test_a_journal_line_takes_over_from_its_customer(books: Any) -> None:
    row = typed(
        books,
        LINE,
        *BATCH,
        ("Posting Date", dt.date(2026, 1, 31)),
        ("Document Type", "Invoice"),
        ("Account Type", "Customer"),
        ("Account No.", "c00010"),
        ("Amount", Decimal("-12.50")),
    )
    assert (row["Description"], row["Posting Group"]) == ("Acme Ltd", "DOMESTIC")
    assert (row["Document Date"], row["Due Date"]) == (dt.date(2026, 1, 31), dt.date(2026, 3, 2))
    assert (row["Credit Amount"], row["Amount (LCY)"]) == (Decimal("12.50"), Decimal("-12.50"))


def test_a_journal_line_splits_its_vat(books: Any) -> None:
    row = typed(
        books,
        LINE,
        *BATCH,
        ("Account No.", "4000"),
        ("Amount", Decimal("-99.99")),
        ("Gen. Posting Type", "Sale"),
        ("Gen. Bus. Posting Group", "DOMESTIC"),
        ("VAT Prod. Posting Group", "VAT20"),
    )
    assert (row["VAT Amount"], row["VAT Base Amount"]) == (Decimal("-16.67"), Decimal("-83.32"))
    business.validate(books.company, LINE, row, "Debit Amount", Decimal("120.00"))
    assert (row["Amount"], row["VAT Amount"]) == (Decimal("120.00"), Decimal("20.00"))
    business.validate(books.company, LINE, row, "Credit Amount", Decimal("60.00"))
    assert (row["Amount"], row["VAT Amount"]) == (Decimal("-60.00"), Decimal("-10.00"))
    business.validate(books.company, LINE, row, "Account Type", "Customer")
    assert row["Account No."] == ""


def test_an_account_proposes_its_groups(books: Any) -> None:
    account = {"Gen._Posting_Type": "Sale", "VAT_Bus._Posting_Group": "DOMESTIC"}
    books.setup("G/L Account", "4000", **account, **{"VAT_Prod._Posting_Group": "VAT5"})
    row = typed(books, LINE, *BATCH, ("Account No.", "4000"), ("Amount", Decimal(21)))
    assert (row["VAT %"], row["VAT Amount"]) == (5, 1)


def test_journal_lines_are_numbered_in_steps(books: Any) -> None:
    for expected in (10000, 20000):
        row = typed(books, LINE, *BATCH)
        business.on_insert(books.company, LINE, row)
        assert (row["Line No."], row["Source Code"]) == (expected, "GENJNL")
        books.company.database.insert(LINE, row)
    no_batch = typed(books, LINE, BATCH[0])
    with pytest.raises(NavError, match="Journal Batch does not exist"):
        business.on_insert(books.company, LINE, no_batch)


def test_the_numbers_of_a_series_end(books: Any) -> None:
    books.setup("No. Series Line", "CUST", 10000, **{"Last_No._Used": "C99990"})
    row = typed(books, "Customer", ("Name", "Acme"))
    with pytest.raises(NavError, match="cannot assign numbers greater than C99990"):
        business.on_insert(books.company, "Customer", row)


def test_a_record_needs_its_key(books: Any) -> None:
    with pytest.raises(NavError, match="Code must have a value in Reason Code"):
        business.on_insert(books.company, "Reason Code", typed(books, "Reason Code"))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("0D", "2026-01-31"),
        ("14D", "2026-02-14"),
        ("2W", "2026-02-14"),
        ("1M", "2026-02-28"),
        ("1Y", "2027-01-31"),
        ("CM", "2026-01-31"),
        ("CM+10D", "2026-02-10"),
        ("CY-1D", "2026-12-30"),
        ("1M+CM", "2026-02-28"),
    ],
)
def test_date_formulas(formula: str, expected: str) -> None:
    assert shift(dt.date(2026, 1, 31), formula).isoformat() == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.674", "2.67"), ("-2.675", "-2.68")],
)
def test_halves_are_rounded_away_from_zero(amount: str, expected: str) -> None:
    assert rounded(Decimal(amount), Decimal("0.01")) == Decimal(expected)


def test_numbers_rise_at_their_last_figure() -> None:
    assert [increase("C00010", 10), increase("A9"), increase("X2-B7Z"), increase("X")] == [
        "C00020",
        "A10",
        "X2-B8Z",
        "",
    ]


@pytest.mark.parametrize(
    ("company", "name", "currency"),
    [("gb", "Tieout Demo (GB) Ltd.", "GBP"), ("ca", "Tieout Demo (CA) Inc.", "CAD")],
)
def test_a_company_opens_with_every_relation_in_place(
    company: str, name: str, currency: str
) -> None:
    opened = open_company(company, lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert (opened.name, opened.setup["LCY Code"]) == (name, currency)
    assert opened.database.get("User Setup", opened.user_id) is None
    for table in opened.database.tables():
        for field in (field for field in table.fields if field.relation):
            for row in opened.database.all(table.name):
                value = row[field.name]
                assert not value or opened.database.get(field.relation, value), (table.name, row)


def test_control_accounts_take_no_direct_posting(books: Any) -> None:
    closed = [row["No."] for row in books.rows("G/L Account") if not row["Direct Posting"]]
    assert closed == ["1200", "1205", "2000", "2050"]


def test_every_pair_of_groups_is_set_up(books: Any) -> None:
    rows = books.rows("VAT Posting Setup")
    normal = {
        (row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]): row["VAT %"]
        for row in rows
        if row["VAT Calculation Type"] == "Normal VAT"
    }
    home = {(b, f"VAT{r}"): r for b in ("DOMESTIC", "CASHVAT") for r in (20, 5, 0)}
    away = {(b, f"VAT{r}"): 0 for b in ("EXPORT", "EU", "FOREIGN") for r in (20, 5, 0)}
    assert normal == home | away
    later = {r["VAT Bus. Posting Group"] for r in rows if r["Unrealized VAT Type"] != " "}
    assert later == {"CASHVAT"}
    full = {r["VAT Prod. Posting Group"] for r in rows if r["VAT Calculation Type"] == "Full VAT"}
    assert full == {"BDR-FULL", "BDR-REPAY"}
    assert len(books.rows("General Posting Setup")) == 16


def test_countries_have_their_iso_codes() -> None:
    assert len(COUNTRIES) == 249
    assert (COUNTRIES["GB"], COUNTRIES["CI"]) == ("United Kingdom", "Côte d'Ivoire")
    assert all(0 < len(name) <= 50 for name in COUNTRIES.values())


def test_an_unknown_company_is_named() -> None:
    with pytest.raises(ValueError, match="unknown company 'xx'; there are: gb, ca"):
        open_company("xx", lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
