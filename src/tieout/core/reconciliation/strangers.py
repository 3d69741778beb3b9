"""I13: on the customers that FreshBooks manages, nothing stands in NAV but what comes from FreshBooks."""

from __future__ import annotations

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total


def strangers(sides: Sides) -> Check:
    """What somebody, or another program, has posted on these customers. What was reversed in NAV has no effect and is let be."""
    ours = sides.managed
    strange = sides.strange
    return Check(
        invariant="I13",
        name="no strangers",
        compared=sum(entry.customer_no in ours for entry in sides.nav.entries),
        freshbooks=ZERO,
        nav=total(entry.amount for entry in strange),
        found=tuple(_difference(entry) for entry in strange),
    )


def _difference(entry: CustomerEntry) -> Difference:
    what = f"{entry.document_type} {entry.document_no}".strip()
    return Difference(
        invariant="I13",
        kind=Break.NAV_ONLY,
        subject=f"customer {entry.customer_no}",
        freshbooks=ZERO,
        nav=entry.amount,
        text=f"{what} of {entry.posting_date.isoformat()} (entry {entry.entry_no}) is not from FreshBooks",
    )
