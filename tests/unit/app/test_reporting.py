"""What every report has: amounts that are told whole, links that lead somewhere, and texts of others that stay texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest

from tieout.app.reporting.csv_file import safe
from tieout.app.reporting.pages import write_pages
from tieout.app.reporting.report import (
    COUNT,
    DAY,
    MONEY,
    Chapter,
    Column,
    Link,
    Look,
    Report,
    Row,
    Table,
    money,
)
from tieout.app.reporting.tie_out_words import BREAKS, INVARIANTS, REASONS, TOPICS, step_title
from tieout.app.reporting.workbook import write_workbook
from tieout.core.reconciliation.bridge import Reason, Topic
from tieout.core.reconciliation.difference import Break

COLUMNS = (
    Column("Document", 20),
    Column("Number", 12, below=True),
    Column("Amount", 16, MONEY),
    Column("Items", 8, COUNT),
    Column("Day", 12, DAY),
)


def row(name: str, amount: str, *, places: int = 2, **more: str) -> Row:
    cells = (name, "7", Decimal(amount), 3, date(2026, 3, 31))
    return Row(cells, places=places, **more)  # type: ignore[arg-type] # an anchor or a look


def report(*rows: Row, cover: tuple[Row, ...] = ()) -> Report:
    chapter = Chapter(
        name="List",
        title="A list",
        words=("What it is.",),
        tables=(Table(columns=COLUMNS, rows=rows),),
    )
    return Report(
        title="Tie-out",
        facts=(("FreshBooks", "A & B <Ltd>"),),
        claim=("Nothing is claimed.",),
        chapters=(chapter,),
        foot="A & B <Ltd> / NAV",
        cover=(Table(columns=COLUMNS, rows=cover, title="Figures"),),
    )


@pytest.mark.parametrize(
    ("amount", "places", "told"),
    [
        ("1234567.5", 2, "1,234,567.50"),
        ("-0.01", 2, "-0.01"),
        ("1000", 0, "1,000"),
        ("1000.5", 0, "1,000.5"),
        ("12.345", 3, "12.345"),
        ("0", 2, "0.00"),
    ],
)
def test_an_amount_is_told_whole(amount: str, places: int, told: str) -> None:
    assert money(Decimal(amount), places) == told


def test_a_workbook_keeps_links_amounts_and_texts(tmp_path: Path) -> None:
    link = Row((Link("=1+1", "there"), "", Link(Decimal("-12.50"), "nowhere"), None, None))
    rows = (row("first", "1.00"), row("=SUM(A1)", "1234.567", places=3, anchor="there"))
    write_workbook(report(*rows, cover=(link,)), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cover, sheet = book["Cover"], book["List"]
    found = next(c for line in cover.iter_rows() for c in line if c.value == "=1+1")
    assert found.data_type == "s"
    assert found.hyperlink.location == "'List'!A6"
    assert cover.cell(found.row, 3).value == -12.5
    assert cover.cell(found.row, 3).hyperlink is None
    assert (sheet["A6"].value, sheet["A6"].data_type) == ("=SUM(A1)", "s")
    assert (sheet["C6"].value, sheet["C6"].number_format) == (1234.567, "#,##0.000")
    assert sheet["E6"].value.date() == date(2026, 3, 31)
    assert "A && B" in sheet.oddFooter.left.text.replace("&&", "&&")


def test_pages_wrap_and_never_lose_a_character_of_a_number(tmp_path: Path) -> None:
    long = "Worshipful " * 30
    many = [row(f"document {n}", "123456789012.34") for n in range(300)]
    total = row("300 documents", "37037036703702.00", look=Look.TOTAL)
    write_pages(report(row(long, "1.00"), *many, total), tmp_path / "a.pdf")
    pages = pypdf.PdfReader(tmp_path / "a.pdf").pages
    texts = [page.extract_text() for page in pages]
    assert sum(text.count("123,456,789,012.34") for text in texts) == 300
    assert "37,037,036,703,702.00" in texts[-1]
    # The sum is not alone on its page, and every page of the list has its headings.
    assert "document 299" in texts[-1]
    assert all("Amount" in text for text in texts[1:])


def test_paper_has_the_brief_and_the_workbook_everything(tmp_path: Path) -> None:
    table = Table(
        columns=COLUMNS, rows=[row("a", "1.00"), row("b", "2.00")], brief=[row("c", "3.00")]
    )
    chapter = Chapter(name="List", title="A list", tables=(table,))
    short = replace(report(), chapters=(chapter,))
    write_pages(short, tmp_path / "a.pdf")
    write_workbook(short, tmp_path / "a.xlsx")
    text = pypdf.PdfReader(tmp_path / "a.pdf").pages[1].extract_text()
    assert "3.00" in text
    assert "1.00" not in text
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["List"]["C4"].value == 1


def test_a_text_longer_than_a_page_is_told_in_the_workbook(tmp_path: Path) -> None:
    write_pages(report(row("word " * 5000, "12.00")), tmp_path / "a.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "a.pdf").pages)
    assert "12.00" in text
    assert "all of it is in" in " ".join(text.split())


def test_characters_that_the_typeface_lacks_do_not_vanish(tmp_path: Path) -> None:
    write_pages(report(row("北京 Ltd", "1.00")), tmp_path / "a.pdf")
    assert "?? Ltd" in pypdf.PdfReader(tmp_path / "a.pdf").pages[1].extract_text()


def test_no_text_of_others_becomes_a_formula() -> None:
    assert safe("@SUM(1)") == "'@SUM(1)"
    assert safe("-12.50") == "-12.50"


def test_everything_that_a_bridge_may_name_has_words() -> None:
    assert set(BREAKS) == set(Break)
    assert set(REASONS) == set(Reason)
    assert set(TOPICS) == set(INVARIANTS) == set(Topic)
    assert step_title("AMOUNT") == "Different amount"
    assert step_title(Reason.NOT_EXPLAINED) == "Not explained"
