"""What NAV shows of one document: entries of its ledgers, what is applied to what, and lines that nobody has posted yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.records.ledger import (
    BankEntry,
    CustomerEntry,
    DetailedEntry,
    GLEntry,
    VatEntry,
)

APPLICATION, INITIAL = "Application", "Initial Entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A VAT entry with its product group, and how far its amount is from what NAV computes itself (local currency)."""

    entry: VatEntry
    vat_prod: str
    difference: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A detailed customer ledger entry; ``unapplied`` if it was undone, or undoes another."""

    entry: DetailedEntry
    unapplied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unposted:
    """A line that waits in a journal for a person to post it; ``amount`` in the document's currency, debit positive."""

    key: str
    template: str
    batch: str
    line_no: int
    document_no: str
    account_type: str
    account_no: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One entry settled with another: numbers of customer ledger entries, ``amount`` as it counts for the first (a debit is settled by a negative one).

    ``other`` is 0 if NAV shows no counterpart. ``undone`` if it was unapplied since.
    """

    entry_no: int
    other: int
    amount: Decimal
    day: date
    document_no: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """All that stands in NAV under the keys of one document now.

    ``others`` are the customer ledger entries that its own are applied to, ``other_keys`` the keys of those, by entry number. ``details`` are what changed its
    customer entries besides applications: realised gains and losses, corrections.
    """

    general: Sequence[GLEntry] = ()
    customers: Sequence[CustomerEntry] = ()
    banks: Sequence[BankEntry] = ()
    taxes: Sequence[Tax] = ()
    details: Sequence[Detail] = ()
    applied: Sequence[Applied] = ()
    others: Sequence[CustomerEntry] = ()
    other_keys: Mapping[int, str] = field(default_factory=dict)
    unposted: Sequence[Unposted] = ()


def pair_up(own: Sequence[int], details: Sequence[Detail]) -> tuple[Applied, ...]:
    """The applications of these customer entries, out of all application details of the documents that they were made with.

    NAV writes two details for each application, of opposite amounts, and its page does not show which belong together: the nearest of the opposite
    amount under the same number and day is taken. An application between two of the entries themselves is told once.
    """
    found: list[Applied] = []
    used: set[int] = set()
    for detail in sorted(details, key=lambda each: each.entry.entry_no):
        mine = detail.entry
        if mine.customer_entry_no not in own or mine.entry_no in used:
            continue
        other = _counterpart(detail, details, used)
        used |= {mine.entry_no} | ({other.entry.entry_no} if other else set())
        found.append(
            Applied(
                entry_no=mine.customer_entry_no,
                other=other.entry.customer_entry_no if other else 0,
                amount=mine.amount,
                day=mine.posting_date,
                document_no=mine.document_no,
                undone=detail.unapplied and (other is None or other.unapplied),
            )
        )
    return tuple(found)


def _counterpart(detail: Detail, details: Sequence[Detail], used: set[int]) -> Detail | None:
    mine = detail.entry
    fitting = [
        each
        for each in details
        if each.entry.entry_no not in used
        and each.entry.customer_entry_no != mine.customer_entry_no
        and _named(each) == _named(detail)
        and each.entry.amount == -mine.amount
    ]

    def distance(each: Detail) -> tuple[bool, int]:
        # NAV's own reversal copies the mark of the last detail, so that one side of a standing application may have it.
        return each.unapplied != detail.unapplied, abs(each.entry.entry_no - mine.entry_no)

    return min(fitting, key=distance, default=None)


def _named(detail: Detail) -> tuple[str, str, date, str]:
    entry = detail.entry
    return (entry.document_type, entry.document_no, entry.posting_date, entry.customer_no)
