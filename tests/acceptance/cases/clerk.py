"""The bookkeeper who works in NAV's own client: set-up, exchange rates, periods, and entries that never came from FreshBooks.

NAV's client is no web service; the sandbox's control API carries out what is done there, under the accountant's own user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tieout_sandboxes.people import NavReader

Fields = Mapping[str, Any]
GL, BANK = {"account_type": "G/L Account"}, {"account_type": "Bank Account"}
SALE = {
    "gen_posting_type": "Sale",
    "gen_bus_posting_group": "DOMESTIC",
    "gen_prod_posting_group": "SERVICES",
    "vat_bus_posting_group": "DOMESTIC",
    "vat_prod_posting_group": "VAT20",
}


class Clerk:
    """Works in one company of the NAV sandbox."""

    def __init__(self, nav: NavReader) -> None:
        self._nav = nav

    async def rate(self, currency: str, day: str, relational: str) -> None:
        """So much local currency for one of the other, from this day."""
        values = {"Exchange Rate Amount": "1", "Relational Exch. Rate Amount": relational}
        await self._record("Currency Exchange Rate", [currency, day], **values)

    async def next_customer(self, number: str) -> None:
        """The number that the next new customer gets."""
        last = f"C{int(number[1:]) - 10:05d}"
        await self._record("No. Series Line", ["CUST", 10000], **{"Last No. Used": last})

    async def customer(self, number: str, **fields: Any) -> None:
        """A customer that NAV has of its own, or what changes on its card."""
        await self._record("Customer", [number], **fields)

    async def open_from(self, day: str) -> None:
        """Close the books before this day."""
        await self._record("General Ledger Setup", [""], **{"Allow Posting From": day})

    async def settle_vat(self, day: str) -> None:
        """Declare the VAT up to this day: a cash sale of that day is in it, so that there is something to declare."""
        head = {"document_no": "CASHSALE", "posting_date": day}
        sale = {**GL, "account_no": "4000", "amount": "-120.00", **SALE}
        await self.post(head, [{**BANK, "account_no": "BANK-GBP", "amount": "120.00"}, sale])
        await self._nav.control("settle_vat", {"to": day})

    async def close_year(self, day: str) -> None:
        """Close the fiscal year that ends on this day, and its income statement."""
        await self._nav.control("close_year", {"to": day})

    async def reconcile_bank(self, document_no: str) -> None:
        """The bank line of this document is on a statement that was reconciled."""
        order = {"bank_account_no": "BANK-GBP", "statement_no": "2026-03"}
        await self._nav.control("reconcile_bank", {**order, "document_nos": [document_no]})

    async def post(self, head: Fields, lines: Iterable[Fields]) -> None:
        """Post a journal by hand."""
        known = (
            "document_type",
            "document_no",
            "posting_date",
            "external_document_no",
            "currency_code",
        )
        order = {name: head[name] for name in known if name in head}
        await self._nav.control("journal", {**order, "lines": [dict(line) for line in lines]})

    async def into_receivables(self, head: Fields, account: str, amount: str) -> None:
        """Post to a control account, which NAV only takes while direct posting is allowed on it."""
        await self._record("G/L Account", [account], **{"Direct Posting": True})
        other = str(-Decimal(amount))
        await self.post(
            head,
            [
                {**GL, "account_no": account, "amount": amount},
                {**GL, "account_no": "4900", "amount": other},
            ],
        )
        await self._record("G/L Account", [account], **{"Direct Posting": False})

    async def _record(self, table: str, key: list[Any], **values: Any) -> None:
        await self._nav.control("record", {"table": table, "key": key, "values": values})
