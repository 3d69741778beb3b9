"""A running FreshBooks sandbox and a small client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks

PLURALS = {
    "client": "users/clients",
    "item": "items/items",
    "tax": "taxes/taxes",
    "invoice": "invoices/invoices",
    "payment": "payments/payments",
    "credit_note": "credit_notes/credit_notes",
    "expense": "expenses/expenses",
    "category": "expenses/categories",
    "estimate": "estimates/estimates",
    "invoice_profile": "invoice_profiles/invoice_profiles",
    "bill": "bills/bills",
    "bill_payment": "bill_payments/bill_payments",
    "bill_vendor": "bill_vendors/bill_vendors",
    "task": "projects/tasks",
    "other_income": "other_incomes/other_incomes",
}


@dataclass
class Api:
    """Speaks to the sandbox over HTTP, in the words of the API."""

    server: FreshBooksServer
    http: httpx2.AsyncClient

    def address(self, kind: str, number: int | str = "") -> str:
        tail = f"/{number}" if number != "" else ""
        if kind == "project":
            return f"/projects/business/{self.server.business_id}/projects{tail}"
        if kind == "time_entry":
            return f"/timetracking/business/{self.server.business_id}/time_entries{tail}"
        if kind == "callback":
            return f"/events/account/{self.server.account_id}/events/callbacks{tail}"
        return f"/accounting/account/{self.server.account_id}/{PLURALS[kind]}{tail}"

    async def result(self, answer: httpx2.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()["response"]["result"]

    async def create(self, kind: str, values: dict[str, Any], query: str = "") -> Any:
        address = self.address(kind) + query
        answer = await self.http.post(address, json={kind: values})
        return (await self.result(answer))[kind]

    async def refused(self, kind: str, values: dict[str, Any]) -> tuple[int, int]:
        answer = await self.http.post(self.address(kind), json={kind: values})
        return answer.status_code, answer.json()["response"]["errors"][0]["errno"]

    async def get(self, kind: str, number: int, query: str = "") -> Any:
        answer = await self.http.get(self.address(kind, number) + query)
        return (await self.result(answer))[kind]

    async def put(self, kind: str, number: int, values: dict[str, Any], query: str = "") -> Any:
        address = self.address(kind, number) + query
        answer = await self.http.put(address, json={kind: values})
        return (await self.result(answer))[kind]

    async def page(self, kind: str, query: str = "") -> Any:
        return await self.result(await self.http.get(self.address(kind) + query))

    async def ids(self, kind: str, query: str = "") -> list[int]:
        page = await self.page(kind, query)
        plural = {"tax": "taxes", "category": "categories"}.get(kind, f"{kind}s")
        return [row["id"] for row in page[plural]]

    async def control(self, order: str, **values: Any) -> Any:
        answer = await self.http.post(f"/_control/{order}", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def switch(self, **values: Any) -> None:
        await self.control("switches", **values)

    async def client(self, **values: Any) -> int:
        made = await self.create("client", {"fname": "Ada", "lname": "Buyer", **values})
        return int(made["id"])

    async def invoice(self, client: int, *prices: str, **values: Any) -> Any:
        lines = [{"name": "Work", "qty": 1, "unit_cost": {"amount": price}} for price in prices]
        whole = {"customerid": client, "create_date": "2026-03-12", "status": 2, "lines": lines}
        return await self.create("invoice", whole | values)

    async def pay(self, invoice: int, amount: str, **values: Any) -> Any:
        whole = {
            "invoiceid": invoice,
            "amount": {"amount": amount},
            "date": "2026-03-11",
            "type": "Cash",
        }
        return await self.create("payment", whole | values)


@pytest.fixture
async def server() -> AsyncIterator[FreshBooksServer]:
    running = await serve_freshbooks(limits="off", control=True)
    yield running
    await running.stop()


@pytest.fixture
async def api(server: FreshBooksServer) -> AsyncIterator[Api]:
    headers = {"Authorization": f"Bearer {server.access_token}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, verify=False) as http:
        found = Api(server, http)
        await found.control("clock", now="2026-03-12T16:00:00Z")
        yield found
