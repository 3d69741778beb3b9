"""What settles what in NAV: the applications that a case expects, made or undone, on which day, and that they post nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.acceptance.world import World

Fields = Mapping[str, Any]
DETAILS = "Detailed Cust. Ledg. Entry"


def table(world: World, name: str) -> Sequence[Fields]:
    """All rows of a table of the sandbox, for what NAV's own pages do not show."""
    return list(world.nav_server.state.company.database.all(name))


async def applied(world: World, entry: Fields, other: str, amount: str = "") -> list[str]:
    """This entry is applied to another, and it was not undone."""
    both = {abs(Decimal(row["Amount"])) for row in await _shared(world, entry, other)}
    if both and (not amount or abs(Decimal(amount)) in both):
        return []
    wanted = f" by {amount}" if amount else ""
    return [f"{entry['Document_No']} is not applied to {other}{wanted}; NAV has {sorted(both)}"]


async def application(world: World, posting: Fields) -> list[str]:
    """Entries applied to each other, or unapplied."""
    if posting.get("action") == "unapply":
        return await _unapplied(world, posting)
    found: list[str] = []
    for source in posting["apply"]:
        rows = await _entries(world, source["entry"])
        if not rows:
            return [f"application: {source['entry']} is not posted"]
        for target in posting["to"]:
            found += await applied(world, rows[0], target["entry"], target["amount"])
            made = await _shared(world, rows[0], target["entry"])
            found += _on_its_day(posting, made)
            found += _posts(world, posting, made)
    return found


async def _shared(world: World, entry: Fields, other: str) -> list[Fields]:
    """The detailed entries of an entry whose application also touched the other one."""
    details = await world.nav.rows("DetailedCustLedgEntries", "Entry_Type eq 'Application'")
    live = [row for row in details if not row["Unapplied"]]
    targets = {row["Entry_No"] for row in await _entries(world, other)}
    theirs = {_place(row) for row in live if row["Cust_Ledger_Entry_No"] in targets}
    mine = [row for row in live if row["Cust_Ledger_Entry_No"] == entry["Entry_No"]]
    return [row for row in mine if _place(row) in theirs]


def _place(row: Fields) -> tuple[str, str, Decimal]:
    return row["Document_No"], row["Posting_Date"], abs(Decimal(row["Amount"]))


async def _entries(world: World, document_no: str) -> list[Any]:
    return await world.nav.rows("CustomerLedgerEntries", f"Document_No eq '{document_no}'")


async def _unapplied(world: World, posting: Fields) -> list[str]:
    details = await world.nav.rows("DetailedCustLedgEntries", "Unapplied eq true")
    found: list[str] = []
    for number in posting["entries"]:
        entries = {row["Entry_No"] for row in await _entries(world, number)}
        mine = [row for row in details if row["Cust_Ledger_Entry_No"] in entries]
        if not mine:
            found.append(f"{number} is not unapplied")
            continue
        undoing = {row["Unapplied_by_Entry_No"] for row in mine} - {0}
        back = [row for row in mine if row["Entry_No"] in undoing] or mine
        found += _on_its_day(posting, back)
        found += _posts(world, posting, back)
    return found


def _on_its_day(posting: Fields, details: Iterable[Fields]) -> list[str]:
    days = {row["Posting_Date"] for row in details}
    wanted = posting.get("posting_date")
    return [] if wanted in (None, *days) else [f"application on {wanted}: NAV has {sorted(days)}"]


def _posts(world: World, posting: Fields, details: Iterable[Fields]) -> list[str]:
    """An application that is a transaction of its own has no entries in the general ledger."""
    assert posting["gl_entries"] == []
    numbers = {row["Entry_No"] for row in details}
    transactions = {
        row["Transaction No."] for row in table(world, DETAILS) if row["Entry No."] in numbers
    }
    entries = [e for e in table(world, "G/L Entry") if e["Transaction No."] in transactions]
    return [f"the application posts {e['Amount']} on {e['G/L Account No.']}" for e in entries]
