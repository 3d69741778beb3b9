"""The series of numbers of both systems, and what is missing in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tieout.app.reporting.names import (
    KINDS,
    NUMBERS,
)
from tieout.app.reporting.report import (
    COUNT,
    Chapter,
    Column,
    Link,
    Row,
    Table,
)
from tieout.app.reporting.statement import Statement
from tieout.core.reconciliation.sequence import HARMLESS, Series

# So many gaps are told on paper, and so many numbers that were given twice.
MANY, TWICE = 300, 20


def numbers(statement: Statement) -> Chapter:
    """Each series, then each gap with its reason."""
    series = Table(
        title="Series of numbers",
        columns=(
            Column("Series", 34),
            Column("System", 14),
            Column("First", 20),
            Column("Last", 20),
            Column("Present", 12, COUNT),
            Column("Missing", 12, COUNT),
            Column("Without a reason", 12, COUNT),
            Column("Given twice", 30),
        ),
        rows=[_series_row(n, each) for n, each in enumerate(statement.series)],
    )
    gaps = Table(
        title="Missing numbers",
        words="Numbers between the first and the last of a series under which no document counts.",
        columns=(
            Column("Series", 34),
            Column("System", 14),
            Column("From", 20),
            Column("To", 20),
            Column("Number", 12, COUNT),
            Column("Document", 24),
            Column("Reason", 42),
        ),
        rows=[
            row for n, each in enumerate(statement.series) for row in _gap_rows(statement, n, each)
        ],
    )
    if len(gaps.rows) > MANY:
        left = f"and {len(gaps.rows) - MANY:,} more, in the workbook and the CSV"
        gaps = replace(gaps, brief=[*gaps.rows[:MANY], Row((left, "", "", "", None, "", ""))])
    tables = (series, gaps) if gaps.rows else (series,)
    return Chapter(name=NUMBERS, title="Sequence of numbers", tables=tables)


def _series_row(n: int, each: Series) -> Row:
    unknown = sum(gap.count for gap in each.gaps if gap.why not in HARMLESS)
    cells = (
        Link(KINDS[each.kind], f"series {n}"),
        each.system,
        each.first,
        each.last,
        each.present,
        each.missing,
        unknown,
        _first(each.twice),
    )
    return Row(cells)


def _first(numbers: Sequence[str]) -> str:
    left = f" and {len(numbers) - TWICE:,} more" if len(numbers) > TWICE else ""
    return ", ".join(numbers[:TWICE]) + left


def _gap_rows(statement: Statement, n: int, each: Series) -> Iterator[Row]:
    for at, gap in enumerate(each.gaps):
        ref = str(gap.ref) if gap.ref else ""
        to = f"doc {ref}" if ref in statement.by_subject else ""
        reason = f"{gap.why} ({gap.text})" if gap.text else str(gap.why)
        cells = (
            KINDS[each.kind],
            each.system,
            gap.first,
            gap.last,
            gap.count,
            Link(ref, to),
            reason,
        )
        yield Row(cells, anchor="" if at else f"series {n}")
