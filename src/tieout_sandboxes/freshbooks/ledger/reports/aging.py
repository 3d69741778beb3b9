"""`accounts_aging`: what each client owes, by how long it has been due.

Keys: sample published with the API. What is paid after the last day is still owed on it (FreshBooks'
help on this report: invoices with payments in the future appear).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks.invoice import Invoice
from tieout_sandboxes.freshbooks.ledger.documents import invoice_payments
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, days, download_token
from tieout_sandboxes.freshbooks.ledger.sales import issued
from tieout_sandboxes.freshbooks.money import ZERO, Money

BANDS = {"0-30": 30, "31-60": 60, "61-90": 90, "91+": 10**6}
TOTAL = "total"
Owed = dict[str, Decimal]


def accounts_aging(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """The clients who owe anything, by id, and what all of them owe."""
    books = journal.books
    by_client: dict[int, Owed] = defaultdict(lambda: dict.fromkeys((*BANDS, TOTAL), ZERO))
    totals: Owed = dict.fromkeys((*BANDS, TOTAL), ZERO)
    for client, band, amount in _open(journal, wanted):
        for sums in (by_client[client], totals):
            sums[band] += amount
            sums[TOTAL] += amount
    return {
        "accounts": [
            _account(books.clients.table[number].wire, owed, wanted.code)
            for number, owed in sorted(by_client.items())
        ],
        "company_name": books.core.business.name,
        "currency_code": wanted.code,
        "download_token": download_token("accounts_aging", wanted),
        "end_date": wanted.last,
        "totals": _bands(totals, wanted.code),
    }


def _open(journal: Journal, wanted: Asked) -> Iterator[tuple[int, str, Decimal]]:
    books, switches = journal.books, journal.books.core.switches
    paid: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for row in invoice_payments(books):
        if row.wire.date <= wanted.last:
            paid[row.wire.invoiceid] += row.wire.amount.amount
    for invoice in books.invoices.table:
        wire = invoice.wire
        counts = wire.currency_code == wanted.code and wanted.since <= wire.create_date
        if counts and wire.create_date <= wanted.last and issued(invoice, switches):
            band = _band(wire, wanted.last, switches.aging_from)
            left = wire.amount.amount - paid[invoice.id]
            if left and (band or switches.aging_not_due == "first_band"):
                yield wire.customerid, band or next(iter(BANDS)), left


def _band(invoice: Invoice, last: str, since: str) -> str | None:
    """How late it is; nothing for what is not due yet."""
    late = days(invoice.due_date if since == "due_date" else invoice.create_date, last)
    if late < 0:
        return None
    return next(band for band, most in BANDS.items() if late <= most)


def _account(client: Any, owed: Owed, code: str) -> dict[str, Any]:
    return {
        **_bands(owed, code),
        "email": client.email,
        "fname": client.fname,
        "lname": client.lname,
        "organization": client.organization,
        "userid": client.id,
    }


def _bands(owed: Owed, code: str) -> dict[str, Money]:
    return {band: Money(amount, code) for band, amount in owed.items()}
