"""I1: each document has the same total, customer and currency in both books.

Compared by family: all revisions, reversals and the parts of one payment together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.core.reconciliation.books import NavBooks
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO, Expected
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total


def documents(sides: Sides) -> Check:
    """I1. Every document of FreshBooks stands in NAV with its total, customer and currency, and none that FreshBooks does not have."""
    nav = sides.nav
    expected = {e.ref: e for e in sides.expected if e.amount}
    differences: list[Difference] = []
    for ref, want in expected.items():
        found = list(_compare_family(sides, want, nav.families.get(ref, ())))
        later = found and list(_compare_family(sides, want, nav.families_since.get(ref, ())))
        differences += found if later else _late(found, ref, nav)
    for ref in set(nav.families) - set(expected):
        left = total(e.amount for e in nav.families[ref])
        if left:
            found = [_difference(Break.MISSING_IN_FB, str(ref), ZERO, left)]
            stays = total(e.amount for e in nav.families_since[ref])
            differences += found if stays else _late(found, ref, nav)
    moving = {str(ref) for ref in (*expected, *nav.families) if sides.flight.explains(ref)}
    return Check(
        invariant="I1",
        name="document totals",
        compared=len(expected),
        freshbooks=total(e.amount for e in expected.values()),
        nav=total(e.amount for entries in nav.families.values() for e in entries),
        found=tuple(d.as_(Break.IN_FLIGHT) if d.subject in moving else d for d in differences),
    )


def _late(found: Sequence[Difference], ref: Ref, nav: NavBooks) -> list[Difference]:
    """Differences that what NAV posted after the day makes good: the document came later, or was changed when its period was closed."""
    kind = Break.PRIOR_PERIOD_CHANGE if ref in nav.families else Break.DATE_PERIOD
    return [difference.as_(kind) for difference in found]


def _compare_family(
    sides: Sides, want: Expected, entries: Sequence[CustomerEntry]
) -> Iterator[Difference]:
    subject = str(want.ref)
    standing = _standing(entries)
    amount = total(standing.values())
    if not entries:
        yield _difference(Break.MISSING_IN_NAV, subject, want.amount, ZERO)
        return
    if not amount:
        yield _gone(sides, want)
        return
    if amount != want.amount:
        kind = Break.DUPLICATE if _twice(want, entries, amount) else Break.AMOUNT
        yield _difference(kind, subject, want.amount, amount)
    others = sorted({no for no, _ in standing} - {want.customer_no})
    if others:
        text = f"FreshBooks' customer is {want.customer_no or 'not linked'}, NAV has {others}"
        yield _difference(Break.CUSTOMER_MISMATCH, subject, want.amount, amount, text)
    currencies = sorted({c for _, c in standing} - {want.currency_code})
    if currencies:
        text = f"NAV has currency {currencies}, expected {want.currency_code!r}"
        yield _difference(Break.CURRENCY, subject, want.amount, amount, text)


def _twice(want: Expected, entries: Sequence[CustomerEntry], amount: Decimal) -> bool:
    """Whether what stands is the document more than once. An amount that was cut to a half leaves twice as much in NAV, and is no copy."""
    copies = sum(entry.amount == want.amount and not entry.reversed for entry in entries)
    return amount % want.amount == 0 and 1 < amount / want.amount <= copies


def _gone(sides: Sides, want: Expected) -> Difference:
    """What was posted comes to nothing: Tieout took it back itself, or somebody reversed it in NAV."""
    by = sorted(sides.evidence.others_under(want.ref))
    kind = Break.NAV_REVERSED if by else Break.MISSING_IN_NAV
    who = ", ".join(by) or "Tieout"
    text = f"what was posted was taken back in NAV by {who}"
    return _difference(kind, str(want.ref), want.amount, ZERO, text)


def _standing(entries: Sequence[CustomerEntry]) -> dict[tuple[str, str], Decimal]:
    """What stands of a family by customer and currency; what was reversed there and posted elsewhere does not."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.customer_no, entry.currency_code] += entry.amount
    return {place: amount for place, amount in sums.items() if amount}


def _difference(
    kind: Break, subject: str, freshbooks: Decimal, nav: Decimal, text: str = ""
) -> Difference:
    return Difference(
        invariant="I1", kind=kind, subject=subject, freshbooks=freshbooks, nav=nav, text=text
    )
