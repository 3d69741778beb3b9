"""A small firm in one process, on virtual time: both sandboxes, the product between them, its bookkeeper, and an accountant in NAV."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from random import Random
from typing import Any, cast

import httpx2

from tieout.app.heal import healed
from tieout.app.host import Host
from tieout.app.installation import Installation
from tieout.app.plan import Planned, plan_of
from tieout.app.reconcile import reconcile
from tieout.app.setups import default_setup
from tieout.app.work import sync_once
from tieout.connectors.http import Http
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.store.store import PostgresStore
from tieout_sandboxes.people import Fields, FreshbooksPerson, NavReader
from tieout_simulator.memory.store import MemoryStore
from tieout_simulator.sandboxes import open_freshbooks, open_nav
from tieout_simulator.virtual_time import VirtualClock, VirtualLoop
from tieout_simulator.wire import Undisturbed, Wire

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
# Longer than a tie-out waits for Tieout to hear of a change.
UNHEARD_S = 7_200.0

# So few documents are compared at a time that every story is told in several parts.
IN_PART = 2


def rules(goodwill: str = "on_issue") -> dict[str, Any]:
    """The posting setup that comes with Tieout; with two services of their own, and a tax of 0 % that is declared in a group of its own."""
    setup = default_setup("GBP") | {"goodwill_recognition": goodwill}
    setup["lines"][:0] = [
        {"items": ["Rebilled"], "gl_account": "4020", "gen_prod": "SERVICES"},
        {"items": ["Material"], "gl_account": "4000", "gen_prod": "PRODUCTS"},
    ]
    zero = {"name": "Zero", "percent": "0", "vat_prod": "VAT5", "vat_bus": ["EXPORT"]}
    setup["taxes"].append(zero)
    return setup


class Screen(Undisturbed):
    """The wire as Tieout uses it: a filter in NAV may keep entries of the general ledger from its user."""

    hidden: frozenset[int] = frozenset()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if not self.hidden or not request.url.path.endswith("/GeneralLedgerEntries"):
            return response
        body = response.json()
        body["value"] = [row for row in body["value"] if row["Entry_No"] not in self.hidden]
        return httpx2.Response(response.status_code, json=body, request=request)


class Office:
    """Everything that a way acts on and looks at."""

    def __init__(self, seed: int, loop: VirtualLoop) -> None:
        self.clock = VirtualClock(loop, BEGINS)
        self.dice = Random(f"office {seed}")
        self._wire = Wire()
        self._stack = AsyncExitStack()

    async def open(self, goodwill: str = "on_issue") -> None:
        """Both systems empty, and the pair ``main`` between them; ``goodwill``: when a goodwill credit counts."""
        people = await self._entered(httpx2.AsyncClient(transport=Undisturbed(self._wire)))
        self.freshbooks = open_freshbooks(self._wire, self.clock, people, {})
        self.nav_company = open_nav(self._wire, self.clock, {"posting_ms": 0})
        self.person = FreshbooksPerson(self.freshbooks.connection, people)
        self.nav = NavReader(self.nav_company.connection, people)
        self._screen = Screen(self._wire)
        http = await self._entered(Http(transport=self._screen, dice=self.dice.random))
        store = MemoryStore(clock=self.clock.now)
        host = Host(
            now=self.clock.now,
            monotonic=self.clock.monotonic,
            dice=self.dice.random,
            owner="office",
        )
        self.installation = Installation("", cast(PostgresStore, store), http, None, host)
        self.pair = await store.add_pair(
            "main",
            self.freshbooks.connection,
            self.nav_company.connection,
            {"prefix": "FB", "timezone": "Europe/London"},
            rules(goodwill),
        )

    async def _entered(self, door: Any) -> Any:
        return await self._stack.enter_async_context(door)

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.clock.now().date()

    async def until(self, day: date) -> None:
        """Nothing happens until the morning of a day."""
        left = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) - self.clock.now()
        await asyncio.sleep(max(0.0, left.total_seconds()))
        self.sign_in()

    async def unheard(self) -> None:
        """So much time passes that Tieout has missed what it has not heard of by now."""
        await asyncio.sleep(UNHEARD_S)
        self.sign_in()

    def sign_in(self) -> None:
        """Whoever works in FreshBooks does so under a consent that is good now."""
        self.person.sign_in(self.freshbooks.books.grants.issue().access_token)

    async def sync(self) -> None:
        await sync_once(self.installation, self.pair)

    async def tie_out(self, as_of: date | None = None) -> Tieout:
        return await reconcile(self.installation, self.pair, as_of, in_part=IN_PART)

    async def planned(self, refs: Sequence[Ref]) -> Planned:
        return await plan_of(self.installation, self.pair, refs=refs)

    async def healed(self, planned: Planned) -> Planned:
        return await healed(self.installation, self.pair, planned)

    async def held(self) -> dict[str, str]:
        return {str(w.ref): w.reason for w in await self.installation.store.held(self.pair)}

    async def lines_of(self, kind: str, number: int) -> list[Fields]:
        """The lines of a record, as they are sent."""
        (one,) = [row for row in await self.person.every(kind) if int(row["id"]) == number]
        names = ("type", "name", "qty", "unit_cost", "taxName1", "taxAmount1")
        return [{name: line[name] for name in names if line.get(name)} for line in one["lines"]]

    async def balance_of(self, client: int, currency: str) -> str:
        """How a tie-out names what a client owes."""
        numbers = await self.installation.store.customers(self.pair, [str(client)])
        place = f"client {client} = customer {numbers[str(client)]}"
        return place if currency == "GBP" else f"{place} in {currency}"

    async def listed(self) -> set[Ref]:
        """All that FreshBooks' lists show."""
        return {
            Ref(kind, str(row["id"])) for kind in DOCUMENTS for row in await self.person.every(kind)
        }

    def hide(self, *entries: int) -> None:
        """Keep entries of NAV's general ledger from Tieout's user."""
        self._screen.hidden |= set(entries)

    async def close(self) -> None:
        """Everything is shut."""
        worker = self.freshbooks.webhooks._worker
        if worker is not None:
            worker.cancel()
        await self._stack.aclose()
