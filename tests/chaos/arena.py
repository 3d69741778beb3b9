"""The arena: two NAV companies fed by three FreshBooks businesses, one PostgreSQL, a network that can be broken, and the workers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import httpx2
import psycopg

from chaos.bookkeeper import Bookkeeper
from chaos.database import ArenaDatabase
from chaos.namespaces import Host, NoNamespaces
from chaos.namespaces import hosts as new_hosts
from chaos.network import Far, Network, by_port, by_socket
from chaos.waiting import until
from chaos.watch import Watch
from chaos.workers import Worker, lasting_port
from tieout.app.demo import sandbox
from tieout.app.installation import Installation, opened
from tieout.app.pairs import add_pair
from tieout.app.reports import status_of
from tieout.app.settings import Settings
from tieout.core.failures import Failure
from tieout.engine.ports import Pair
from tieout.store.database import utc_now
from tieout_sandboxes.people import FreshbooksPerson, NavReader, browser

Say = Callable[[str], None]
# Which company each business feeds, and the prefix of its keys there.
BUSINESSES = ((0, "FB"), (0, "F2"), (1, "FB"))
# How long NAV takes over a document: what is done to a worker shall find it at work.
POSTING_MS = 15
COUNTS = ("seen", "pending", "agreed", "held", "dead", "excluded")


@dataclass
class Business:
    """One FreshBooks business and the pair that carries its documents to NAV."""

    keeper: Bookkeeper
    pair: Pair

    @property
    def person(self) -> FreshbooksPerson:
        return self.keeper.person


@dataclass
class Company:
    """One NAV company and the businesses that feed it."""

    id: int
    nav: NavReader
    businesses: list[Business] = field(default_factory=list)


@dataclass
class Arena:
    """Everything that runs, and everything that can be done to it."""

    installation: Installation
    database: ArenaDatabase
    network: Network
    workers: list[Worker]
    companies: list[Company]
    watch: Watch
    say: Say
    # Why workers have no hosts of their own, if they have none.
    no_hosts: str = ""

    @property
    def businesses(self) -> list[Business]:
        return [business for company in self.companies for business in company.businesses]

    def company(self, number: int) -> Company:
        return next(company for company in self.companies if company.id == number)

    async def status(self) -> dict[str, int]:
        """The counts of all pairs together; empty while the database is away."""
        try:
            found = [await status_of(self.installation, b.pair) for b in self.businesses]
        except Failure:
            return {}
        return {name: sum(one[name] for one in found) for name in COUNTS}

    async def polled(self, patience_s: float) -> bool:
        """Let every pair be polled, and wait until polls that began from now on are over; False if patience ran out."""
        asked = utc_now()
        for business in self.businesses:
            await self.installation.store.poll_at(business.pair, now=asked)
        if not await until(
            lambda: self._none("tieout.poll WHERE next_at <= %s", asked), patience_s
        ):
            return False
        last = await self._one("SELECT coalesce(max(id), 0) FROM procrastinate.procrastinate_jobs")
        polls = "procrastinate.procrastinate_jobs WHERE queue_name = 'poll' AND id <= %s"
        return await until(lambda: self._none(polls, last), patience_s)

    async def _none(self, rows: LiteralString, value: object) -> bool:
        return bool(await self._one(f"SELECT count(*) FROM {rows}", value) == 0)

    async def _one(self, sql: LiteralString, *values: object) -> object:
        async with await psycopg.AsyncConnection.connect(self.database.url) as connection:
            row = await (await connection.execute(sql, values)).fetchone()
        assert row is not None
        return row[0]


@asynccontextmanager
async def arena(home: Path, workers: int, dice: random.Random, say: Say) -> AsyncIterator[Arena]:
    """Start everything, and end it. ``workers`` processes work, the first of which is ``tieout serve``."""
    async with AsyncExitStack() as stack:
        database = ArenaDatabase(home)
        stack.push_async_callback(database.close)
        opening = asyncio.ensure_future(database.open())
        pairs_of = [sandbox("off") for _ in BUSINESSES]
        connections = [await stack.enter_async_context(one) for one in pairs_of]
        await opening
        processes: list[Worker] = []
        address, hosts, no_hosts = _hosts(stack, workers - 1)
        network = Network(
            address=address,
            whose=lambda pid: next((w.name for w in processes if w.pid == pid), ""),
            pids=lambda: [w.pid for w in processes if w.runs],
            hosts=lambda: {w.host.address: w.name for w in processes if w.host},
        )
        port = lasting_port()
        documents = await _behind_crossings(stack, network, connections, port)
        installation = await stack.enter_async_context(
            opened(Settings(home=home, database_url=database.url, crash_at=""))
        )
        http = await stack.enter_async_context(browser())
        companies = await _companies(installation, connections, documents, http, dice)
        door = await stack.enter_async_context(
            network.crossing("database", by_socket(database.socket))
        )
        url = f"postgresql://tieout@{address}:{door}/tieout?sslmode=disable&gssencmode=disable"
        # The first takes webhooks and stays where FreshBooks is.
        processes += [
            _worker(home, number, url, port, host) for number, host in enumerate([None, *hosts])
        ]
        watch = Watch(lambda: database.url)
        place = Arena(installation, database, network, processes, companies, watch, say, no_hosts)
        await _run(stack, place)
        yield place


def _hosts(stack: AsyncExitStack, count: int) -> tuple[str, Sequence[Host | None], str]:
    """The address at which hosts of their own reach this machine, the hosts, and why there are none."""
    try:
        return *stack.enter_context(new_hosts(count)), ""
    except NoNamespaces as reason:
        return "127.0.0.1", [None] * count, str(reason)


async def _run(stack: AsyncExitStack, place: Arena) -> None:
    """Start the workers and who watches over them; in the end whoever would start one again goes first."""
    stack.push_async_callback(place.watch.close)
    for worker in place.workers:
        stack.push_async_callback(worker.kill)
        await worker.start()
    for work in [place.watch.run(), *(worker.watch_over() for worker in place.workers)]:
        stack.push_async_callback(_cancelled, asyncio.ensure_future(work))

    async def registered() -> bool:
        callbacks = [await place.installation.store.callbacks(b.pair) for b in place.businesses]
        return all(len(some) >= 3 and all(c.verified for c in some) for some in callbacks)

    assert await until(registered, 60), "the webhooks were not registered"


async def _cancelled(task: asyncio.Future[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _behind_crossings(
    stack: AsyncExitStack, network: Network, connections: list[dict[str, Any]], port: int
) -> list[dict[str, Any]]:
    """What each pair is told: the sandboxes' addresses are those of crossings. Two businesses feed the first company."""

    async def through(system: str, url: str) -> str:
        parts = urlsplit(url)
        far: Far = by_port(parts.hostname or "", parts.port or 0)
        crossing = await stack.enter_async_context(network.crossing(system, far))
        return url.replace(parts.netloc, f"{network.address}:{crossing}", 1)

    navs = [
        {
            **connections[number]["nav"],
            "odata_url": await through("nav", connections[number]["nav"]["odata_url"]),
            "soap_url": await through("nav", connections[number]["nav"]["soap_url"]),
        }
        for number in range(2)
    ]
    found = []
    for (company, prefix), connection in zip(BUSINESSES, connections, strict=True):
        business = connection["freshbooks"]
        business = {**business, "url": await through("freshbooks", business["url"])}
        told = {
            "prefix": prefix,
            "webhook_url": f"http://127.0.0.1:{port}",
            "poll_interval_s": 2,
        }
        found.append({"freshbooks": business, "nav": navs[company], "settings": told})
    return found


async def _companies(
    installation: Installation,
    connections: list[dict[str, Any]],
    documents: list[dict[str, Any]],
    http: httpx2.AsyncClient,
    dice: random.Random,
) -> list[Company]:
    companies: dict[int, Company] = {}
    for number, (company, _) in enumerate(BUSINESSES):
        name = f"pair{number + 1}"
        await add_pair(installation, name, documents[number])
        pair = await installation.store.pair(name)
        person = FreshbooksPerson(connections[number]["freshbooks"], http)
        keeper = Bookkeeper(person, random.Random(dice.random()), (number + 1) * 100_000)
        await keeper.begin()
        if company not in companies:
            nav = NavReader(connections[company]["nav"], http)
            await nav.control("switches", {"posting_ms": POSTING_MS})
            companies[company] = Company(pair.company_id, nav)
        companies[company].businesses.append(Business(keeper, pair))
    return list(companies.values())


def _worker(home: Path, number: int, url: str, port: int, host: Host | None) -> Worker:
    name = "serve" if number == 0 else f"worker{number}"
    command = ("serve", "--port", str(port)) if number == 0 else ("worker",)
    environment = {"TIEOUT_HOME": str(home), "DATABASE_URL": url}
    return Worker(name, command, environment, home / f"{name}.log", host)
