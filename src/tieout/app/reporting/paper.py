"""What all pages have in common: the typeface, a foot with numbers, tables whose headings repeat, cells that lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from reportlab.platypus import Flowable, Frame, LongTable, PageTemplate, Paragraph, TableStyle

PLAIN, BOLD = "SourceSans", "SourceSans-Bold"
INK, GREY, RULE, SHADE = (HexColor(c) for c in ("#1F2A37", "#5B6774", "#9AA5B1", "#E8EDF3"))
BLUE = HexColor("#1D4F91")
SIDE, TOP, FOOT, FOOT_LINE = 16 * mm, 15 * mm, 18 * mm, 10 * mm
ACROSS = landscape(A4)[0] - 2 * SIDE
UPRIGHT = A4[0] - 2 * SIDE
# Left and right of a cell's text; beside a column of numbers it is more.
PADDING, MORE = 6, 5
# A table of thousands of rows is laid out in pieces, each in time that grows with its length only.
PIECE = 120
# The form that holds the number of pages, which is known at the end.
PAGES = "pages"
# How far above the foot of its line a text stands, as in the tables' own cells; in sizes.
DROP = 0.12

TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=24, leading=30, textColor=INK)
CHAPTER = ParagraphStyle("chapter", parent=TITLE, fontSize=18, leading=24)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=13, leading=17, textColor=INK, spaceBefore=9)
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=10, leading=14, textColor=INK, spaceAfter=5)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
BARE = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
)


class Numbered(Canvas):  # type: ignore[misc] # it ships no types
    """Writes at the end, once, how many pages there are; each page shows it beside its own number."""

    def save(self) -> None:
        pages = self.getPageNumber() - 1
        self.beginForm(PAGES)
        self.setFont(PLAIN, 8)
        self.setFillColor(GREY)
        self.drawString(0, 0, str(pages))
        self.endForm()
        super().save()


def page(name: str, size: tuple[float, float], left: str) -> PageTemplate:
    """A kind of page with its foot."""
    frame = Frame(SIDE, FOOT, size[0] - 2 * SIDE, size[1] - TOP - FOOT, 0, 0, 0, 0)

    def foot(canvas: Any, document: Any) -> None:
        del document
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(GREY)
        canvas.drawString(SIDE, FOOT_LINE, shown(left))
        at = size[0] - SIDE - stringWidth("0000", PLAIN, 8)
        canvas.drawRightString(at, FOOT_LINE, f"Page {canvas.getPageNumber()} of ")
        canvas.saveState()
        canvas.translate(at, FOOT_LINE)
        canvas.doForm(PAGES)
        canvas.restoreState()

    return PageTemplate(id=name, frames=[frame], pagesize=size, onPage=foot)


# ---------------------------------------------------------------- cells


@lru_cache(maxsize=32)
def style_of(size: float, *, right: bool, bold: bool) -> ParagraphStyle:
    """How a cell that wraps is written."""
    return ParagraphStyle(
        f"cell {size} {right} {bold}",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=size * 1.2,
        textColor=INK,
        **({"alignment": TA_RIGHT} if right else {}),
    )


class Marked(Flowable):  # type: ignore[misc] # it ships no types
    """Text, in lines that fit, that leads somewhere, or to which others lead."""

    def __init__(
        self, text: str, size: float, *, right: bool, bold: bool, to: str, name: str
    ) -> None:
        super().__init__()
        self.lines = text.split("\n")
        self.size, self.right, self.to, self.name = size, right, to, name
        self.font = BOLD if bold else PLAIN

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        del height
        self.width, self.height = width, self.size * 1.2 * len(self.lines)
        return width, self.height

    def draw(self) -> None:
        canvas, high = self.canv, self.size * 1.2
        if self.name:
            canvas.bookmarkHorizontal(self.name, 0, self.height + high)
        canvas.setFont(self.font, self.size)
        canvas.setFillColor(BLUE if self.to else INK)
        for n, line in enumerate(self.lines, 1):
            long = stringWidth(line, self.font, self.size)
            start, foot = self.width - long if self.right else 0, self.height - n * high
            canvas.drawString(start, foot + DROP * self.size, line)
            if self.to:
                box = (start, foot, start + long, foot + high)
                canvas.linkRect("", self.to, box, relative=1, thickness=0)


def fitted(
    text: str,
    width: float,
    *,
    size: float = 8,
    right: bool = False,
    bold: bool = False,
    to: str = "",
    name: str = "",
) -> Any:
    """A text that fits as it is (quick), or a paragraph that wraps."""
    font, lines = BOLD if bold else PLAIN, text.split("\n")
    fits = all(stringWidth(line, font, size) <= width - PADDING for line in lines)
    if fits and (to or name):
        return Marked(shown(text), size, right=right, bold=bold, to=to, name=name)
    if fits and not bold:
        return shown(text)
    inner = escape(shown(text)).replace("\n", "<br/>")
    inner = f'<a href="#{escape(to)}" color="#1D4F91">{inner}</a>' if to else inner
    inner = f'<a name="{escape(name)}"/>{inner}' if name else inner
    return Paragraph(inner, style_of(size, right=right, bold=bold))


def cell(text: str, style: ParagraphStyle) -> Paragraph:
    """A text in a style of its own."""
    return Paragraph(escape(shown(text)), style)


# ---------------------------------------------------------------- tables


def widths_of(shares: Sequence[float], width: float) -> list[float]:
    """The widths of columns that fill a page."""
    return [share * width / sum(shares) for share in shares]


def room(widths: Sequence[float], right: set[int], n: int) -> float:
    """How wide a column is, less what keeps it away from numbers on its left."""
    return widths[n] - (MORE if n - 1 in right and n not in right else 0)


def pieces(
    heads: Sequence[str],
    cells: Sequence[Sequence[Any]],
    widths: Sequence[float],
    right: set[int],
    size: float = 8,
    rules: Sequence[tuple[int, Sequence[Any]]] = (),
) -> Iterator[Any]:
    """The rows under headings that repeat; ``rules`` are styles of single rows, by their number."""
    top = [
        Paragraph(escape(text).replace("\n", "<br/>"), style_of(size, right=n in right, bold=True))
        for n, text in enumerate(heads)
    ]
    for start in range(0, len(cells), PIECE):
        some = cells[start : start + PIECE]
        style = plain_style(right, size)
        for at, (name, *more) in rules:
            if start <= at < start + PIECE:
                line = at - start + 1
                if name == "NOSPLIT":
                    with_next = sorted((line, min(max(line + more[0], 1), len(some))))
                    style.add(name, (0, with_next[0]), (-1, with_next[1]))
                else:
                    style.add(name, (0, line), (-1, line), *more)
        yield LongTable([top, *some], colWidths=widths, repeatRows=1, style=style)


def plain_style(right: set[int], size: float = 8) -> TableStyle:
    """Headings on a shade, a hair line under each row, numbers to the right."""
    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), PLAIN, size, size * 1.2),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("LINEBELOW", (0, 0), (-1, 0), 0.6, RULE),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, SHADE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            *(
                ("LEFTPADDING", (n + 1, 0), (n + 1, -1), 3 + MORE)
                for n in right
                if n + 1 not in right
            ),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            *(("ALIGN", (n, 0), (n, -1), "RIGHT") for n in right),
        ]
    )


# ---------------------------------------------------------------- the typeface


def shown(text: str) -> str:
    """The text with ? for characters that the typeface lacks, which would otherwise leave a gap."""
    known = _glyphs()
    return "".join(c if ord(c) in known or c == "\n" else "?" for c in text)


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(fonts().face.charToGlyph)


@lru_cache(maxsize=1)
def fonts() -> TTFont:
    """Source Sans Pro (SIL Open Font License), which has Latin, Greek and Cyrillic letters; embedded in the document."""
    spec = find_spec("font_source_sans_pro")
    assert spec is not None, "the typeface is not installed"
    assert spec.origin is not None, "the typeface has no place"
    files = Path(spec.origin).parent / "files"
    plain = TTFont(PLAIN, str(files / "SourceSansPro-Regular.ttf"))
    registerFont(plain)
    registerFont(TTFont(BOLD, str(files / "SourceSansPro-Semibold.ttf")))
    return plain
