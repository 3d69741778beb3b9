"""A second opinion on a loaded month: NAV's ledgers against the file itself.

It computes from the CSV rows what every document and every customer must come to, and reads NAV over
OData. It shares no code with the product, nor with the loader.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from tieout_sandboxes.people import Fields, NavReader

CENT = Decimal("0.01")
VAT = Decimal("0.20")
HOME = "United Kingdom"


@dataclass
class Expected:
    """What the file says of one document: net before VAT and VAT, negative for a credit note."""

    number: str
    customer: str
    net: Decimal = Decimal(0)
    taxed: Decimal = Decimal(0)
    lines: int = 0

    @property
    def vat(self) -> Decimal:
        return (self.taxed * VAT).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Booked:
    """What NAV's general ledger says of one document number."""

    net: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    customers: set[str] = field(default_factory=set)


def expected(files: Iterable[Path]) -> dict[str, Expected]:
    """The documents of the files, by number; a customer without number is the walk-in of its country."""
    found: dict[str, Expected] = {}
    for file in files:
        opener = gzip.open if file.suffix == ".gz" else open
        with opener(file, "rt", encoding="utf-8-sig", newline="") as text:
            for row in csv.DictReader(text):
                _add(found, row)
    return found


def _add(found: dict[str, Expected], row: dict[str, str]) -> None:
    customer = row["CustomerID"].split(".")[0]
    name = f"Customer {customer}" if customer else f"Walk-in {row['Country']}"
    document = found.setdefault(row["InvoiceNo"], Expected(row["InvoiceNo"], name))
    amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    document.net += amount
    document.lines += 1
    if row["Country"] == HOME:
        document.taxed += amount


async def audit(files: Sequence[Path], nav: NavReader) -> list[str]:
    """What disagrees, in words; empty if NAV has exactly what the files say, per document and per customer."""
    wanted = expected(files)
    booked = await _booked(nav)
    names = {row["No"]: row["Name"] for row in await nav.rows("Customer")}
    return [
        *_by_document(wanted, booked, names),
        *_by_customer(wanted, booked, names),
    ]


async def _booked(nav: NavReader) -> dict[str, Booked]:
    """Sales and VAT of each document, from the general ledger; whose it is, from the customer ledger. Payments are no sales."""
    outside = {row["Receivables_Account"] for row in await nav.rows("CustomerPostingGroups")}
    vat = {row["Sales_VAT_Account"] for row in await nav.rows("VATPostingSetup")}
    found: dict[str, Booked] = defaultdict(Booked)
    for row in await nav.rows("GeneralLedgerEntries", order="Entry_No"):
        if _is_sale(row) and row["G_L_Account_No"] not in outside:
            document = found[_number(row["Document_No"])]
            amount = -Decimal(row["Amount"])
            if row["G_L_Account_No"] in vat:
                document.vat += amount
            else:
                document.net += amount
    for row in await nav.rows("CustomerLedgerEntries", order="Entry_No"):
        if _is_sale(row):
            found[_number(row["Document_No"])].customers.add(row["Customer_No"])
    return found


def _is_sale(row: Fields) -> bool:
    return row["Document_Type"] in ("Invoice", "Credit Memo")


def _number(document_no: str) -> str:
    """The number in the file that a NAV document number was made from: FB536365, FBCC536379."""
    bare = document_no.removeprefix("FB").split("-")[0]
    return bare.removeprefix("C") if bare.startswith("CC") else bare


def _by_document(
    wanted: dict[str, Expected], booked: dict[str, Booked], names: dict[str, str]
) -> Iterator[str]:
    for number, document in wanted.items():
        found = booked.get(number, Booked())
        if (found.net, found.vat) != (document.net, document.vat):
            yield (
                f"{number}: the file has {document.net} and VAT {document.vat},"
                f" NAV has {found.net} and VAT {found.vat}"
            )
        shown = sorted(names[no] for no in found.customers)
        if document.net and shown != [document.customer]:
            yield f"{number}: the file has {document.customer}, NAV has {shown}"
    for number in sorted(set(booked) - set(wanted)):
        yield f"{number}: NAV has a document that no file has"


def _by_customer(
    wanted: dict[str, Expected], booked: dict[str, Booked], names: dict[str, str]
) -> Iterator[str]:
    theirs: dict[str, Decimal] = defaultdict(Decimal)
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for document in wanted.values():
        theirs[document.customer] += document.net
    for found in booked.values():
        for no in found.customers:
            ours[names[no]] += found.net
    for name in sorted({*theirs, *ours}):
        if theirs[name] != ours[name]:
            yield f"{name}: the files come to {theirs[name]}, NAV to {ours[name]}"
