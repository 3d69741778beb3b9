"""I13: on the customers that FreshBooks manages, nothing stands in NAV but what comes from FreshBooks.

Most of what does is a mistake: a receipt or an invoice that somebody keyed in although Tieout has posted it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

# Whoever keys a document in by hand dates it by his paper or by his bank's statement.
NEAR = timedelta(days=10)
Posted = tuple[Ref, CustomerEntry]


def strangers(sides: Sides) -> Check:
    """What somebody, or another program, has posted on these customers. What was reversed in NAV has no effect and is let be."""
    ours = sides.managed
    strange = sides.strange
    posted = _posted(sides)
    return Check(
        invariant="I13",
        name="no strangers",
        compared=sum(entry.customer_no in ours for entry in sides.nav.entries),
        freshbooks=ZERO,
        nav=total(entry.amount for entry in strange),
        found=tuple(_difference(entry, posted.get(_looks(entry), ())) for entry in strange),
    )


def _posted(sides: Sides) -> Mapping[Hashable, Iterable[Posted]]:
    """What Tieout posted and what stands, by what a twin would have in common with it."""
    found: dict[Hashable, list[Posted]] = defaultdict(list)
    for ref, family in sorted(sides.nav.families.items()):
        for entry in family:
            if not entry.reversed:
                found[_looks(entry)].append((ref, entry))
    return found


def _looks(entry: CustomerEntry) -> tuple[str, str, str, Decimal]:
    return entry.customer_no, entry.currency_code, entry.document_type, entry.amount


def _difference(entry: CustomerEntry, alike: Iterable[Posted]) -> Difference:
    what = f"{entry.document_type} {entry.document_no}".strip()
    text = f"{what} of {entry.posting_date.isoformat()} (entry {entry.entry_no})"
    twins = [f"{ref} ({one.document_no})" for ref, one in alike if _near(entry, one)]
    if twins:
        text = f"{text} is the same as {twins[0]}, which Tieout has posted"
    return Difference(
        invariant="I13",
        kind=Break.DUPLICATE if twins else Break.NAV_ONLY,
        subject=f"customer {entry.customer_no}",
        freshbooks=ZERO,
        nav=entry.amount,
        text=text if twins else f"{text} is not from FreshBooks",
    )


def _near(one: CustomerEntry, other: CustomerEntry) -> bool:
    return abs(one.posting_date - other.posting_date) <= NEAR
