"""I22: FreshBooks' own general ledger knows the same documents as its lists.

A list that lacks a document would prove too little: what is not listed can be missing in NAV unseen. FreshBooks' ledger is fed by the documents and not by the
lists, so it is a population of its own. Its books must also balance; if they do not, that is FreshBooks' own break, and is reported as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import total

# Receivables in FreshBooks' chart of accounts (FreshBooks help: What accounts are in the chart of accounts?).
RECEIVABLES = "1200"


def population(sides: Sides) -> Check:
    """Documents listed against documents in FreshBooks' ledger, both ways; what each invoice claims there; and whether every entry balances."""
    lines = sides.freshbooks.ledger
    listed, known = sides.freshbooks.amounts, {line.document for line in lines}
    claimed = _claimed(lines)
    found = [
        *_absent(listed, known, claimed),
        *_amounts(listed, claimed),
        *_unbalanced(lines),
    ]
    invoices = [ref for ref in listed if ref.kind is Kind.INVOICE]
    return Check(
        invariant="I22",
        name="FreshBooks' own ledger",
        compared=len(listed),
        freshbooks=total(listed[ref] for ref in invoices),
        # FreshBooks' other figure: NAV has no part in this.
        nav=total(amount for ref, amount in claimed.items() if ref.kind is Kind.INVOICE),
        found=tuple(found),
    )


def _claimed(lines: tuple[FeedLine, ...]) -> Mapping[Ref, Decimal]:
    """What each invoice has on receivables in FreshBooks' ledger."""
    claimed: dict[Ref, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.account_number == RECEIVABLES and line.document:
            claimed[line.document] += line.amount
    return claimed


def _absent(
    listed: Mapping[Ref, Decimal], known: set[Ref | None], claimed: Mapping[Ref, Decimal]
) -> Iterator[Difference]:
    for ref in sorted(ref for ref in known if ref is not None and ref not in listed):
        yield _difference(ref, claimed.get(ref, ZERO), "is in FreshBooks' ledger and in no list")
    # What comes to nothing need not be in a ledger.
    for ref in sorted(ref for ref in listed.keys() - known if listed[ref]):
        yield _difference(ref, listed[ref], "is listed and not in FreshBooks' ledger")


def _amounts(listed: Mapping[Ref, Decimal], claimed: Mapping[Ref, Decimal]) -> Iterator[Difference]:
    for ref, amount in listed.items():
        there = claimed.get(ref)
        if ref.kind is Kind.INVOICE and there is not None and there != amount:
            yield _difference(ref, amount, f"claims {there} in FreshBooks' ledger")


def _unbalanced(lines: tuple[FeedLine, ...]) -> Iterator[Difference]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.entry] += line.amount
    for entry, amount in sums.items():
        if amount:
            yield _difference(None, amount, f"FreshBooks' entry {entry} does not balance")


def _difference(ref: Ref | None, amount: Decimal, text: str) -> Difference:
    return Difference(
        invariant="I22",
        kind=Break.POPULATION,
        subject=str(ref or "FreshBooks"),
        freshbooks=amount,
        nav=ZERO,
        text=text,
    )
