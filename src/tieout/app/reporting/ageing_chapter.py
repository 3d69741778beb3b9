"""Open items by customer and age, both books one above the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from tieout.app.reporting.names import AGEING, first_of
from tieout.app.reporting.report import (
    MONEY,
    Cell,
    Chapter,
    Column,
    Link,
    Look,
    Row,
    Table,
)
from tieout.app.reporting.statement import Statement
from tieout.core.reconciliation.ageing import sum_of
from tieout.core.records.money import decimals, total

# Where FreshBooks and NAV say the same.
BOTH = "both"


def ageing_chapter(statement: Statement) -> Chapter:
    """Each customer in one row if both books say the same, else in three; under them all customers of a currency."""
    columns = (
        Column("Customer", 34),
        Column("", 11),
        Column("Not due", 15, MONEY),
        Column("1-30 days", 15, MONEY),
        Column("31-60 days", 15, MONEY),
        Column("61-90 days", 15, MONEY),
        Column("Over 90 days", 15, MONEY),
        Column("Unused credit", 15, MONEY),
        Column("Balance", 16, MONEY),
    )
    rows: list[Row] = []
    for currency in dict.fromkeys(aged.currency for aged in statement.ageing):
        some = [aged for aged in statement.ageing if aged.currency == currency]
        places = decimals(currency)
        rows.append(Row((currency, *[""] * 8), look=Look.GROUP))
        for aged in some:
            names = ", ".join(statement.clients.get(c, c) for c in aged.clients)
            where = f"customer {aged.customer_no} {currency}"
            name = Link(
                f"{aged.customer_no} {names}".strip(),
                first_of(statement, aged.customer_no, currency),
            )
            rows += _sides(name, aged.freshbooks, aged.nav, places, where)
        theirs, ours = _summed(a.freshbooks for a in some), _summed(a.nav for a in some)
        rows += _sides(f"All customers, {currency}", theirs, ours, places, "", Look.TOTAL)
    words = (
        f"What is open at {statement.day} by days past its due date, as each system has it.",
        "One row where both say the same, else FreshBooks above NAV with the difference.",
        "Due dates are each system's own; the balances are those of invariant I4.",
    )
    return Chapter(
        name=AGEING,
        title="Ageing of open items by customer",
        words=words,
        tables=(Table(columns=columns, rows=rows),),
    )


def _summed(bands: Iterable[Sequence[Decimal]]) -> list[Decimal]:
    return [total(column) for column in zip(*bands, strict=True)]


def _sides(
    name: Cell,
    freshbooks: Sequence[Decimal],
    nav: Sequence[Decimal],
    places: int,
    anchor: str,
    look: Look = Look.PLAIN,
) -> Iterator[Row]:
    if list(freshbooks) == list(nav):
        yield Row((name, BOTH, *_bands(freshbooks)), anchor, look, places)
        return
    below = Look.PLAIN if look is Look.PLAIN else Look.BOLD
    yield Row((name, "FreshBooks", *_bands(freshbooks)), anchor, look, places)
    yield Row(("", "NAV", *_bands(nav)), "", below, places)
    left = [one - other for one, other in zip(nav, freshbooks, strict=True)]
    yield Row(("", "Difference", *_bands(left)), "", Look.BOLD, places)


def _bands(amounts: Sequence[Decimal]) -> Iterator[Decimal | None]:
    """Only what there is, and all of it."""
    yield from (amount or None for amount in amounts)
    yield sum_of(list(amounts))
