"""What the other checks explain, added up gross: I26. Limits and ages it does not know; what the tie-out finds beyond a limit only that one has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from tests.oracle.books import Books, Figures, Line
from tests.oracle.money import NIL, of, summed
from tests.oracle.nav import Row, day


def explained_items(books: Books, others: Sequence[Figures]) -> Figures:
    lines = [line for one in others for line in one.explained]
    gross = summed((line.kind, _amount(books, line)) for line in lines)
    come_to = sum(gross.values(), NIL)
    figures = Figures("I26", len(lines), come_to, come_to)
    for kind in Counter(line.kind for line in lines):
        figures.explains(kind, f"all {kind}", gross.get(kind, NIL), gross.get(kind, NIL))
    return figures


def _amount(books: Books, line: Line) -> Decimal:
    """How much an item explains, without sign."""
    rows = books.nav.general.get(line.where, [])
    if line.kind == "BANK_CHARGE":
        charges = {setup.charges for setup in books.setups.values()} - {""}
        return abs(sum((of(r["Amount"]) for r in rows if r["G_L_Account_No"] in charges), NIL))
    if line.kind == "REFUND":
        back = [r for r in rows if r["Document_Type"].strip() == "Refund" or _charged_back(r)]
        return sum(
            (abs(of(r["Amount"])) for r in back if r["G_L_Account_No"] in books.nav.receivables),
            NIL,
        )
    if line.kind == "ROUNDING":
        return abs(books.rounded.get(line.where, NIL))
    if line.kind == "RATE":
        return abs(line.freshbooks - line.nav)
    if line.kind == "NAV_ONLY":
        return _beside(books, line.where.removeprefix("account "))
    return abs(line.nav) or abs(line.freshbooks)


def _charged_back(row: Row) -> bool:
    return "-CB-" in str(row["External_Document_No"])


def _beside(books: Books, account: str) -> Decimal:
    """Debits and credits alike of what others posted on an account since the pair's first day, but for the closing of a year."""
    ours = {row["Entry_No"] for rows in books.nav.under_key.values() for row in rows}
    first = min(day(row) for rows in books.nav.under_key.values() for row in rows)
    beside = [
        row
        for row in books.nav.gl
        if row["G_L_Account_No"] == account and row["Entry_No"] not in ours
        if day(row) >= first and row["Source_Code"] != "CLSINCOME"
    ]
    return sum((abs(of(row["Amount"])) for row in beside), NIL)
