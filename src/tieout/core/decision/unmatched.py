"""What was paid too much, where FreshBooks does not say with which payment it came: what a person reads of it, and has to do.

It is not added to a receipt on suspicion. Somebody who pays 140.00 for an invoice of 120.00 leaves a credit of 20.00; if the payment is then edited to 150.00,
FreshBooks shows one more of 30.00, and the payment names only that. Whether 150.00 came in or 170.00, only the bank statement says.
"""

from __future__ import annotations

from tieout.core.decision.lookup import Lookup
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.payment import Payment


def ownerless(lookup: Lookup, note: CreditNote) -> Finding:
    """A credit that no payment names: it may be left from before one was edited."""
    paid = lookup.paid_with(note)
    rest = lookup.rest_of(paid[0]) if len(paid) == 1 else None
    if rest is None:
        return _of_nobody(note, paid)
    return Finding(
        rule="OVERPAYMENT_UNMATCHED",
        text=f"No payment names credit note {_told(note)}; {paid[0].ref}, the only one of that day with which too much was paid, names {_told(rest)}.",
        remedy=f"See in the bank statement what came in. In FreshBooks, if it was all of it, add the amount to {rest.number}; "
        f"in any case delete {note.number}{_used(note)}. It goes on by itself then.",
    )


def restless(payment: Payment) -> Finding:
    """A payment whose rest may be one of several credits, or is not there."""
    return Finding(
        rule="OVERPAYMENT_UNMATCHED",
        text=f"More was paid than was owed, and which credit note holds the rest cannot be told: it must be the client's only one of {payment.paid_on}.",
        remedy="Delete what is there twice in FreshBooks, or give a credit note the day of the payment that it came with. It goes on by itself then.",
    )


def _of_nobody(note: CreditNote, paid: list[Payment]) -> Finding:
    those = ", ".join(str(one.ref) for one in paid) or "no payment"
    return Finding(
        rule="OVERPAYMENT_UNMATCHED",
        text=f"No payment names credit note {_told(note)}; on that day too much was paid with {those}.",
        remedy="See in the bank statement what came in. In FreshBooks, if this did, enter it as a prepayment of that day; "
        f"in any case delete {note.number}{_used(note)}. It goes on by itself then.",
    )


def _told(note: CreditNote) -> str:
    return f"{note.number} ({note.amount.amount} {note.currency})"


def _used(note: CreditNote) -> str:
    return ", once the payments that use it use another credit" if note.used else ""
