"""A report as an Excel workbook: a cover, then a sheet for each chapter; every link leads to a row of the same workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import wrap
from typing import Any

import xlsxwriter

from tieout.app.reporting.report import (
    COUNT,
    DAY,
    MONEY,
    Cell,
    Chapter,
    Column,
    Link,
    Look,
    Report,
    Row,
    Table,
)

INK, BLUE, RULE, SHADE, PALE = "#1F2A37", "#1D4F91", "#9AA5B1", "#E8EDF3", "#F4F6F9"
# Points: a line of text and what is left above and below; and how many letters of it fit into a column for each unit of width.
LINE_HIGH, EDGE, LETTERS = 12.6, 1.9, 1.15
A3, A4, COVER = 8, 9, "Cover"
# The widths of a cover without figures.
FACTS = (20, 76)
# More links than these Excel does not take on one sheet.
LINKS = 65_000
# How texts look that are in no table.
PLAIN: Mapping[str, dict[str, Any]] = {
    "line": {},
    "title": {"bold": True, "font_size": 11},
    "strong": {"bold": True},
}


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook. Amounts are numbers of a cell's precision (15 digits); the CSV and --json have them as text."""
    # A customer may be called =1+1, or like an address; what comes from the books stays text.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**options, "constant_memory": True}) as book:
        book.set_properties({"title": report.title, "author": "Tieout"})
        _Writer(book, report).write()


class _Writer:
    """One workbook being written, row after row: nothing of a sheet is kept."""

    def __init__(self, book: Any, report: Report) -> None:
        self.book, self.report = book, report
        self.places = dict(_places(report))
        self.formats: dict[tuple[str, Look, bool, int], Any] = {}
        plain = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
        self.plain: Mapping[str, Any] = plain
        self.title = book.add_format({**plain, "font_size": 20, "bold": True})
        self.name = book.add_format({**plain, "font_size": 12, "bold": True})
        self.words = book.add_format({**plain, "text_wrap": True})

    def write(self) -> None:
        self._cover()
        for chapter in self.report.chapters:
            sheet = self._sheet(chapter.name, landscape=chapter.across)
            columns = _widest(chapter.tables)
            for n, width in enumerate(columns):
                sheet.set_column(n, n, width)
            sheet.write(0, 0, chapter.title, self.name)
            for n, text in enumerate(chapter.words, 1):
                sheet.write(n, 0, text, self._format("line", Look.PLAIN))
            self._tables(sheet, chapter.tables, 2 + len(chapter.words))
            self._set_up(sheet, chapter)

    def _set_up(self, sheet: Any, chapter: Chapter) -> None:
        """The page as it is printed; of a single list the heading stays, on the screen and on every page."""
        sheet.fit_to_pages(1, 0)
        if any(table.small for table in chapter.tables):
            sheet.set_paper(A3)
        if len(chapter.tables) == 1 and chapter.tables[0].rows:
            head = 2 + len(chapter.words) + _above(chapter.tables[0])
            table = chapter.tables[0]
            sheet.freeze_panes(head + 1, 1)
            sheet.repeat_rows(head)
            plain = next(
                (n for n, row in enumerate(table.rows) if row.look is not Look.PLAIN),
                len(table.rows),
            )
            if all(row.look is Look.TOTAL for row in table.rows[plain:]):
                sheet.autofilter(head, 0, head + plain, len(table.columns) - 1)

    def _cover(self) -> None:
        report, sheet = self.report, self._sheet(COVER, landscape=False)
        sheet.hide_gridlines(2)
        widths = _widest(report.cover) or list(FACTS)
        for n, width in enumerate(widths):
            sheet.set_column(n, n, width)
        last = len(widths) - 1
        sheet.set_row(0, 30)
        sheet.write(0, 0, report.title, self.title)
        row = 2
        for name, value in report.facts:
            sheet.write(row, 0, name, self.name)
            sheet.write(row, 1, value, self._format("strong", Look.PLAIN))
            row += 1
        row += 1
        sheet.write(row, 0, "What is claimed", self.name)
        wide = sum(widths)
        for text in report.claim:
            row += 1
            sheet.set_row(row, 4 + LINE_HIGH * -(-len(text) // int(wide * LETTERS)))
            sheet.merge_range(row, 0, row, last, text, self.words)
        self._tables(sheet, report.cover, row + 2)
        sheet.fit_to_pages(1, 0)

    def _sheet(self, name: str, *, landscape: bool) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        foot = self.report.foot.replace("&", "&&")
        sheet.set_footer(f"&L&8{foot}&R&8&A, page &P of &N")
        return sheet

    def _tables(self, sheet: Any, tables: Sequence[Table], row: int) -> None:
        for table in tables:
            if table.title:
                sheet.write(row, 0, table.title, self._format("title", Look.PLAIN))
            if table.words:
                sheet.write(
                    row + bool(table.title), 0, table.words, self._format("line", Look.PLAIN)
                )
            row = self._table(sheet, table, row + _above(table)) + 2

    def _table(self, sheet: Any, table: Table, row: int) -> int:
        """Headings and rows; the row after the last."""
        sheet.set_row(row, _head_height(table.columns))
        for n, column in enumerate(table.columns):
            kind = "head right" if column.is_number else "head"
            sheet.write(row, n, column.heading, self._format(kind, Look.PLAIN))
        links = 0
        for below, one in enumerate(table.rows, row + 1):
            sheet.set_row(below, _height(table.columns, one))
            for n, (column, value) in enumerate(zip(table.columns, one.cells, strict=True)):
                links += isinstance(value, Link)
                self._cell(sheet, below, n, column, value, one, linked=links < LINKS)
        return row + 1 + len(table.rows)

    def _cell(
        self, sheet: Any, at: int, n: int, column: Column, cell: Cell, row: Row, *, linked: bool
    ) -> None:
        to = self.places.get(cell.to, "") if isinstance(cell, Link) and linked else ""
        value = cell.value if isinstance(cell, Link) else cell
        form = self._format(column.kind, row.look, row.places, linked=bool(to))
        if to:
            text = str(value)
            sheet.write_url(at, n, f"internal:{to}", form, text)
            if not isinstance(value, str):
                sheet.write_number(at, n, value, form)
        elif value is None or value == "":
            sheet.write_blank(at, n, None, form)
        elif isinstance(value, date):
            sheet.write_datetime(at, n, value, form)
        elif isinstance(value, Decimal | int):
            sheet.write_number(at, n, value, form)
        else:
            sheet.write_string(at, n, value, form)

    def _format(self, kind: str, look: Look, places: int = 2, *, linked: bool = False) -> Any:
        key = (kind, look, linked, places)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(_format(self.plain, *key))
        return self.formats[key]


def _format(
    plain: Mapping[str, Any], kind: str, look: Look, linked: bool, places: int
) -> dict[str, Any]:
    form = dict(plain)
    if kind.startswith("head"):
        form |= {
            "bold": True,
            "bg_color": SHADE,
            "bottom": 1,
            "bottom_color": RULE,
            "text_wrap": True,
        }
        return form | (
            {"align": "right"} if kind == "head right" else {"align": "left", "indent": 1}
        )
    if kind in PLAIN:
        return form | PLAIN[kind]
    form |= {"font_color": BLUE, "underline": 1} if linked else {}
    form |= {"bold": True} if look is not Look.PLAIN else {}
    form |= {"top": 1} if look is Look.TOTAL else {}
    form |= {"bg_color": PALE} if look is Look.GROUP else {}
    if kind == MONEY:
        return form | {
            "num_format": f"#,##0.{'0' * places}" if places else "#,##0",
            "align": "right",
        }
    if kind == COUNT:
        return form | {"num_format": "#,##0", "align": "right"}
    left = {"align": "left", "indent": 1}
    if kind == DAY:
        return form | left | {"num_format": "yyyy-mm-dd"}
    return form | left | ({"text_wrap": True} if look is not Look.GROUP else {})


def _above(table: Table) -> int:
    """How many rows stand above the headings of a table."""
    return bool(table.title) + bool(table.words)


def _places(report: Report) -> Iterator[tuple[str, str]]:
    """Where each anchor is, as Excel says it."""
    for chapter in report.chapters:
        yield chapter.name, f"'{chapter.name}'!A1"
        row = 2 + len(chapter.words)
        for table in chapter.tables:
            if table.anchor:
                yield table.anchor, f"'{chapter.name}'!A{row + 1}"
            row += _above(table)
            for n, one in enumerate(table.rows, row + 1):
                if one.anchor:
                    yield one.anchor, f"'{chapter.name}'!A{n + 1}"
            row += 1 + len(table.rows) + 2


def _widest(tables: Sequence[Table]) -> list[float]:
    """The widths of a sheet's columns: of each table's the widest."""
    many = max((len(table.columns) for table in tables), default=0)
    return [
        max(table.columns[n].width for table in tables if n < len(table.columns))
        for n in range(many)
    ]


def _head_height(columns: Sequence[Column]) -> float:
    """One line for the headings, or as many as the longest needs; letters are bold there."""
    lines = [
        max(column.heading.count("\n") + 1, -(-len(column.heading) // max(1, int(column.width))))
        for column in columns
    ]
    return 2 * EDGE + LINE_HIGH * max(lines)


def _height(columns: Sequence[Column], row: Row) -> float:
    """High enough for the texts that wrap; Excel would find out by itself, others would not."""
    if row.look is Look.GROUP:
        return EDGE + LINE_HIGH
    texts = (
        (c, v.value if isinstance(v, Link) else v) for c, v in zip(columns, row.cells, strict=True)
    )
    lines = [
        sum(_lines(line, max(1, int(column.width * LETTERS) - 1)) for line in text.split("\n"))
        for column, text in texts
        if isinstance(text, str) and text
    ]
    return EDGE + LINE_HIGH * max(lines, default=1)


def _lines(text: str, letters: int) -> int:
    """How many lines a text takes, broken between words."""
    return len(wrap(text, letters)) if len(text) > letters else 1
