"""The differences of a tie-out with both sides' figures and their cures; explained items; what is in flight."""

from __future__ import annotations

from decimal import Decimal

from tieout.app.reporting.names import DIFFERENCES, EXPLAINED, IN_FLIGHT, place_of, row_name, whose
from tieout.app.reporting.report import (
    COUNT,
    MONEY,
    Chapter,
    Column,
    Link,
    Row,
    Table,
    money,
)
from tieout.app.reporting.statement import Statement, at_risk, is_curable
from tieout.app.reporting.tie_out_words import meaning, title
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.records.money import decimals


def differences(statement: Statement) -> Chapter:
    """What breaks an invariant, each with its cure."""
    rows = []
    for n, one in enumerate(statement.result.differences):
        span, currency = statement.open_for(one), statement.currency_of(one)
        risk = at_risk(one) if currency else Decimal(0)
        rows.append(
            Row(
                anchor=row_name(DIFFERENCES, n),
                cells=(
                    one.invariant,
                    title(one.kind),
                    *place_of(statement, one),
                    one.freshbooks,
                    one.nav,
                    risk or None,
                    currency,
                    f"{statement.read_at - span:%Y-%m-%d}" if span is not None else "",
                    f"{span.days} d" if span is not None else "",
                    _told(one),
                    _cure(statement, one),
                ),
                places=decimals(currency) if currency else 0,
            )
        )
    columns = (
        Column("", 5),
        Column("Difference", 14),
        Column("Document", 17),
        Column("Number", 12, below=True),
        Column("Customer", 20),
        Column("FreshBooks", 13, MONEY),
        Column("NAV", 13, MONEY),
        Column("At risk", 13, MONEY),
        Column("", 8),
        Column("First seen", 12),
        Column("Open for", 9, below=True),
        Column("What differs", 42),
        Column("Proposed cure", 30),
    )
    words = (
        "First seen is by the first tie-out that found it. A document that differs in several ways is listed for each.",
        f"What a cure would post is told as NAV would then hold it; it is done by: tieout heal {statement.pair} DOCUMENT.",
    )
    return Chapter(
        name=DIFFERENCES,
        title="Differences",
        words=words,
        tables=(Table(columns=columns, rows=rows),),
    )


def _told(one: Difference) -> str:
    """What differs, and its first cause where one was found."""
    texts = (one.text or meaning(one.kind), one.cause)
    return "\n".join(text[0].upper() + text[1:] for text in texts if text)


def _cure(statement: Statement, one: Difference) -> str:
    cure = statement.cure_of(one)
    if cure is None:
        return "wait" if one.kind is Break.IN_FLIGHT else "for a person to clear up"
    if not is_curable(cure):
        return f"none: {cure.reason}"
    lines = "; ".join(f"{e.day} {e.account} {money(e.amount)}" for e in cure.effects)
    return f"{cure.reason}: {lines}" if lines else cure.reason


def explained(statement: Statement) -> Chapter:
    """What a rule recomputes to the cent, gross and aged."""
    rows = []
    for n, one in enumerate(statement.explained):
        currency, age = statement.currency_of(one), statement.age_of(one)
        rows.append(
            Row(
                anchor=row_name(EXPLAINED, n),
                cells=(
                    one.invariant,
                    title(one.kind),
                    *place_of(statement, one),
                    one.freshbooks,
                    one.nav,
                    statement.gross(one),
                    currency,
                    age,
                    one.text,
                ),
                places=decimals(currency) if currency else 0,
            )
        )
    columns = (
        Column("", 5),
        Column("Explained by", 16),
        Column("Document", 17),
        Column("Number", 12, below=True),
        Column("Customer", 22),
        Column("FreshBooks", 13, MONEY),
        Column("NAV", 13, MONEY),
        Column("Gross", 13, MONEY),
        Column("", 8),
        Column("Age, days", 8, COUNT),
        Column("By which rule", 60),
    )
    words = (
        "Each is recomputed to the cent by a rule, from what stands in both systems; none is free text. Age is that of the document.",
    )
    return Chapter(
        name=EXPLAINED,
        title="Explained items",
        words=words,
        tables=(Table(columns=columns, rows=rows),),
    )


def in_flight(statement: Statement) -> Chapter:
    """What FreshBooks has and Tieout has not carried over yet."""
    rows = []
    for each in statement.result.in_flight:
        listed = statement.by_subject.get(str(each.ref))
        who = whose(statement, listed) if listed else ""
        cells = (
            Link(str(each.ref), f"doc {each.ref}"),
            who,
            each.freshbooks,
            each.nav,
            each.freshbooks - each.nav,
            listed.currency if listed else "",
        )
        rows.append(Row(cells=cells))
    columns = (
        Column("Document", 24),
        Column("Customer", 40),
        Column("FreshBooks", 16, MONEY),
        Column("NAV", 16, MONEY),
        Column("Still to come", 16, MONEY),
        Column("", 8),
    )
    words = ("On their way to NAV when both systems were read: look again when they have arrived.",)
    return Chapter(
        name=IN_FLIGHT, title="In flight", words=words, tables=(Table(columns=columns, rows=rows),)
    )
