"""What was posted in a period that is closed, and moved out of it since: struck out under its own number, and posted once more under a higher one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.money import NIL, near, of, summed
from tests.oracle.nav import Nav, Row, day, number

Cell = tuple[str, date]


@dataclass(frozen=True)
class Mark:
    """An amount of a document: by which of its postings, whether by that itself or by what strikes it out, when, and in which cell."""

    posting: int
    strikes: bool
    on: date
    cell: Cell
    amount: Decimal


def mark(nav: Nav, row: Row, cell: Cell, amount: Decimal) -> Mark:
    """That of a row of any ledger; -1 is a posting that no key names."""
    found = re.search(r"-(\d+)(X?)$", nav.key_by_number.get(number(row), ""))
    posting, strikes = (int(found[1]), found[2] == "X") if found else (-1, False)
    return Mark(posting, strikes, day(row), cell, amount)


def moved(
    marks: Sequence[Mark], wanted: dict[Cell, Decimal], cents: Decimal, closed: date
) -> date | None:
    """The first day on which it stood in what is closed (before ``closed``); None unless that, and no other mistake, is all that is off."""
    last = max((one.posting for one in marks), default=-1)
    stands = summed((one.cell, one.amount) for one in marks if one.posting == last)
    if not near(wanted, stands, cents):
        return None
    struck = summed(((m.posting, m.cell[0]), m.amount) for m in marks if m.posting != last)
    off = summed(((m.posting, m.cell), m.amount) for m in marks if m.posting != last)
    days = list(_posted(marks, {posting for posting, _ in off}))
    fits = not struck and days and max(days) < closed
    return min(days) if fits else None


def _posted(marks: Sequence[Mark], postings: set[int]) -> Iterator[date]:
    return (one.on for one in marks if one.posting in postings and not one.strikes)


def moved_in_the_ledger(
    nav: Nav, where: str, own: date, closed: date, *, by_month: bool
) -> date | None:
    """The same of a document as a whole, by the general ledger: its last posting lies on its own day, or in its month."""
    marks = _whole(nav, where, by_month=by_month)
    last = max((one.posting for one in marks), default=-1)
    stands = [one for one in marks if one.posting == last]
    if {one.cell[1] for one in stands} != {own.replace(day=1) if by_month else own}:
        return None
    return moved(marks, summed((one.cell, one.amount) for one in stands), NIL, closed)


def struck_out(
    nav: Nav, where: str, closed: date, *, by_month: bool
) -> tuple[Decimal, date] | None:
    """Of a document that is no more: the debits of what was posted in a closed period and struck out later, and since when."""
    marks = _whole(nav, where, by_month=by_month)
    never = Mark(max((one.posting for one in marks), default=0) + 1, False, closed, ("", closed), NIL)  # fmt: skip
    since = moved([*marks, never], {}, NIL, closed)
    off = {posting for posting, _ in summed(((m.posting, m.cell), m.amount) for m in marks)}
    posted = (m.amount for m in marks if m.posting in off and not m.strikes and m.amount > 0)
    return (sum(posted, NIL), since) if since else None


def _whole(nav: Nav, where: str, *, by_month: bool) -> list[Mark]:
    marks = []
    for row in nav.general.get(where, []):
        on = day(row).replace(day=1) if by_month else day(row)
        marks.append(mark(nav, row, (row["G_L_Account_No"], on), of(row["Amount"])))
    return marks
