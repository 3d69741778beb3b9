"""NAV's accounts rolled forward: opening, what is from FreshBooks, what others posted, closing; each against NAV's own balance."""

from __future__ import annotations

from tieout.app.reporting.names import ACCOUNTS
from tieout.app.reporting.report import MONEY, Chapter, Column, Row, Table
from tieout.app.reporting.statement import Statement
from tieout.core.reconciliation.roll_forward import Roll
from tieout.core.records.money import decimals, total


def accounts(statement: Statement) -> Chapter:
    """Every G/L account on which the pair has posted."""
    columns = (
        Column("Account", 16),
        Column("Opening", 17, MONEY),
        Column("From FreshBooks", 17, MONEY),
        Column("By others", 17, MONEY),
        Column("Closing of the year", 17, MONEY),
        Column("Closing", 17, MONEY),
        Column("NAV's balance", 17, MONEY),
        Column("Difference", 15, MONEY),
        Column("By whom", 34),
    )
    words = (
        f"In {statement.lcy}, debit positive. Opening is what others had posted before the pair's first day; NAV's balance is its own sum over all entries.",
        f"Any entry is explained by its number: tieout explain {statement.pair} ENTRY.",
    )
    rows = [_row(roll, decimals(statement.lcy)) for roll in statement.accounts]
    table = Table(columns=columns, rows=rows)
    return Chapter(name=ACCOUNTS, title="Accounts rolled forward", words=words, tables=(table,))


def _row(roll: Roll, places: int) -> Row:
    users = ", ".join(user or "nobody" for user in sorted(roll.others))
    cells = (
        roll.name,
        roll.opening,
        roll.ours,
        total(roll.others.values()),
        roll.closes_year,
        roll.closing,
        roll.nav,
        roll.nav - roll.closing,
        users,
    )
    return Row(cells, anchor=roll.name, places=places)
