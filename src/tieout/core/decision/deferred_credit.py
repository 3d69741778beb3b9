"""Goodwill credits that count when they are used, if the posting setup says so: the credit note posts nothing, each use of it posts its part."""

from __future__ import annotations

from dataclasses import replace

from tieout.core.decision.credit import GOODWILL
from tieout.core.decision.draft import Draft, held
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.income import Income, Made, Make, Posting
from tieout.core.decision.payload import payload_buyer, payload_journal
from tieout.core.decision.plan import Command, Verdict
from tieout.core.decision.standing import standing_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_use import credit_use_to_journal
from tieout.core.journal.numbers import marked
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment

ON_APPLICATION = "on_application"


def is_deferred(facts: Facts, ref: Ref) -> bool:
    """Whether a credit counts when it is used. What was posted one way stays that way when the setup changes."""
    case = facts.cases.get(ref)
    note = case.record if case else None
    if case is None or not isinstance(note, CreditNote) or note.credit_type != GOODWILL:
        return False
    stands = ref in facts.adoptions or standing_of(case.commands).posted is not None
    if note.amount.amount <= 0 or stands:
        return False
    return facts.setup.goodwill_recognition == ON_APPLICATION or _used_so(facts, ref)


def deferred_use(
    draft: Draft, case: Case, payment: Payment, invoice: Command | None
) -> Income | Verdict | None:
    """The use of such a credit as a document that should stand in NAV; None if it is none."""
    if payment.credit is None or not is_deferred(draft.facts, payment.credit):
        return None
    note = draft.facts.cases[payment.credit].record
    assert isinstance(note, CreditNote)
    buyer = _buyer(draft, case, note)
    if isinstance(buyer, Verdict):
        return replace(buyer, ref=case.ref)
    if invoice is not None and payload_journal(invoice.payload).customer_no != buyer.customer_no:
        return held(case.ref, _moved(buyer.customer_no))
    deleted = payment.visibility is Visibility.DELETED
    live = not deleted and invoice is not None
    return Income(
        case=case,
        customer_no=buyer.customer_no,
        amount=payment.amount.amount if live else payment.amount.amount * 0,
        currency=payment.currency,
        day=payment.paid_on,
        base=marked(draft.facts.prefix, "G", case.ref),
        make=_make(note, payment, buyer),
        edited_on=draft.facts.local_day(payment.updated_on),
        gone="deleted in FreshBooks" if deleted else "nothing is used for an invoice in the books",
        may_be_known=False,
        sale=True,
    )


def _used_so(facts: Facts, note: Ref) -> bool:
    return any(
        standing_of(case.commands).posted is not None
        for case in facts.cases.values()
        if isinstance(case.record, Payment) and case.record.credit == note
    )


def _buyer(draft: Draft, case: Case, note: CreditNote) -> Buyer | Verdict:
    """The customer with the groups that it was posted with, or those it has now."""
    posted = standing_of(case.commands).posted
    known = payload_buyer(posted.payload) if posted else None
    return known or draft.buyer(note.customer)


def _make(note: CreditNote, payment: Payment, buyer: Buyer) -> Make:
    def make(posting: Posting) -> Made:
        return credit_use_to_journal(
            note,
            payment,
            posting.setup,
            buyer,
            posting.document_no,
            posting.applies_to,
            posting.terms,
        )

    return make


def _moved(customer_no: str) -> Finding:
    return Finding(
        rule="CUSTOMER_MOVED",
        text=f"The credit belongs to customer {customer_no}, its invoice to another.",
        remedy="Correct the client of the invoice or of the credit in FreshBooks, then retry.",
    )
