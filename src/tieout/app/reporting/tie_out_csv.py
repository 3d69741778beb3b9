"""A tie-out as one flat file: several kinds of row, the first column says which; every amount as text, exact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from tieout.app.reporting.cover import claim, verdict
from tieout.app.reporting.csv_file import safe, write_rows
from tieout.app.reporting.statement import Statement, at_risk
from tieout.app.reporting.tie_out_words import TOPICS, step_title
from tieout.core.reconciliation.ageing import sum_of
from tieout.core.reconciliation.difference import Difference

COLUMNS = (
    "row",
    "topic",
    "kind",
    "document",
    "number",
    "customer_no",
    "client",
    "date",
    "currency",
    "freshbooks",
    "nav",
    "amount",
    "count",
    "since",
    "nav_numbers",
    "nav_entries",
    "text",
)
AGES = ("not due", "1-30 days", "31-60 days", "61-90 days", "over 90 days", "unused credit")
Value = str | Decimal | int | date | None


def write_tie_out_csv(statement: Statement, path: Path) -> None:
    """Claim, invariants, bridges with their lines and items, differences, explained items, ageing, numbers, documents."""
    write_rows(path, COLUMNS, _rows(statement))


def _rows(statement: Statement) -> Iterator[list[str]]:
    yield _row("verdict", text=verdict(statement), count=len(statement.result.breaks))
    for text in claim(statement):
        yield _row("claim", text=text)
    for p in statement.tallies:
        for currency, amount in sorted(p.sums.items()):
            told: dict[str, Value] = {"count": p.count, "amount": amount, "currency": currency}
            yield _row("population", topic=p.system, kind=p.what, **told)
    yield from _invariants(statement)
    yield from _bridges(statement)
    for one in statement.result.differences:
        yield _difference(statement, "difference", one)
    for one in statement.explained:
        yield _difference(statement, "explained", one)
    for each in statement.result.in_flight:
        told = {"freshbooks": each.freshbooks, "nav": each.nav}
        yield _row("in flight", document=str(each.ref), **told)
    yield from _ageing(statement)
    yield from _numbers(statement)
    yield from _documents(statement)


def _row(row: str, **values: Value) -> list[str]:
    return [row, *(_text(values.get(name)) for name in COLUMNS[1:])]


def _text(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else safe(value)


def _invariants(statement: Statement) -> Iterator[list[str]]:
    for check in statement.result.checks:
        yield _row(
            "invariant",
            topic=check.invariant,
            kind=check.name,
            freshbooks=check.freshbooks,
            nav=check.nav,
            amount=Decimal(check.differences),
            count=check.compared,
            text=check.not_compared,
        )


def _bridges(statement: Statement) -> Iterator[list[str]]:
    for bridge in statement.bridges:
        about: dict[str, Value] = {"topic": str(bridge.topic), "currency": bridge.currency}
        ends: dict[str, Value] = {"freshbooks": bridge.freshbooks, "nav": bridge.nav}
        yield _row("bridge", text=TOPICS[bridge.topic][0], **about, **ends)
        for step in bridge.steps:
            told: dict[str, Value] = {"kind": step.name, "text": step_title(step.name)}
            yield _row("bridge line", amount=step.effect, count=len(step.items), **about, **told)
            for item in step.items:
                both: dict[str, Value] = {
                    "freshbooks": item.freshbooks,
                    "nav": item.nav,
                    "amount": item.effect,
                }
                yield _row("bridge item", kind=step.name, document=item.subject, **about, **both)


def _difference(statement: Statement, row: str, one: Difference) -> list[str]:
    listed, currency = statement.by_subject.get(one.subject), statement.currency_of(one)
    span = statement.open_for(one)
    amount = at_risk(one) if row == "difference" else statement.gross(one)
    return _row(
        row,
        topic=one.invariant,
        kind=str(one.kind),
        document=one.subject,
        number=listed.number if listed else "",
        customer_no=listed.customer_no if listed else "",
        client=statement.clients.get(listed.client, "") if listed else "",
        date=listed.day if listed else None,
        currency=currency,
        freshbooks=one.freshbooks,
        nav=one.nav,
        amount=amount if currency else None,
        since=(statement.read_at - span).isoformat() if span is not None else "",
        nav_numbers=" ".join(listed.nav_numbers) if listed else "",
        nav_entries=" ".join(map(str, listed.entries)) if listed else "",
        text=". ".join(text for text in (one.text, one.cause) if text),
    )


def _ageing(statement: Statement) -> Iterator[list[str]]:
    for aged in statement.ageing:
        clients = ", ".join(statement.clients.get(client, client) for client in aged.clients)
        about: dict[str, Value] = {
            "customer_no": aged.customer_no,
            "client": clients,
            "currency": aged.currency,
        }
        for kind, freshbooks, nav in zip(AGES, aged.freshbooks, aged.nav, strict=True):
            if freshbooks or nav:
                yield _row("ageing", kind=kind, freshbooks=freshbooks, nav=nav, **about)
        both: dict[str, Value] = {"freshbooks": sum_of(aged.freshbooks), "nav": sum_of(aged.nav)}
        yield _row("ageing", kind="balance", **both, **about)


def _numbers(statement: Statement) -> Iterator[list[str]]:
    for each in statement.series:
        about: dict[str, Value] = {"topic": each.system, "kind": str(each.kind)}
        yield _row("series", count=each.present, text=f"{each.first} to {each.last}", **about)
        for gap in each.gaps:
            number = gap.first if gap.count == 1 else f"{gap.first} to {gap.last}"
            ref = str(gap.ref) if gap.ref else ""
            text = f"{gap.why} ({gap.text})" if gap.text else str(gap.why)
            yield _row("gap", number=number, count=gap.count, document=ref, text=text, **about)
        for number in each.twice:
            yield _row("number given twice", number=number, **about)


def _documents(statement: Statement) -> Iterator[list[str]]:
    """A row for each figure of each document: what it contributes to a bridge, and what is open of it."""
    for each in statement.documents:
        about: dict[str, Value] = {
            "document": each.subject,
            "number": each.number,
            "customer_no": each.customer_no,
            "client": statement.clients.get(each.client, ""),
            "date": each.day,
            "currency": each.currency,
            "nav_numbers": " ".join(each.nav_numbers),
            "nav_entries": " ".join(map(str, each.entries)),
            "text": each.state,
        }
        for topic, (freshbooks, nav) in each.figures.items():
            yield _row("document", topic=str(topic), freshbooks=freshbooks, nav=nav, **about)
        yield _row("document", topic="open", freshbooks=each.open[0], nav=each.open[1], **about)
