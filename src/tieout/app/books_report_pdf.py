"""A books check as a PDF to be read and sent: cover and figures upright, lists across, money to the right, a number on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    LongTable,
    NextPageTemplate,
    PageBreak,
    Paragraph,
    Spacer,
)

from tieout.app.books_report import Report, Row, match_row, of_kind, risks, sides
from tieout.app.books_report_words import meaning, title
from tieout.app.reporting.paper import (
    ACROSS,
    BARE,
    HEAD,
    STRONG,
    TEXT,
    TITLE,
    UPRIGHT,
    Numbered,
    cell,
    fonts,
    page,
    table,
)
from tieout.app.reporting.report import money
from tieout.core.matching.result import Break


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
    fonts()
    foot = f"{report.freshbooks} / {report.nav}, {report.first} to {report.last}"
    document = BaseDocTemplate(
        str(path),
        title=f"Books check: {report.freshbooks} and {report.nav}",
        author="Tieout",
        invariant=1,
        pageTemplates=[page("upright", A4, foot), page("across", landscape(A4), foot)],
    )
    document.build([*_cover(report), *_figures(report), *_lists(report)], canvasmaker=Numbered)


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
    rows = [[cell(name, TEXT), cell(value, STRONG)] for name, value in facts]
    yield LongTable(rows, colWidths=[35 * mm, UPRIGHT - 35 * mm], style=[*BARE], hAlign="LEFT")
    yield Paragraph("What is claimed", HEAD)
    for text in report.claim:
        yield cell(text, TEXT)


def _figures(report: Report) -> Iterator[Any]:
    yield Paragraph("Totals at risk", HEAD)
    yield cell("A document that differs in two ways is counted in both.", TEXT)
    rows = [
        [title(r.kind), meaning(r.kind), f"{r.count:,}", _text(r.amount or None), r.currency]
        for r in risks(report.found)
    ]
    heads = ["Difference", "", "Number", "At risk", ""]
    yield from table(
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
    yield from table(heads, rows, (48, 20, 34, 20, 34, 12), {1, 2, 3, 4}, UPRIGHT)
    left = [
        [reason, system, f"{count:,}"]
        for system, reasons in report.left_out.items()
        for reason, count in reasons.items()
    ]
    if left:
        yield CondPageBreak(40 * mm)
        yield Paragraph("Read and not compared (of FreshBooks: of all days)", HEAD)
        yield from table(("Reason", "System", "Number"), left, (100, 48, 20), {2}, UPRIGHT)


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
    yield cell(words, TEXT)
    cells = [[_text(getattr(row, column.field)) for column in columns] for row in rows]
    heads = [column.heading for column in columns]
    right = {n for n, column in enumerate(columns) if column.money}
    yield from table(heads, cells, [column.share for column in columns], right, ACROSS)


def _customers(report: Report) -> Iterator[Any]:
    rows = [
        [c.client_name, f"{c.customer_no} {c.customer_name}", f"{c.documents:,}"]
        for c in report.found.customers
    ]
    if rows:
        yield CondPageBreak(35 * mm)
        yield Paragraph(f"Which client is which customer ({len(rows):,})", HEAD)
        heads = ("FreshBooks client", "NAV customer", "Documents")
        yield from table(heads, rows, (110, 110, 25), {2}, ACROSS)


# ---------------------------------------------------------------- texts


def _text(value: str | Decimal | None) -> str:
    return money(value) if isinstance(value, Decimal) else value or ""
