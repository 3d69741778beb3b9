"""A report as a PDF to be read and sent: a cover, then chapter after chapter; every link leads within the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    LongTable,
    NextPageTemplate,
    PageBreak,
    Paragraph,
    Spacer,
)

from tieout.app.reporting.paper import (
    ACROSS,
    BARE,
    CHAPTER,
    HEAD,
    INK,
    PIECE,
    SHADE,
    STRONG,
    TEXT,
    TITLE,
    UPRIGHT,
    Numbered,
    cell,
    fitted,
    fonts,
    page,
    pieces,
    room,
    widths_of,
)
from tieout.app.reporting.report import (
    Cell,
    Chapter,
    Column,
    Link,
    Look,
    Report,
    Row,
    Table,
    money,
)

SIZE, SMALL = 8.0, 6.5
# So many parts of a page are looked at together: a heading stays with what is below it.
AHEAD = 8
# Letters of a cell.
LONGEST = 1500


def write_pages(report: Report, path: Path) -> None:
    """Write the PDF; the same report gives the same bytes."""
    fonts()
    built = BaseDocTemplate(
        str(path),
        title=report.title,
        author="Tieout",
        invariant=1,
        pageTemplates=[
            page("upright", A4, report.foot),
            page("across", landscape(A4), report.foot),
        ],
    )
    built.build(_Stream(_Writer(report).flow()), canvasmaker=Numbered)


class _Stream(list[Any]):
    """What is laid out next: the library takes from the front, and no more is made than it looks at, so that a long list is never there as a whole."""

    def __init__(self, flow: Iterator[Any]) -> None:
        super().__init__()
        self.flow = flow

    def __len__(self) -> int:
        while super().__len__() < AHEAD and (following := next(self.flow, None)) is not None:
            self.append(following)
        return super().__len__()


class _Opening(Flowable):  # type: ignore[misc] # it ships no types
    """Nothing that is seen: where a chapter begins, for links and for the outline that readers show beside the pages."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.name, self.title = name, title

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        del width, height
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self.name, 0, 20)
        self.canv.addOutlineEntry(self.title, self.name, 0, closed=True)


class _Writer:
    """One report being laid out."""

    def __init__(self, report: Report) -> None:
        self.report, self.anchors = report, report.anchors
        self.across = False

    def flow(self) -> Iterator[Any]:
        yield from self._cover()
        for chapter in self.report.chapters:
            yield from self._chapter(chapter)

    def _cover(self) -> Iterator[Any]:
        report = self.report
        yield Paragraph(report.title, TITLE)
        yield Spacer(0, 4 * mm)
        facts = [[cell(name, TEXT), cell(value, STRONG)] for name, value in report.facts]
        yield LongTable(facts, colWidths=[35 * mm, UPRIGHT - 35 * mm], style=[*BARE], hAlign="LEFT")
        yield Paragraph("What is claimed", HEAD)
        for text in report.claim:
            yield cell(text, TEXT)
        for table in report.cover:
            yield from self._table(table, UPRIGHT)

    def _chapter(self, chapter: Chapter) -> Iterator[Any]:
        if chapter.on_new_page or chapter.across != self.across:
            yield NextPageTemplate("across" if chapter.across else "upright")
            yield PageBreak()
        else:
            yield CondPageBreak(45 * mm)
        self.across = chapter.across
        yield _Opening(chapter.name, chapter.title)
        yield Paragraph(escape(chapter.title), CHAPTER if chapter.on_new_page else HEAD)
        for text in chapter.words:
            yield cell(text, TEXT)
        for table in chapter.tables:
            yield from self._table(table, ACROSS if chapter.across else UPRIGHT)

    def _table(self, table: Table, width: float) -> Iterator[Any]:
        if table.title:
            yield CondPageBreak(min(60, 24 + 7 * len(table.on_paper)) * mm)
            name = f'<a name="{table.anchor}"/>' if table.anchor else ""
            yield Paragraph(f"{name}{escape(table.title)}", HEAD)
        if table.words:
            yield cell(table.words, TEXT)
        columns, size = table.columns, SMALL if table.small else SIZE
        stacks = _stacks(columns)
        widths = widths_of([max(columns[n].width for n in stack) for stack in stacks], width)
        right = {at for at, stack in enumerate(stacks) if columns[stack[0]].is_number}
        heads = ["\n".join(columns[n].heading for n in stack) for stack in stacks]
        for start in range(0, len(table.on_paper), PIECE):
            some = table.on_paper[start : start + PIECE]
            cells = [self._row(row, stacks, widths, right, size) for row in some]
            rules = [rule for n, row in enumerate(some) for rule in _rules(n, row)]
            yield from pieces(heads, cells, widths, right, size, rules)
        yield Spacer(0, 3 * mm)

    def _row(
        self,
        row: Row,
        stacks: Sequence[Sequence[int]],
        widths: Sequence[float],
        right: set[int],
        size: float,
    ) -> list[Any]:
        bold = row.look is not Look.PLAIN
        cells: list[Any] = []
        for n, stack in enumerate(stacks):
            values = [row.cells[at] for at in stack]
            links = [v.to for v in values if isinstance(v, Link) and v.to in self.anchors]
            texts = [_text(v.value if isinstance(v, Link) else v, row.places) for v in values]
            text, to = _bounded("\n".join(filter(None, texts))), links[0] if links else ""
            name = row.anchor if n == 0 else ""
            # A heading within a table runs over its columns.
            across = row.look is Look.GROUP and n == 0
            wide = sum(widths) if across else room(widths, right, n)
            cells.append(
                fitted(text, wide, size=size, right=n in right, bold=bold, to=to, name=name)
            )
        return cells


def _stacks(columns: Sequence[Column]) -> list[list[int]]:
    """The columns that stand below one another."""
    stacks: list[list[int]] = []
    for n, column in enumerate(columns):
        if column.below:
            stacks[-1].append(n)
        else:
            stacks.append([n])
    return stacks


def _rules(n: int, row: Row) -> Iterator[tuple[int, tuple[Any, ...]]]:
    if row.look is Look.TOTAL:
        yield n, ("LINEABOVE", 0.8, INK)
        # Never alone on a page: not a sum without a row above it, nor a heading without one below.
        yield n, ("NOSPLIT", -1)
    if row.look is Look.GROUP:
        yield n, ("SPAN",)
        yield n, ("NOSPLIT", 1)
        yield n, ("BACKGROUND", SHADE.clone(alpha=0.5))


def _bounded(text: str) -> str:
    """A text that fits on a page; nothing but words is ever so long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ... (all of it is in the workbook)"


def _text(value: Cell, places: int) -> str:
    if isinstance(value, Decimal):
        return money(value, places)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    assert not isinstance(value, Link), "a link within a link"
    return value or ""
