"""Gathers rows into invoices and credit notes, and finds the customers and items they name.

Half an invoice would be a wrong invoice: a document of which one row cannot be used is left out whole,
and can be loaded once the file is mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tieout_sandboxes.retail.rows import Issue, Reading, Row

CREDIT_PREFIX = "C"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys: a customer of the file, or everybody of one country who gave no number.

    The first row that names the customer says the country.
    """

    organization: str
    email: str
    first: Row

    @property
    def country(self) -> str:
        """Where the customer is, in the file's own words."""
        return self.first.country


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, or a credit note where the number begins with C."""

    number: str
    customer: Customer
    rows: tuple[Row, ...]

    @property
    def day(self) -> date:
        """The date of the first row."""
        return self.rows[0].day

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives something back."""
        return self.number.startswith(CREDIT_PREFIX)


@dataclass(frozen=True)
class Ledger:
    """All that a file holds. `items` are the first row of each stock code; `notes` changed nothing that was loaded."""

    documents: tuple[Document, ...]
    customers: tuple[Customer, ...]
    items: tuple[Row, ...]
    refused: tuple[Issue, ...]
    notes: tuple[Issue, ...]


def gather(reading: Reading) -> Ledger:
    """Puts the rows together by InvoiceNo, in the order in which the numbers first appear."""
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in reading.rows:
        by_number[row.number].append(row)
    refused = [*reading.refused, *_left_out(by_number, reading.refused)]
    for number in {issue.number for issue in refused}:
        by_number.pop(number, None)
    usable = [row for rows in by_number.values() for row in rows]
    customers, notes = _customers(usable)
    documents = tuple(
        Document(number, customers[_customer_key(rows[0])], tuple(rows))
        for number, rows in by_number.items()
    )
    named = tuple(dict.fromkeys(document.customer for document in documents))
    refused.sort(key=lambda issue: issue.line)
    notes = [*notes, *_fine_prices(usable)]
    return Ledger(documents, named, _items(usable), tuple(refused), tuple(notes))


def _left_out(by_number: dict[str, list[Row]], refused: Iterable[Issue]) -> list[Issue]:
    """The readable rows of documents that cannot be loaded whole."""
    bad = {issue.number: issue.line for issue in reversed(list(refused)) if issue.number}
    left = [
        Issue(row.line, row.number, f"left out with line {line} of the same document")
        for number, line in bad.items()
        for row in by_number.get(number, ())
    ]
    for number, rows in by_number.items():
        if number not in bad and len({row.customer for row in rows}) > 1:
            text = "left out: the rows of this document name different customers"
            left += [Issue(row.line, number, text) for row in rows]
    return left


def _customer_key(row: Row) -> str:
    return row.customer or f"walk-in {row.country}"


def _customers(rows: Iterable[Row]) -> tuple[dict[str, Customer], list[Issue]]:
    """Each customer with the country of its first row, and a note where a later row says another."""
    found: dict[str, Customer] = {}
    notes: dict[tuple[str, str], Issue] = {}
    for row in rows:
        key = _customer_key(row)
        customer = found.setdefault(key, _customer(row))
        if row.country != customer.country and (key, row.country) not in notes:
            text = f"customer {row.customer} is of {row.country} here; the client keeps {customer.country}"
            notes[key, row.country] = Issue(row.line, row.number, text)
    return found, list(notes.values())


def _customer(row: Row) -> Customer:
    name = f"Customer {row.customer}" if row.customer else f"Walk-in {row.country}"
    slug = "".join(c if c.isalnum() else "-" for c in name.lower())
    return Customer(name, f"{slug}@example.com", row)


def _items(rows: Iterable[Row]) -> tuple[Row, ...]:
    """One row for each stock code: its first with a description, or else its first."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.setdefault(row.stock_code, row)
        if row.description.strip() and not known.description.strip():
            found[row.stock_code] = row
    return tuple(found.values())


def _fine_prices(rows: Iterable[Row]) -> list[Issue]:
    return [
        Issue(
            row.line,
            row.number,
            f"price {row.price} is finer than a cent; loaded as one line total",
        )
        for row in rows
        if row.price != round(row.price, 2)
    ]
