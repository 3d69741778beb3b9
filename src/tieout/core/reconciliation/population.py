"""I22: FreshBooks' own general ledger knows the same documents as its lists.

A list that lacks a document would prove too little: what is not listed can be missing in NAV unseen. FreshBooks' ledger is fed by the documents and not by the
lists, so it is a population of its own. Its books must also balance; if they do not, that is FreshBooks' own break, and is reported as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from tieout.core.reconciliation.cause import with_causes
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.invariant import summed
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import Money, total

# Receivables in FreshBooks' chart of accounts (FreshBooks help: What accounts are in the chart of accounts?).
RECEIVABLES = "1200"


# Where the consent is older than this check.
NOT_READ = "FreshBooks did not let its own ledger be read. Connect the pair anew (tieout pair connect): the consent asks for it now."


class Population:
    """Documents listed against documents in FreshBooks' ledger, both ways; what each invoice claims there; and whether every entry balances."""

    def __init__(self) -> None:
        self._checks: list[Check] = []
        self._left: dict[tuple[int, str], Decimal] = {}

    def add(self, traces: Traces) -> Iterable[Difference]:
        check = _documents(traces.sides)
        self._checks.append(replace(check, found=with_causes(check.found, traces)))
        self._balance(traces.sides.freshbooks.ledger or ())
        return ()

    def _balance(self, lines: Iterable[FeedLine]) -> None:
        """What is left of entries that do not balance in this part."""
        sums: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for line in lines:
            sums[line.entry, line.currency] += line.amount
        for place, amount in sums.items():
            if amount:
                self._left[place] = self._left.get(place, ZERO) + amount

    def check(self) -> Check:
        check = summed(self._checks)
        return replace(check, found=(*check.found, *self._unbalanced()))

    def _unbalanced(self) -> Iterator[Difference]:
        for (entry, currency), amount in sorted(self._left.items()):
            if amount:
                text = f"FreshBooks' entry {entry} does not balance in {currency}"
                yield _difference(None, amount, text)


def _documents(sides: Sides) -> Check:
    lines = sides.freshbooks.ledger
    if lines is None:
        return _check(0, ZERO, ZERO, not_compared=NOT_READ)
    listed, known = sides.freshbooks.amounts, {line.document for line in lines}
    claims = _claims(lines)
    return _check(
        len(listed),
        total(amount.amount for ref, amount in listed.items() if ref.kind is Kind.INVOICE),
        # FreshBooks' other figure: NAV has no part in this.
        total(_sum(claims, ref) for ref in claims if ref.kind is Kind.INVOICE),
        found=(*_absent(listed, known, claims), *_amounts(listed, known, claims)),
    )


def _claims(lines: Iterable[FeedLine]) -> Mapping[Ref, tuple[Money, ...]]:
    """What each document has on receivables in FreshBooks' ledger, by currency; nothing where it comes to nothing."""
    sums: dict[tuple[Ref, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.account_number == RECEIVABLES and line.document:
            sums[line.document, line.currency] += line.amount
    claims: dict[Ref, tuple[Money, ...]] = {}
    for (ref, currency), amount in sums.items():
        if amount:
            claims[ref] = (*claims.get(ref, ()), Money(amount, currency))
    return claims


def _sum(claims: Mapping[Ref, tuple[Money, ...]], ref: Ref) -> Decimal:
    return total(money.amount for money in claims.get(ref, ()))


def _absent(
    listed: Mapping[Ref, Money], known: set[Ref | None], claims: Mapping[Ref, tuple[Money, ...]]
) -> Iterator[Difference]:
    for ref in sorted(ref for ref in known if ref is not None and ref not in listed):
        yield _difference(ref, _sum(claims, ref), "is in FreshBooks' ledger and in no list")
    # What comes to nothing need not be in a ledger.
    for ref in sorted(ref for ref in listed.keys() - known if listed[ref]):
        yield _difference(ref, listed[ref].amount, "is listed and not in FreshBooks' ledger")


def _amounts(
    listed: Mapping[Ref, Money], known: set[Ref | None], claims: Mapping[Ref, tuple[Money, ...]]
) -> Iterator[Difference]:
    """Invoices that the ledger knows and that claim there something else, in another currency, or nothing."""
    for ref, amount in listed.items():
        there, due = claims.get(ref, ()), (amount,) if amount else ()
        if ref.kind is Kind.INVOICE and ref in known and there != due:
            told = " and ".join(f"{m.amount} {m.currency}" for m in there) or "nothing"
            yield _difference(ref, amount.amount, f"claims {told} in FreshBooks' ledger")


def _check(
    compared: int,
    lists: Decimal,
    ledger: Decimal,
    found: tuple[Difference, ...] = (),
    not_compared: str = "",
) -> Check:
    return Check(
        invariant="I22",
        name="FreshBooks' own ledger",
        compared=compared,
        freshbooks=lists,
        nav=ledger,
        found=found,
        not_compared=not_compared,
    )


def _difference(ref: Ref | None, amount: Decimal, text: str) -> Difference:
    return Difference(
        invariant="I22",
        kind=Break.POPULATION,
        subject=str(ref or "FreshBooks"),
        freshbooks=amount,
        nav=ZERO,
        text=text,
    )
