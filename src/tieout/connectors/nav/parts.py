"""Parts of NAV's ledgers: what has come since an entry, and all that belongs to some customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tieout.connectors.nav.odata import NavOData
from tieout.connectors.nav.wire.ledgers import (
    WireBankEntry,
    WireCustomerEntry,
    WireCustomerNo,
    WireDetailedEntry,
    WireGLEntry,
    WireVatAmount,
)
from tieout.core.records.ledger import (
    BankEntry,
    CustomerEntry,
    DetailedEntry,
    GLEntry,
    VatEntry,
)

GENERAL, CUSTOMERS, DETAILED = (
    "GeneralLedgerEntries",
    "CustomerLedgerEntries",
    "DetailedCustLedgEntries",
)
NUMBER = "Document_No"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLedgers:
    """All entries of some customers, and what the other ledgers hold under the numbers of their documents."""

    customer: list[CustomerEntry]
    detailed: list[DetailedEntry]
    general: list[GLEntry]
    vat: list[VatEntry]
    bank: list[BankEntry]


async def come_since(odata: NavOData, number: int) -> list[GLEntry]:
    """The general ledger after an entry, whoever posted it."""
    rows = odata.rows(GENERAL, WireGLEntry, where=_after(number), orderby="Entry_No")
    return [row.entry() async for row in rows]


async def customers_since(odata: NavOData, last: Mapping[str, int]) -> frozenset[str]:
    """The customers whose ledger has grown after these entries."""
    pages = {CUSTOMERS: last["customer entries"], DETAILED: last["detailed customer entries"]}
    return frozenset(
        [
            row.Customer_No
            for page, number in pages.items()
            async for row in odata.rows(page, WireCustomerNo, where=_after(number))
        ]
    )


async def ledgers_of(odata: NavOData, nos: Collection[str]) -> CustomerLedgers:
    """What the ledgers hold of these customers."""
    customers = odata.rows_of(CUSTOMERS, WireCustomerEntry, "Customer_No", nos)
    details = odata.rows_of(DETAILED, WireDetailedEntry, "Customer_No", nos)
    customer = [row.entry() async for row in customers]
    numbers = {entry.document_no for entry in customer}
    general = odata.rows_of(GENERAL, WireGLEntry, NUMBER, numbers)
    vat = odata.rows_of("VATEntries", WireVatAmount, NUMBER, numbers, also="Type eq 'Sale'")
    bank = odata.rows_of("BankAccountLedgerEntries", WireBankEntry, NUMBER, numbers)
    return CustomerLedgers(
        customer=customer,
        detailed=[row.entry() async for row in details],
        general=[row.entry() async for row in general],
        vat=[row.entry() async for row in vat],
        bank=[row.entry() async for row in bank],
    )


async def under_keys(odata: NavOData, keys: Collection[str]) -> list[GLEntry]:
    """The general ledger under these keys of commands."""
    rows = odata.rows_of(GENERAL, WireGLEntry, "External_Document_No", keys)
    return [row.entry() async for row in rows]


def _after(number: int) -> str:
    return f"Entry_No gt {number}"
