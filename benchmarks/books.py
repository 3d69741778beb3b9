"""What NAV's books show after a run: the net amount of each G/L account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tieout.connectors.nav.odata import NavOData
from tieout.connectors.nav.wire.ledgers import WireGLEntry

Totals = Mapping[str, Decimal]


async def totals_of(nav: NavOData) -> Totals:
    """Net of all G/L entries per account, read over OData."""
    totals: dict[str, Decimal] = {}
    async for row in nav.rows("GeneralLedgerEntries", WireGLEntry, orderby="Entry_No"):
        entry = row.entry()
        totals[entry.gl_account_no] = totals.get(entry.gl_account_no, Decimal(0)) + entry.amount
    return {account: amount for account, amount in sorted(totals.items()) if amount}


def disagreements(books: Mapping[str, Totals]) -> list[str]:
    """Where the books of several runs differ from those of the first, one sentence for each account."""
    (first, expected), *others = books.items()
    return [
        f"account {account}: {first} has {expected.get(account, 0)}, {name} has {totals.get(account, 0)}"
        for name, totals in others
        for account in sorted({*expected, *totals})
        if expected.get(account, 0) != totals.get(account, 0)
    ]
