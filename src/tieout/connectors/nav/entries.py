"""Single entries of NAV's ledgers, by number or by key: what an explanation reads. Each call asks for few rows; none reads a ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from tieout.connectors.nav.calendar import factor_of
from tieout.connectors.nav.client import BANK_LEDGER, CUSTOMER_LEDGER, RATES
from tieout.connectors.nav.odata import NavOData, eq, literal
from tieout.connectors.nav.pages.journals import Batch
from tieout.connectors.nav.wire.entries import WireDetail, WireTax, WireUnposted
from tieout.connectors.nav.wire.ledgers import WireBankEntry, WireCustomerEntry, WireGLEntry
from tieout.connectors.nav.wire.setup import WireRate
from tieout.core.explanation.entries import (
    APPLICATION,
    INITIAL,
    Detail,
    Ledgers,
    Tax,
    Unposted,
    pair_up,
)
from tieout.core.records.ledger import BankEntry, CustomerEntry, GLEntry

GENERAL_LEDGER = "GeneralLedgerEntries"
DETAILS = "DetailedCustLedgEntries"
# A rate without an amount is none; so many may stand before one that has.
RATES_AT_ONCE = 20


class NavEntries:
    """The ledgers of one company, entry by entry."""

    def __init__(self, odata: NavOData) -> None:
        self._odata = odata

    async def general(self, entry_nos: Collection[int]) -> list[GLEntry]:
        """G/L entries by their numbers."""
        return await self._general("Entry_No", entry_nos)

    async def keyed(self, keys: Collection[str]) -> list[GLEntry]:
        """G/L entries under these keys, in the order of posting."""
        return await self._general("External_Document_No", keys)

    async def numbered(self, document_nos: Collection[str]) -> list[GLEntry]:
        """G/L entries with these document numbers, whoever posted them."""
        return await self._general("Document_No", document_nos)

    async def customers(self, entry_nos: Collection[int]) -> list[CustomerEntry]:
        """Customer ledger entries by their numbers."""
        rows = self._odata.rows_of(CUSTOMER_LEDGER, WireCustomerEntry, "Entry_No", entry_nos)
        return sorted([row.entry() async for row in rows], key=lambda entry: entry.entry_no)

    async def rate(self, currency: str, day: date) -> tuple[date, Decimal] | None:
        """NAV's exchange rate of a currency on a day as its table shows it now: since which day, and how many units for one of the local currency."""
        where = f"{eq('Currency_Code', currency)} and Starting_Date le {literal(day)}"
        newest = "Starting_Date desc"
        rows = self._odata.rows(RATES, WireRate, where=where, orderby=newest, top=RATES_AT_ONCE)
        found = [(r.Starting_Date, f) async for r in rows if (f := factor_of(r)) is not None]
        return max(found, default=None)

    async def unposted(
        self, page: str, batch: Batch, keys: Collection[str]
    ) -> tuple[Unposted, ...]:
        """Lines under these keys that wait in a batch to be posted."""
        where = f"{eq('Journal_Template_Name', batch[0])} and {eq('Journal_Batch_Name', batch[1])}"
        rows = self._odata.rows_of(page, WireUnposted, "External_Document_No", keys, also=where)
        return tuple(sorted([r.line() async for r in rows], key=lambda line: line.line_no))

    async def ledgers(self, keys: Collection[str]) -> Ledgers:
        """All that stands in the ledgers under these keys, and what it is applied to.

        A customer or bank entry has the number of a G/L entry of its posting (codeunit 12), so those of the key are found by number. The page of VAT entries
        shows no key; they have the type, number and day of the key's G/L entries.
        """
        general = await self.keyed(keys)
        nos = [entry.entry_no for entry in general]
        customers, banks, taxes = await asyncio.gather(
            self.customers(nos), self._banks(nos), self._taxes(general)
        )
        details = await self._details("Cust_Ledger_Entry_No", [c.entry_no for c in customers])
        applications = [each for each in details if each.entry.entry_type == APPLICATION]
        documents = {each.entry.document_no for each in applications}
        both = await self._details(
            "Document_No", documents, f"Entry_Type eq {literal(APPLICATION)}"
        )
        applied = pair_up([c.entry_no for c in customers], both)
        others = {each.other for each in applied} - {0} - set(nos)
        other_entries, other_general = await asyncio.gather(
            self.customers(others), self.general(others)
        )
        plain = (APPLICATION, INITIAL)
        return Ledgers(
            general=general,
            customers=customers,
            banks=banks,
            taxes=taxes,
            details=[each for each in details if each.entry.entry_type not in plain],
            applied=applied,
            others=other_entries,
            other_keys={e.entry_no: e.external_document_no for e in other_general},
        )

    async def _general(
        self, field: str, values: Collection[int] | Collection[str]
    ) -> list[GLEntry]:
        rows = self._odata.rows_of(GENERAL_LEDGER, WireGLEntry, field, list(values))
        return sorted([row.entry() async for row in rows], key=lambda entry: entry.entry_no)

    async def _banks(self, entry_nos: Collection[int]) -> list[BankEntry]:
        rows = self._odata.rows_of(BANK_LEDGER, WireBankEntry, "Entry_No", entry_nos)
        return sorted([row.entry() async for row in rows], key=lambda entry: entry.entry_no)

    async def _taxes(self, general: Iterable[GLEntry]) -> list[Tax]:
        documents = {(e.document_type, e.document_no, e.posting_date) for e in general}
        numbers = {number for _, number, _ in documents}
        rows = self._odata.rows_of("VATEntries", WireTax, "Document_No", numbers)
        found = [row.tax() async for row in rows]
        mine = [
            tax
            for tax in found
            if (tax.entry.document_type, tax.entry.document_no, tax.entry.posting_date) in documents
        ]
        return sorted(mine, key=lambda tax: tax.entry.entry_no)

    async def _details(
        self, field: str, values: Collection[int] | Collection[str], also: str = ""
    ) -> list[Detail]:
        rows = self._odata.rows_of(DETAILS, WireDetail, field, list(values), also=also)
        return sorted([row.detail() async for row in rows], key=lambda each: each.entry.entry_no)
