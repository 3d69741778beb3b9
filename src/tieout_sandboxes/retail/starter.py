"""The small company that a sandbox starts with, so that there is something to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tieout_sandboxes.retail.api import Connection, FreshBooksApi
from tieout_sandboxes.retail.load import connected

SENT = 2
DUE_DAYS = 30
ITEMS = {"Tea chest": "80.00", "Crate": "25.00", "Delivery": "12.50"}


@dataclass(frozen=True)
class Place:
    """Where the company is: its currency, its country and the tax on its sales at home."""

    currency: str
    country: str
    tax: str
    percent: str


PLACES = {
    "gb": Place("GBP", "United Kingdom", "VAT", "20"),
    "ca": Place("CAD", "Canada", "HST", "13"),
}


async def make_starter_company(connection: Connection, place: Place, today: date) -> None:
    """Three clients, three items, one tax, three sent invoices, one payment and one credit note."""
    async with connected(connection) as api:
        await _Starter(api, place, today).make()


class _Starter:
    def __init__(self, api: FreshBooksApi, place: Place, today: date) -> None:
        self._api, self._place, self._today = api, place, today

    async def make(self) -> None:
        place, create = self._place, self._api.create
        await create("tax", {"name": place.tax, "amount": place.percent})
        for name, price in ITEMS.items():
            await create("item", {"name": name, "unit_cost": self._money(price)})
        larch = await self._client("Larch Stores", "orders@larch.example.com")
        quay = await self._client("Quay Grocers", "accounts@quay.example.com")
        await self._client("Hilltop Cafe", "hello@hilltop.example.com")
        paid = await self._invoice(larch, 14, ("Tea chest", 2), ("Delivery", 1))
        await self._invoice(quay, 7, ("Crate", 12))
        await self._invoice(larch, 1, ("Crate", 3), ("Delivery", 1))
        await create(
            "payment",
            {
                "invoiceid": paid["id"],
                "amount": paid["amount"],
                "date": self._day(2),
                "type": "Bank Transfer",
            },
        )
        await self._credit_note(quay, 3, ("Crate", 1))

    async def _client(self, organization: str, email: str) -> int:
        place = self._place
        body = {
            "organization": organization,
            "email": email,
            "p_country": place.country,
            "currency_code": place.currency,
        }
        number: int = (await self._api.create("client", body))["id"]
        return number

    async def _invoice(self, client: int, days_ago: int, *sold: tuple[str, int]) -> dict[str, Any]:
        body = self._document(days_ago, sold) | {
            "customerid": client,
            "status": SENT,
            "due_offset_days": DUE_DAYS,
        }
        return await self._api.create("invoice", body)

    async def _credit_note(self, client: int, days_ago: int, *back: tuple[str, int]) -> None:
        body = self._document(days_ago, back)
        await self._api.create("credit_note", body | {"clientid": client})

    def _document(self, days_ago: int, sold: tuple[tuple[str, int], ...]) -> dict[str, Any]:
        place = self._place
        lines = [
            {
                "type": 0,
                "name": name,
                "qty": str(quantity),
                "unit_cost": self._money(ITEMS[name]),
                "taxName1": place.tax,
                "taxAmount1": place.percent,
            }
            for name, quantity in sold
        ]
        return {
            "create_date": self._day(days_ago),
            "currency_code": place.currency,
            "lines": lines,
        }

    def _money(self, amount: str) -> dict[str, str]:
        return {"amount": amount, "code": self._place.currency}

    def _day(self, days_ago: int) -> str:
        return (self._today - timedelta(days=days_ago)).isoformat()
