"""What to do about an invoice or a credit note: post it, leave it, undo it, or undo and post anew."""

from __future__ import annotations

from collections.abc import Callable

from tieout.core.decision.draft import Draft, held, numbered
from tieout.core.decision.facts import Case
from tieout.core.decision.nav_side import nav_finding
from tieout.core.decision.payload import (
    journal_payload,
    payload_buyer,
    same_effect,
)
from tieout.core.decision.payment import release_payments
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, standing_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_note import credit_note_to_journal
from tieout.core.journal.invoice import invoice_to_journal
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.numbers import reversal
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import command_key
from tieout.core.records.invoice import Invoice

Journalize = Callable[[PostingSetup, Buyer, str], tuple[Journal | None, tuple[Finding, ...]]]


def decide_invoice(draft: Draft, case: Case) -> Verdict:
    """The verdict on an invoice; its commands are added to the draft."""
    invoice = case.record
    if invoice is None:
        return _vanished(case)
    assert isinstance(invoice, Invoice)

    def journalize(
        setup: PostingSetup, buyer: Buyer, no: str
    ) -> tuple[Journal | None, tuple[Finding, ...]]:
        return invoice_to_journal(invoice, setup, buyer, no, Terms(posting_date=invoice.issued_on))

    return _decide(draft, case, invoice, DocumentType.INVOICE, journalize)


def decide_credit_note(draft: Draft, case: Case) -> Verdict:
    """The verdict on a credit note; its commands are added to the draft."""
    note = case.record
    if note is None:
        return _vanished(case)
    assert isinstance(note, CreditNote)

    def journalize(
        setup: PostingSetup, buyer: Buyer, no: str
    ) -> tuple[Journal | None, tuple[Finding, ...]]:
        return credit_note_to_journal(note, setup, buyer, no, Terms(posting_date=note.issued_on))

    return _decide(draft, case, note, DocumentType.CREDIT_MEMO, journalize)


def _decide(
    draft: Draft,
    case: Case,
    record: Invoice | CreditNote,
    kind: DocumentType,
    journalize: Journalize,
) -> Verdict:
    standing = standing_of(case.commands)
    absent = not_in_books(record)
    if standing.posted is None:
        if absent:
            return _left_out(case, standing, absent)
        return _post(draft, case, record, kind, standing, journalize, after=())
    finding = nav_finding(draft.facts, standing)
    if finding:
        return held(case.ref, finding)
    if absent:
        if record.visibility is not Visibility.DELETED:
            return held(case.ref, _withdrawn(absent))
        return _undo(draft, case, standing, absent)
    return _compare(draft, case, record, kind, standing, journalize)


def not_in_books(record: Invoice | CreditNote) -> str:
    """Why a document has no place in the ledger; empty if it has one.

    FreshBooks reports leave out drafts and deleted documents; NAV refuses a journal line of zero.
    """
    if record.visibility is Visibility.DELETED:
        return "deleted in FreshBooks"
    if record.draft:
        return "draft: not yet sent"
    if not record.amount:
        return "NOTHING_TO_POST: the total is zero"
    return ""


def _post(
    draft: Draft,
    case: Case,
    record: Invoice | CreditNote,
    kind: DocumentType,
    standing: Standing,
    journalize: Journalize,
    after: tuple[str, ...],
) -> Verdict:
    buyer = draft.buyer(record.customer)
    if isinstance(buyer, Verdict):
        return Verdict(
            ref=case.ref,
            state=buyer.state,
            reason=buyer.reason,
            findings=buyer.findings,
            after=buyer.after,
        )
    used = draft.used(kind)
    base = draft.number(case.ref, record.number, standing, kind)
    standing = standing.clear_of(used, base)
    journal, findings = journalize(draft.facts.setup, buyer, base)
    if journal is None:
        return held(case.ref, *findings)
    payload = journal_payload(journal)
    command = draft.add(
        case.ref, Role.POST, standing, lambda revision: numbered(payload, base, revision), after
    )
    draft.give(command)
    return Verdict(ref=case.ref, state=State.AGREED, after=(*after, command.key))


def _compare(
    draft: Draft,
    case: Case,
    record: Invoice | CreditNote,
    kind: DocumentType,
    standing: Standing,
    journalize: Journalize,
) -> Verdict:
    """Does what stands in NAV still say what FreshBooks says? Judged by the setup and the customer groups it was posted with."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    buyer = payload_buyer(posted.payload)
    if buyer is None or draft.facts.customer_nos.get(record.customer.key) != buyer.customer_no:
        return held(case.ref, _moved(record))
    pinned = draft.facts.setups.get(posted.setup_version, draft.facts.setup)
    wanted, _ = journalize(pinned, buyer, standing.base)
    if wanted is not None and same_effect(wanted, journal):
        return Verdict(ref=case.ref, state=State.AGREED)
    verdict = _post(
        draft, case, record, kind, standing, journalize, after=(_undo_key(draft, case, posted),)
    )
    if verdict.state is State.AGREED:
        _reverse(draft, case, standing)
    return verdict


def _undo(draft: Draft, case: Case, standing: Standing, reason: str) -> Verdict:
    command = _reverse(draft, case, standing)
    return Verdict(
        ref=case.ref, state=State.AGREED, reason=f"{reason} and reversed", after=(command.key,)
    )


def _reverse(draft: Draft, case: Case, standing: Standing) -> Command:
    """Unapply what our payments settled, then post the exact opposite."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    released = release_payments(draft, posted)
    no = reversal(standing.base, posted.revision)
    return draft.add_fixed(
        _undo_key(draft, case, posted),
        case,
        Role.REVERSE,
        posted.revision,
        journal_payload(reversal_of(journal, no)),
        released,
    )


def _undo_key(draft: Draft, case: Case, posted: Command) -> str:
    return command_key(draft.facts.prefix, case.ref, f"{posted.revision}X")


def _left_out(case: Case, standing: Standing, reason: str) -> Verdict:
    if standing.ever_posted:
        return Verdict(ref=case.ref, state=State.AGREED, reason=f"{reason} and reversed")
    return Verdict(ref=case.ref, state=State.EXCLUDED, reason=reason)


def _vanished(case: Case) -> Verdict:
    if standing_of(case.commands).posted is None:
        return Verdict(
            ref=case.ref, state=State.EXCLUDED, reason="FreshBooks does not know this id"
        )
    return held(
        case.ref,
        Finding(
            rule="ABSENT",
            text="It is posted in NAV, but FreshBooks does not know its id any more.",
            remedy="Absence is not deletion: find out what happened, then reverse it in NAV or retry.",
        ),
    )


def _withdrawn(reason: str) -> Finding:
    return Finding(
        rule="WITHDRAWN",
        text=f"It is posted in NAV, but in FreshBooks it now is: {reason}.",
        remedy="Send it again, delete it, or correct its total in FreshBooks, then retry.",
    )


def _moved(record: Invoice | CreditNote) -> Finding:
    return Finding(
        rule="CUSTOMER_CHANGED",
        text=f"It was posted for another customer than client {record.customer.key}.",
        remedy="Delete it in FreshBooks and write a new one for the right client.",
    )
