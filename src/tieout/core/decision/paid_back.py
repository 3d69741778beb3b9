"""Money that went back after it had come: a refund through the gateway, or a chargeback, which a bank took and may have to give again.

The receipt stays in either case; what went back is posted on its own day and settled against it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.core.decision.dating import money_terms
from tieout.core.decision.draft import Draft, held
from tieout.core.decision.income import Income, received
from tieout.core.decision.payload import Entry, entry_of, journal_payload, payload_journal
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, is_chargeback
from tieout.core.journal.lines import Journal
from tieout.core.journal.numbers import marked, reversal, revised
from tieout.core.journal.payment import refund_to_journal
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.identity import CHARGEBACK
from tieout.core.records.money import total


def pay_back(draft: Draft, income: Income, standing: Standing) -> Verdict:
    """The receipt stays, what went back is posted on its own day."""
    ref, journal = income.case.ref, standing.journal
    assert journal is not None
    terms = _terms(draft, income, journal.posting_date)
    if isinstance(terms, Finding):
        return held(ref, terms)
    post = _chargeback if income.charged_back else _refund
    command = post(draft, income, standing, terms)
    draft.broken[_entry(journal)] = command.key
    went = "charged back" if income.charged_back else "paid back"
    reason = "" if income.amount else f"{income.gone}; {went}"
    return Verdict(ref=ref, state=State.AGREED, reason=reason, after=(command.key,))


def is_over(income: Income, standing: Standing) -> bool:
    """Whether a chargeback that stands is none any more: the money is there again, or what is missing is not said to be one."""
    journal = standing.journal
    assert journal is not None
    if not standing.chargebacks:
        return False
    left = received(journal) - standing.refunded
    return income.amount > left or (
        not income.charged_back and income.amount < left + _charged(standing)
    )


def take_again(draft: Draft, income: Income, standing: Standing) -> Verdict:
    """The bank gave the money again: the chargeback is undone on that day, and the receipt pays its invoice as before.

    If FreshBooks shows another amount than the receipt's, what that means is decided once the chargeback is undone.
    """
    ref, journal = income.case.ref, standing.journal
    assert journal is not None
    days = [payload_journal(taken.payload).posting_date for taken in standing.chargebacks]
    terms = _terms(draft, income, max(days))
    if isinstance(terms, Finding):
        return held(ref, terms)
    undone: tuple[Command, ...] = ()
    loosed: tuple[str, ...] = ()
    for chargeback in reversed(standing.chargebacks):
        key = _loosen(draft, income, chargeback, terms, loosed)
        loosed = (*loosed, key) if key else loosed
        undone = (*undone, _undo(draft, income, chargeback, terms, loosed))
    if loosed:
        # The last one: what is applied anew waits for it, and so for all that frees the receipt.
        draft.broken[_entry(journal)] = undone[-1].key
        draft.loosed[undone[-1].key] = loosed
    keys = tuple(command.key for command in undone)
    if income.amount == received(journal) - standing.refunded + _charged(standing):
        return Verdict(ref=ref, state=State.AGREED, after=keys)
    reason = "its chargeback is undone first"
    return Verdict(ref=ref, state=State.PENDING, reason=reason, after=keys)


def _terms(draft: Draft, income: Income, earlier: date) -> Terms | Finding:
    """The day on which FreshBooks was changed, which is all that it says of the money's own; not before what it follows."""
    day = max(income.edited_on, earlier)
    return money_terms(draft.facts, income.case.ref, day, income.currency)


def _refund(draft: Draft, income: Income, standing: Standing, terms: Terms) -> Command:
    journal, facts, ref = standing.journal, draft.facts, income.case.ref
    assert journal is not None
    amount = received(journal) - standing.refunded - income.amount
    base = marked(facts.prefix, "R", ref)
    payload = journal_payload(refund_to_journal(journal, amount, base, facts.setup, terms))
    return draft.add(
        ref,
        Role.POST,
        standing,
        lambda revision: {**payload, "document_no": f"{base}-{revision}"},
    )


def _chargeback(draft: Draft, income: Income, standing: Standing, terms: Terms) -> Command:
    """Chargebacks of a payment are counted by themselves."""
    journal, facts, ref = standing.journal, draft.facts, income.case.ref
    assert journal is not None
    amount = received(journal) - standing.refunded - income.amount
    number = 1 + max((c.revision for c in _tried(income)), default=0)
    no = revised(marked(facts.prefix, "X", ref), number)
    made = refund_to_journal(journal, amount, no, facts.setup, terms, chargeback=True)
    return draft.add_fixed(
        str(number), ref, Role.POST, number, journal_payload(made), word=CHARGEBACK
    )


def _tried(income: Income) -> list[Command]:
    """The chargebacks that were posted or drafted before, whatever became of them; one that had no effect is asked for again."""
    return [
        stored.command
        for stored in income.case.commands
        if is_chargeback(stored.command)
        and stored.command.role is Role.POST
        and stored.state not in ("refused", "abandoned")
    ]


def _loosen(
    draft: Draft, income: Income, chargeback: Command, terms: Terms, after: tuple[str, ...]
) -> str:
    """The key of the command that unapplies a chargeback from its receipt; empty if that was done before."""
    suffix = f"{chargeback.revision}U"
    key = f"{chargeback.key}U"
    if any(stored.done and stored.command.key == key for stored in income.case.commands):
        return ""
    journal = payload_journal(chargeback.payload)
    receipt = journal.lines[0].applies_to
    assert receipt is not None
    payload = {
        "posting_date": terms.posting_date.isoformat(),
        "document_no": _number(draft, income, chargeback),
        "customer_no": journal.customer_no,
        "from_document_type": str(journal.document_type),
        "from_document_no": journal.document_no,
        "to_document_type": str(receipt.document_type),
        "to_document_no": receipt.document_no,
        "amount": "",
    }
    ref = income.case.ref
    return draft.add_fixed(
        suffix, ref, Role.UNAPPLY, chargeback.revision, payload, after, CHARGEBACK
    ).key


def _undo(
    draft: Draft, income: Income, chargeback: Command, terms: Terms, after: tuple[str, ...]
) -> Command:
    journal = payload_journal(chargeback.payload)
    back = reversal_of(journal, _number(draft, income, chargeback), terms)
    reason = terms.reason_code or journal.reason_code
    back = replace(back, document_date=terms.posting_date, reason_code=reason)
    command = draft.add_fixed(
        f"{chargeback.revision}X",
        income.case.ref,
        Role.REVERSE,
        chargeback.revision,
        journal_payload(back),
        after,
        CHARGEBACK,
    )
    entry = entry_of(chargeback.payload)
    assert entry is not None
    draft.broken[entry] = command.key
    return command


def _number(draft: Draft, income: Income, chargeback: Command) -> str:
    return reversal(marked(draft.facts.prefix, "X", income.case.ref), chargeback.revision)


def _charged(standing: Standing) -> Decimal:
    """How much of a receipt banks took back."""
    return total(payload_journal(c.payload).amount for c in standing.chargebacks)


def _entry(journal: Journal) -> Entry:
    return str(journal.document_type), journal.document_no
