"""A credit note becomes journal lines: the mirror of an invoice, as NAV's Credit Memo, at the day it is issued."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine
from tieout.core.journal.sale import gl_lines, sale_lines
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind

GOODWILL = "goodwill"


def credit_note_to_journal(
    note: CreditNote, setup: PostingSetup, buyer: Buyer, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of a goodwill credit note, or the findings that hold it.

    Worked example: 125.00 with 20 % VAT gives ``Customer -150.00 / 6500 150.00 (VAT 25.00)``. Credits that stand for money received
    (``overpayment``, ``prepayment``) are cash, not a reduction of revenue: they are held.
    """
    if note.credit_type != GOODWILL:
        return None, (_cash_credit(note),)
    taxed, findings = sale_lines(
        setup, buyer, Kind.CREDIT_NOTE, note.lines, note.amount, Decimal(0), tax_included=False
    )
    if findings:
        return None, findings
    customer = JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=buyer.customer_no,
        amount=-note.amount.amount,
        description=f"FreshBooks credit {note.number}"[:50],
    )
    journal = Journal(
        document_type=DocumentType.CREDIT_MEMO,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=note.issued_on,
        due_date=None,
        currency_code=setup.currency_code(note.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.template,
        batch=setup.batch,
        lines=(customer, *gl_lines(buyer, taxed, sign=1)),
    )
    return journal, ()


def _cash_credit(note: CreditNote) -> Finding:
    return Finding(
        rule="CREDIT_TYPE_NOT_MAPPED",
        text=f"Credit note {note.number} is of type {note.credit_type!r}, which stands for money received.",
        remedy="Post the receipt in NAV by hand; it stays held until such credits are supported.",
    )
