"""`payments_collected`: the money that came from clients, payment by payment.

Keys: fixture of the Node SDK. So as not to count money twice, what is paid with a credit is left out
of the totals and the credit itself counts when it is made (FreshBooks' help on this report).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.credit_notes import CreditNote
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, client_name, download_token
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.payment import Payment


def payments_collected(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """Payments and credits of the days asked for, newest first; all currencies unless one is named."""
    rows = [row for row in _rows(journal.books) if _among(row, wanted)]
    rows.sort(key=lambda row: str(row["date"]), reverse=True)
    totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        totals[row["amount"].code] += ZERO if row["from_credit"] else row["amount"].amount
    return {
        "clientids": sorted({row["clientid"] for row in rows}),
        "currency_codes": sorted(totals),
        "download_token": download_token("payments_collected", wanted),
        "end_date": wanted.last,
        "payment_methods": sorted({row["method"] for row in rows}),
        "payments": rows,
        "start_date": wanted.first,
        "summary_only": False,
        "totals": [Money(amount, code) for code, amount in sorted(totals.items())],
    }


def _among(row: dict[str, Any], wanted: Asked) -> bool:
    in_currency = not wanted.narrowed or row["amount"].code == wanted.code
    return in_currency and wanted.within(row["date"])


def _rows(books: Books) -> Iterator[dict[str, Any]]:
    switches, ways = books.core.switches, _ways(books)
    for row in books.payments.table:
        listed = switches.payments_collected_uses or not row.wire.from_credit
        if not row.deleted and row.wire.invoiceid is not None and row.wire.amount.amount and listed:
            yield _payment(books, row.wire)
    for credit in books.credit_notes.table:
        listed = switches.payments_collected_goodwill or credit.wire.credit_type != "goodwill"
        if not credit.deleted and credit.wire.amount.amount and listed:
            yield _credit(books, credit.wire, ways.get(credit.id))


def _ways(books: Books) -> dict[int | None, str]:
    """How the money behind each overpayment was paid."""
    rows = [row.wire for row in books.payments.table]
    named = {paid.overpaymentid: paid.type for paid in rows if paid.overpaymentid is not None}
    return named | {paid.creditid: paid.type for paid in rows if paid.invoiceid is None}


def _payment(books: Books, paid: Payment) -> dict[str, Any]:
    assert paid.invoiceid is not None
    invoice = books.invoices.table[paid.invoiceid].wire
    credit = None if paid.creditid is None else books.credit_notes.table[paid.creditid].wire
    return {
        "amount": paid.amount,
        "client": client_name(books, paid.clientid),
        "clientid": paid.clientid,
        "credit_number": credit.credit_number if credit else None,
        "creditid": paid.creditid,
        "date": paid.date,
        "description": paid.note,
        "from_credit": paid.from_credit,
        "invoice_number": invoice.invoice_number,
        "invoiceid": paid.invoiceid,
        "method": paid.type,
    }


def _credit(books: Books, credit: CreditNote, way: str | None) -> dict[str, Any]:
    return {
        "amount": credit.amount,
        "client": client_name(books, credit.clientid),
        "clientid": credit.clientid,
        "credit_number": credit.credit_number,
        "creditid": credit.id,
        "date": credit.create_date,
        "description": credit.description,
        "from_credit": False,
        "invoice_number": None,
        "invoiceid": None,
        "method": credit.payment_type or way or "Credit",
    }
