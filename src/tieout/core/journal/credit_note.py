"""A credit note becomes journal lines: the mirror of an invoice, as NAV's Credit Memo, at the day it is issued."""

from __future__ import annotations

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.sale import Sale, sale_to_journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind

GOODWILL = "goodwill"


def credit_note_to_journal(
    note: CreditNote, setup: PostingSetup, buyer: Buyer, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of a goodwill credit note, with warnings if there are any; or the findings that hold it.

    Worked example: 125.00 with 20 % VAT gives ``Customer -150.00 / 6500 150.00 (VAT 25.00)``. One with a negative total becomes an invoice. Credits that
    stand for money received (``overpayment``, ``prepayment``) are cash, not a reduction of revenue: they are held.
    """
    if note.credit_type != GOODWILL:
        return None, (_cash_credit(note),)
    return sale_to_journal(_sale(note), setup, buyer, document_no, terms)


def credit_note_type(note: CreditNote) -> DocumentType:
    """What the credit note is in NAV: a credit memo, an invoice if its total is negative, without type if it is zero."""
    return _sale(note).document_type


def _sale(note: CreditNote) -> Sale:
    return Sale(
        kind=Kind.CREDIT_NOTE,
        text=f"FreshBooks credit {note.number}",
        issued_on=note.issued_on,
        amount=note.amount,
        lines=note.lines,
    )


def _cash_credit(note: CreditNote) -> Finding:
    return Finding(
        rule="CREDIT_TYPE_NOT_MAPPED",
        text=f"Credit note {note.number} is of type {note.credit_type!r}, which stands for money received.",
        remedy="Post the receipt in NAV by hand; it stays held until such credits are supported.",
    )
