"""An invoice becomes journal lines.

The customer owes the total (debit); revenue and output VAT are credited. NAV takes the gross amount on a G/L line with VAT groups or a tax area and splits
the tax itself, so there is no separate tax line.
"""

from __future__ import annotations

from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.discount import Discount
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.sale import Sale, sale_to_journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total


def invoice_to_journal(
    invoice: Invoice, setup: PostingSetup, buyer: Buyer, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal of an invoice that is to stand in the books, with warnings if there are any; or the findings that hold it.

    Worked example: 10 x 80.00 with 20 % VAT gives ``Customer 960.00 / 4000 -960.00 (VAT -160.00)``. One with a negative total becomes a credit memo;
    one whose discount takes everything off has no customer line, but revenue and discount stand against each other.
    """
    return sale_to_journal(_sale(invoice), setup, buyer, document_no, terms)


def invoice_type(invoice: Invoice) -> DocumentType:
    """What the invoice is in NAV: an invoice, a credit memo if its total is negative, without type if it is zero."""
    return _sale(invoice).document_type


def _sale(invoice: Invoice) -> Sale:
    return Sale(
        kind=Kind.INVOICE,
        text=f"FreshBooks {invoice.number}",
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        amount=invoice.amount,
        lines=invoice.lines,
        discount=Discount(amount=_signed(invoice), percent=invoice.discount_percent),
        tax_included=invoice.tax_included,
    )


def _signed(invoice: Invoice) -> Decimal:
    """The discount has the sign of what it is taken off."""
    base = total(line.amount.amount for line in invoice.lines)
    return -invoice.discount.amount if base < 0 else invoice.discount.amount
