"""The bridges of a tie-out on paper: a table for each topic and currency, and the list of what makes each of their lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout.app.reporting.names import (
    ADJUSTMENTS,
    first_of,
    listed_of,
    row_name,
    whose,
)
from tieout.app.reporting.report import (
    COUNT,
    MONEY,
    Chapter,
    Column,
    Link,
    Look,
    Row,
    Table,
)
from tieout.app.reporting.statement import Statement
from tieout.app.reporting.tie_out_words import INVARIANTS, TOPICS, step_title, title
from tieout.core.reconciliation.bridge import Bridge, Reason, Step
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.records.money import decimals, total

COLUMNS = (
    Column("", 62),
    Column("Items", 9, COUNT),
    Column("Gross", 17, MONEY),
    Column("Amount", 19, MONEY),
)

# So many items of a line are told on paper.
MANY = 200


def bridge_tables(statement: Statement) -> Iterator[Table]:
    """Each bridge from FreshBooks' figure to NAV's."""
    for bridge in filter(_says_something, statement.bridges):
        name, start, end = TOPICS[bridge.topic]
        places = decimals(statement.lcy if bridge.local else bridge.currency)
        documents = f"documents {bridge.currency}"
        theirs = sum(bool(item.freshbooks) for item in bridge.items)
        ours = sum(bool(item.nav) for item in bridge.items)
        rows = [
            Row((Link(start, documents), theirs or None, None, bridge.freshbooks), places=places),
            *(_step(bridge, step, places) for step in bridge.steps),
        ]
        if bridge.is_explained:
            rows.append(
                Row((step_title(Reason.NOT_EXPLAINED), None, None, Decimal(0)), places=places)
            )
        rows.append(
            Row(
                (Link(end, documents), ours or None, None, bridge.nav),
                look=Look.TOTAL,
                places=places,
            )
        )
        rows += _beside(statement, bridge, places)
        yield Table(title=_title(statement, bridge, name), columns=COLUMNS, rows=rows)


def _says_something(bridge: Bridge) -> bool:
    return bool(bridge.freshbooks or bridge.nav or bridge.steps)


def _title(statement: Statement, bridge: Bridge, name: str) -> str:
    if bridge.local and bridge.currency != statement.lcy:
        return f"{name}: documents in {bridge.currency}, amounts in {statement.lcy}"
    return f"{name}, {bridge.currency}"


def _step(bridge: Bridge, step: Step, places: int) -> Row:
    link = Link(step_title(step.name), anchor(bridge, step))
    return Row((link, len(step.items), step.gross, step.effect), places=places)


def anchor(bridge: Bridge, step: Step) -> str:
    """The first item of a line."""
    return f"{bridge.topic} {bridge.currency} {step.name}"


def _beside(statement: Statement, bridge: Bridge, places: int) -> Iterator[Row]:
    """What is listed and changes neither end: the right amount in another place, drafts."""
    mine = {item.subject for item in bridge.items if not item.name}
    found: dict[tuple[str, Break], list[Difference]] = {}
    listed = dict(listed_of(statement))
    for chapter, some in listed.items():
        for one in some:
            draft = one.kind is Break.CUT_OFF and statement.currency_of(one) == bridge.currency
            if one.invariant in INVARIANTS[bridge.topic] and (one.subject in mine or draft):
                found.setdefault((chapter, one.kind), []).append(one)
    if found:
        yield Row(("Listed, and in neither figure or without effect on it:", None, None, None))
    for (chapter, kind), some in found.items():
        link = Link(f"   {title(kind)}", row_name(chapter, listed[chapter].index(some[0])))
        yield Row((link, len(some), total(map(statement.gross, some)), None), places=places)


def adjustments(statement: Statement) -> Chapter:
    """Every item of every line of a bridge, under its line, adding up to it."""
    columns = (
        Column("Document", 30),
        Column("Customer", 44),
        Column("FreshBooks", 18, MONEY),
        Column("NAV", 18, MONEY),
        Column("Amount", 18, MONEY),
        Column("", 8),
    )
    rows, brief = list[Row](), list[Row]()
    for bridge in statement.bridges:
        for step in bridge.steps:
            head, *items, end = _items(statement, bridge, step)
            left = len(items) - MANY
            more = f"and {left:,} more, in the workbook and the CSV"
            rest = [Row((more, "", None, None, None, ""))] if left > 0 else []
            rows += [head, *items, end]
            brief += [head, *items[:MANY], *rest, end]
    words = ("What makes each line of the bridges, one by one: NAV less FreshBooks.",)
    table = Table(columns=columns, rows=rows, brief=brief)
    return Chapter(name=ADJUSTMENTS, title="Lines of the bridges", words=words, tables=(table,))


def _behind(statement: Statement, bridge: Bridge, subject: str) -> str:
    """The document of an item, or of a customer the first."""
    customer = subject.removeprefix("customer ")
    if customer == subject:
        return f"doc {subject}"
    return first_of(statement, customer, bridge.currency, other=bridge.local)


def _items(statement: Statement, bridge: Bridge, step: Step) -> Iterator[Row]:
    currency = statement.lcy if bridge.local else bridge.currency
    places, name = decimals(currency), TOPICS[bridge.topic][0]
    yield Row(
        (f"{_title(statement, bridge, name)}: {step_title(step.name)}", *[""] * 5),
        anchor(bridge, step),
        Look.GROUP,
    )
    for item in step.items:
        listed = statement.by_subject.get(item.subject)
        number = f" {listed.number}" if listed and listed.number else ""
        which = Link(f"{item.subject}{number}", _behind(statement, bridge, item.subject))
        who = whose(statement, listed) if listed else ""
        yield Row((which, who, item.freshbooks, item.nav, item.effect, currency), places=places)
    yield Row(("", "", None, None, step.effect, currency), look=Look.TOTAL, places=places)
