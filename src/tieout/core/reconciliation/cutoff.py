"""I27: what FreshBooks has by a day and does not count yet is listed with its amount, for whoever closes the month; it breaks nothing."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total


def cutoff(sides: Sides) -> Check:
    """The drafts dated up to the day: their work may be done, and they are no claim before they are sent."""
    drafts = sides.freshbooks.drafts
    return Check(
        invariant="I27",
        name="drafts at cut-off",
        compared=len(drafts),
        freshbooks=total(_owed(draft) for draft in drafts),
        nav=ZERO,
        explained=tuple(_listed(draft) for draft in drafts),
    )


def _owed(draft: Invoice | CreditNote) -> Decimal:
    return draft.amount.amount if isinstance(draft, Invoice) else -draft.amount.amount


def _listed(draft: Invoice | CreditNote) -> Difference:
    return Difference(
        invariant="I27",
        kind=Break.CUT_OFF,
        subject=str(draft.ref),
        freshbooks=_owed(draft),
        nav=ZERO,
        text=f"draft {draft.number} of {draft.issued_on.isoformat()}, not sent; {draft.currency}",
    )
