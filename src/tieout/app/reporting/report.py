"""A report before it is written: chapters of tables, whose cells may lead to other rows. The workbook and the pages are made from this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

TEXT, MONEY, COUNT, DAY = "text", "money", "count", "day"


class Look(StrEnum):
    """How a row looks: as any other, bold, as a sum under a rule, or as a heading within a table."""

    PLAIN = "plain"
    BOLD = "bold"
    TOTAL = "total"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to the row or chapter of that name; where there is none, it is only its value."""

    value: str | Decimal | int
    to: str


Cell = str | Decimal | int | date | Link | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in letters, and what is in it: text, money, count or day. On paper it may stand ``below`` the one before it."""

    heading: str
    width: float
    kind: str = TEXT
    below: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in (MONEY, COUNT)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``anchor`` is the name by which others lead to it, ``places`` the decimals of its amounts."""

    cells: tuple[Cell, ...]
    anchor: str = ""
    look: Look = Look.PLAIN
    places: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; ``small`` is for many columns. Where there are too many rows to be read on paper, ``brief`` has those that matter there."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    title: str = ""
    words: str = ""
    anchor: str = ""
    small: bool = False
    brief: Sequence[Row] | None = None

    @property
    def on_paper(self) -> Sequence[Row]:
        return self.rows if self.brief is None else self.brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A sheet of the workbook, or a chapter on paper: its short name, its title, what it says, and its tables. On paper one may begin below another."""

    name: str
    title: str
    tables: Sequence[Table]
    words: Sequence[str] = ()
    across: bool = True
    on_new_page: bool = True


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report: title and facts for the cover, what is claimed, the chapters, and what stands at the foot of each page."""

    title: str
    facts: Sequence[tuple[str, str]]
    claim: Sequence[str]
    chapters: Sequence[Chapter]
    foot: str
    cover: Sequence[Table] = field(default_factory=tuple)

    @property
    def anchors(self) -> frozenset[str]:
        """All that a link can lead to on paper."""
        tables = [*self.cover, *(table for chapter in self.chapters for table in chapter.tables)]
        return frozenset(self._names(tables)) - {""}

    def _names(self, tables: Sequence[Table]) -> Iterator[str]:
        yield from (chapter.name for chapter in self.chapters)
        for table in tables:
            yield table.anchor
            yield from (row.anchor for row in table.on_paper)


def money(amount: Decimal, places: int = 2) -> str:
    """An amount with its thousands, never with fewer decimals than it has.

    >>> money(Decimal("-1234567.5")), money(Decimal("1000"), 0), money(Decimal("0.005"))
    ('-1,234,567.50', '1,000', '0.005')
    """
    exact = amount == amount.quantize(Decimal(1).scaleb(-places))
    return f"{amount:,.{places}f}" if exact else f"{amount:,}"
