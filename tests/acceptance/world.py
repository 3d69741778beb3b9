"""The whole world of one test: both sandboxes on real ports, the product on a real database, and a person who works in FreshBooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from tieout.app.installation import Installation, opened, utc_now
from tieout.app.pairs import add_pair
from tieout.app.reconcile import reconcile
from tieout.app.settings import Settings
from tieout.app.work import sync_once
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks
from tieout_sandboxes.nav.server import NavServer, serve_nav


@dataclass
class World:
    """What a test acts on and looks at."""

    installation: Installation
    pair: Pair
    person: Person
    nav: NavReader
    freshbooks_server: FreshBooksServer
    nav_server: NavServer

    async def sync(self) -> None:
        await sync_once(self.installation, self.pair)

    async def webhook(self, ref: Ref) -> None:
        """What a webhook does, once its signature is verified."""
        await self.installation.store.accept(self.pair, now=utc_now(), refs=[ref], cause="webhook")

    async def settle(self) -> None:
        await self.installation.settle(self.pair.company_id)

    async def tie_out(self) -> Tieout:
        return await reconcile(self.installation, self.pair, None)

    async def states(self) -> dict[str, int]:
        found = await self.installation.store.status(self.pair)
        names = ("pending", "agreed", "held", "dead", "excluded")
        return {name: getattr(found, name) for name in names if getattr(found, name)}

    async def reasons(self) -> dict[str, str]:
        return {str(w.ref): w.reason for w in await self.installation.store.held(self.pair)}


class Person:
    """Somebody who works in FreshBooks, through its public API, with a plain HTTP client."""

    PATHS = {
        "client": "users/clients",
        "invoice": "invoices/invoices",
        "payment": "payments/payments",
        "credit_note": "credit_notes/credit_notes",
    }

    def __init__(self, server: FreshBooksServer, http: httpx2.AsyncClient) -> None:
        self._server, self._http = server, http
        self._headers = {"Authorization": f"Bearer {server.access_token}"}

    async def create(self, kind: str, id: int | None = None, **fields: Any) -> dict[str, Any]:
        """Make a record, with this id if one is given."""
        if id is not None:
            await self.control("next_id", {kind: id})
        answer = await self._http.post(self._url(kind), json={kind: fields}, headers=self._headers)
        return self._result(answer, kind)

    async def update(self, kind: str, id: int, **fields: Any) -> dict[str, Any]:
        url = f"{self._url(kind)}/{id}"
        answer = await self._http.put(url, json={kind: fields}, headers=self._headers)
        return self._result(answer, kind)

    async def get(self, kind: str, id: int) -> dict[str, Any]:
        answer = await self._http.get(f"{self._url(kind)}/{id}", headers=self._headers)
        return self._result(answer, kind)

    async def control(self, order: str, body: dict[str, Any]) -> Any:
        answer = await self._http.post(f"{self._server.url}/_control/{order}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _url(self, kind: str) -> str:
        return f"{self._server.url}/accounting/account/{self._server.account_id}/{self.PATHS[kind]}"

    def _result(self, answer: httpx2.Response, kind: str) -> dict[str, Any]:
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        result: dict[str, Any] = answer.json()["response"]["result"][kind]
        return result


class NavReader:
    """Somebody who reads NAV over OData, with a plain HTTP client."""

    def __init__(self, server: NavServer, http: httpx2.AsyncClient) -> None:
        self._server, self._http = server, http
        self._auth = (server.user, server.key)

    async def rows(self, service: str, where: str = "") -> list[dict[str, Any]]:
        url: str | None = f"{self._server.odata_url}/Company('{self._server.company}')/{service}"
        params = {"$filter": where} if where else {}
        found: list[dict[str, Any]] = []
        while url:
            answer = await self._http.get(url, params=params, auth=self._auth)
            assert answer.status_code == 200, answer.text
            body = answer.json(parse_float=Decimal)
            found += body["value"]
            url, params = body.get("@odata.nextLink"), {}
        return found

    async def create(self, service: str, **fields: Any) -> dict[str, Any]:
        """What a person keys in NAV."""
        url = f"{self._server.odata_url}/Company('{self._server.company}')/{service}"
        answer = await self._http.post(url, json=fields, auth=self._auth)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def posted(self, key: str) -> dict[str, Decimal]:
        """The G/L entries of one command: net per account."""
        sums: dict[str, Decimal] = {}
        for row in await self.rows("GeneralLedgerEntries", f"External_Document_No eq '{key}'"):
            account = row["G_L_Account_No"]
            sums[account] = sums.get(account, Decimal(0)) + Decimal(str(row["Amount"]))
        return {account: amount for account, amount in sums.items() if amount}

    async def open_items(self) -> dict[str, Decimal]:
        rows = await self.rows("CustomerLedgerEntries", "Open eq true")
        return {row["Document_No"]: Decimal(str(row["Remaining_Amount"])) for row in rows}

    async def control(self, order: str, body: dict[str, Any]) -> Any:
        root = self._server.odata_url.split("/DynamicsNAV")[0]
        answer = await self._http.post(f"{root}/_control/{order}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def clear_faults(self) -> None:
        root = self._server.odata_url.split("/DynamicsNAV")[0]
        await self._http.delete(f"{root}/_control/faults")


@asynccontextmanager
async def living(database_url: str, home: Path, **settings: Any) -> AsyncIterator[World]:
    """Start everything, add the pair ``main``, and stop everything."""
    freshbooks = await serve_freshbooks(limits="off", control=True)
    nav = await serve_nav(control=True)
    document = {
        "freshbooks": {
            name: str(getattr(freshbooks, name))
            for name in (
                "url",
                "client_id",
                "client_secret",
                "access_token",
                "refresh_token",
                "account_id",
                "business_id",
            )
        },
        "nav": {
            name: getattr(nav, name) for name in ("odata_url", "soap_url", "company", "user", "key")
        },
        "settings": settings,
    }
    try:
        async with (
            httpx2.AsyncClient(timeout=30) as http,
            opened(Settings(home=home, database_url=database_url, crash_at="")) as installation,
        ):
            await add_pair(installation, "main", document)
            yield World(
                installation=installation,
                pair=await installation.store.pair("main"),
                person=Person(freshbooks, http),
                nav=NavReader(nav, http),
                freshbooks_server=freshbooks,
                nav_server=nav,
            )
    finally:
        await freshbooks.stop()
        await nav.stop()


def invoice_ref(id: int) -> Ref:
    return Ref(Kind.INVOICE, str(id))
