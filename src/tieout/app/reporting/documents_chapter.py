"""Every document behind the figures, one row each, adding up to both ends of every bridge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.app.reporting.names import (
    DOCUMENTS,
    listed_of,
    row_name,
    whose,
)
from tieout.app.reporting.report import (
    DAY,
    MONEY,
    Chapter,
    Column,
    Link,
    Look,
    Row,
    Table,
)
from tieout.app.reporting.statement import Statement
from tieout.core.reconciliation.bridge import Topic
from tieout.core.reconciliation.listing import Listed
from tieout.core.records.money import decimals, total

# From so many documents on, the paper has only those that matter.
MANY = 1000
SETTLED = ("agreed", "excluded", "deleted", "")
ON_PAPER = (
    "On paper only what is open, differs or waits is listed one by one, and all others as a sum;"
    " the workbook and the CSV have every document."
)


def documents(statement: Statement) -> Chapter:
    """The list to which every figure leads."""
    columns = (
        Column("Document", 18),
        Column("Number", 13, below=True),
        Column("Customer", 26),
        Column("Dated", 11, DAY),
        Column("NAV number", 14),
        Column("Entry", 9, below=True),
        *(
            Column(f"{system}\n{what}", 13.5, MONEY)
            for what in ("total", "open", "revenue", "tax", "money")
            for system in ("FreshBooks", "NAV")
        ),
        Column("State", 9),
        Column("Differs in", 11),
    )
    marks = _marks(statement)
    many = len(statement.documents) > MANY
    rows, brief = list[Row](), list[Row]()
    for currency in dict.fromkeys(each.currency for each in statement.documents):
        some = [each for each in statement.documents if each.currency == currency]
        head = Row((f"Documents in {currency}", *[""] * 17), f"documents {currency}", Look.GROUP)
        told = [_document_row(statement, each, marks) for each in some]
        rows += [head, *told, _sum_row(some, currency)]
        brief += [head, *_matter(some, told, marks), _sum_row(some, currency)] if many else []
    words = (
        f"Everything behind the figures, as both systems have it; revenue and tax in {statement.lcy}, everything else in the document's currency.",
        f"The whole way of a document, from what FreshBooks said to NAV's entries: tieout explain {statement.pair} DOCUMENT.",
    )
    table = Table(columns=columns, rows=rows, small=True, brief=brief if many else None)
    return Chapter(
        name=DOCUMENTS,
        title="Documents",
        words=(*words, ON_PAPER) if many else words,
        tables=(table,),
    )


def _matter(
    some: Sequence[Listed], told: Sequence[Row], marks: dict[str, tuple[str, str]]
) -> Iterator[Row]:
    """What is open, differs or waits; and all others of the currency in one row."""
    others = []
    for each, row in zip(some, told, strict=True):
        if any(each.open) or each.subject in marks or each.state not in SETTLED:
            yield row
        else:
            others.append(each)
    if others:
        summed = _sum_row(others, others[0].currency)
        yield Row((f"{len(others):,} others", *summed.cells[1:]), places=summed.places)


def _marks(statement: Statement) -> dict[str, tuple[str, str]]:
    """What each document differs in, and the row of the first of these differences."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for chapter, some in listed_of(statement):
        for n, one in enumerate(some):
            found[one.subject].append((one.invariant, row_name(chapter, n)))
    return {
        subject: (", ".join(dict.fromkeys(text for text, _ in each)), each[0][1])
        for subject, each in found.items()
    }


def _document_row(statement: Statement, each: Listed, marks: dict[str, tuple[str, str]]) -> Row:
    text, to = marks.get(each.subject, ("", ""))
    first = statement.by_subject[each.subject] is each
    topics = (Topic.REVENUE, Topic.TAX, Topic.MONEY)
    return Row(
        anchor=f"doc {each.subject}" if first else "",
        cells=(
            each.subject,
            each.number,
            whose(statement, each),
            each.day,
            ", ".join(each.nav_numbers[:4]),
            ", ".join(map(str, each.entries[:4])),
            *_pair(each, Topic.RECEIVABLES),
            *each.open,
            *(amount for topic in topics for amount in _pair(each, topic)),
            each.state,
            Link(text, to) if text else "",
        ),
        places=decimals(each.currency),
    )


def _pair(each: Listed, topic: Topic) -> tuple[Decimal | None, Decimal | None]:
    """Both figures of a topic, empty where the document has no part in it."""
    both = each.figures.get(topic)
    return both if both is not None else (None, None)


def _sum_row(some: Sequence[Listed], currency: str) -> Row:
    topics = (Topic.RECEIVABLES, None, Topic.REVENUE, Topic.TAX, Topic.MONEY)
    sums: list[Decimal] = []
    for topic in topics:
        both = [each.figure(topic) if topic else each.open for each in some]
        sums += [total(one for one, _ in both), total(other for _, other in both)]
    cells = (f"{len(some):,} documents", "", "", None, "", "", *sums, "", "")
    return Row(cells, look=Look.TOTAL, places=decimals(currency))
