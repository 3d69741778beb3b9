"""Payments that are none: a request to write a claim off, and money for a claim that was written off. A person approves both."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tieout.core.decision.draft import Draft
from tieout.core.decision.facts import Case
from tieout.core.decision.income import Income, Made, Make, Posting
from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command
from tieout.core.decision.standing import standing_of
from tieout.core.journal.lines import Journal
from tieout.core.journal.numbers import candidates, marked
from tieout.core.journal.write_off import is_write_off, recovery_to_journal, write_off_to_journal
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

WRITE_OFF = Finding(
    rule="WRITE_OFF",
    text="A note in FreshBooks asks for a write-off; a note is a request, not an authority.",
    remedy="A credit controller approves it: tieout approve.",
)
RECOVERY = Finding(
    rule="RECOVERY",
    text="Money came in for an invoice that was written off.",
    remedy="Approve that it is posted as a recovery of bad debt: tieout approve.",
)


def keyed_claim(draft: Draft, payment: Payment) -> Finding | None:
    """A finding if a write-off is asked for of an adopted invoice: on which accounts and with which VAT it was keyed is not known."""
    rule = draft.facts.setup.write_off
    if rule is None or payment.invoice not in draft.adopted or not is_write_off(payment, rule):
        return None
    return Finding(
        rule="ADOPTED_WRITE_OFF",
        text=f"It asks to write off {payment.invoice}, which people keyed into NAV.",
        remedy="Write the claim off in NAV with the accountant, then accept that entry as this payment: tieout check --accept --reviewed.",
    )


def write_off(draft: Draft, case: Case, payment: Payment, invoice: Command | None) -> Income | None:
    """The income of a payment that asks for a write-off; None if it does not."""
    rule = draft.facts.setup.write_off
    if rule is None or invoice is None or not is_write_off(payment, rule):
        return None
    claim = payload_journal(invoice.payload)

    def make(posting: Posting) -> Made:
        return write_off_to_journal(
            payment, rule, claim, posting.document_no, posting.setup, posting.terms
        ), ()

    return _income(
        draft,
        case,
        payment,
        claim.customer_no,
        marked(draft.facts.prefix, "W", case.ref),
        make,
        WRITE_OFF,
    )


def recovery(draft: Draft, case: Case, payment: Payment) -> Income | None:
    """The income of money for a claim that was written off; None if it was not."""
    rule = draft.facts.setup.write_off
    journal = _written_off(draft, payment)
    if rule is None or journal is None:
        return None
    amount = draft.lookup.received_with(payment)

    def make(posting: Posting) -> Made:
        made = recovery_to_journal(
            payment,
            Money(amount, payment.currency),
            rule,
            journal,
            posting.document_no,
            posting.setup,
            posting.terms,
        )
        return (None, (made,)) if isinstance(made, Finding) else (made, ())

    base = candidates(draft.facts.prefix, case.ref, "")[0]
    income = _income(draft, case, payment, journal.customer_no, base, make, RECOVERY)
    return replace(income, amount=amount)


def _written_off(draft: Draft, payment: Payment) -> Journal | None:
    """The write-off of the payment's invoice that stands in NAV and was there before this payment."""
    rule = draft.facts.setup.write_off
    for other in draft.lookup.payments_of(payment.invoice):
        posted = standing_of(draft.facts.cases[other.ref].commands).posted
        earlier = other.ref != payment.ref and other.paid_on <= payment.paid_on
        if earlier and posted and is_write_off(other, rule):
            return payload_journal(posted.payload)
    return None


def _income(
    draft: Draft,
    case: Case,
    payment: Payment,
    customer_no: str,
    base: str,
    make: Make,
    ask: Finding,
) -> Income:
    live = payment.visibility is not Visibility.DELETED
    return Income(
        case=case,
        customer_no=customer_no,
        amount=payment.amount.amount if live else Decimal(0),
        currency=payment.currency,
        day=payment.paid_on,
        base=base,
        make=make,
        edited_on=draft.facts.local_day(payment.updated_on),
        gone="NOTHING_TO_POST: the amount is zero" if live else "deleted in FreshBooks",
        ask=ask,
        may_be_known=False,
    )
