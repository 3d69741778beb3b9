"""Invoices with any taxes and currency, and their journals, for tests of the accounting itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.books import DAY, HOME, SETUP, invoice

from tieout.app.setups import default_setup, read_setup
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.invoice import invoice_to_journal
from tieout.core.journal.lines import Journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.document import Line, LineTax
from tieout.core.records.finding import Finding
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money

CANADA = read_setup(default_setup("CAD"), 1)
MONTREAL = Buyer(customer_no="C00010", gen_bus="DOMESTIC", vat_bus="")
ABROAD = Buyer(customer_no="C00020", gen_bus="EXPORT", vat_bus="EXPORT")
# 1 EUR is 0.85 GBP.
EURO = Terms(posting_date=DAY, factor=Decimal("1.176470588235294"))
VAT = ("VAT", "20")


def sold(
    quantity: str,
    price: str,
    *taxes: tuple[str, str],
    compounded: bool = False,
    name: str = "Consulting",
    currency: str = "GBP",
) -> Line:
    return Line(
        name=name,
        description="",
        quantity=Decimal(quantity),
        unit_cost=Money(Decimal(price), currency),
        amount=Money(Decimal(quantity) * Decimal(price), currency),
        taxes=tuple(LineTax(name=tax, percent=Decimal(percent)) for tax, percent in taxes),
        compounded=compounded,
    )


def bill(
    total: str, *lines: Line, currency: str = "GBP", percent: str = "0", **more: str
) -> Invoice:
    """An invoice; with ``percent`` off, of which ``discount`` is the money."""
    found = invoice(total, *lines, currency=currency, discount=more.get("discount", "0"))
    return replace(
        found,
        discount_percent=Decimal(percent),
        number=more.get("number", "0000101"),
        due_on=date(2026, 4, 9),
    )


def outcome(
    document: Invoice,
    setup: PostingSetup = SETUP,
    buyer: Buyer = HOME,
    terms: Terms | None = None,
) -> tuple[Journal | None, tuple[Finding, ...]]:
    terms = terms or Terms(posting_date=DAY)
    return invoice_to_journal(document, setup, buyer, "FB0000101", terms)


def posted(
    document: Invoice,
    setup: PostingSetup = SETUP,
    buyer: Buyer = HOME,
    terms: Terms | None = None,
) -> Journal:
    journal, findings = outcome(document, setup, buyer, terms)
    assert journal is not None, findings
    return journal


def rules_of(document: Invoice, setup: PostingSetup = SETUP, buyer: Buyer = HOME) -> list[str]:
    """The findings that hold a document."""
    journal, findings = outcome(document, setup, buyer)
    assert journal is None
    return [finding.rule for finding in findings]


def rows(journal: Journal) -> list[tuple[str, str, str]]:
    """Account, amount and VAT of each line; VAT of nothing is told as nothing."""
    return [(ln.account_no, str(ln.amount), str(ln.vat_amount or "")) for ln in journal.lines]
