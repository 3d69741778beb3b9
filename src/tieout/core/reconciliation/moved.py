"""What FreshBooks moved out of a closed period: there its posting stays for ever, taken back on a later day, and posted anew on the new one.

So customers owe the right amount, and days differ as long as the period stays closed. Only the revisions tell this from a document on a wrong day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.cells import Cell, Placed, by_account, summed
from tieout.core.records.ledger import BankEntry, GLEntry, VatEntry

MOVED = "it was moved out of a period that is closed in NAV"
OF_NONE = "-0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What one entry of NAV has of a document: under which key, on which day, and in which cell it is compared."""

    key: str
    day: date
    cell: Cell
    amount: Decimal


def moved_out(placed: Placed, entered: Iterable[Entered], first_open: date) -> bool:
    """Whether the last posting stands as it should, and whatever else is off was posted on a closed day and is taken back, account by account."""
    revisions = _revisions(entered)
    if not revisions:
        return False
    *earlier, last = revisions
    return placed.fits(_cells(last)) and all(_had_to_stay(one, first_open) for one in earlier)


def key_of(row: BankEntry | VatEntry, rows: Iterable[GLEntry]) -> str:
    """The key under which an entry of the bank or of VAT stands, whose ledgers show none; of no revision, if none has its number."""
    number = row.document_type, row.document_no
    keys = (
        one.external_document_no for one in rows if (one.document_type, one.document_no) == number
    )
    return next(keys, OF_NONE)


def _revisions(entered: Iterable[Entered]) -> list[Sequence[Entered]]:
    """Each posting of a document together with its opposite (X), in their order."""
    found: dict[str, list[Entered]] = defaultdict(list)
    for one in entered:
        found[one.key.removesuffix("X")].append(one)
    return [found[key] for key in sorted(found, key=lambda key: int(key.rpartition("-")[2]))]


def _had_to_stay(revision: Sequence[Entered], first_open: date) -> bool:
    """Nothing is left of it; and where it was not taken back on its own day, that day is closed."""
    cells = _cells(revision)
    posted = (one.day for one in revision if not one.key.endswith("X"))
    gone = not any(by_account(cells).values())
    return gone and (not cells or all(day < first_open for day in posted))


def _cells(entered: Iterable[Entered]) -> Mapping[Cell, Decimal]:
    return summed((*one.cell, one.amount) for one in entered)
