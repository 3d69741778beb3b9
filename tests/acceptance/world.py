"""The whole world of one test: both sandboxes on real ports, the product on a real database, and a person who works in FreshBooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import add_pair
from tieout.app.reconcile import reconcile
from tieout.app.settings import Settings
from tieout.app.work import sync_once
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks
from tieout_sandboxes.nav.server import NavServer, serve_nav
from tieout_sandboxes.people import FreshbooksPerson, NavReader
from tieout_sandboxes.retail import PLACES

# So few documents are compared at a time that every story is told in several parts.
IN_PART = 2


@dataclass
class World:
    """What a test acts on and looks at."""

    installation: Installation
    pair: Pair
    person: FreshbooksPerson
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
        return await reconcile(self.installation, self.pair, None, in_part=IN_PART)

    async def states(self) -> dict[str, int]:
        found = await self.installation.store.status(self.pair)
        names = ("pending", "agreed", "held", "dead", "excluded")
        return {name: getattr(found, name) for name in names if getattr(found, name)}

    async def reasons(self) -> dict[str, str]:
        return {str(w.ref): w.reason for w in await self.installation.store.held(self.pair)}


@asynccontextmanager
async def living(
    database_url: str, home: Path, company: str = "gb", **settings: Any
) -> AsyncIterator[World]:
    """Start everything for company ``gb`` or ``ca``, add the pair ``main``, and stop everything."""
    freshbooks = await serve_freshbooks(
        limits="off", control=True, currency=PLACES[company].currency
    )
    nav = await serve_nav(company=company, control=True)
    document: dict[str, Any] = {
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
                person=FreshbooksPerson(document["freshbooks"], http),
                nav=NavReader(document["nav"], http),
                freshbooks_server=freshbooks,
                nav_server=nav,
            )
    finally:
        await freshbooks.stop()
        await nav.stop()


def invoice_ref(id: int) -> Ref:
    return Ref(Kind.INVOICE, str(id))
