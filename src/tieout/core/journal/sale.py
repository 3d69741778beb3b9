"""What invoices and credit notes share: every line finds its account and tax, the parts are added up, and the journal is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.discount import Discount, discounted
from tieout.core.journal.doubts import law_findings
from tieout.core.journal.lines import (
    AccountType,
    DocumentType,
    Journal,
    JournalLine,
    PostingGroups,
)
from tieout.core.journal.local import balanced
from tieout.core.journal.mapping import parts_of
from tieout.core.journal.parts import Part
from tieout.core.journal.rounding import fitted, in_units
from tieout.core.journal.rules import currency_finding, rate_finding
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.tax import Taxed, included_taxes_of, taxes_of
from tieout.core.journal.terms import Terms
from tieout.core.records.document import Line
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.money import Money, decimals, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An invoice or a credit note as accounting sees it.

    ``amount`` is its total as FreshBooks shows it; ``owed`` what the customer owes more by it, so that of a credit note is the opposite. ``text`` describes it
    on the customer's account.
    """

    kind: Kind
    text: str
    issued_on: date
    due_on: date | None = None
    amount: Money
    lines: tuple[Line, ...]
    discount: Discount = field(default_factory=Discount)
    tax_included: bool = False

    @property
    def sign(self) -> int:
        """1 if positive lines are owed by the customer, -1 if they are owed to it."""
        return -1 if self.kind is Kind.CREDIT_NOTE else 1

    @property
    def owed(self) -> Decimal:
        return self.sign * self.amount.amount

    @property
    def document_type(self) -> DocumentType:
        """NAV takes no negative invoice: what lowers the debt is a credit memo, whatever FreshBooks calls it. Without a customer line it has no type."""
        if not self.owed:
            return DocumentType.BLANK
        return DocumentType.INVOICE if self.owed > 0 else DocumentType.CREDIT_MEMO


def sale_to_journal(
    sale: Sale, setup: PostingSetup, buyer: Buyer, document_no: str, terms: Terms
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The journal, with warnings if there are any; or no journal and the findings that hold the document."""
    findings = (
        *currency_finding(setup, sale.amount.currency),
        *rate_finding(setup, sale.amount.currency, terms),
    )
    parts, unmapped = parts_of(setup, buyer, sale.kind, sale.lines, sale.amount)
    if findings or unmapped:
        return None, tuple(dict.fromkeys((*findings, *unmapped)))
    places = decimals(sale.amount.currency)
    left = discounted(setup, parts, sale.discount, places)
    rows, findings = _with_tax(setup, left, sale, places)
    if findings:
        return None, findings
    rows, cents, findings = fitted(setup, rows, places)
    lines = _lines(sale, setup, buyer, rows, cents)
    if findings or not lines:
        return None, findings or (_nothing(sale),)
    lines = balanced(lines, terms.factor, setup.lcy)
    return _journal(sale, setup, document_no, terms, lines), law_findings(sale.lines)


def _with_tax(
    setup: PostingSetup, parts: Sequence[Part], sale: Sale, places: int
) -> tuple[tuple[Taxed, ...], tuple[Finding, ...]]:
    amount, net = sale.amount.amount, total(part.net for part in parts)
    if not sale.tax_included:
        limit = in_units(setup.tax_difference_per_pair, places)
        return taxes_of(parts, amount - net, places, limit)
    if net != amount:
        text = f"The lines with tax included add up to {net}, the total is {amount}."
        return (), (Finding(rule="TOTAL_NOT_EXPLAINED", text=text, remedy="Check the document."),)
    return included_taxes_of(parts, places), ()


def _lines(
    sale: Sale, setup: PostingSetup, buyer: Buyer, rows: Sequence[Taxed], cents: Decimal
) -> tuple[JournalLine, ...]:
    """The customer line, the gross G/L lines and the rounding. Zero amounts are left out: NAV refuses them."""
    lines = [
        JournalLine(
            account_type=AccountType.CUSTOMER,
            account_no=buyer.customer_no,
            amount=sale.owed,
            description=sale.text[:50],
        ),
        *(_gl_line(setup, buyer, row, -sale.sign) for row in rows),
        JournalLine(
            account_type=AccountType.GL_ACCOUNT,
            account_no=setup.rounding_account,
            amount=-sale.sign * cents,
            description="Rounding of tax",
        ),
    ]
    return tuple(line for line in lines if line.amount)


def _gl_line(setup: PostingSetup, buyer: Buyer, row: Taxed, sign: int) -> JournalLine:
    """A gross G/L line. Its VAT is given only where NAV lets it be given; NAV finds sales tax itself."""
    target = row.part.target
    given = setup.vat_difference and not setup.sales_taxes
    return JournalLine(
        account_type=AccountType.GL_ACCOUNT,
        account_no=target.gl_account,
        amount=sign * row.gross,
        description=row.part.description,
        groups=PostingGroups(
            gen_posting_type="Sale",
            gen_bus=buyer.gen_bus,
            gen_prod=target.gen_prod,
            vat_bus=buyer.vat_bus,
            vat_prod=target.vat_prod,
        ),
        vat_amount=sign * row.tax if given else None,
        sales_tax=target.sales_tax,
        dimensions=target.dimensions,
    )


def _journal(
    sale: Sale,
    setup: PostingSetup,
    document_no: str,
    terms: Terms,
    lines: tuple[JournalLine, ...],
) -> Journal:
    return Journal(
        document_type=sale.document_type,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=sale.issued_on,
        due_date=sale.due_on if sale.document_type is DocumentType.INVOICE else None,
        currency_code=setup.currency_code(sale.amount.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.template,
        batch=setup.batch,
        lines=lines,
    )


def _nothing(sale: Sale) -> Finding:
    return Finding(
        rule="NOTHING_TO_POST",
        text=f"{sale.text} leaves no amount on any account.",
        remedy="Nothing is to be done.",
    )
