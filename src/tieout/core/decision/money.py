"""What to do about money that came in: post its receipt, leave it, pay part of it back, or take it back and post it anew.

A payment, a prepayment and a write-off are all the same to this module: an amount that should stand in NAV, and a way to make a journal of it.
"""

from __future__ import annotations

from dataclasses import replace

from tieout.core.decision.blocked import blocked
from tieout.core.decision.dating import (
    correction_terms,
    document_terms,
    money_terms,
    reversal_terms,
)
from tieout.core.decision.draft import Draft, held, left_out, numbered
from tieout.core.decision.duplicates import duplicate
from tieout.core.decision.facts import Facts
from tieout.core.decision.income import Income, Posting, received
from tieout.core.decision.nav_side import NAV_REVERSED, nav_finding, posted_again
from tieout.core.decision.paid_back import is_over, pay_back, take_again
from tieout.core.decision.payload import journal_payload, same_effect
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, standing_of
from tieout.core.journal.lines import Application, Journal
from tieout.core.journal.numbers import reversal
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding


def decide_money(draft: Draft, income: Income, applies_to: Application | None) -> Verdict:
    """The verdict on money; its commands are added to the draft. ``applies_to`` is settled by the posting itself."""
    case = income.case
    standing = standing_of(case.commands)
    finding = nav_finding(draft.facts, standing) if standing.posted else None
    if finding and finding.rule == NAV_REVERSED and _meant(draft, income, standing):
        standing = standing.taken_out()
    if standing.posted is None:
        if not income.amount:
            return left_out(case.ref, standing, income.gone)
        return _post(draft, income, standing, applies_to)
    if finding:
        return held(case.ref, finding)
    if is_over(income, standing):
        return take_again(draft, income, standing)
    if not _changed(draft, income, standing):
        return Verdict(ref=case.ref, state=State.AGREED)
    if (income.gateway or income.charged_back) and _less(draft, income, standing):
        return pay_back(draft, income, standing)
    return _redo(draft, income, standing, applies_to)


def _meant(draft: Draft, income: Income, standing: Standing) -> bool:
    """Whether what a person reversed in NAV should not stand there: FreshBooks says so, or he does, or without a gateway he was asked to reverse it."""
    facts, ref = draft.facts, income.case.ref
    asked = not facts.reach.gateway and facts.approved(ref, "NEEDS_GATEWAY")
    return (
        not income.amount
        or posted_again(facts, ref, standing)
        or (asked and _changed(draft, income, standing))
    )


def _post(
    draft: Draft,
    income: Income,
    standing: Standing,
    applies_to: Application | None,
    after: tuple[str, ...] = (),
) -> Verdict:
    ref, facts = income.case.ref, draft.facts
    terms = _terms(facts, income, standing)
    if isinstance(terms, Finding):
        return held(ref, terms)
    journal, findings = income.make(
        Posting(
            setup=facts.setup,
            customer_no=income.customer_no,
            document_no=income.base,
            terms=terms,
            applies_to=applies_to,
        )
    )
    if journal is None:
        return held(ref, *findings)
    findings = _objections(draft, income, standing, journal)
    if findings:
        return held(ref, *findings)
    payload = journal_payload(journal)
    command = draft.add(
        ref, Role.POST, standing, lambda revision: numbered(payload, income.base, revision), after
    )
    draft.give(command)
    return Verdict(ref=ref, state=State.AGREED, after=(*after, command.key))


def _terms(facts: Facts, income: Income, standing: Standing) -> Terms | Finding:
    ref, day, currency = income.case.ref, income.day, income.currency
    if income.sale and standing.ever_posted:
        return correction_terms(facts, ref, day, income.edited_on, currency)
    if income.sale:
        return document_terms(facts, ref, day, currency)
    return money_terms(facts, ref, day, currency, cash_accounting=income.cash_accounting)


def _objections(
    draft: Draft, income: Income, standing: Standing, journal: Journal
) -> tuple[Finding, ...]:
    facts, ref = draft.facts, income.case.ref
    found = [blocked(facts, journal.customer_no, journal.document_type)]
    if income.may_be_known and not standing.ever_posted:
        found.append(duplicate(facts, journal))
    asked = [income.ask, *found]
    return tuple(f for f in asked if f and (f is found[0] or not facts.approved(ref, f.rule)))


def _changed(draft: Draft, income: Income, standing: Standing) -> bool:
    journal = standing.journal
    assert journal is not None
    if received(journal) - standing.refunded != income.amount:
        return True
    return bool(income.amount) and not _same(draft, income, standing)


def _same(draft: Draft, income: Income, standing: Standing) -> bool:
    """Whether customer, account, day and currency are those of the receipt, whatever was paid back of it."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    pinned = draft.facts.setups.get(posted.setup_version, draft.facts.setup)
    terms = Terms(posting_date=journal.posting_date, factor=journal.currency_factor)
    wanted, _ = income.make(
        Posting(
            setup=pinned,
            customer_no=income.customer_no,
            document_no=journal.document_no,
            terms=terms,
        )
    )
    if wanted is None:
        return False
    return same_effect(scaled(wanted, journal), journal)


def scaled(wanted: Journal, like: Journal) -> Journal:
    """A receipt of two lines with the amount of another: what differs then is not the amount."""
    if len(wanted.lines) != 2 or len(like.lines) != 2:
        return wanted
    lines = zip(wanted.lines, like.lines, strict=True)
    return replace(wanted, lines=tuple(replace(one, amount=other.amount) for one, other in lines))


def _less(draft: Draft, income: Income, standing: Standing) -> bool:
    journal = standing.journal
    assert journal is not None
    less = income.amount < received(journal) - standing.refunded
    return less and (not income.amount or _same(draft, income, standing))


def _redo(
    draft: Draft, income: Income, standing: Standing, applies_to: Application | None
) -> Verdict:
    """A typing error: the receipt is taken back on its own day and posted anew as it should be."""
    ref = income.case.ref
    finding = _fixed(draft, income, standing)
    if finding:
        return held(ref, finding)
    assert standing.posted is not None
    back = _back(draft.facts, income, standing)
    if isinstance(back, Finding):
        return held(ref, back)
    if not income.amount:
        command = _take_back(draft, income, standing, back)
        return left_out(ref, standing, income.gone, command.key)
    key = f"{standing.posted.key}X"
    verdict = _post(draft, income, standing, applies_to, after=(key,))
    if verdict.state is State.AGREED:
        _take_back(draft, income, standing, back)
    return verdict


def _fixed(draft: Draft, income: Income, standing: Standing) -> Finding | None:
    """Why a receipt cannot be taken back; None if it can."""
    journal, facts = standing.journal, draft.facts
    assert journal is not None
    if income.gateway:
        return _hold(
            "PAYMENT_CHANGED",
            f"Its amount, date or type was changed after it was posted, though {income.gateway} collected it.",
        )
    if standing.refunds:
        return _hold("PAYMENT_CHANGED", "It was changed after part of it was paid back.")
    if journal.document_no in facts.reconciled:
        return _hold(
            "BANK_RECONCILED",
            "It was changed or deleted in FreshBooks, but its bank line is reconciled in NAV.",
        )
    if income.sale:
        return None
    if not facts.calendar.takes(journal.posting_date, vat=income.cash_accounting):
        return _hold(
            "PAYMENT_CHANGED",
            f"It was changed or deleted after it was posted, and {journal.posting_date.isoformat()} is closed in NAV.",
        )
    return None


def _back(facts: Facts, income: Income, standing: Standing) -> Terms | Finding:
    """On which day it is taken back: its own, but a document with VAT whose day is closed is corrected as an invoice is."""
    journal = standing.journal
    assert journal is not None
    if not income.sale:
        return Terms(posting_date=journal.posting_date, factor=journal.currency_factor)
    change = journal.amount + income.amount
    return reversal_terms(facts, income.case.ref, journal, income.edited_on, change)


def _take_back(draft: Draft, income: Income, standing: Standing, back: Terms) -> Command:
    """NAV's own reversal; the opposite entry on another day, and of foreign money, which NAV refuses to reverse once it was applied with a gain or loss."""
    posted, journal = standing.posted, standing.journal
    assert posted is not None
    assert journal is not None
    suffix, ref = f"{posted.revision}X", income.case.ref
    if journal.currency_code or back.posting_date != journal.posting_date:
        no = reversal(standing.base, posted.revision)
        payload = journal_payload(reversal_of(journal, no, back))
        command = draft.add_fixed(suffix, ref, Role.REVERSE, posted.revision, payload)
    else:
        payload = {"document_key": posted.key}
        command = draft.add_fixed(suffix, ref, Role.TAKE_BACK, posted.revision, payload)
    draft.broken[(str(journal.document_type), journal.document_no)] = command.key
    return command


def _hold(rule: str, text: str) -> Finding:
    return Finding(
        rule=rule,
        text=text,
        remedy="Correct the receipt in NAV with the accountant (a refund, or leave it on account); then retry.",
    )
