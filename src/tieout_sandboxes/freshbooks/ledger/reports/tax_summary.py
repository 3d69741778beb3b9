"""`taxsummary`: what was collected and paid of each tax, by accrual or as the money came.

Keys and that other income counts without its taxes: fixture of the Node SDK (1500.00 with 13 % in it
is 1327.43 and 172.57). Invoices that are no drafts, other income, expenses and bills: help article
219103028.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.purchases import bill_taxes, expense_taxes, income_taxes
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, download_token
from tieout_sandboxes.freshbooks.ledger.reports.recognition import (
    Part,
    bill_parts,
    invoice_parts,
)
from tieout_sandboxes.freshbooks.ledger.sales import UNNAMED, credit_taxes, invoice_taxes, issued
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.totals import Taxed, TaxKey

Taxes = dict[TaxKey, Taxed]


class Charged(NamedTuple):
    """The taxes of a document, or of a part of it, on the day on which they count."""

    date: str
    code: str
    gross: Decimal
    taxes: Taxes


class Sums(NamedTuple):
    """What a tax was charged on and came to, collected and paid."""

    base: Decimal = ZERO
    tax: Decimal = ZERO


def tax_summary(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """A row for each tax, by name."""
    books = journal.books
    sales = [one for one in _sold(books, cash=wanted.cash) if _among(one, wanted)]
    purchases = [one for one in _bought(books, cash=wanted.cash) if _among(one, wanted)]
    by_rate = books.core.switches.tax_summary_rows == "rate"
    collected, paid = _sums(sales, by_rate=by_rate), _sums(purchases, by_rate=by_rate)
    return {
        "cash_based": wanted.cash,
        "currency_code": wanted.code,
        "download_token": download_token("taxsummary", wanted),
        "end_date": wanted.last,
        "start_date": wanted.first,
        "taxes": [
            _row(name, collected.get((name, percent), Sums()), paid.get((name, percent), Sums()),
                 wanted.code)
            for name, percent in sorted({*collected, *paid})
        ],
        "total_invoiced": Money(sum((one.gross for one in sales), ZERO), wanted.code),
    }  # fmt: skip


def _among(charged: Charged, wanted: Asked) -> bool:
    return charged.code == wanted.code and wanted.within(charged.date)


def _sold(books: Books, *, cash: bool) -> Iterator[Charged]:
    switches, parts = books.core.switches, invoice_parts(books)
    for row in books.invoices.table:
        if issued(row, switches):
            invoice, taxes = row.wire, invoice_taxes(row, switches)
            whole = Charged(
                invoice.create_date, invoice.currency_code, invoice.amount.amount, taxes
            )
            yield from _in_parts(whole, parts[row.id]) if cash else (whole,)
    for credit in books.credit_notes.table:
        lowers = switches.tax_summary_credits == "lower" and credit.wire.credit_type == "goodwill"
        if lowers and not credit.deleted and not cash:
            taxes = _negated(credit_taxes(credit, switches))
            note = credit.wire
            yield Charged(note.create_date, note.currency_code, -note.amount.amount, taxes)
    for income in books.other_incomes.table:
        if not income.deleted:
            amount, taxes = income.wire.amount, income_taxes(income.wire)
            yield Charged(income.wire.date, amount.code, amount.amount, taxes)


def _bought(books: Books, *, cash: bool) -> Iterator[Charged]:
    parts = bill_parts(books)
    for row in books.expenses.table:
        if not row.deleted:
            amount = row.wire.amount
            yield Charged(row.wire.date, amount.code, amount.amount, expense_taxes(row.wire))
    for bill in books.bills.table:
        if not bill.deleted:
            owed = bill.wire.total_amount
            whole = Charged(bill.wire.issue_date, owed.code, owed.amount, bill_taxes(bill.wire))
            yield from _in_parts(whole, parts[bill.id]) if cash else (whole,)


def _in_parts(whole: Charged, parts: list[Part]) -> Iterator[Charged]:
    for part in parts:
        taxes = {
            key: Taxed(part.of(taxed.base), part.of(taxed.tax))
            for key, taxed in whole.taxes.items()
        }
        yield Charged(part.date, whole.code, part.of(whole.gross), taxes)


def _negated(taxes: Taxes) -> Taxes:
    return {key: Taxed(-taxed.base, -taxed.tax) for key, taxed in taxes.items()}


def _sums(charged: list[Charged], *, by_rate: bool) -> dict[tuple[str, str], Sums]:
    found: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for one in charged:
        for (name, percent), taxed in one.taxes.items():
            key = name or UNNAMED, percent if by_rate else ""
            before = found[key]
            found[key] = Sums(before.base + taxed.base, before.tax + taxed.tax)
    return found


def _row(name: str, collected: Sums, paid: Sums, code: str) -> dict[str, Any]:
    return {
        "net_tax": Money(collected.tax - paid.tax, code),
        "net_taxable_amount": Money(collected.base - paid.base, code),
        "tax_collected": Money(collected.tax, code),
        "tax_name": name,
        "tax_paid": Money(paid.tax, code),
        "taxable_amount_collected": Money(collected.base, code),
        "taxable_amount_paid": Money(paid.base, code),
    }
