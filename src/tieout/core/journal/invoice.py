"""An invoice becomes journal lines.

The customer owes the total (debit); revenue and output VAT are credited. NAV takes the gross amount on a G/L line with VAT groups and splits
the VAT itself, so there is no separate tax line.
"""

from __future__ import annotations

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine
from tieout.core.journal.sale import gl_lines, sale_lines
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice


def invoice_to_journal(
    invoice: Invoice, setup: PostingSetup, buyer: Buyer, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of an invoice that is to stand in the books, or the findings that hold it.

    Posted on its own date. Worked example: 10 x 80.00 with 20 % VAT gives ``Customer 960.00 / 4000 -960.00 (VAT -160.00)``.
    """
    if invoice.amount.amount < 0:
        return None, (_negative(invoice),)
    taxed, findings = sale_lines(
        setup,
        buyer,
        Kind.INVOICE,
        invoice.lines,
        invoice.amount,
        invoice.discount.amount,
        tax_included=invoice.tax_included,
    )
    if findings:
        return None, findings
    customer = JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no=buyer.customer_no,
        amount=invoice.amount.amount,
        description=f"FreshBooks {invoice.number}"[:50],
    )
    journal = Journal(
        document_type=DocumentType.INVOICE,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=invoice.issued_on,
        due_date=invoice.due_on,
        currency_code=setup.currency_code(invoice.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.template,
        batch=setup.batch,
        lines=(customer, *gl_lines(buyer, taxed, sign=-1)),
    )
    return journal, ()


def _negative(invoice: Invoice) -> Finding:
    return Finding(
        rule="NEGATIVE_TOTAL",
        text=f"Invoice {invoice.number} has a negative total ({invoice.amount.amount}).",
        remedy="Write a credit note in FreshBooks instead.",
    )
