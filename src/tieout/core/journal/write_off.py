"""A claim that will not be paid is written off; money that comes in all the same is a recovery. Neither is a payment, whatever FreshBooks calls it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

from tieout.core.journal.lines import (
    AccountType,
    Application,
    DocumentType,
    Journal,
    JournalLine,
    PostingGroups,
)
from tieout.core.journal.policies import WriteOffRule
from tieout.core.journal.rules import payment_rule
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.money import Money, decimals, round_half_away, total
from tieout.core.records.payment import Payment


def is_write_off(payment: Payment, rule: WriteOffRule | None) -> bool:
    """Whether a payment asks for a write-off: its type and a word in its note."""
    return (
        rule is not None
        and not payment.from_credit
        and payment.method == rule.method
        and rule.note.upper() in payment.note.upper()
    )


def write_off_to_journal(
    payment: Payment,
    rule: WriteOffRule,
    invoice: Journal,
    document_no: str,
    setup: PostingSetup,
    terms: Terms,
) -> Journal:
    """The journal of a write-off: the customer owes less, bad debts cost the net amount, and VAT of an old debt is claimed back as input tax.

    Worked example: ``Customer -960.00 (applied to Invoice FB0000101) / 6400 800.00 / 1340 160.00 (full VAT BDR-FULL)``. No credit note, so output tax stays
    as declared (UK: VAT Notice 700/18).
    """
    amount = payment.amount.amount
    vat = _relief(payment, rule, invoice)
    lines = [_customer(invoice, -amount), _gl(rule.bad_debt_account, amount - vat)]
    if vat:
        lines.append(
            _full_vat(invoice, rule.relief_account, rule.relief_vat_prod, "Purchase", vat, rule)
        )
    return _blank(payment, document_no, setup, terms, lines, setup.reason_write_off)


def recovery_to_journal(
    payment: Payment,
    received: Money,
    rule: WriteOffRule,
    write_off: Journal,
    document_no: str,
    setup: PostingSetup,
    terms: Terms,
) -> Journal | Finding:
    """The journal of money for a claim that was written off: bad debts are recovered net, and VAT that was claimed back is owed again as output tax.

    ``received`` is all that came in: FreshBooks, where the invoice is paid by the write-off, keeps it as an overpayment.
    Worked example: ``Bank 960.00 / 6400 -800.00 / 2240 -160.00 (full VAT BDR-REPAY)``. The customer has no part in it.
    """
    account = payment_rule(setup, payment.method, payment.currency, payment.gateway)
    if isinstance(account, Finding):
        return account
    amount = received.amount
    relieved = total(line.amount for line in write_off.lines if line.groups)
    vat = round_half_away(relieved * amount / -write_off.amount, decimals(payment.currency))
    money = JournalLine(
        account_type=account.account_type, account_no=account.account_no, amount=amount
    )
    lines = [money, _gl(rule.bad_debt_account, vat - amount)]
    if vat:
        lines.append(
            _full_vat(write_off, rule.repay_account, rule.repay_vat_prod, "Sale", -vat, rule)
        )
    return _blank(payment, document_no, setup, terms, lines, "")


def _relief(payment: Payment, rule: WriteOffRule, invoice: Journal) -> Decimal:
    """The VAT in the written-off amount, if the debt is old enough to claim it back."""
    due = invoice.due_date or invoice.document_date
    if not rule.relief_account or _months_after(due, rule.relief_after_months) >= payment.paid_on:
        return Decimal(0)
    vat = -total(line.vat_amount or Decimal(0) for line in invoice.lines)
    return round_half_away(vat * payment.amount.amount / invoice.amount, decimals(payment.currency))


def _months_after(day: date, months: int) -> date:
    """The same day some months later; the month's last day if there is none.

    >>> _months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _customer(invoice: Journal, amount: Decimal) -> JournalLine:
    return JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=invoice.customer_no,
        amount=amount,
        description=f"Write-off of {invoice.document_no}",
        applies_to=Application(
            document_type=invoice.document_type, document_no=invoice.document_no
        ),
    )


def _gl(account_no: str, amount: Decimal) -> JournalLine:
    return JournalLine(account_type=AccountType.GL_ACCOUNT, account_no=account_no, amount=amount)


def _full_vat(
    pattern: Journal,
    account_no: str,
    vat_prod: str,
    posting_type: str,
    vat: Decimal,
    rule: WriteOffRule,
) -> JournalLine:
    """A line that is VAT altogether, of which NAV finds the amount itself; its business groups are those of the document it belongs to."""
    groups = next(line.groups for line in pattern.lines if line.groups)
    return JournalLine(
        account_type=AccountType.GL_ACCOUNT,
        account_no=account_no,
        amount=vat,
        groups=PostingGroups(
            gen_posting_type=posting_type,
            gen_bus=groups.gen_bus,
            gen_prod=rule.gen_prod or groups.gen_prod,
            vat_bus=groups.vat_bus,
            vat_prod=vat_prod,
        ),
    )


def _blank(
    payment: Payment,
    document_no: str,
    setup: PostingSetup,
    terms: Terms,
    lines: list[JournalLine],
    reason_code: str,
) -> Journal:
    return Journal(
        document_type=DocumentType.BLANK,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=payment.paid_on,
        due_date=None,
        currency_code=setup.currency_code(payment.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code or reason_code,
        template=setup.payment_template,
        batch=setup.batch,
        lines=tuple(lines),
    )
