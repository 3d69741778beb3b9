"""When income, costs and taxes count: with the document (accrual), or with the money (cash).

On the cash basis an invoice counts in the parts in which it is paid, by money or by a client's money
that was kept as a credit; a gift pays nothing. A bill counts as it is paid, all else on its own date.
The parts of a paid document add up to it to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.ledger.documents import credit_used, invoice_payments
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry
from tieout_sandboxes.freshbooks.money import ZERO, cents


class Part(NamedTuple):
    """A day on which so much of a document was paid: all before that day's payment, and with it."""

    date: str
    before: Decimal
    after: Decimal
    total: Decimal

    def of(self, amount: Decimal) -> Decimal:
        """This part of an amount."""
        return cents(amount * self.after / self.total) - cents(amount * self.before / self.total)


class Counted(NamedTuple):
    """Bookings that count on a day, of a document of a kind."""

    date: str
    code: str
    kind: str
    bookings: tuple[Booking, ...]


Parts = dict[int, list[Part]]


def accrued(entries: Iterable[Entry]) -> Iterator[Counted]:
    """Everything on its own date."""
    for entry in entries:
        yield Counted(entry.date, entry.code, entry.kind, entry.bookings)


def collected(books: Books, entries: Iterable[Entry]) -> Iterator[Counted]:
    """Invoices and bills in the parts in which they were paid."""
    invoices, bills = invoice_parts(books), bill_parts(books)
    for entry in entries:
        if entry.kind == "invoice":
            yield from _in_parts(entry, invoices[entry.number], "payment")
        elif entry.kind == "bill":
            yield from _in_parts(entry, bills[entry.number], "bill")
        elif entry.kind in ("expense", "income", "journal_entry"):
            yield Counted(entry.date, entry.code, entry.kind, entry.bookings)


def invoice_parts(books: Books) -> Parts:
    """How each invoice was paid, other than by gifts."""
    paid: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in invoice_payments(books):
        credit = credit_used(books, row.wire)
        if row.wire.invoiceid is not None and (credit is None or credit.credit_type != "goodwill"):
            paid[row.wire.invoiceid].append((row.wire.date, row.wire.amount.amount))
    totals = {row.id: row.wire.amount.amount for row in books.invoices.table}
    return _parts(paid, totals)


def bill_parts(books: Books) -> Parts:
    """How each bill was paid."""
    paid: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in books.bill_payments.table:
        if not row.deleted:
            paid[row.wire.billid].append((row.wire.paid_date, row.wire.amount.amount))
    totals = {row.id: row.wire.total_amount.amount for row in books.bills.table}
    return _parts(paid, totals)


def _parts(paid: dict[int, list[tuple[str, Decimal]]], totals: dict[int, Decimal]) -> Parts:
    found: Parts = defaultdict(list)
    for number, payments in paid.items():
        before, total = ZERO, totals[number]
        for on, amount in sorted(payments):
            if total:
                found[number].append(Part(on, before, before + amount, total))
            before += amount
    return found


def _in_parts(entry: Entry, parts: list[Part], kind: str) -> Iterator[Counted]:
    for part in parts:
        shares = [booking._replace(amount=part.of(booking.amount)) for booking in entry.bookings]
        yield Counted(part.date, entry.code, kind, tuple(shares))
