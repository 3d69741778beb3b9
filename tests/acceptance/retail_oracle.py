"""What a file in the UCI "Online Retail" layout must come to, worked out from the file alone.

An independent opinion: it shares no code with the product, the sandboxes or the loader, and uses csv,
gzip and decimal only.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")
VAT_RATE = Decimal("0.20")
TAXED_COUNTRY = "United Kingdom"


@dataclass(frozen=True)
class ExpectedDocument:
    """An invoice or a credit note; the amounts of a credit note are what is given back, positive."""

    number: str
    is_credit_note: bool
    client: str
    lines: int
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat

    @property
    def is_zero(self) -> bool:
        return self.gross == 0


@dataclass(frozen=True)
class Counts:
    documents: int
    lines: int
    positive_invoices: int
    credit_notes: int
    zero_totals: int


@dataclass(frozen=True)
class Expected:
    """All documents of a file by number, in the file's order."""

    documents: dict[str, ExpectedDocument]

    def net_by_client(self) -> dict[str, Decimal]:
        """What each client bought less what it gave back, without VAT."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for document in self.documents.values():
            sums[document.client] += -document.net if document.is_credit_note else document.net
        return dict(sums)

    def gross_by_client(self) -> dict[str, Decimal]:
        """The same with VAT: what each client would owe had nothing been paid."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for document in self.documents.values():
            sums[document.client] += -document.gross if document.is_credit_note else document.gross
        return dict(sums)

    def counts(self) -> Counts:
        every = self.documents.values()
        return Counts(
            documents=len(every),
            lines=sum(one.lines for one in every),
            positive_invoices=sum(not one.is_credit_note and one.gross > 0 for one in every),
            credit_notes=sum(one.is_credit_note for one in every),
            zero_totals=sum(one.is_zero for one in every),
        )


def expected(path: Path, first_documents: int | None = None) -> Expected:
    """Works out a file, or only its first so many documents."""
    rows_of: dict[str, list[dict[str, str]]] = {}
    for row in _rows(path):
        number = row["InvoiceNo"]
        if number not in rows_of and len(rows_of) == first_documents:
            continue
        rows_of.setdefault(number, []).append(row)
    return Expected({number: _document(number, rows) for number, rows in rows_of.items()})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _document(number: str, rows: list[dict[str, str]]) -> ExpectedDocument:
    is_credit_note = number.startswith("C")
    sign = -1 if is_credit_note else 1
    net = taxed = Decimal("0.00")
    for row in rows:
        amount = _rounded(sign * Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]))
        net += amount
        if row["Country"] == TAXED_COUNTRY:
            taxed += amount
    vat = _rounded(taxed * VAT_RATE)
    return ExpectedDocument(number, is_credit_note, _client(rows[0]), len(rows), net, vat)


def _client(row: dict[str, str]) -> str:
    if row["CustomerID"]:
        return f"Customer {Decimal(row['CustomerID']):.0f}"
    return f"Walk-in {row['Country']}"


def _rounded(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)
