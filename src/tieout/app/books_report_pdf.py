"""A books check as a PDF to be read and sent: cover and figures upright, lists across, money to the right, a number on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    LongTable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from tieout.app.books_report import Report, Row, match_row, of_kind, risks, sides
from tieout.app.books_report_words import meaning, title
from tieout.core.matching.result import Break

PLAIN, BOLD = "SourceSans", "SourceSans-Bold"
INK, GREY, RULE, SHADE = (HexColor(c) for c in ("#1F2A37", "#5B6774", "#9AA5B1", "#E8EDF3"))
SIDE, TOP, FOOT, FOOT_LINE = 16 * mm, 15 * mm, 18 * mm, 10 * mm
ACROSS = landscape(A4)[0] - 2 * SIDE
UPRIGHT = A4[0] - 2 * SIDE
# A table of thousands of rows is laid out in pieces, each in time that grows with its length only.
PIECE = 120

TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=24, leading=30, textColor=INK)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=13, leading=17, textColor=INK, spaceBefore=9)
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=10, leading=14, textColor=INK, spaceAfter=5)
CELL = ParagraphStyle("cell", fontName=PLAIN, fontSize=8, leading=9.6, textColor=INK)
CELL_RIGHT = ParagraphStyle("cell right", parent=CELL, alignment=TA_RIGHT)
CELL_BOLD = ParagraphStyle("cell bold", parent=CELL, fontName=BOLD)
BOLD_RIGHT = ParagraphStyle("bold right", parent=CELL_BOLD, alignment=TA_RIGHT)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, its share of the width, which field of a row it shows, and whether it is money."""

    heading: str
    share: float
    field: str
    money: bool = False


OURS = (
    Column("Document", 9, "number"),
    Column("Client", 14, "client"),
    Column("Dated", 7, "day"),
    Column("FreshBooks", 9, "amount", money=True),
)
THEIRS = (
    Column("Entry", 6, "entry"),
    Column("NAV number", 9, "external"),
    Column("NAV customer", 16, "customer"),
    Column("Posted", 7, "posted"),
    Column("NAV", 9, "nav_amount", money=True),
)
CURRENCY = Column("", 4, "currency")
AT_RISK = Column("At risk", 9, "at_risk", money=True)
OPEN = Column("Open in NAV", 9, "remaining", money=True)
TEXTS = {True: Column("What is different", 25, "text"), False: Column("Why", 23, "text")}


def write_pdf(report: Report, path: Path) -> None:
    """Write the document; the same report gives the same bytes."""
    _fonts()
    document = BaseDocTemplate(
        str(path),
        title=f"Books check: {report.freshbooks} and {report.nav}",
        author="Tieout",
        invariant=1,
        pageTemplates=[_page("upright", A4, report), _page("across", landscape(A4), report)],
    )
    document.build([*_cover(report), *_figures(report), *_lists(report)], canvasmaker=_Numbered)


class _Numbered(Canvas):  # type: ignore[misc] # it ships no types
    """Keeps the pages until the end, when it is known how many there are."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFont(PLAIN, 8)
            self.setFillColor(GREY)
            right = self._pagesize[0] - SIDE
            self.drawRightString(right, FOOT_LINE, f"Page {number} of {len(self._kept)}")
            super().showPage()
        super().save()


def _page(name: str, size: tuple[float, float], report: Report) -> PageTemplate:
    frame = Frame(SIDE, FOOT, size[0] - 2 * SIDE, size[1] - TOP - FOOT, 0, 0, 0, 0)

    def foot(canvas: Any, document: Any) -> None:
        del document
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(GREY)
        days = f"{report.first} to {report.last}"
        canvas.drawString(SIDE, FOOT_LINE, shown(f"{report.freshbooks} / {report.nav}, {days}"))

    return PageTemplate(id=name, frames=[frame], pagesize=size, onPage=foot)


# ---------------------------------------------------------------- cover and figures


def _cover(report: Report) -> Iterator[Any]:
    yield Paragraph("Books check", TITLE)
    yield Spacer(0, 4 * mm)
    count = len(report.found.differences)
    facts = (
        ("FreshBooks", report.freshbooks),
        ("Dynamics NAV", report.nav),
        ("Days", f"{report.first} to {report.last}"),
        ("Read on", f"{report.read_at:%Y-%m-%d %H:%M} UTC"),
        ("Result", f"{count:,} differences" if count else "Both books agree."),
    )
    rows = [[_cell(name, TEXT), _cell(value, HEAD_CELL)] for name, value in facts]
    yield LongTable(rows, colWidths=[35 * mm, UPRIGHT - 35 * mm], style=[*BARE], hAlign="LEFT")
    yield Paragraph("What is claimed", HEAD)
    for text in report.claim:
        yield _cell(text, TEXT)


HEAD_CELL = ParagraphStyle("head cell", parent=TEXT, fontName=BOLD)
BARE = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
)


def _figures(report: Report) -> Iterator[Any]:
    yield Paragraph("Totals at risk", HEAD)
    yield _cell("A document that differs in two ways is counted in both.", TEXT)
    rows = [
        [title(r.kind), meaning(r.kind), f"{r.count:,}", _text(r.amount or None), r.currency]
        for r in risks(report.found)
    ]
    heads = ["Difference", "", "Number", "At risk", ""]
    yield from _table(
        heads, rows or [["None", "", "", "", ""]], (34, 90, 14, 26, 10), {2, 3}, UPRIGHT
    )
    yield CondPageBreak(60 * mm)
    yield Paragraph("What was compared", HEAD)
    rows = [
        [
            s.what,
            f"{s.freshbooks:,}",
            money(s.freshbooks_sum),
            f"{s.nav:,}",
            money(s.nav_sum),
            s.currency,
        ]
        for s in sides(report.found)
    ]
    heads = ["As on customers' accounts", "FreshBooks", "Sum", "NAV", "Sum", ""]
    yield from _table(heads, rows, (48, 20, 34, 20, 34, 12), {1, 2, 3, 4}, UPRIGHT)
    left = [
        [reason, system, f"{count:,}"]
        for system, reasons in report.left_out.items()
        for reason, count in reasons.items()
    ]
    if left:
        yield CondPageBreak(40 * mm)
        yield Paragraph("Read and not compared (of FreshBooks: of all days)", HEAD)
        yield from _table(("Reason", "System", "Number"), left, (100, 48, 20), {2}, UPRIGHT)


# ---------------------------------------------------------------- lists


def _lists(report: Report) -> Iterator[Any]:
    found = report.found
    yield NextPageTemplate("across")
    yield PageBreak()
    for kind in Break:
        yield from _list(title(kind), meaning(kind), of_kind(found, kind), _columns(kind))
    proposals = [match_row(each) for each in found.proposals]
    words = "Too little speaks for these; a person decides. Until then they count as missing."
    why = (*OURS, *THEIRS, CURRENCY, TEXTS[False])
    yield from _list("Proposed matches", words, proposals, why)
    yield from _customers(report)
    agreed = [match_row(each) for each in found.agreed]
    yield from _list("Agreed", "Matched, and nothing is different.", agreed, why)


def _columns(kind: Break) -> tuple[Column, ...]:
    """What a list of differences shows: not the side that has nothing."""
    text = TEXTS[True]
    if kind is Break.MISSING_IN_NAV:
        return (*OURS, CURRENCY, text)
    if kind is Break.MISSING_IN_FB:
        return (*THEIRS, CURRENCY, text)
    more = (OPEN,) if kind in (Break.UNAPPLIED, Break.OPEN_AMOUNT) else ()
    return (*OURS, *THEIRS, *more, AT_RISK, CURRENCY, text)


def _list(name: str, words: str, rows: Sequence[Row], columns: Sequence[Column]) -> Iterator[Any]:
    if not rows:
        return
    yield CondPageBreak(35 * mm)
    yield Paragraph(f"{escape(name)} ({len(rows):,})", HEAD)
    yield _cell(words, TEXT)
    cells = [[_text(getattr(row, column.field)) for column in columns] for row in rows]
    heads = [column.heading for column in columns]
    right = {n for n, column in enumerate(columns) if column.money}
    yield from _table(heads, cells, [column.share for column in columns], right, ACROSS)


def _customers(report: Report) -> Iterator[Any]:
    rows = [
        [c.client_name, f"{c.customer_no} {c.customer_name}", f"{c.documents:,}"]
        for c in report.found.customers
    ]
    if rows:
        yield CondPageBreak(35 * mm)
        yield Paragraph(f"Which client is which customer ({len(rows):,})", HEAD)
        heads = ("FreshBooks client", "NAV customer", "Documents")
        yield from _table(heads, rows, (110, 110, 25), {2}, ACROSS)


def _table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    right: set[int],
    width: float,
) -> Iterator[Any]:
    widths = [share * width / sum(shares) for share in shares]
    top = [_cell(text, BOLD_RIGHT if n in right else CELL_BOLD) for n, text in enumerate(heads)]
    for start in range(0, len(rows), PIECE):
        some = [
            [_fitted(text, widths[n], right=n in right) for n, text in enumerate(row)]
            for row in rows[start : start + PIECE]
        ]
        yield LongTable([top, *some], colWidths=widths, repeatRows=1, style=_style(right))


def _style(right: set[int]) -> TableStyle:
    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), PLAIN, 8, 9.6),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("LINEBELOW", (0, 0), (-1, 0), 0.6, RULE),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, SHADE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            *(("LEFTPADDING", (n + 1, 0), (n + 1, -1), 8) for n in right),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            *(("ALIGN", (n, 0), (n, -1), "RIGHT") for n in right),
        ]
    )


# ---------------------------------------------------------------- texts


def money(amount: Decimal) -> str:
    """An amount with its thousands.

    >>> money(Decimal("-1234567.5"))
    '-1,234,567.50'
    """
    return f"{amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount:,}"


def _text(value: str | Decimal | None) -> str:
    return money(value) if isinstance(value, Decimal) else value or ""


def _cell(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(shown(text)), style)


def _fitted(text: str, width: float, *, right: bool) -> Any:
    """A text that fits as it is (quick), or a paragraph that wraps."""
    if stringWidth(text, PLAIN, 8) <= width - 11:
        return shown(text)
    return _cell(text, CELL_RIGHT if right else CELL)


def shown(text: str) -> str:
    """The text with ? for characters that the typeface lacks, which would otherwise leave a gap."""
    known = _glyphs()
    return "".join(c if ord(c) in known else "?" for c in text)


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(_fonts().face.charToGlyph)


@lru_cache(maxsize=1)
def _fonts() -> TTFont:
    """Source Sans Pro (SIL Open Font License), which has Latin, Greek and Cyrillic letters; embedded in the document."""
    spec = find_spec("font_source_sans_pro")
    assert spec is not None, "the typeface is not installed"
    assert spec.origin is not None, "the typeface has no place"
    files = Path(spec.origin).parent / "files"
    plain = TTFont(PLAIN, str(files / "SourceSansPro-Regular.ttf"))
    registerFont(plain)
    registerFont(TTFont(BOLD, str(files / "SourceSansPro-Semibold.ttf")))
    return plain
