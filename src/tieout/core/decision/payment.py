"""What to do about a payment: its money, what it settles, and what FreshBooks only calls a payment (a credit used, a write-off, a recovery)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tieout.core.decision.applied import Wish
from tieout.core.decision.credit_use import decide_credit_use
from tieout.core.decision.deferred_credit import deferred_use, is_deferred
from tieout.core.decision.draft import Draft, held, left_out, waits
from tieout.core.decision.facts import Case
from tieout.core.decision.income import Income, Made, Make, Posting
from tieout.core.decision.money import decide_money
from tieout.core.decision.payload import (
    Entry,
    payload_amount,
    payload_buyer,
    payload_customer,
    payload_journal,
)
from tieout.core.decision.plan import Command, State, Verdict
from tieout.core.decision.standing import standing_of
from tieout.core.decision.unmatched import restless
from tieout.core.decision.write_offs import keyed_claim, recovery, write_off
from tieout.core.journal.lines import Application, DocumentType
from tieout.core.journal.numbers import candidates
from tieout.core.journal.payment import is_chargeback, payment_to_journal
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref
from tieout.core.records.money import Money, total
from tieout.core.records.payment import Payment

BANK_CHARGE = "BANK_CHARGE"
BY_ITSELF = "It goes on by itself once that is settled."
LEFT_OUT = "Send the invoice or correct its total in FreshBooks, if it is to count; if not, delete the payment or take it to another invoice."


def decide_payment(draft: Draft, case: Case) -> Verdict:
    """The verdict on a payment; invoices and credit notes of the round are decided before."""
    payment = case.record
    assert payment is None or isinstance(payment, Payment)
    standing = standing_of(case.commands)
    if payment is None:
        known = standing.posted is not None
        return (
            held(case.ref, _absent())
            if known
            else left_out(case.ref, standing, "FreshBooks does not know this id")
        )
    if payment.is_rest:
        return left_out(case.ref, standing, f"the rest of an overpayment, kept as {payment.credit}")
    if payment.from_credit and not (payment.credit and is_deferred(draft.facts, payment.credit)):
        return decide_credit_use(draft, case, payment)
    blocks = _invoice_blocks(draft, case, payment)
    posted = standing.posted is not None
    if blocks is not None and not posted and payment.visibility is not Visibility.DELETED:
        return blocks
    verdict = _decide(draft, case, payment)
    return (
        blocks
        if blocks is not None
        and verdict.state is State.AGREED
        and not verdict.after
        and not verdict.reason
        else verdict
    )


def _decide(draft: Draft, case: Case, payment: Payment) -> Verdict:
    invoice = draft.standing_document(payment.invoice)
    income = _income(draft, case, payment, invoice)
    if isinstance(income, Verdict):
        return income
    target = _target(draft, payment, invoice)
    if isinstance(target, Finding):
        return held(case.ref, target)
    direct = target if target and _settles_itself(draft, payment, income, invoice) else None
    verdict = decide_money(draft, income, direct and _application(direct))
    if verdict.state is State.AGREED:
        _wish(draft, case, payment, target)
        verdict = _after_invoice(draft, verdict, invoice)
    return verdict


def _income(
    draft: Draft, case: Case, payment: Payment, invoice: Command | None
) -> Income | Verdict:
    keyed = keyed_claim(draft, payment)
    if keyed:
        return held(case.ref, keyed)
    special = (
        deferred_use(draft, case, payment, invoice)
        or write_off(draft, case, payment, invoice)
        or recovery(draft, case, payment)
    )
    if special is not None:
        return special
    customer_no = payload_customer(invoice.payload) if invoice else ""
    customer_no = customer_no or draft.facts.customer_nos.get(payment.customer.key, "")
    if not customer_no:
        buyer = draft.buyer(payment.customer)
        assert isinstance(buyer, Verdict)
        return replace(buyer, ref=case.ref)
    live = payment.visibility is not Visibility.DELETED
    rest = draft.lookup.rest_of(payment) if payment.overpayment is not None and live else None
    if payment.overpayment is not None and live and rest is None:
        return held(case.ref, restless(payment))
    kept = rest if rest and rest.visibility is not Visibility.DELETED else None
    if kept and draft.facts.customer_nos.get(kept.customer.key, customer_no) != customer_no:
        return held(case.ref, _rest_elsewhere(kept.ref))
    amount = draft.lookup.received_with(payment)
    ask = _moved(draft, case, customer_no)
    if isinstance(ask, Verdict):
        return ask
    return Income(
        case=case,
        customer_no=customer_no,
        amount=amount,
        currency=payment.currency,
        day=payment.paid_on,
        base=candidates(draft.facts.prefix, case.ref, "")[0],
        make=_make(draft, payment, Money(amount, payment.currency)),
        edited_on=draft.facts.local_day(payment.updated_on),
        gone="NOTHING_TO_POST: the amount is zero" if live else "deleted in FreshBooks",
        gateway=payment.gateway,
        cash_accounting=_cash_accounting(draft, invoice),
        charged_back=is_chargeback(payment, draft.facts.setup.chargeback),
    )


def _make(draft: Draft, payment: Payment, received: Money) -> Make:
    charge = Decimal(draft.facts.said(payment.ref, BANK_CHARGE) or 0)

    def make(posting: Posting) -> Made:
        return payment_to_journal(
            payment,
            posting.setup,
            posting.customer_no,
            posting.document_no,
            posting.applies_to,
            posting.terms,
            received=received,
            charge=charge,
        )

    return make


def _target(draft: Draft, payment: Payment, invoice: Command | None) -> Entry | Finding | None:
    """The document that the money settles; none if its invoice has no place in the books, or it is no longer a payment of it."""
    if invoice is None or payment.visibility is Visibility.DELETED or not payment.amount:
        return None
    journal = payload_journal(invoice.payload)
    if not journal.customer_no:
        return None
    if journal.currency_code != draft.facts.setup.currency_code(payment.currency):
        return _other_currency(payment)
    return str(journal.document_type), journal.document_no


def _settles_itself(
    draft: Draft, payment: Payment, income: Income, invoice: Command | None
) -> bool:
    """Whether the posting can settle the invoice by itself: all the money is for it, does not come before it, and there is room for every payment.

    How much room is left where people keyed is seen when it is allotted.
    """
    assert invoice is not None
    first = draft.facts.calendar.first_open(vat=income.cash_accounting or income.sale)
    early = max(payment.paid_on, first).isoformat() < invoice.payload["posting_date"]
    keyed = payload_customer(invoice.payload) in draft.keyed_customers
    paid = total(p.amount.amount for p in draft.lookup.live_payments_of(payment.invoice))
    fits = paid <= abs(payload_amount(invoice.payload))
    return income.amount == payment.amount.amount and not early and fits and not keyed


def _wish(draft: Draft, case: Case, payment: Payment, target: Entry | None) -> None:
    """What the receipt should be applied to: of an overpayment only the invoice's part."""
    receipt = draft.standing_document(case.ref)
    if receipt is None or target is None or not payload_customer(receipt.payload):
        draft.wishes[case.ref] = None
        return
    part = payment.amount.amount
    made = receipt.key in draft.commands and bool(receipt.payload["lines"][0]["applies_to_doc_no"])
    source = (receipt.payload["document_type"], receipt.payload["document_no"])
    draft.wishes[case.ref] = Wish(source=source, target=target, amount=part, made=made)


def _application(target: Entry) -> Application:
    return Application(document_type=DocumentType(target[0]), document_no=target[1])


def _after_invoice(draft: Draft, verdict: Verdict, invoice: Command | None) -> Verdict:
    """A receipt that is posted in the round of its invoice comes after it."""
    if invoice is None or invoice.key not in draft.commands:
        return verdict
    for key in verdict.after:
        command = draft.commands[key]
        if command.ref == verdict.ref and command.payload.get("document_type") != "Refund":
            after = tuple(dict.fromkeys((*command.depends_on, invoice.key)))
            draft.commands[key] = replace(command, depends_on=after)
    return replace(verdict, after=(invoice.key, *verdict.after)) if verdict.after else verdict


def _moved(draft: Draft, case: Case, customer_no: str) -> Verdict | None:
    """Money follows its invoice to another customer only when a person confirms it."""
    journal = standing_of(case.commands).journal
    if journal is None or journal.customer_no in ("", customer_no):
        return None
    if draft.facts.approved(case.ref, "CUSTOMER_MOVED"):
        return None
    return held(
        case.ref,
        Finding(
            rule="CUSTOMER_MOVED",
            text=f"Its invoice now belongs to customer {customer_no}, the receipt stands on {journal.customer_no}.",
            remedy="If the money belongs to the new customer, approve it: tieout approve.",
        ),
    )


def _cash_accounting(draft: Draft, invoice: Command | None) -> bool:
    buyer = payload_buyer(invoice.payload) if invoice else None
    return buyer is not None and buyer.vat_bus in draft.facts.setup.cash_accounting


def _invoice_blocks(draft: Draft, case: Case, payment: Payment) -> Verdict | None:
    """A payment waits for its invoice; one whose invoice was deleted stays as the customer's credit (FreshBooks keeps such payments active)."""
    verdict = draft.verdicts.get(payment.invoice)
    if verdict is None:
        return held(case.ref, _waiting(payment, "FreshBooks shows no such invoice"))
    if verdict.state is State.PENDING:
        return waits(case.ref, payment.invoice, *verdict.after)
    if (
        verdict.state in (State.HELD, State.DEAD)
        and draft.standing_document(payment.invoice) is None
    ):
        return held(case.ref, _waiting(payment, "which is held"))
    if verdict.state is State.EXCLUDED and "deleted" not in verdict.reason:
        return held(case.ref, _waiting(payment, f"which is left out ({verdict.reason})", LEFT_OUT))
    return None


def _waiting(payment: Payment, why: str, remedy: str = BY_ITSELF) -> Finding:
    return Finding(rule="WAITS", text=f"waits for {payment.invoice}, {why}.", remedy=remedy)


def _rest_elsewhere(rest: Ref) -> Finding:
    return Finding(
        rule="OVERPAYMENT_ELSEWHERE",
        text=f"Its invoice is another client's than {rest}, which holds what was paid too much: one receipt cannot be two customers'.",
        remedy="Bring invoice and credit to one client in FreshBooks, or share out the receipt in NAV with the accountant; then retry.",
    )


def _other_currency(payment: Payment) -> Finding:
    return Finding(
        rule="CURRENCY_CHANGED",
        text=f"It is in {payment.currency}, its invoice no longer is.",
        remedy="Correct the payment or the invoice in FreshBooks, then retry.",
    )


def _absent() -> Finding:
    return Finding(
        rule="ABSENT",
        text="It is posted in NAV, but FreshBooks does not know its id any more.",
        remedy="Absence is not deletion: find out what happened, then reverse it in NAV or retry.",
    )
