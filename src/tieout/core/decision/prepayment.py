"""Money that came before any invoice: a receipt on account, which later invoices use.

Where the posting setup says so, it is a liability of its own until then (a posting group), or its VAT is declared when it comes in
and taken back when the invoice declares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.core.decision.credit import PREPAYMENT
from tieout.core.decision.dating import application_day, with_rate
from tieout.core.decision.draft import Draft, held
from tieout.core.decision.facts import Case
from tieout.core.decision.income import Income, Made, Make, Posting
from tieout.core.decision.money import decide_money
from tieout.core.decision.payload import journal_payload, payload_journal
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.prepayment_tax import (
    declared_before,
    other_tax,
    tax_group,
    tax_in_doubt,
)
from tieout.core.decision.standing import standing_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import Journal
from tieout.core.journal.numbers import candidates, marked
from tieout.core.journal.payment import prepayment_to_journal, transfer_to_journal
from tieout.core.journal.policies import PrepaymentRule
from tieout.core.journal.prepayment_vat import prepayment_vat
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment


def decide_prepayment(draft: Draft, case: Case) -> Verdict:
    """The verdict on a prepayment credit note: the receipt that it stands for."""
    note = case.record
    assert isinstance(note, CreditNote)
    buyer = draft.buyer(note.customer)
    if isinstance(buyer, Verdict):
        return replace(buyer, ref=case.ref)
    live = note.visibility is not Visibility.DELETED and not note.draft
    income = Income(
        case=case,
        customer_no=buyer.customer_no,
        amount=note.amount.amount if live else Decimal(0),
        currency=note.currency,
        day=note.issued_on,
        base=_base(draft, case, note),
        make=_maker(note),
        edited_on=draft.facts.local_day(note.updated_on),
        gone="deleted in FreshBooks"
        if note.visibility is Visibility.DELETED
        else "draft: not yet sent",
        may_be_known=False,
    )
    finding = _in_doubt(draft, case, note, live=live)
    if finding:
        return held(case.ref, finding)
    verdict = decide_money(draft, income, None)
    return _with_vat(draft, case, note, buyer, verdict)


def _in_doubt(draft: Draft, case: Case, note: CreditNote, *, live: bool) -> Finding | None:
    """Why it waits for a person: what of its VAT is declared is not of what FreshBooks shows now, or tax would not be declared."""
    beside = standing_of(case.commands).beside
    if not live:
        return declared_before("deleted") if beside else None
    rule = draft.facts.setup.prepayment
    declared = next((command for command in beside if command.key.endswith("-V1")), None)
    said = draft.facts.said(case.ref, "PREPAYMENT_VAT") or (rule.vat_prod if rule else "")
    return tax_in_doubt(note, rule, declared, said)


def settle_prepayment(
    draft: Draft, case: Case, payment: Payment, invoice: Command, source: Command
) -> Verdict | None:
    """Use a prepayment for an invoice where more is to be done than to apply it; None if not."""
    rule = draft.facts.setup.prepayment
    note_case = draft.facts.cases.get(source.ref)
    note = note_case.record if note_case else None
    if rule is None or not isinstance(note, CreditNote) or note.credit_type != PREPAYMENT:
        return None
    if source.payload["lines"][0].get("posting_group"):
        return _transfer(draft, case, payment, invoice, source)
    _take_vat_back(draft, case, payment, invoice, note_case)
    return None


def _base(draft: Draft, case: Case, note: CreditNote) -> str:
    standing = standing_of(case.commands)
    if standing.base:
        return standing.base
    used = {no for _, no in draft.facts.taken}
    numbers = candidates(draft.facts.prefix, case.ref, note.number)
    return next((number for number in numbers if number not in used), numbers[-1])


def _maker(note: CreditNote) -> Make:
    def make(posting: Posting) -> Made:
        return prepayment_to_journal(
            note, posting.setup, posting.customer_no, posting.document_no, posting.terms
        )

    return make


def _transfer(
    draft: Draft, case: Case, payment: Payment, invoice: Command, source: Command
) -> Verdict:
    """NAV moves no control account when entries are applied: a pair of lines of one customer does, each settled against its side."""
    standing = standing_of(case.commands)
    bill, receipt = payload_journal(invoice.payload), payload_journal(source.payload)
    if standing.posted is not None:
        targets = {row["applies_to_doc_no"] for row in standing.posted.payload["lines"]}
        if {bill.document_no, receipt.document_no} <= targets:
            return Verdict(ref=case.ref, state=State.AGREED)
        return held(case.ref, _used_up())
    day = application_day(draft.facts, payment.paid_on, bill.posting_date, receipt.posting_date)
    terms = with_rate(draft.facts, day, payment.currency)
    if isinstance(terms, Finding):
        return held(case.ref, terms)
    no = marked(draft.facts.prefix, "T", case.ref)
    journal = transfer_to_journal(receipt, bill, payment, no, draft.facts.setup, terms)
    after = [c.key for c in (invoice, source) if c.key in draft.commands]
    payload = journal_payload(journal)
    command = draft.add(case.ref, Role.POST, standing, lambda _: payload, after)
    return Verdict(ref=case.ref, state=State.AGREED, after=(*after, command.key))


def _with_vat(
    draft: Draft, case: Case, note: CreditNote, buyer: Buyer, verdict: Verdict
) -> Verdict:
    """Declare the VAT of a prepayment beside its receipt, once."""
    rule = draft.facts.setup.prepayment
    declared = {command.key for command in standing_of(case.commands).beside}
    if (
        rule is None
        or not rule.vat_at_receipt
        or verdict.state is not State.AGREED
        or verdict.reason
    ):
        return verdict
    if any(key.endswith("-V1") for key in declared):
        return verdict
    vat = _vat_group(draft, note, rule, buyer)
    if isinstance(vat, Finding):
        _forget(draft, verdict)
        return held(case.ref, vat)
    posted = draft.standing_document(case.ref)
    assert posted is not None
    terms = with_rate(
        draft.facts, date.fromisoformat(posted.payload["posting_date"]), note.currency
    )
    if isinstance(terms, Finding):
        return held(case.ref, terms)
    journal = _vat_journal(
        draft, note.amount, note.issued_on, rule, buyer, vat, _vat_no(draft, note, case), terms
    )
    other = other_tax(note, -(journal.lines[1].vat_amount or Decimal(0)), vat[0])
    if other:
        _forget(draft, verdict)
        return held(case.ref, other)
    command = draft.add_fixed("V1", case.ref, Role.POST, 1, journal_payload(journal), verdict.after)
    return replace(verdict, after=(*verdict.after, command.key))


def _take_vat_back(
    draft: Draft, case: Case, payment: Payment, invoice: Command, note_case: Case | None
) -> None:
    """An invoice declares the VAT of a prepayment that it uses: what was declared before is taken back on its date, once for each use."""
    rule = draft.facts.setup.prepayment
    assert rule is not None
    assert note_case is not None
    note = note_case.record
    assert isinstance(note, CreditNote)
    beside = {command.key: command for command in standing_of(note_case.commands).beside}
    beside |= {key: c for key, c in draft.commands.items() if c.ref == note.ref and "-V" in key}
    declared = next((c for key, c in beside.items() if key.endswith("-V1")), None)
    uses = _uses(draft, note.ref)
    suffix = f"V{uses.index(case.ref) + 1}X"
    if declared is None or any(key.endswith(f"-{suffix}") for key in beside):
        return
    vat_line = payload_journal(declared.payload).lines[1]
    assert vat_line.groups is not None
    buyer = Buyer(customer_no="", gen_bus=vat_line.groups.gen_bus, vat_bus=vat_line.groups.vat_bus)
    percent = _percent(draft, vat_line.groups.vat_prod)
    day = max(date.fromisoformat(invoice.payload["posting_date"]), payment.paid_on)
    terms = with_rate(draft.facts, application_day(draft.facts, day), note.currency)
    if isinstance(terms, Finding):
        return
    no = f"{_vat_no(draft, note, note_case)}-C{uses.index(case.ref) + 1}"
    journal = _vat_journal(
        draft,
        payment.amount,
        day,
        rule,
        buyer,
        (vat_line.groups.vat_prod, percent),
        no,
        terms,
        back=True,
    )
    after = [key for key in (invoice.key, declared.key) if key in draft.commands]
    command = draft.add_fixed(suffix, note.ref, Role.POST, 1, journal_payload(journal), after)
    draft.then(note.ref, command.key)


def _vat_journal(
    draft: Draft,
    amount: Money,
    day: date,
    rule: PrepaymentRule,
    buyer: Buyer,
    vat: tuple[str, Decimal],
    no: str,
    terms: Terms,
    *,
    back: bool = False,
) -> Journal:
    return prepayment_vat(
        amount, day, rule, draft.facts.setup, buyer, vat[0], vat[1], no, terms, back=back
    )


def _vat_no(draft: Draft, note: CreditNote, case: Case) -> str:
    """``FBV0000080`` for the prepayment ``FBC0000080``."""
    prefix = draft.facts.prefix
    return f"{prefix}V{_base(draft, case, note).removeprefix(prefix + 'C')}"


def _vat_group(
    draft: Draft, note: CreditNote, rule: PrepaymentRule, buyer: Buyer
) -> tuple[str, Decimal] | Finding:
    """The VAT group of what was paid for: by rule, as a person says, or that of the tax on its lines; never guessed."""
    group: str | Finding = rule.vat_prod or draft.facts.said(note.ref, "PREPAYMENT_VAT")
    group = group or tax_group(note, draft.facts.setup, buyer.vat_bus)
    if isinstance(group, Finding):
        return group
    if not group:
        return Finding(
            rule="PREPAYMENT_VAT",
            text="VAT of a prepayment is due now, and it is not known for what it was paid.",
            remedy="Say which VAT product group it has: tieout approve with that group as the value.",
        )
    return group, _percent(draft, group)


def _percent(draft: Draft, vat_prod: str) -> Decimal:
    rates = (rule.percent for rule in draft.facts.setup.taxes if rule.vat_prod == vat_prod)
    return next(rates, Decimal(0))


def _uses(draft: Draft, note: Ref) -> Sequence[Ref]:
    """The payments that use a credit, in the order of their ids."""
    return sorted((p.ref for p in draft.lookup.users_of(note)), key=lambda ref: int(ref.key))


def _forget(draft: Draft, verdict: Verdict) -> None:
    """A document that is held after all writes nothing."""
    for key in verdict.after:
        if draft.commands.get(key) and draft.commands[key].ref == verdict.ref:
            draft.drop(key)


def undone_use(draft: Draft, case: Case) -> Finding | None:
    """A finding if a use of a prepayment is undone whose VAT was already taken back for it."""
    record = case.record
    note = (
        draft.facts.cases.get(record.credit)
        if isinstance(record, Payment) and record.credit
        else None
    )
    if note is None:
        return None
    suffix = f"-V{_uses(draft, note.ref).index(case.ref) + 1}X"
    beside = standing_of(note.commands).beside
    return (
        declared_before("deleted")
        if any(command.key.endswith(suffix) for command in beside)
        else None
    )


def _used_up() -> Finding:
    return Finding(
        rule="PREPAYMENT_TRANSFERRED",
        text="The prepayment was moved to an invoice that has changed since.",
        remedy="Unapply and reverse the transfer in NAV with the accountant, then retry.",
    )
