"""A books check as an Excel workbook: a cover, the figures, every difference by its kind, proposals, customers, and what agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tieout.app.books_report import Report, Row, match_row, of_kind, risks, sides
from tieout.app.books_report_words import meaning, title
from tieout.core.matching.result import Break

INK, RULE, SHADE = "#1F2A37", "#9AA5B1", "#E8EDF3"
MONEY, COUNT, DAY = "#,##0.00", "#,##0", "yyyy-mm-dd"
# Points: a heading of two lines, a line of text, and how many letters of it fit into a column for each unit of width.
HEAD_HIGH, LINE_HIGH, LETTERS = 27, 13.5, 1.1
A4 = 9

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading, its width in characters, and what is in it: text, money, count or day."""

    heading: str
    width: float
    kind: str = "text"


OURS = (
    Column("Document", 14, "wrapped"),
    Column("Client", 20, "wrapped"),
    Column("Dated", 11, "day"),
    Column("FreshBooks amount", 13, "money"),
)
THEIRS = (
    Column("NAV entry", 10, "wrapped"),
    Column("NAV number", 13, "wrapped"),
    Column("NAV customer", 22, "wrapped"),
    Column("Posted", 11, "day"),
    Column("NAV amount", 13, "money"),
)
TAXES = (Column("FreshBooks tax", 12, "money"), Column("NAV tax", 12, "money"))
CURRENCY = Column("Currency", 9)
AT_RISK, WHAT = Column("At risk", 13, "money"), Column("What is different", 36, "wrapped")
OPEN = Column("Open in NAV", 13, "money")
WHY = Column("Why they are the same", 36, "wrapped")


def write_xlsx(report: Report, path: Path) -> None:
    """Write the workbook. Amounts are numbers of a cell's precision (15 digits); the CSV and --json have them as text."""
    # A customer may be called =1+1, or like an address; what comes from the books stays text.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": f"Books check {report.freshbooks} / {report.nav}"})
        _Writer(book, report).write()


class _Writer:
    """One workbook being written."""

    def __init__(self, book: Any, report: Report) -> None:
        self.book, self.report = book, report
        plain = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
        self.formats: Mapping[str, Any] = {
            "text": book.add_format({**plain, "align": "left", "indent": 1}),
            "wrapped": book.add_format({**plain, "text_wrap": True, "align": "left", "indent": 1}),
            "money": book.add_format({**plain, "num_format": MONEY, "align": "right"}),
            "count": book.add_format({**plain, "num_format": COUNT, "align": "right"}),
            "day": book.add_format({**plain, "num_format": DAY, "align": "left", "indent": 1}),
            "title": book.add_format({**plain, "font_size": 20, "bold": True}),
            "name": book.add_format({**plain, "font_size": 12, "bold": True}),
            "head": book.add_format(
                {
                    **plain,
                    "bold": True,
                    "bg_color": SHADE,
                    "bottom": 1,
                    "bottom_color": RULE,
                    "text_wrap": True,
                    "align": "left",
                    "indent": 1,
                }
            ),
            "head right": book.add_format(
                {
                    **plain,
                    "bold": True,
                    "bg_color": SHADE,
                    "bottom": 1,
                    "bottom_color": RULE,
                    "align": "right",
                    "text_wrap": True,
                }
            ),
            "sum": book.add_format({**plain, "bold": True, "top": 1, "num_format": MONEY}),
        }

    def write(self) -> None:
        self._cover()
        self._summary()
        for kind in Break:
            rows = of_kind(self.report.found, kind)
            if rows:
                self._rows(title(kind), meaning(kind), rows, _columns(kind), at_risk=True)
        found = self.report.found
        proposals = [match_row(each) for each in found.proposals]
        if proposals:
            words = (
                "Too little speaks for these; a person decides. Until then they count as missing."
            )
            self._rows("Proposed matches", words, proposals, (*OURS, *THEIRS, CURRENCY, WHY))
        self._customers()
        agreed = [match_row(each) for each in found.agreed]
        self._rows(
            "Agreed", "Matched, and nothing is different.", agreed, (*OURS, *THEIRS, CURRENCY, WHY)
        )

    def _cover(self) -> None:
        sheet = self._sheet("Cover", landscape=False)
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 78)
        sheet.write(0, 0, "Books check", self.formats["title"])
        sheet.set_row(0, 30)
        facts = (
            ("FreshBooks", self.report.freshbooks),
            ("Dynamics NAV", self.report.nav),
            ("Days", f"{self.report.first} to {self.report.last}"),
            ("Read on", f"{self.report.read_at:%Y-%m-%d %H:%M} UTC"),
            ("Result", _verdict(self.report)),
        )
        for n, (name, value) in enumerate(facts, 2):
            sheet.write(n, 0, name, self.formats["name"])
            sheet.write(n, 1, value, self.formats["name"])
        row = len(facts) + 3
        sheet.write(row, 0, "What is claimed", self.formats["name"])
        for n, text in enumerate(self.report.claim):
            sheet.set_row(row + n, 5 + _height([Column("", 78, "wrapped")], [text]))
            sheet.write(row + n, 1, text, self.formats["wrapped"])
        sheet.print_area(0, 0, row + len(self.report.claim), 1)
        sheet.fit_to_pages(1, 1)

    def _summary(self) -> None:
        sheet = self._sheet("Summary", landscape=False)
        columns = [
            Column("Differences", 26),
            Column("Currency", 9),
            Column("Number", 12, "count"),
            Column("At risk", 18, "money"),
            Column("NAV number", 12, "count"),
            Column("NAV sum", 18, "money"),
        ]
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
        rows: list[Sequence[Cell]] = [
            (title(r.kind), r.currency, r.count, r.amount or None) for r in risks(self.report.found)
        ]
        row = self._table(sheet, 0, columns[:4], rows or [("None", "", 0, None)])
        heads = [
            "Compared",
            "Currency",
            "FreshBooks number",
            "FreshBooks sum",
            "NAV number",
            "NAV sum",
        ]
        populations = [
            Column(head, column.width, column.kind)
            for head, column in zip(heads, columns, strict=True)
        ]
        rows = [
            (s.what, s.currency, s.freshbooks, s.freshbooks_sum, s.nav, s.nav_sum)
            for s in sides(self.report.found)
        ]
        row = self._table(sheet, row + 2, populations, rows)
        left = [
            (reason, system, count)
            for system, reasons in self.report.left_out.items()
            for reason, count in reasons.items()
        ]
        if left:
            heads = ["Read and not compared (of FreshBooks: of all days)", "System", "Number"]
            those = [
                Column(head, 10, kind)
                for head, kind in zip(heads, ("wrapped", "wrapped", "count"), strict=True)
            ]
            self._table(sheet, row + 2, those, left)
        sheet.fit_to_pages(1, 0)

    def _rows(
        self,
        name: str,
        words: str,
        rows: Sequence[Row],
        columns: Sequence[Column],
        *,
        at_risk: bool = False,
    ) -> None:
        sheet = self._sheet(name, landscape=True)
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
        sheet.write(0, 0, name, self.formats["name"])
        sheet.write(1, 0, words, self.formats["text"])
        cells = [_cells(row, columns) for row in rows]
        last = self._table(sheet, 3, columns, cells)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        sheet.autofilter(3, 0, last - 1, len(columns) - 1)
        if at_risk:
            self._sums(sheet, last, rows, columns)
        sheet.fit_to_pages(1, 0)

    def _sums(self, sheet: Any, row: int, rows: Sequence[Row], columns: Sequence[Column]) -> None:
        """What is at risk in all, by currency, below the column."""
        at = next(n for n, column in enumerate(columns) if column is AT_RISK)
        for n, currency in enumerate(sorted({r.currency for r in rows})):
            amounts = [r.at_risk for r in rows if r.currency == currency and r.at_risk is not None]
            sheet.write(row + n, at - 1, currency, self.formats["sum"])
            sheet.write_number(row + n, at, sum(amounts, Decimal(0)), self.formats["sum"])

    def _customers(self) -> None:
        columns = [
            Column("FreshBooks client", 34),
            Column("NAV customer", 14),
            Column("Name in NAV", 34),
            Column("Documents", 12, "count"),
        ]
        sheet = self._sheet("Customers", landscape=False)
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
        rows = [
            (c.client_name, c.customer_no, c.customer_name, c.documents)
            for c in self.report.found.customers
        ]
        self._table(sheet, 0, columns, rows)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def _sheet(self, name: str, *, landscape: bool) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        names = f"{self.report.freshbooks} / {self.report.nav}".replace("&", "&&")
        sheet.set_footer(
            f"&L&8{names}, {self.report.first} to {self.report.last}&R&8&A, page &P of &N"
        )
        return sheet

    def _table(
        self, sheet: Any, row: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
    ) -> int:
        """Headings and rows; the row after the last."""
        sheet.set_row(row, HEAD_HIGH)
        for n, column in enumerate(columns):
            right = column.kind in ("money", "count")
            sheet.write(row, n, column.heading, self.formats["head right" if right else "head"])
        for below, cells in enumerate(rows, row + 1):
            sheet.set_row(below, _height(columns, cells))
            for n, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                self._cell(sheet, below, n, column, cell)
        return row + 1 + len(rows)

    def _cell(self, sheet: Any, row: int, n: int, column: Column, cell: Cell) -> None:
        form = self.formats[column.kind]
        if cell is None or cell == "":
            sheet.write_blank(row, n, None, form)
        elif isinstance(cell, date):
            sheet.write_datetime(row, n, cell, form)
        elif isinstance(cell, Decimal | int):
            sheet.write_number(row, n, cell, form)
        else:
            sheet.write_string(row, n, cell, form)


def _height(columns: Sequence[Column], cells: Sequence[Cell]) -> float:
    """High enough for the texts that wrap; Excel would find out by itself, others would not."""
    lines = [
        -(-len(cell) // int(column.width * LETTERS))
        for column, cell in zip(columns, cells, strict=True)
        if column.kind == "wrapped" and isinstance(cell, str) and cell
    ]
    return LINE_HIGH * max(lines, default=1)


def _columns(kind: Break) -> tuple[Column, ...]:
    """What a sheet of differences shows: not the side that has nothing, tax and open amounts where they are what differs."""
    if kind is Break.MISSING_IN_NAV:
        return (*OURS, CURRENCY, AT_RISK, WHAT)
    if kind is Break.MISSING_IN_FB:
        return (*THEIRS, CURRENCY, AT_RISK, WHAT)
    opened = (OPEN,) if kind in (Break.UNAPPLIED, Break.OPEN_AMOUNT) else ()
    taxes = TAXES if kind is Break.TAX else ()
    return (*OURS, *THEIRS, *taxes, *opened, CURRENCY, AT_RISK, WHAT)


def _cells(row: Row, columns: Sequence[Column]) -> list[Cell]:
    cells: dict[str, Cell] = {
        "Document": row.number,
        "Client": row.client,
        "Dated": _day(row.day),
        "FreshBooks amount": row.amount,
        "FreshBooks tax": row.tax,
        "NAV entry": row.entry,
        "NAV number": row.external,
        "NAV customer": row.customer,
        "Posted": _day(row.posted),
        "NAV amount": row.nav_amount,
        "NAV tax": row.nav_tax,
        "Currency": row.currency,
        "Open in NAV": row.remaining,
        "At risk": row.at_risk,
        "What is different": row.text,
        "Why they are the same": row.text,
    }
    return [cells[column.heading] for column in columns]


def _day(text: str) -> Cell:
    """A day as one, so that it sorts; several days as text."""
    return date.fromisoformat(text) if len(text) == len("2026-01-31") else text


def _verdict(report: Report) -> str:
    count = len(report.found.differences)
    return "Both books agree." if not count else f"{count:,} differences"
