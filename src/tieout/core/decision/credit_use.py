"""A credit used for an invoice moves no money: what the credit is in NAV is applied to the invoice.

A goodwill credit is a credit memo, a prepayment a receipt, and an overpayment the rest of the receipt of the payment that it came from.
"""

from __future__ import annotations

from tieout.core.decision.applied import Wish, applied
from tieout.core.decision.credit import OVERPAYMENT
from tieout.core.decision.draft import Draft, held, waits
from tieout.core.decision.facts import Case
from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command, State, Verdict
from tieout.core.decision.prepayment import settle_prepayment, undone_use
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment


def decide_credit_use(draft: Draft, case: Case, payment: Payment) -> Verdict:
    """The verdict on a payment from credit."""
    if payment.visibility is Visibility.DELETED or not payment.amount:
        return _unused(draft, case)
    source_ref = _source(draft, payment)
    blocks = _waits(draft, case, payment, source_ref)
    if blocks is not None:
        return blocks
    assert source_ref is not None
    invoice, source = draft.standing_document(payment.invoice), draft.standing_document(source_ref)
    if invoice is None:
        unused = _unused(draft, case)
        elsewhere = _elsewhere(draft, payment, source) if source else None
        return held(case.ref, elsewhere) if elsewhere else unused
    if source is None:
        return held(case.ref, _missing(draft, payment))
    finding = _unlike(invoice, source)
    if finding:
        return held(case.ref, finding)
    return _use(draft, case, payment, invoice, source)


def _use(draft: Draft, case: Case, payment: Payment, invoice: Command, source: Command) -> Verdict:
    special = settle_prepayment(draft, case, payment, invoice, source)
    if special is not None:
        return special
    draft.wishes[case.ref] = Wish(
        source=(source.payload["document_type"], source.payload["document_no"]),
        target=(invoice.payload["document_type"], invoice.payload["document_no"]),
        amount=payment.amount.amount,
    )
    after = tuple(c.key for c in (invoice, source) if c.key in draft.commands)
    return Verdict(ref=case.ref, state=State.AGREED, after=after)


def _unused(draft: Draft, case: Case) -> Verdict:
    """Nothing is to be applied; what is applied is undone."""
    finding = undone_use(draft, case)
    if finding:
        return held(case.ref, finding)
    draft.wishes[case.ref] = None
    record = case.record
    deleted = isinstance(record, Payment) and record.visibility is Visibility.DELETED
    why = "deleted in FreshBooks" if deleted else "its invoice has no place in the books"
    if applied(case) is None and not any(stored.stands for stored in case.commands):
        return Verdict(ref=case.ref, state=State.EXCLUDED, reason=f"{why}: nothing to apply")
    return Verdict(ref=case.ref, state=State.AGREED, reason=f"{why} and unapplied")


def _source(draft: Draft, payment: Payment) -> Ref | None:
    """The record whose document is the credit in NAV: the note itself, or the payment that an overpayment came from."""
    case = draft.facts.cases.get(payment.credit) if payment.credit else None
    note = case.record if case else None
    if isinstance(note, CreditNote) and note.credit_type == OVERPAYMENT:
        owner = draft.lookup.owner_of(note)
        return owner.ref if owner else None
    return payment.credit


def _waits(draft: Draft, case: Case, payment: Payment, source: Ref | None) -> Verdict | None:
    """A use waits for the invoice and for the credit."""
    for ref in (payment.invoice, source):
        verdict = draft.verdicts.get(ref) if ref else None
        if ref is None or verdict is None:
            return held(case.ref, _missing(draft, payment))
        if verdict.state is State.PENDING:
            return waits(case.ref, ref, *verdict.after)
        if verdict.state in (State.HELD, State.DEAD) and draft.standing_document(ref) is None:
            return held(case.ref, _missing(draft, payment))
    return None


def _unlike(invoice: Command, source: Command) -> Finding | None:
    """NAV applies only entries of one customer and one currency to each other."""
    one, other = payload_journal(invoice.payload), payload_journal(source.payload)
    if one.customer_no != other.customer_no:
        return _moved(one.customer_no, other.customer_no)
    if one.currency_code != other.currency_code:
        return Finding(
            rule="CURRENCY_CHANGED",
            text="The invoice and the credit are not in the same currency.",
            remedy="Correct one of them in FreshBooks, then retry.",
        )
    return None


def _elsewhere(draft: Draft, payment: Payment, source: Command) -> Finding | None:
    """What is used for an invoice that is no more is its client's again; that must be the customer on whom the credit stands."""
    stands = payload_journal(source.payload).customer_no
    belongs = draft.facts.customer_nos.get(payment.customer.key, stands)
    return None if belongs == stands else _moved(belongs, stands)


def _moved(invoice: str, credit: str) -> Finding:
    return Finding(
        rule="CUSTOMER_MOVED",
        text=f"Its invoice belongs to customer {invoice}, the credit stands on {credit}.",
        remedy="Correct the client of the invoice or of the credit in FreshBooks, then retry.",
    )


def _missing(draft: Draft, payment: Payment) -> Finding:
    case = draft.facts.cases.get(payment.credit) if payment.credit else None
    if case and case.record and case.record.visibility is Visibility.DELETED:
        return Finding(
            rule="CREDIT_WAITS",
            text=f"It uses {payment.credit}, which was deleted in FreshBooks.",
            remedy="In FreshBooks let this payment use another credit, delete it, or restore the credit. It goes on by itself then.",
        )
    return Finding(
        rule="CREDIT_WAITS",
        text=f"{payment.invoice}, or {payment.credit}, which pays it, is not posted in NAV.",
        remedy="It goes on by itself once both are.",
    )
