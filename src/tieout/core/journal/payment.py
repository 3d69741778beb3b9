"""A payment becomes journal lines: money arrives (debit bank), the customer owes less (credit), settled against its invoice."""

from __future__ import annotations

from tieout.core.journal.lines import (
    AccountType,
    Application,
    DocumentType,
    Journal,
    JournalLine,
)
from tieout.core.journal.rules import currency_finding, payment_rule
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.payment import Payment

OVERPAID = Finding(
    rule="OVERPAYMENT",
    text="More was paid than was owed; FreshBooks split the receipt into a payment and a credit.",
    remedy="Post the receipt in NAV by hand; it stays held until overpayments are supported.",
)


def payment_to_journal(
    payment: Payment,
    setup: PostingSetup,
    customer_no: str,
    document_no: str,
    applies_to: Application | None,
    terms: Terms,
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of a cash payment, or the findings that hold it.

    Posted on the day it was paid. Without ``applies_to`` it stays open as the customer's credit. Worked example: ``Customer -960.00 (applied to Invoice
    FB0000101) / Bank BANK-GBP 960.00``.
    """
    findings = list(currency_finding(setup, payment.currency))
    account = payment_rule(setup, payment.method)
    if isinstance(account, Finding):
        findings.append(account)
    if payment.overpayment is not None:
        findings.append(OVERPAID)
    if findings or isinstance(account, Finding):
        return None, tuple(findings)
    amount = payment.amount.amount
    customer = JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=customer_no,
        amount=-amount,
        description=f"FreshBooks payment {payment.ref.key}",
        applies_to=applies_to,
    )
    money = JournalLine(
        account_type=account.account_type, account_no=account.account_no, amount=amount
    )
    journal = Journal(
        document_type=DocumentType.PAYMENT,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=payment.paid_on,
        due_date=None,
        currency_code=setup.currency_code(payment.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.payment_template,
        batch=setup.batch,
        lines=(customer, money),
    )
    return journal, ()
