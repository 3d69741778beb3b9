"""FreshBooks keeps several things as credit notes: a gift (goodwill), money before any invoice (prepayment), what was paid too much (overpayment).

Only the first is a document of its own in NAV. A prepayment is a receipt; an overpayment is the rest of a payment's receipt and is never posted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.core.decision.facts import Facts
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment

GOODWILL, PREPAYMENT, OVERPAYMENT = "goodwill", "prepayment", "overpayment"


def overpayments(facts: Facts) -> dict[Ref, CreditNote]:
    """The credit note that holds what was paid too much with a payment, by payment; one that cannot be told is left out.

    FreshBooks does not document whether ``overpaymentid`` is the credit note's id or that of a payment of no invoice which holds it. If neither is there,
    the only credit of its client, currency and day is meant, if no other payment may mean it.
    """
    records = [facts.cases[ref].record for ref in sorted(facts.cases)]
    notes = [r for r in records if isinstance(r, CreditNote) and r.credit_type == OVERPAYMENT]
    payments = [r for r in records if isinstance(r, Payment)]
    kept = {p.ref.key: p.credit for p in payments if p.is_rest}
    paid = [p for p in payments if p.overpayment is not None and not p.is_rest]
    named = {p.ref: note for p in paid if (note := _named(p, notes, kept))}
    return {p.ref: note for p in paid if (note := named.get(p.ref) or _of_the_day(p, notes, paid))}


def _named(
    payment: Payment, notes: Sequence[CreditNote], kept: Mapping[str, Ref | None]
) -> CreditNote | None:
    assert payment.overpayment is not None
    meant = (payment.overpayment, kept.get(payment.overpayment.key))
    return next((n for n in notes if n.ref in meant and _account(n) == _account(payment)), None)


def _of_the_day(
    payment: Payment, notes: Sequence[CreditNote], paid: Sequence[Payment]
) -> CreditNote | None:
    """The only credit of the payment's client, currency and day, if no other overpayment of that day may be the one.

    One that was deleted counts only where no other is left: who deletes the wrong one says thereby which is right.
    """
    others = [p for p in paid if p.ref != payment.ref]
    taken = {p.overpayment for p in others}
    rivals = [
        p
        for p in others
        if p.visibility is not Visibility.DELETED
        and (_account(p), p.paid_on) == (_account(payment), payment.paid_on)
    ]
    day = [
        n
        for n in notes
        if (_account(n), n.issued_on) == (_account(payment), payment.paid_on) and n.ref not in taken
    ]
    live = [n for n in day if n.visibility is not Visibility.DELETED]
    if rivals or len(live) > 1:
        return None
    return next(iter(live or day), None)


def paid_with(note: CreditNote, payments: Sequence[Payment]) -> list[Payment]:
    """The payments of an overpayment credit's client, currency and day with which too much was paid."""
    return [
        p
        for p in payments
        if p.overpayment is not None
        and not p.is_rest
        and (_account(p), p.paid_on) == (_account(note), note.issued_on)
    ]


def _account(record: CreditNote | Payment) -> tuple[Ref, str]:
    return (record.customer, record.currency)
