"""A books check in chapters: a cover, the figures, every difference by its kind, proposals, customers, what agrees; for workbook and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.app.books_report import Report as Check
from tieout.app.books_report import Row as Found
from tieout.app.books_report import match_row, of_kind, risks, sides
from tieout.app.books_report_words import meaning, title
from tieout.app.reporting.report import (
    COUNT,
    DAY,
    MONEY,
    TEXT,
    Cell,
    Chapter,
    Column,
    Link,
    Look,
    Report,
    Row,
    Table,
)
from tieout.core.matching.result import Break
from tieout.core.records.money import decimals, total


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a list, and which field of a row it shows."""

    heading: str
    width: float
    field: str
    kind: str = TEXT
    below: bool = False

    @property
    def column(self) -> Column:
        return Column(self.heading, self.width, self.kind, self.below)


OURS = (
    Shown("Document", 14, "number"),
    Shown("Client", 20, "client"),
    Shown("Dated", 12, "day", DAY),
    Shown("FreshBooks amount", 14, "amount", MONEY),
)
THEIRS = (
    Shown("NAV number", 14, "external"),
    Shown("NAV entry", 10, "entry", below=True),
    Shown("NAV customer", 22, "customer"),
    Shown("Posted", 12, "posted", DAY),
    Shown("NAV amount", 14, "nav_amount", MONEY),
)
TAXES = (
    Shown("FreshBooks tax", 13, "tax", MONEY),
    Shown("NAV tax", 13, "nav_tax", MONEY),
)
OPEN = Shown("Open in NAV", 14, "remaining", MONEY)
AT_RISK = Shown("At risk", 14, "at_risk", MONEY)
CURRENCY = Shown("Currency", 12, "currency")
WHAT = Shown("What is different", 36, "text")
WHY = Shown("Why they are the same", 36, "text")
PROPOSED = "Too little speaks for these; a person decides. Until then they count as missing."


def report_of(check: Check) -> Report:
    """The whole report."""
    found = check.found
    count = len(found.differences)
    matched = (*OURS, *THEIRS, CURRENCY, WHY)
    days = f"{check.first} to {check.last}"
    lists = [
        _list(title(kind), meaning(kind), of_kind(found, kind), _columns(kind)) for kind in Break
    ]
    proposals = [match_row(each) for each in found.proposals]
    lists.append(_list("Proposed matches", PROPOSED, proposals, matched))
    agreed = [match_row(each) for each in found.agreed]
    chapters = (
        _summary(check),
        *lists,
        _customers(check),
        _list("Agreed", "Matched, and nothing is different.", agreed, matched),
    )
    return Report(
        title="Books check",
        facts=(
            ("FreshBooks", check.freshbooks),
            ("Dynamics NAV", check.nav),
            ("Days", days),
            ("Read on", f"{check.read_at:%Y-%m-%d %H:%M} UTC"),
            ("Result", f"{count:,} differences" if count else "Both books agree."),
        ),
        claim=check.claim,
        chapters=[chapter for chapter in chapters if any(table.rows for table in chapter.tables)],
        foot=f"{check.freshbooks} / {check.nav}, {days}",
    )


# ---------------------------------------------------------------- figures


def _summary(check: Check) -> Chapter:
    tables = [_at_risk(check), _compared(check), _left_out(check)]
    return Chapter(
        name="Summary",
        title="Summary",
        tables=[table for table in tables if table.rows],
        across=False,
        on_new_page=False,
    )


def _at_risk(check: Check) -> Table:
    rows = [
        Row(
            (
                Link(title(r.kind), title(r.kind)),
                r.count,
                r.amount or None,
                r.currency,
                meaning(r.kind),
            ),
            places=decimals(r.currency),
        )
        for r in risks(check.found)
    ]
    return Table(
        title="Totals at risk",
        words="A document that differs in two ways is counted in both.",
        columns=(
            Column("Difference", 28),
            Column("Number", 11, COUNT),
            Column("At risk", 18, MONEY),
            Column("", 9),
            Column("", 54),
        ),
        rows=rows or [Row(("None", None, None, "", ""))],
    )


def _compared(check: Check) -> Table:
    rows = [
        Row((side.what, count, amount, side.currency, system), places=decimals(side.currency))
        for side in sides(check.found)
        for system, count, amount in (
            ("FreshBooks", side.freshbooks, side.freshbooks_sum),
            ("NAV", side.nav, side.nav_sum),
        )
    ]
    return Table(
        title="What was compared",
        columns=(
            Column("As on customers' accounts", 28),
            Column("Number", 11, COUNT),
            Column("Sum", 18, MONEY),
            Column("", 9),
            Column("System", 54),
        ),
        rows=rows,
    )


def _left_out(check: Check) -> Table:
    rows = [
        Row((reason, count, None, "", system))
        for system, reasons in check.left_out.items()
        for reason, count in reasons.items()
    ]
    return Table(
        title="Read and not compared",
        words="Of FreshBooks: of all days.",
        columns=(
            Column("Reason", 28),
            Column("Number", 11, COUNT),
            Column("", 18, MONEY),
            Column("", 9),
            Column("System", 54),
        ),
        rows=rows,
    )


# ---------------------------------------------------------------- lists


def _columns(kind: Break) -> tuple[Shown, ...]:
    """What a list of differences shows: not the side that has nothing, tax and open amounts where they are what differs."""
    if kind is Break.MISSING_IN_NAV:
        return (*OURS, AT_RISK, CURRENCY, WHAT)
    if kind is Break.MISSING_IN_FB:
        return (*THEIRS, AT_RISK, CURRENCY, WHAT)
    opened = (OPEN,) if kind in (Break.UNAPPLIED, Break.OPEN_AMOUNT) else ()
    taxes = TAXES if kind is Break.TAX else ()
    return (*OURS, *THEIRS, *taxes, *opened, AT_RISK, CURRENCY, WHAT)


def _list(name: str, words: str, found: Sequence[Found], columns: Sequence[Shown]) -> Chapter:
    rows = [
        Row(
            tuple(_cell(getattr(one, column.field), column) for column in columns),
            places=decimals(one.currency),
        )
        for one in found
    ]
    if AT_RISK in columns:
        rows += _sums(found, columns)
    table = Table(columns=[column.column for column in columns], rows=rows)
    return Chapter(
        name=name,
        title=f"{name} ({len(found):,})",
        words=(words,),
        tables=(table,),
        on_new_page=False,
    )


def _cell(value: Cell, column: Shown) -> Cell:
    """A day as one, so that it sorts; several days as text."""
    if column.kind == DAY and isinstance(value, str) and len(value) == len("2026-01-31"):
        return date.fromisoformat(value)
    return value


def _sums(found: Sequence[Found], columns: Sequence[Shown]) -> Iterator[Row]:
    """What is at risk in all, by currency, below the column."""
    for currency in sorted({one.currency for one in found}):
        risk = total(one.at_risk or Decimal(0) for one in found if one.currency == currency)
        told: dict[Shown, Cell] = {AT_RISK: risk, CURRENCY: currency}
        cells: tuple[Cell, ...] = tuple(
            told.get(column, None if column.kind == MONEY else "") for column in columns
        )
        yield Row(cells, look=Look.TOTAL, places=decimals(currency))


def _customers(check: Check) -> Chapter:
    rows = [
        Row((c.client_name, c.customer_no, c.customer_name, c.documents))
        for c in check.found.customers
    ]
    columns = (
        Column("FreshBooks client", 40),
        Column("NAV customer", 14),
        Column("Name in NAV", 40),
        Column("Documents", 12, COUNT),
    )
    return Chapter(
        name="Customers",
        title=f"Which client is which customer ({len(rows):,})",
        tables=(Table(columns=columns, rows=rows),),
        on_new_page=False,
    )
