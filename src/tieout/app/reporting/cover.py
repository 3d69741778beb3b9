"""The cover of the report of a tie-out: what is claimed, a figure for each invariant, differences by kind, what was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tieout.app.reporting.names import (
    ACCOUNTS,
    AGEING,
    BRIDGES,
    DIFFERENCES,
    DOCUMENTS,
    EXPLAINED,
    SUMMARY,
    listed_of,
    row_name,
)
from tieout.app.reporting.report import COUNT, MONEY, Chapter, Column, Link, Row, Table
from tieout.app.reporting.statement import Statement, at_risk
from tieout.app.reporting.tie_out_words import meaning, title
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.records.money import decimals, total

# Where the figures of an invariant come from, if not from the list of documents.
BEHIND = {
    "I4": AGEING,
    "I5": BRIDGES,
    "I18": BRIDGES,
    "I21": ACCOUNTS,
    "I23": AGEING,
    "I26": EXPLAINED,
}
# What these compare are counts.
COUNTED = frozenset({"I12", "I28"})


def verdict(statement: Statement) -> str:
    """Whether both books agree, in one sentence."""
    result = statement.result
    if result.agrees:
        some = any(check.not_compared for check in result.checks)
        return "Both books agree in what was compared." if some else "Both books agree."
    count = len(result.breaks)
    if not count:
        return "Both books agree but for what is in flight."
    return f"The books do not agree: {count:,} difference{'s' if count > 1 else ''}."


def claim(statement: Statement) -> list[str]:
    """What may be said of these books, and what not."""
    result = statement.result
    texts = [" ".join(result.claim.splitlines())]
    texts.append(
        "Both sides are the systems' own figures, read anew. Accounts are right by the posting setup;"
        " whether the setup is right is for the finance team to say."
    )
    left = [f"{c.invariant} {c.name}" for c in result.checks if c.not_compared]
    if left:
        texts.append(f"Not compared: {', '.join(left)}.")
    texts += [f"{c.invariant} leaves out {c.left_out}." for c in result.checks if c.left_out]
    return texts


def _many(count: int, what: str) -> str:
    """A count of things."""
    return f"{count:,} {what if count == 1 else _plural(what)}"


def _plural(what: str) -> str:
    """More than one of it.

    >>> _plural("ledger entry"), _plural("day")
    ('ledger entries', 'days')
    """
    return f"{what[:-1]}ies" if what.endswith("ry") else f"{what}s"


def checks(statement: Statement) -> Table:
    """Each invariant in figures."""
    firsts = _firsts(statement)
    many = len({row.currency for row in statement.documents}) > 1
    words = "Sums are over all currencies; the bridges tell each by itself. " if many else ""
    return Table(
        title="Invariants",
        words=f"{words}Each figure leads to what it is made of.",
        columns=(
            Column("Invariant", 32),
            Column("Compared", 11, COUNT),
            Column("FreshBooks", 17, MONEY),
            Column("NAV", 17, MONEY),
            Column("Differences", 12, COUNT),
            Column("Explained", 11, COUNT),
            Column("", 14),
        ),
        rows=[_check_row(check, firsts) for check in statement.result.checks],
    )


def _check_row(check: Check, firsts: dict[tuple[str, str], str]) -> Row:
    behind = BEHIND.get(check.invariant, DOCUMENTS)
    return Row(
        cells=(
            Link(f"{check.invariant} {check.name}", behind),
            check.compared,
            Link(check.freshbooks, behind),
            Link(check.nav, behind),
            Link(check.differences, firsts.get((DIFFERENCES, check.invariant), "")),
            Link(len(check.explained), firsts.get((EXPLAINED, check.invariant), "")),
            "not compared" if check.not_compared else "agrees" if check.agrees else "differs",
        ),
        places=0 if check.invariant in COUNTED else 2,
    )


def _firsts(statement: Statement) -> dict[tuple[str, str], str]:
    """The row of the first difference, and of the first explained item, of each invariant."""
    found: dict[tuple[str, str], str] = {}
    for chapter, some in listed_of(statement):
        for n, one in enumerate(some):
            found.setdefault((chapter, one.invariant), row_name(chapter, n))
    return found


def summary(statement: Statement) -> Chapter:
    """Findings by their kind, and what was read."""
    tables = (*_by_kind(statement), _populations(statement))
    return Chapter(name=SUMMARY, title="Summary", tables=tables, across=False)


def _by_kind(statement: Statement) -> Iterator[Table]:
    """Differences by their kind, then explained items: how many there are, and what they come to."""
    for chapter, some in listed_of(statement):
        if some:
            broken = chapter == DIFFERENCES
            yield Table(
                title="Differences by kind" if broken else "Explained items by kind",
                words="A document that differs in several ways is counted in each."
                if broken
                else "Gross, recomputed to the cent by a rule of their own; they break nothing.",
                columns=(
                    Column("Difference" if broken else "Explained by", 28),
                    Column("Number", 11, COUNT),
                    Column("At risk" if broken else "Gross", 18, MONEY),
                    Column("", 8),
                    Column("Oldest", 13),
                    Column("", 54),
                ),
                rows=list(_kinds(statement, chapter, some)),
            )


def _kinds(statement: Statement, chapter: str, some: Sequence[Difference]) -> Iterator[Row]:
    """A row for each kind and currency."""
    groups: dict[tuple[Break, str], list[int]] = defaultdict(list)
    for n, one in enumerate(some):
        groups[one.kind, statement.currency_of(one)].append(n)
    for kind, currency in sorted(groups, key=lambda g: (list(Break).index(g[0]), g[1])):
        numbers = groups[kind, currency]
        mine = [some[n] for n in numbers]
        amount = at_risk if chapter == DIFFERENCES else statement.gross
        sums = total(map(amount, mine)) if currency else None
        yield Row(
            cells=(
                Link(title(kind), row_name(chapter, numbers[0])),
                len(mine),
                sums or None,
                currency if sums else "",
                _oldest(statement, chapter, mine),
                meaning(kind),
            ),
            places=decimals(currency),
        )


def _oldest(statement: Statement, chapter: str, some: Sequence[Difference]) -> str:
    if chapter == DIFFERENCES:
        spans = [span for one in some if (span := statement.open_for(one)) is not None]
        days = [span.days for span in spans]
    else:
        days = [age for one in some if (age := statement.age_of(one)) is not None]
    return _many(max(days), "day") if days else ""


def _populations(statement: Statement) -> Table:
    rows = [
        Row(
            cells=(_plural(p.what), None if n else p.count, amount, currency, p.system, ""),
            places=decimals(currency),
        )
        for p in statement.tallies
        for n, (currency, amount) in enumerate(sorted(p.sums.items()))
    ]
    return Table(
        title="What was read and compared",
        columns=(
            Column("Population", 28),
            Column("Number", 11, COUNT),
            Column("Sum", 18, MONEY),
            Column("", 8),
            Column("System", 13),
            Column("", 54),
        ),
        rows=rows,
    )
