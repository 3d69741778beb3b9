"""What is open in one book and settled in the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.matching.naming import difference, sums
from tieout.core.matching.result import Break, Difference, Match
from tieout.core.records.identity import Kind
from tieout.core.records.money import total

# What makes it clear why the money for a document is not where it should be.
CAUSES = (Break.AMOUNT, Break.CUSTOMER, Break.CURRENCY, Break.UNAPPLIED)


def unapplied(
    matches: Iterable[Match],
    missing: Iterable[FreshbooksDocument],
    known: Iterable[Difference],
) -> Iterator[Difference]:
    """Money and credits that FreshBooks has used and NAV still shows open, with what is wrong with the invoice, if it is that."""
    gone = {f.number for f in missing if f.kind is Kind.INVOICE}
    wrong = {f.number for each in known if each.kind in CAUSES for f in each.freshbooks}
    for match in matches:
        left = _left_over(match)
        if left is not None and left < 0:
            named = [number for f in match.freshbooks for number in f.named]
            why = [f"invoice {number} is missing" for number in named if number in gone]
            why += [f"invoice {number} is different" for number in named if number in wrong - gone]
            text = f"{-left:,} of it settles nothing in NAV"
            yield difference(match, Break.UNAPPLIED, left, "; ".join([text, *why]))


def open_amounts(
    matches: Iterable[Match],
    missing: Iterable[FreshbooksDocument],
    strange: Iterable[NavDocument],
    known: Sequence[Difference],
) -> Iterator[Difference]:
    """Invoices open by different amounts, whose own payments are the same in both books: somewhere money settles another item than in FreshBooks."""
    upset = {number for f in missing for number in f.named}
    for each in known:
        if each.kind in CAUSES:
            upset |= {mark for f in each.freshbooks for mark in (f.number, *f.named) if mark}
    used = {n.customer_no for n in strange if n.amount < 0 and n.remaining != n.amount}
    for match in matches:
        left = _open(match)
        is_upset = any(f.number in upset for f in match.freshbooks)
        is_upset = is_upset or bool(used & {n.customer_no for n in match.nav})
        if left and sums(match)[0] > 0 and not is_upset:
            way = "more" if left > 0 else "less"
            yield difference(match, Break.OPEN_AMOUNT, left, f"open by {abs(left):,} {way} in NAV")


def _left_over(match: Match) -> Decimal | None:
    """How much more of a payment or credit is open in NAV, as it stands on the customer: below zero. None where it cannot be told."""
    ours, theirs = sums(match)
    if ours > 0 or ours != theirs:
        return None
    return _open(match)


def _open(match: Match) -> Decimal | None:
    ours = [f.open for f in match.freshbooks]
    known = [amount for amount in ours if amount is not None]
    if len(known) < len(ours) or len(set(sums(match))) > 1:
        return None
    if any(f.kind is not Kind.INVOICE and f.amount > 0 for f in match.freshbooks):
        return None
    return total(n.remaining for n in match.nav) - total(known)
