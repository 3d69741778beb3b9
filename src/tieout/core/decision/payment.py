"""What to do about a payment: post it against its invoice, apply a credit, or leave it."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.core.decision.draft import Draft, held, waits
from tieout.core.decision.facts import Case
from tieout.core.decision.nav_side import nav_finding
from tieout.core.decision.payload import journal_payload, payload_journal, same_effect
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, applied_to, standing_of
from tieout.core.journal.lines import Application, DocumentType
from tieout.core.journal.numbers import candidates
from tieout.core.journal.payment import payment_to_journal
from tieout.core.journal.terms import Terms
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref, command_key
from tieout.core.records.payment import Payment

INVOICE = str(DocumentType.INVOICE)
PAYMENT = str(DocumentType.PAYMENT)
CREDIT_MEMO = str(DocumentType.CREDIT_MEMO)


def decide_payment(draft: Draft, case: Case) -> Verdict:
    """The verdict on a payment; invoices and credit notes of the round are decided before."""
    payment = case.record
    assert payment is None or isinstance(payment, Payment)
    standing = standing_of(case.commands)
    if standing.posted is not None:
        return _posted(draft, case, payment, standing)
    if payment is None:
        return Verdict(
            ref=case.ref, state=State.EXCLUDED, reason="FreshBooks does not know this id"
        )
    if payment.from_credit:
        return _from_credit(draft, case, payment, standing)
    if payment.visibility is Visibility.DELETED:
        return Verdict(ref=case.ref, state=State.EXCLUDED, reason="deleted before it was posted")
    if not payment.amount:
        return Verdict(
            ref=case.ref, state=State.EXCLUDED, reason="NOTHING_TO_POST: the amount is zero"
        )
    return _post(draft, case, payment, standing)


def release_payments(draft: Draft, posted: Command) -> tuple[str, ...]:
    """Unapply every payment of ours from a posted document that is about to be reversed; the keys of the commands."""
    document = (posted.payload["document_type"], posted.payload["document_no"])
    keys = []
    for payment, source in _applied(draft, document):
        key = command_key(draft.facts.prefix, payment.ref, f"{posted.revision}U")
        payload = _application(payment, source, document, posted)
        draft.add_fixed(key, payment, Role.UNAPPLY, posted.revision, payload, ())
        keys.append(key)
    return tuple(keys)


def _applied(draft: Draft, document: tuple[str, str]) -> list[tuple[Case, tuple[str, str]]]:
    """The payments that are applied to a document now, the last application first."""
    found = [
        (case, _source(case))
        for case in draft.facts.cases.values()
        if case.ref.kind is Kind.PAYMENT and applied_to(case.commands) == document
    ]
    return sorted(found, key=lambda pair: _applied_when(pair[0]), reverse=True)


def _applied_when(case: Case) -> tuple[str, int]:
    """When NAV made the present application: the last one must be undone first."""
    receipts = [
        stored.receipt
        for stored in case.commands
        if stored.state == "done" and stored.command.role is not Role.UNAPPLY and stored.receipt
    ]
    return (receipts[-1].posted_at, receipts[-1].entry_no) if receipts else ("", 0)


def _source(case: Case) -> tuple[str, str]:
    """The NAV entry that a payment is: its receipt, or the credit memo that it used."""
    posted = standing_of(case.commands).posted
    if posted is not None:
        return PAYMENT, str(posted.payload["document_no"])
    payload = _last_application(case)
    return payload["from_document_type"], payload["from_document_no"]


def _last_application(case: Case) -> Mapping[str, str]:
    return next(
        (
            stored.command.payload
            for stored in reversed(case.commands)
            if stored.command.role is Role.APPLY and stored.state == "done"
        ),
        {},
    )


def _application(
    payment: Case, source: tuple[str, str], target: tuple[str, str], posted: Command
) -> dict[str, str]:
    """The application of a payment to the document that ``posted`` made; as much of it as possible."""
    return {
        "posting_date": _later(payment, posted),
        "document_no": target[1],
        "customer_no": payload_journal(posted.payload).customer_no,
        "from_document_type": source[0],
        "from_document_no": source[1],
        "to_document_type": target[0],
        "to_document_no": target[1],
        "amount": "",
    }


def _later(payment: Case, posted: Command) -> str:
    """An application is dated on the later of its two entries: NAV allows none before either."""
    own = standing_of(payment.commands).posted
    record = payment.record
    paid = record.paid_on.isoformat() if isinstance(record, Payment) else ""
    # A credit may be younger than its use; the date of its first application allows for that.
    used = _last_application(payment).get("posting_date", paid)
    entered = str(own.payload["posting_date"]) if own else used
    return max(entered, str(posted.payload["posting_date"]))


def _posted(draft: Draft, case: Case, payment: Payment | None, standing: Standing) -> Verdict:
    """A posted payment must still say the same; it follows its invoice to the invoice's new revision."""
    journal = standing.journal
    assert journal is not None
    finding = nav_finding(draft.facts, standing)
    if finding:
        return held(case.ref, finding)
    if payment is None or payment.visibility is Visibility.DELETED:
        return held(case.ref, _changed("It was deleted in FreshBooks after it was posted."))
    assert standing.posted is not None
    pinned = draft.facts.setups.get(standing.posted.setup_version, draft.facts.setup)
    wanted, findings = payment_to_journal(
        payment,
        pinned,
        journal.customer_no,
        journal.document_no,
        None,
        Terms(posting_date=payment.paid_on),
    )
    if wanted is None:
        return held(case.ref, *findings)
    if not same_effect(wanted, journal):
        return held(case.ref, _changed("Its amount, date or type was changed after it was posted."))
    return _follow(draft, case, payment)


def _follow(draft: Draft, case: Case, payment: Payment) -> Verdict:
    """Apply the payment to the document that now stands for its invoice, if it is not applied to it yet."""
    command, target = _target(draft, payment.invoice)
    present = _present(draft, case)
    if target is None or present == target or command is None:
        return Verdict(ref=case.ref, state=State.AGREED, after=_mine(draft, case))
    after = (*_mine(draft, case), *([command.key] if command.key in draft.commands else []))
    key = _apply_later(draft, case, command, _source(case), target, after)
    return Verdict(ref=case.ref, state=State.AGREED, after=(*after, key))


def _present(draft: Draft, case: Case) -> tuple[str, str] | None:
    """What the payment is applied to once the commands of this round are done."""
    return None if _mine(draft, case) else applied_to(case.commands)


def _mine(draft: Draft, case: Case) -> tuple[str, ...]:
    return tuple(key for key, command in draft.commands.items() if command.ref == case.ref)


def _target(draft: Draft, ref: Ref) -> tuple[Command | None, tuple[str, str] | None]:
    """The command and the (type, number) of the document that stands for an invoice after this round; none if it has no place in the books."""
    case = draft.facts.cases.get(ref)
    if case is None:
        return None, None
    planned = [c for c in draft.commands.values() if c.ref == ref]
    post = next((c for c in planned if c.role is Role.POST), None)
    if post is None and any(c.role is Role.REVERSE for c in planned):
        return None, None
    command = post or standing_of(case.commands).posted
    if command is None:
        return None, None
    return command, (command.payload["document_type"], command.payload["document_no"])


def _post(draft: Draft, case: Case, payment: Payment, standing: Standing) -> Verdict:
    blocked = _invoice_blocks(draft, case, payment)
    if blocked is not None:
        return blocked
    customer_no = draft.facts.customer_nos.get(payment.customer.key)
    if customer_no is None:
        buyer = draft.buyer(payment.customer)
        assert isinstance(buyer, Verdict)
        return Verdict(
            ref=case.ref,
            state=buyer.state,
            reason=buyer.reason,
            findings=buyer.findings,
            after=buyer.after,
        )
    command, target = _target(draft, payment.invoice)
    early = command is not None and payment.paid_on.isoformat() < command.payload["posting_date"]
    applies = (
        Application(document_type=DocumentType(target[0]), document_no=target[1])
        if target and not early
        else None
    )
    no = candidates(draft.facts.prefix, case.ref, "")[0]
    journal, findings = payment_to_journal(
        payment, draft.facts.setup, customer_no, no, applies, Terms(posting_date=payment.paid_on)
    )
    if journal is None:
        return held(case.ref, *findings)
    payload = journal_payload(journal)
    after = (command.key,) if command is not None and command.key in draft.commands else ()
    posting = draft.add(case.ref, Role.POST, standing, lambda _: payload, after)
    after = (*after, posting.key)
    if early and command is not None and target is not None:
        after = (*after, _apply_later(draft, case, command, (PAYMENT, no), target, after))
    return Verdict(ref=case.ref, state=State.AGREED, after=after)


def _apply_later(
    draft: Draft,
    case: Case,
    invoice: Command,
    source: tuple[str, str],
    target: tuple[str, str],
    after: tuple[str, ...],
) -> str:
    """Apply a payment on the invoice's date; the key.

    NAV lets no entry settle one that is dated later, so money that came before its invoice is posted on account first.
    """
    key = command_key(draft.facts.prefix, case.ref, f"{invoice.revision}A")
    payload = {**_application(case, source, target, invoice), "amount": _share(case)}
    draft.add_fixed(key, case, Role.APPLY, invoice.revision, payload, after)
    return key


def _share(payment: Case) -> str:
    """How much of its source a payment applies: all of the money, but of a credit only what was used for this invoice."""
    record = payment.record
    uses_credit = isinstance(record, Payment) and record.from_credit
    return str(record.amount.amount) if uses_credit and record else ""


def _invoice_blocks(draft: Draft, case: Case, payment: Payment) -> Verdict | None:
    """A payment waits for its invoice; one whose invoice was deleted stays as the customer's credit (FreshBooks keeps such payments active)."""
    verdict = draft.verdicts.get(payment.invoice)
    if verdict is None:
        return held(case.ref, _waiting(payment, "FreshBooks shows no such invoice"))
    if verdict.state is State.PENDING:
        return waits(case.ref, payment.invoice, *verdict.after)
    if verdict.state in (State.HELD, State.DEAD):
        return held(case.ref, _waiting(payment, "which is held"))
    if verdict.state is State.EXCLUDED and "deleted" not in verdict.reason:
        return held(case.ref, _waiting(payment, f"which is left out ({verdict.reason})"))
    return None


def _from_credit(draft: Draft, case: Case, payment: Payment, standing: Standing) -> Verdict:
    """A credit used for an invoice moves no money: the credit memo is applied to the invoice."""
    applied = applied_to(case.commands)
    if payment.visibility is Visibility.DELETED:
        if applied is None:
            return Verdict(
                ref=case.ref, state=State.EXCLUDED, reason="deleted before it was applied"
            )
        return held(case.ref, _changed("It was deleted in FreshBooks after it was applied."))
    if applied is not None:
        return _follow(draft, case, payment)
    invoice, target = _target(draft, payment.invoice)
    credit, source = _target(draft, payment.credit) if payment.credit else (None, None)
    if invoice is None or credit is None or target is None or source is None:
        return held(case.ref, _credit_missing(payment))
    after = tuple(c.key for c in (invoice, credit) if c.key in draft.commands)
    application = _application(case, source, target, invoice)
    payload = {
        **application,
        "posting_date": max(application["posting_date"], credit.payload["posting_date"]),
        "amount": _share(case),
    }
    command = draft.add(case.ref, Role.APPLY, standing, lambda _: payload, after)
    return Verdict(ref=case.ref, state=State.AGREED, after=(*after, command.key))


def _waiting(payment: Payment, why: str) -> Finding:
    return Finding(
        rule="WAITS",
        text=f"waits for {payment.invoice}, {why}.",
        remedy="It goes on by itself once that is settled.",
    )


def _credit_missing(payment: Payment) -> Finding:
    return Finding(
        rule="CREDIT_WAITS",
        text=f"{payment.invoice} or the credit note that pays it is not posted in NAV.",
        remedy="Settle those first, then retry.",
    )


def _changed(text: str) -> Finding:
    return Finding(
        rule="PAYMENT_CHANGED",
        text=text,
        remedy="Correct the receipt in NAV with the accountant; Tieout does not undo money by itself.",
    )
