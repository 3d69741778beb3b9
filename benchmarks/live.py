"""A living installation to measure: both sandboxes, ``tieout serve`` as a process of its own, somebody who works in FreshBooks, and a watch on NAV's ledger."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tieout.app.demo import COMMAND, free_port, sandbox
from tieout.store.postgres import EmbeddedPostgres
from tieout_sandboxes.people import FreshbooksPerson, NavReader, browser

LOOK_S = 0.05


@dataclass
class Watch:
    """When each key was first seen in NAV's general ledger, read over OData twenty times a second."""

    nav: NavReader
    seen: dict[str, float] = field(default_factory=dict)
    _last: int = 0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Note what is new."""
        rows = await self.nav.rows("GeneralLedgerEntries", f"Entry_No gt {self._last}")
        now = time.monotonic()
        for row in rows:
            self.seen.setdefault(row["External_Document_No"], now)
            self._last = max(self._last, int(row["Entry_No"]))

    async def wait_for(self, keys: Sequence[str], patience_s: float) -> list[str]:
        """Wait until these are there; those that are not when patience ends."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until and not set(keys) <= self.seen.keys():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        return [key for key in keys if key not in self.seen]


@dataclass(frozen=True, kw_only=True)
class Living:
    """What a measurement acts on."""

    connection: dict[str, Any]
    person: FreshbooksPerson
    nav: NavReader
    http: httpx2.AsyncClient
    watch: Watch
    environment: dict[str, str]
    port: int

    async def freshbooks_requests(self) -> int:
        """How many requests FreshBooks has counted, of whoever."""
        answer = await self.http.get(f"{self.connection['freshbooks']['url']}/_control/state")
        return sum(answer.json()["requests"].values())

    async def tieout(self, *words: str) -> str:
        """Run a command of the product to its end; what it said."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *words,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=sys.stderr,
        )
        said, _ = await process.communicate()
        return said.decode()

    async def status(self) -> dict[str, Any]:
        """``tieout status --json``."""
        found: dict[str, Any] = json.loads(await self.tieout("status", "main", "--json"))
        return found


@asynccontextmanager
async def living(limits: str, **settings: Any) -> AsyncIterator[Living]:
    """Both sandboxes, an installation with the pair ``main``, and everybody who looks. ``serving`` starts the product."""
    home = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.callback(EmbeddedPostgres(home / "home").remove)
        connection = await stack.enter_async_context(sandbox(limits))
        http = await stack.enter_async_context(browser())
        nav = NavReader(connection["nav"], http)
        environment = {**os.environ, "TIEOUT_HOME": str(home / "home"), "TIEOUT_LOG": "error"}
        environment.pop("DATABASE_URL", None)
        port = free_port()
        if settings.pop("webhooks", False):
            settings["webhook_url"] = f"http://127.0.0.1:{port}"
        told = home / "connection.json"
        told.write_text(json.dumps({**connection, "settings": settings}), encoding="utf-8")
        made = Living(
            connection=connection,
            person=FreshbooksPerson(connection["freshbooks"], http),
            nav=nav,
            http=http,
            watch=Watch(nav),
            environment=environment,
            port=port,
        )
        await made.tieout("pair", "add", "main", "--from", str(told))
        yield made


@asynccontextmanager
async def serving(living: Living) -> AsyncIterator[None]:
    """``tieout serve``, and the watch on NAV."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "serve",
        "--port",
        str(living.port),
        env=living.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr,
    )
    watching = asyncio.create_task(living.watch.run())
    try:
        assert process.stdout is not None
        await process.stdout.readline()  # it listens
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        process.terminate()
        await process.wait()


def line(amount: int) -> dict[str, Any]:
    """A line of an invoice with VAT of 20 %."""
    cost = {"amount": f"{amount}.00", "code": "GBP"}
    tax = {"taxName1": "VAT", "taxAmount1": "20"}
    return {"type": 0, "name": "Work", "qty": "1", "unit_cost": cost, **tax}


async def new_client(living: Living) -> int:
    """A customer; its id."""
    made = await living.person.create(
        "client", organization="Acme", email="a@example.com", p_country="United Kingdom"
    )
    return int(made["id"])


async def new_invoice(living: Living, client: int, amount: int = 100) -> tuple[str, float]:
    """A sent invoice; its key in NAV, and when FreshBooks had it."""
    made = await living.person.create(
        "invoice",
        customerid=client,
        create_date="2026-03-10",
        currency_code="GBP",
        status=2,
        lines=[line(amount)],
    )
    return f"FB-INV-{made['id']}-1", time.monotonic()


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which so large a part of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
