"""What to do about an invoice or a goodwill credit note: post it, leave it, undo it, or undo and post anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tieout.core.decision.blocked import blocked
from tieout.core.decision.dating import correction_terms, document_terms, reversal_terms
from tieout.core.decision.draft import Draft, held, left_out, numbered
from tieout.core.decision.facts import Case
from tieout.core.decision.nav_side import NAV_REVERSED, nav_finding, posted_again
from tieout.core.decision.payload import journal_payload, payload_buyer, same_effect
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, standing_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_note import credit_note_to_journal, credit_note_type
from tieout.core.journal.invoice import invoice_to_journal, invoice_type
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.numbers import reversal
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.invoice import Invoice

Sale = Invoice | CreditNote
Journalize = Callable[[PostingSetup, Buyer, str, Terms], tuple[Journal | None, tuple[Finding, ...]]]
# What the journal's findings say of a document that gives NAV nothing to post.
NOTHING = "NOTHING_TO_POST"


def decide_sale(draft: Draft, case: Case) -> Verdict:
    """The verdict on an invoice or a goodwill credit note; its commands are added to the draft."""
    record = case.record
    assert isinstance(record, Sale)
    standing = standing_of(case.commands)
    absent = _not_in_books(draft, record)
    finding = nav_finding(draft.facts, standing) if standing.posted else None
    undone = finding is not None and finding.rule == NAV_REVERSED
    if undone and (absent or posted_again(draft.facts, case.ref, standing)):
        standing = standing.taken_out()
    if standing.posted is None:
        if absent:
            return left_out(case.ref, standing, absent)
        terms = document_terms(draft.facts, case.ref, record.issued_on, record.currency)
        if standing.ever_posted:
            edited = draft.facts.local_day(record.updated_on)
            terms = correction_terms(
                draft.facts, case.ref, record.issued_on, edited, record.currency
            )
        verdict = _post(draft, case, record, standing, terms)
        nothing = verdict.state is State.EXCLUDED
        return left_out(case.ref, standing, verdict.reason) if nothing else verdict
    if finding:
        return held(case.ref, finding)
    if absent:
        sent_back = record.visibility is not Visibility.DELETED and _is_draft(draft, record)
        if sent_back and not standing.awaiting:
            return held(case.ref, _withdrawn(absent))
        return _undo(draft, case, record, standing, absent)
    return _compare(draft, case, record, standing)


def journalizer(record: Sale) -> Journalize:
    """How this record becomes a journal."""

    def journalize(
        setup: PostingSetup, buyer: Buyer, no: str, terms: Terms
    ) -> tuple[Journal | None, tuple[Finding, ...]]:
        if isinstance(record, Invoice):
            return invoice_to_journal(record, setup, buyer, no, terms)
        return credit_note_to_journal(record, setup, buyer, no, terms)

    return journalize


def document_type(record: Sale) -> DocumentType:
    """What the record is in NAV: a negative invoice is a credit memo, one of zero that still posts has no type."""
    if isinstance(record, Invoice):
        return invoice_type(record)
    return credit_note_type(record)


def vanished(case: Case) -> Verdict:
    """A document whose id FreshBooks does not know: absence is not deletion."""
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


def _not_in_books(draft: Draft, record: Sale) -> str:
    """Why a document has no place in the ledger; empty if it has one. FreshBooks reports leave out drafts and deleted documents."""
    if record.visibility is Visibility.DELETED:
        return "deleted in FreshBooks"
    if _is_draft(draft, record):
        return "draft: not yet sent"
    if not record.amount and not any(line.amount for line in record.lines):
        return f"{NOTHING}: the total is zero"
    return ""


def _is_draft(draft: Draft, record: Sale) -> bool:
    """A draft that is paid counts as sent, as in FreshBooks' own reports; a payment that was all too much pays nothing of it."""
    return record.draft and not any(p.amount for p in draft.lookup.live_payments_of(record.ref))


def _post(
    draft: Draft,
    case: Case,
    record: Sale,
    standing: Standing,
    terms: Terms | Finding,
    after: tuple[str, ...] = (),
) -> Verdict:
    buyer = draft.buyer(record.customer)
    if isinstance(buyer, Verdict):
        return replace(buyer, ref=case.ref)
    kind = document_type(record)
    used = draft.used(kind)
    base = draft.number(case.ref, record.number, standing, kind)
    standing = standing.clear_of(used, base)
    stop = blocked(draft.facts, buyer.customer_no, kind)
    findings = [f for f in (terms, stop) if isinstance(f, Finding)]
    dated = Terms(posting_date=record.issued_on) if isinstance(terms, Finding) else terms
    journal, wrong = journalizer(record)(draft.facts.setup, buyer, base, dated)
    if any(finding.rule == NOTHING for finding in wrong):
        return Verdict(ref=case.ref, state=State.EXCLUDED, reason=str(wrong[0]))
    if journal is None or findings:
        return held(case.ref, *wrong, *findings)
    payload = journal_payload(journal)
    command = draft.add(
        case.ref, Role.POST, standing, lambda revision: numbered(payload, base, revision), after
    )
    draft.give(command)
    return Verdict(ref=case.ref, state=State.AGREED, findings=wrong, after=(*after, command.key))


def _compare(draft: Draft, case: Case, record: Sale, standing: Standing) -> Verdict:
    """Does what stands in NAV still say what FreshBooks says? Judged by the setup, the groups and the rate it was posted with."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    if not _moved(draft, record, journal):
        buyer = payload_buyer(posted.payload)
        assert buyer is not None
        pinned = draft.facts.setups.get(posted.setup_version, draft.facts.setup)
        terms = Terms(posting_date=journal.posting_date, factor=journal.currency_factor)
        wanted, doubts = journalizer(record)(pinned, buyer, standing.base, terms)
        late = standing.awaiting and wanted is not None and wanted.due_date != journal.due_date
        if wanted is not None and same_effect(wanted, journal) and not late:
            return Verdict(ref=case.ref, state=State.AGREED, findings=doubts)
    return _replace(draft, case, record, standing)


def _replace(draft: Draft, case: Case, record: Sale, standing: Standing) -> Verdict:
    """Reverse what stands and post a new revision; if the new one cannot be posted, nothing is reversed."""
    facts, journal = draft.facts, standing.journal
    assert journal is not None
    edited = facts.local_day(record.updated_on)
    terms = correction_terms(facts, case.ref, record.issued_on, edited, record.currency)
    back = _reversal_terms(draft, case, record, journal)
    if isinstance(back, Finding):
        return held(case.ref, back)
    verdict = _post(draft, case, record, standing, terms, after=(_undo_key(standing),))
    if verdict.state in (State.AGREED, State.EXCLUDED):
        command = _reverse(draft, case, standing, back)
        if verdict.state is State.EXCLUDED:
            return left_out(case.ref, standing, verdict.reason, command.key)
    return verdict


def _undo(draft: Draft, case: Case, record: Sale, standing: Standing, reason: str) -> Verdict:
    journal = standing.journal
    assert journal is not None
    back = _reversal_terms(draft, case, record, journal)
    if isinstance(back, Finding):
        return held(case.ref, back)
    command = _reverse(draft, case, standing, back)
    return left_out(case.ref, standing, reason, command.key)


def _reversal_terms(draft: Draft, case: Case, record: Sale, journal: Journal) -> Terms | Finding:
    live = record.visibility is not Visibility.DELETED
    change = journal.amount - (record.amount.amount if live else 0)
    edited = draft.facts.local_day(record.updated_on)
    return reversal_terms(draft.facts, case.ref, journal, edited, change)


def _reverse(draft: Draft, case: Case, standing: Standing, terms: Terms) -> Command:
    """Post the exact opposite; what is applied to the original is unapplied before."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    no = reversal(standing.base, posted.revision)
    command = draft.add_fixed(
        f"{posted.revision}X",
        case.ref,
        Role.REVERSE,
        posted.revision,
        journal_payload(reversal_of(journal, no, terms)),
    )
    draft.broken[(str(journal.document_type), journal.document_no)] = command.key
    return command


def _undo_key(standing: Standing) -> str:
    assert standing.posted is not None
    return f"{standing.posted.key}X"


def _moved(draft: Draft, record: Sale, journal: Journal) -> bool:
    """Whether the document belongs to another customer now."""
    customer_no = draft.facts.customer_nos.get(record.customer.key)
    return bool(journal.customer_no) and customer_no != journal.customer_no


def _withdrawn(reason: str) -> Finding:
    return Finding(
        rule="WITHDRAWN",
        text=f"It is posted in NAV, but in FreshBooks it now is: {reason}.",
        remedy="Send it again, delete it, or correct its total in FreshBooks, then retry.",
    )
