"""Money that arrives becomes journal lines: debit where it arrives, credit the customer, settled against its invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.core.journal.lines import (
    AccountType,
    Application,
    DocumentType,
    Journal,
    JournalLine,
)
from tieout.core.journal.local import balanced
from tieout.core.journal.policies import ChargebackRule
from tieout.core.journal.rules import currency_finding, payment_rule
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

NO_PREPAYMENTS = Finding(
    rule="PREPAYMENT_NOT_MAPPED",
    text="No rule says where money arrives that FreshBooks keeps as a prepayment.",
    remedy="Add prepayment to the posting setup (tieout pair setup), then retry.",
)


def payment_to_journal(
    payment: Payment,
    setup: PostingSetup,
    customer_no: str,
    document_no: str,
    applies_to: Application | None,
    terms: Terms,
    *,
    received: Money | None = None,
    charge: Decimal = Decimal(0),
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of a cash payment, or the findings that hold it.

    ``received`` is what came in where it is more than the payment (an overpayment, of which FreshBooks keeps the rest as a credit note);
    ``charge`` what the bank kept of it, as a person has seen on the statement. Without ``applies_to`` it stays open as the customer's credit.
    Worked example: ``Customer -960.00 (applied to Invoice FB0000101) / Bank BANK-GBP 960.00``.
    """
    account = payment_rule(setup, payment.method, payment.currency, payment.gateway)
    findings = [*currency_finding(setup, payment.currency)]
    if isinstance(account, Finding):
        return None, (*findings, account)
    if charge and not setup.bank_charge_account:
        findings.append(_no_charge_account())
    if findings:
        return None, tuple(findings)
    amount = (received or payment.amount).amount
    customer = JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=customer_no,
        amount=-amount,
        description=f"FreshBooks payment {payment.ref.key}",
        applies_to=applies_to,
    )
    money = [
        JournalLine(
            account_type=account.account_type, account_no=account.account_no, amount=amount - charge
        )
    ]
    if charge:
        money.append(_gl(setup.bank_charge_account, charge, "Bank charge"))
    return _receipt(
        setup, payment.amount, document_no, payment.paid_on, terms, (customer, *money)
    ), ()


def prepayment_to_journal(
    note: CreditNote, setup: PostingSetup, customer_no: str, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of money that came before any invoice; FreshBooks keeps it as a credit note of type prepayment.

    Worked example: ``Customer -200.00 / 1210 200.00``, a receipt on account; no revenue.
    """
    rule = setup.prepayment
    findings = currency_finding(setup, note.currency)
    if rule is None or findings:
        return None, findings or (NO_PREPAYMENTS,)
    amount = note.amount.amount
    customer = JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=customer_no,
        amount=-amount,
        posting_group=rule.posting_group,
        description=f"FreshBooks prepayment {note.number}"[:50],
    )
    money = JournalLine(account_type=rule.account_type, account_no=rule.account_no, amount=amount)
    return _receipt(setup, note.amount, document_no, note.issued_on, terms, (customer, money)), ()


def is_chargeback(payment: Payment, rule: ChargebackRule | None) -> bool:
    """Whether the note of a payment says that a bank took it back. FreshBooks' types are a fixed list, without such a word."""
    return rule is not None and rule.note.upper() in payment.note.upper()


def refund_to_journal(
    receipt: Journal,
    amount: Decimal,
    document_no: str,
    setup: PostingSetup,
    terms: Terms,
    *,
    chargeback: bool = False,
) -> Journal:
    """The journal of money that went back to the customer: out of the account where it had arrived, settled against its receipt.

    Worked example: ``Customer 200.00 (applied to Payment FBP11002) / Bank STRIPE -200.00``. The receipt itself stays. A ``chargeback`` is the same
    with a reason of its own: the customer's bank took the money. What the processor asks for it FreshBooks does not say.
    """
    reason = setup.reason_chargeback if chargeback else setup.reason_refund
    word = "Chargeback" if chargeback else "Refund"
    customer, money = receipt.lines[0], receipt.lines[1]
    back = Application(document_type=receipt.document_type, document_no=receipt.document_no)
    return Journal(
        document_type=DocumentType.REFUND,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=terms.posting_date,
        due_date=None,
        currency_code=receipt.currency_code,
        currency_factor=terms.factor,
        reason_code=terms.reason_code or reason,
        template=receipt.template,
        batch=receipt.batch,
        lines=(
            JournalLine(
                account_type=AccountType.CUSTOMER,
                account_no=customer.account_no,
                posting_group=customer.posting_group,
                amount=amount,
                description=f"{word} of {receipt.document_no}",
                applies_to=back,
            ),
            JournalLine(
                account_type=money.account_type, account_no=money.account_no, amount=-amount
            ),
        ),
    )


def transfer_to_journal(
    receipt: Journal,
    invoice: Journal,
    payment: Payment,
    document_no: str,
    setup: PostingSetup,
    terms: Terms,
) -> Journal:
    """The pair of lines that moves a prepayment from its own posting group to an invoice; the customer owes the same afterwards.

    Worked example: ``Customer 200.00 (group PREPAY, applied to Payment FBC0000071) / Customer -200.00 (applied to Invoice FB0000260)``.
    """
    kept, amount = receipt.lines[0], payment.amount.amount

    def line(journal: Journal, amount: Decimal, group: str) -> JournalLine:
        settled = Application(document_type=journal.document_type, document_no=journal.document_no)
        return JournalLine(
            account_type=AccountType.CUSTOMER,
            account_no=kept.account_no,
            posting_group=group,
            amount=amount,
            description=f"Prepayment {receipt.document_no}"[:50],
            applies_to=settled,
        )

    lines = (line(receipt, amount, kept.posting_group), line(invoice, -amount, ""))
    journal = _receipt(setup, payment.amount, document_no, payment.paid_on, terms, lines)
    return replace(journal, document_type=DocumentType.BLANK)


def _receipt(
    setup: PostingSetup,
    amount: Money,
    document_no: str,
    day: date,
    terms: Terms,
    lines: Sequence[JournalLine],
) -> Journal:
    return Journal(
        document_type=DocumentType.PAYMENT,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=day,
        due_date=None,
        currency_code=setup.currency_code(amount.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.payment_template,
        batch=setup.batch,
        lines=balanced(lines, terms.factor, setup.lcy),
    )


def _gl(account_no: str, amount: Decimal, description: str) -> JournalLine:
    return JournalLine(
        account_type=AccountType.GL_ACCOUNT,
        account_no=account_no,
        amount=amount,
        description=description,
    )


def _no_charge_account() -> Finding:
    return Finding(
        rule="BANK_CHARGE_NOT_MAPPED",
        text="No rule says where bank charges are posted.",
        remedy="Add bank_charge_account to the posting setup (tieout pair setup), then retry.",
    )
