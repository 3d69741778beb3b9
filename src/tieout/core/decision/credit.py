"""FreshBooks keeps several things as credit notes: a gift (goodwill), money before any invoice (prepayment), what was paid too much (overpayment).

Only the first is a document of its own in NAV. A prepayment is a receipt; an overpayment is the rest of a payment's receipt and is never posted again.
"""

from __future__ import annotations

from decimal import Decimal

from tieout.core.decision.facts import Case, Facts
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import Payment

GOODWILL, PREPAYMENT, OVERPAYMENT = "goodwill", "prepayment", "overpayment"


def overpayment_of(facts: Facts, payment: Payment) -> CreditNote | None:
    """The credit note that holds what was paid too much with this payment; None if there is none or it cannot be told which.

    FreshBooks does not document whether ``overpaymentid`` is the credit note's id or that of a payment of no invoice which holds it. If neither is there,
    the only credit of its client, currency and day is meant, if no other payment names it.
    """
    if payment.overpayment is None:
        return None
    notes = [note for note in _notes(facts) if _fits(note, payment)]
    rest = facts.cases.get(Ref(Kind.PAYMENT, payment.overpayment.key))
    kept = (
        rest.record.credit
        if rest and isinstance(rest.record, Payment) and rest.record.is_rest
        else None
    )
    named = [note for note in notes if note.ref in (payment.overpayment, kept)]
    if named:
        return named[0]
    others = {p.overpayment for p in _payments(facts) if p.ref != payment.ref}
    same_day = [n for n in notes if n.issued_on == payment.paid_on and n.ref not in others]
    rivals = [p for p in _payments(facts) if p.ref != payment.ref and _same_day(p, payment)]
    return same_day[0] if len(same_day) == 1 and not rivals else None


def received_with(facts: Facts, payment: Payment) -> Decimal:
    """How much money came in with a payment: what it paid of its invoice, and what was too much."""
    live = payment.visibility is not Visibility.DELETED
    extra = overpayment_of(facts, payment)
    rest = extra is not None and extra.visibility is not Visibility.DELETED
    paid = payment.amount.amount if live else Decimal(0)
    return paid + (extra.amount.amount if extra and rest else 0)


def owner_of(facts: Facts, note: CreditNote) -> Payment | None:
    """The payment that an overpayment credit came from."""
    owners = (payment for payment in _payments(facts) if overpayment_of(facts, payment) == note)
    return next(owners, None)


def _fits(note: CreditNote, payment: Payment) -> bool:
    return (
        note.credit_type == OVERPAYMENT
        and note.customer == payment.customer
        and note.currency == payment.currency
    )


def _same_day(one: Payment, other: Payment) -> bool:
    """Whether two overpayments of one client, currency and day cannot be told apart."""
    return (
        one.overpayment is not None
        and one.visibility is not Visibility.DELETED
        and (one.customer, one.currency, one.paid_on)
        == (other.customer, other.currency, other.paid_on)
    )


def _notes(facts: Facts) -> list[CreditNote]:
    return [c.record for c in _cases(facts, Kind.CREDIT_NOTE) if isinstance(c.record, CreditNote)]


def _payments(facts: Facts) -> list[Payment]:
    return [c.record for c in _cases(facts, Kind.PAYMENT) if isinstance(c.record, Payment)]


def _cases(facts: Facts, kind: Kind) -> list[Case]:
    return [facts.cases[ref] for ref in sorted(facts.cases) if ref.kind is kind]
