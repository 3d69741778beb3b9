"""One installation: its database, its secrets, and for every pair the two systems fitted to the engine's ports."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import traceback
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from tieout.app.running import ADVICE, InputError
from tieout.app.settings import Settings
from tieout.app.setups import read_setup
from tieout.connectors.budget import Budget
from tieout.connectors.freshbooks.api import READS_PER_S
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Http
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.core.failures import Failure, Unauthorized, Unreachable
from tieout.core.journal.setup import PostingSetup
from tieout.engine.absence import sweep
from tieout.engine.calls import Tempo
from tieout.engine.inbox import poll
from tieout.engine.jobs import FIRST_TABLE, SCHEMA, Jobs, queue_tables
from tieout.engine.look import look
from tieout.engine.ports import Pair
from tieout.engine.schedule import Pace, pause_after
from tieout.engine.settle import Drain, Ports
from tieout.engine.world import World
from tieout.store.errors import StoreError
from tieout.store.line import System
from tieout.store.migrate import migrate
from tieout.store.polls import DEFAULT_S
from tieout.store.postgres import EmbeddedPostgres
from tieout.store.queue import install_queue
from tieout.store.secrets import load_secrets
from tieout.store.store import PostgresStore
from tieout.store.tokens import ConnectionTokens

log = structlog.get_logger()

DATABASE_LOOK_S = 0.5
LINGER_S = 0.6
# A day between sweeps; a quarter of an hour at least when a list seems to lack something. What polls take of the rate limit leaves room for other calls.
SWEEP_S, SOON_S, POLL_SHARE = 86_400.0, 900.0, 0.15
# How long a request may be on its way to NAV by pages, if the pair's settings do not say.
LONGEST_REQUEST_S = 60.0


def utc_now() -> datetime:
    """The clock of the wall."""
    return datetime.now(UTC)


class Installation:
    """The opened installation; made by ``opened``."""

    def __init__(
        self, url: str, store: PostgresStore, http: Http, server: EmbeddedPostgres | None
    ) -> None:
        self.url, self.store, self.http, self._server = url, store, http, server
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._dice = random.random
        self.pace = Pace(utc_now, self._dice)
        self._worlds: dict[int, tuple[World, object]] = {}
        self._reads: dict[int, Budget] = {}
        self._connections: dict[tuple[int, System], int] = {}
        self._tempos: defaultdict[int, Tempo] = defaultdict(Tempo)

    async def world(self, pair: Pair) -> World:
        """A pair with both its systems; kept until its posting setup, its settings or a connection changes."""
        versions = await self.store.posting_setups(pair)
        made_of = (
            max(versions),
            await self.freshbooks(pair),
            await self.store.nav_connection(pair),
            pair.settings,
        )
        known, was_made_of = self._worlds.get(pair.id, (None, None))
        if known is None or was_made_of != made_of:
            setups = {
                version: read_setup(content, version) for version, content in versions.items()
            }
            known = World(
                pair=pair,
                source=await self.source(pair),
                target=await self.writer(pair, setups[max(setups)]),
                setup=setups[max(setups)],
                setups=setups,
                zone=await self._zone(pair),
            )
            self._worlds[pair.id] = (known, made_of)
        return known

    async def setup(self, pair: Pair) -> PostingSetup:
        """The posting setup in force."""
        versions = await self.store.posting_setups(pair)
        return read_setup(versions[max(versions)], max(versions))

    async def _zone(self, pair: Pair) -> tzinfo:
        """Where the business is: as the pair's settings say, else as FreshBooks says."""
        name = str(pair.settings.get("timezone", ""))
        if not name:
            account_id = (await self.store.freshbooks_connection(pair)).account_id
            business = (await (await self.source(pair)).identity()).business(account_id)
            name = business.timezone if business else ""
        try:
            return ZoneInfo(name)
        except (ValueError, ZoneInfoNotFoundError):
            return UTC

    async def source(self, pair: Pair) -> FreshbooksSource:
        """FreshBooks, as this pair is allowed to see it."""
        stored = await self.store.freshbooks_connection(pair)
        tokens, reads = self.tokens(stored.id), await self._reads_of(pair)
        return FreshbooksSource(await self.freshbooks(pair), tokens, self.http, utc_now, reads)

    def tokens(self, connection_id: int) -> ConnectionTokens:
        """The tokens of a connection, and the right to renew them."""
        return ConnectionTokens(self.store, connection_id, self.owner, utc_now)

    async def freshbooks(self, pair: Pair) -> FreshbooksConnection:
        """How this pair reaches FreshBooks."""
        stored = await self.store.freshbooks_connection(pair)
        return FreshbooksConnection(
            url=stored.url,
            client_id=stored.client_id,
            client_secret=stored.client_secret,
            account_id=stored.account_id,
            business_id=stored.business_id,
            redirect_uri=str(pair.settings.get("redirect_uri", "")),
        )

    async def target(self, pair: Pair) -> NavTarget:
        """NAV, as this pair's service user is allowed to see it."""
        return NavTarget(await self._nav(pair), self.http)

    async def writer(self, pair: Pair, setup: PostingSetup) -> NavTarget:
        """NAV, as it is written to: through the gateway, or by pages for a person to post."""
        connection = await self._nav(pair)
        if not by_pages(pair):
            return NavTarget(connection, self.http)
        longest_s = float(pair.settings.get("longest_request_s", LONGEST_REQUEST_S))
        batches = [(name, setup.batch) for name in (setup.template, setup.payment_template)]
        return PagesTarget(connection, self.http, batches, longest_s)

    async def _nav(self, pair: Pair) -> NavConnection:
        stored = await self.store.nav_connection(pair)
        return NavConnection(
            odata_url=stored.odata_url,
            soap_url=stored.soap_url,
            company=stored.company,
            user=stored.user,
            key=stored.key,
        )

    async def poll(self, pair_id: int) -> None:
        """Look at FreshBooks once for a pair, and note whether it could be reached and when to look again."""
        for pair in await self.store.all_pairs():
            if pair.id == pair_id:
                reads = await self._reads_of(pair)
                before = reads.taken
                try:
                    await self._poll(pair)
                except Failure as failure:
                    await self._failed(pair, failure)
                    raise
                await self._works(pair, "freshbooks")
                await self._poll_again(pair, reads.taken - before, reads.per_second)
                await self._look(pair)

    async def _poll(self, pair: Pair) -> None:
        """A poll; and a sweep if its time has come, or if the poll found fewer records than are known."""
        world = await self.world(pair)
        first = not await self.store.cursor(pair)
        polled = await poll(world, self.store, utc_now)
        whole = first
        if not first and not polled.stopped and await self._sweep_due(pair, soon=polled.short):
            whole = await sweep(world, self.store, utc_now) is not None
        if whole:
            await self.store.swept(pair, now=utc_now())

    async def _sweep_due(self, pair: Pair, *, soon: bool) -> bool:
        last = await self.store.swept_at(pair)
        interval = float(pair.settings.get("sweep_interval_s", SWEEP_S))
        wait = timedelta(seconds=min(interval, SOON_S) if soon else interval)
        return last is None or utc_now() >= last + wait

    async def _poll_again(self, pair: Pair, calls: int, per_second: float) -> None:
        pause = pause_after(
            calls,
            per_second=per_second,
            share=float(pair.settings.get("poll_share", POLL_SHARE)),
            at_least_s=float(pair.settings.get("poll_interval_s", DEFAULT_S)),
        )
        await self.store.poll_at(pair, now=utc_now() + timedelta(seconds=pause))

    async def _connection(self, pair: Pair, system: System) -> int:
        """What a breaker is kept for; it never changes for a pair."""
        key = (pair.id, system)
        if key not in self._connections:
            self._connections[key] = await self.store.connection_id(pair, system)
        return self._connections[key]

    async def _reads_of(self, pair: Pair) -> Budget:
        """What the FreshBooks connection of a pair may be asked; one for all that use it in this process."""
        connection = await self._connection(pair, "freshbooks")
        return self._reads.setdefault(connection, Budget(READS_PER_S))

    async def derive_overdue(self) -> None:
        """Note which invoices have become overdue by the calendar of their business; nothing is asked of FreshBooks for it."""
        for pair in await self.store.all_pairs():
            try:
                zone = (await self.world(pair)).zone
            except Failure as failure:
                log.warning("calendar_unknown", pair=pair.name, reason=failure.text)
                continue
            now = utc_now()
            today = now.astimezone(zone).date()
            if count := await self.store.derive_overdue(pair, today=today, now=now):
                log.info("overdue", pair=pair.name, invoices=count)

    async def _look(self, pair: Pair) -> None:
        """See what people posted of what waits in NAV's journals."""
        try:
            await look(await self.world(pair), self.store, utc_now)
        except Failure as failure:
            await self._failed(pair, failure)
            raise

    async def settle(
        self, company_id: int, pairs: Sequence[Pair] | None = None, linger_s: float = 0.0
    ) -> bool:
        """Work what is due for a NAV company (of these pairs; None: all), and note whether it could be reached; False if another worker has it."""
        chosen = await self.store.pairs(company_id) if pairs is None else pairs
        worlds = [await self.world(pair) for pair in chosen]
        ports = Ports(
            store=self.store, now=utc_now, dice=self._dice, owner=self.owner, linger_s=linger_s
        )
        drain = Drain(ports, worlds, company_id, self._tempos[company_id])
        failures: dict[int, Failure] = {}
        try:
            done = await drain.run()
        except Failure as failure:
            failures = drain.failures or {pair.id: failure for pair in chosen[:1]}
            raise
        finally:
            await self._note(chosen, failures)
        return done

    async def _note(self, pairs: Sequence[Pair], failures: Mapping[int, Failure]) -> None:
        for pair in pairs:
            if pair.id in failures:
                await self._failed(pair, failures[pair.id])
        if pairs and not any(failure.system == "nav" for failure in failures.values()):
            await self._works(pairs[0], "nav")

    async def _failed(self, pair: Pair, failure: Failure) -> None:
        if failure.system not in ("freshbooks", "nav"):
            return
        system: System = "nav" if failure.system == "nav" else "freshbooks"
        connection = await self._connection(pair, system)
        breaker = await self.store.call_failed(
            system, connection, failure, now=utc_now(), dice=self._dice()
        )
        if breaker.open_until is not None:
            log.error(
                "left_alone",
                system=system,
                pair=pair.name,
                failures=breaker.failures,
                until=breaker.open_until.isoformat(),
                reason=breaker.reason,
            )

    async def _works(self, pair: Pair, system: System) -> None:
        connection = await self._connection(pair, system)
        if await self.store.call_succeeded(system, connection):
            log.info("works_again", system=system, pair=pair.name)

    async def _with_freshbooks(self, company_id: int) -> list[Pair]:
        """The pairs of a company whose FreshBooks is not left alone now; the poll finds out when it works again."""
        found = []
        for pair in await self.store.pairs(company_id):
            connection = await self._connection(pair, "freshbooks")
            breaker = await self.store.breaker_of("freshbooks", connection)
            if breaker is None or breaker.open_until is None:
                found.append(pair)
        return found

    def jobs(self) -> Jobs:
        """The queue, with what its jobs do. A failure of the outside world ends a job, not the worker."""

        async def settle(company_id: int) -> None:
            if not self.pace.ready(company_id):
                return
            try:
                pairs = await self._with_freshbooks(company_id)
                if pairs and await self.store.may_call("nav", company_id, now=utc_now()):
                    await self.settle(company_id, pairs, LINGER_S)
                self.pace.succeeded(company_id)
            except Failure as failure:
                if failure.system == "database":
                    self.pace.failed(company_id, failure)
                report(failure, "settle_failed", company=company_id)
            except Exception as error:  # noqa: BLE001 - a defect must not end the worker in silence
                self.pace.failed(company_id, Unreachable("tieout", "a defect"))
                log.error("defect", company=company_id, **described(error))  # noqa: TRY400 - the text may quote a value

        async def poll_pair(pair_id: int) -> None:
            try:
                pair = next((p for p in await self.store.all_pairs() if p.id == pair_id), None)
                if pair is not None and await self._may_poll(pair):
                    await self.poll(pair_id)
            except Failure as failure:
                report(failure, "poll_failed", pair=pair_id)

        return Jobs(self.url, settle=settle, poll=poll_pair)

    async def _may_poll(self, pair: Pair) -> bool:
        """Not while its line stands still or FreshBooks is left alone."""
        if await self.store.stop_of(pair):
            return False
        connection = await self._connection(pair, "freshbooks")
        return await self.store.may_call("freshbooks", connection, now=utc_now())

    async def guard_database(self) -> None:
        """Until cancelled: bring the embedded database back when it was killed; one given by address is its owner's."""
        while self._server is not None:
            if self._server.current_postmaster_pid() is None:
                log.warning("database_restarted")
                with suppress(StoreError):
                    await asyncio.to_thread(self._server.start)
            await asyncio.sleep(DATABASE_LOOK_S)

    @property
    def calls(self) -> Counter[str]:
        """How many requests were sent, by system and verb."""
        return self.http.calls


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Installation]:
    """Open the installation: start or find the database, bring it up to date, read the secret key. Everything is closed at the end."""
    async with AsyncExitStack() as stack:
        _check(settings)
        server = None if settings.database_url else EmbeddedPostgres(settings.home)
        url = settings.database_url
        if server is not None:
            stack.callback(server.stop)
            url = await asyncio.to_thread(server.start)
        await asyncio.to_thread(migrate, url)
        await install_queue(url, SCHEMA, FIRST_TABLE, queue_tables())
        store = PostgresStore(
            url, load_secrets(settings.home), checkpoint=crash_point(settings.crash_at)
        )
        stack.push_async_callback(store.close)
        http = await stack.enter_async_context(Http())
        yield Installation(url, store, http, server)


def by_pages(pair: Pair) -> bool:
    """Whether the pair writes to NAV through its pages only."""
    return str(pair.settings.get("route", "gateway")) == "pages"


def _check(settings: Settings) -> None:
    """What the environment says must be of use; the address of a database is never shown, since it may hold a password."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(settings.home, os.R_OK | os.W_OK | os.X_OK)
        reason = "" if usable else "you may not write there"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise InputError(
            f"TIEOUT_HOME {settings.home} cannot be used: {reason}. Choose a folder of yours."
        )
    if settings.database_url and not _is_postgres(settings.database_url):
        raise InputError("DATABASE_URL must look like postgresql://user:password@host:5432/name.")


def _is_postgres(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("postgresql", "postgres") and parts.port != 0
    except ValueError:
        return False


def report(failure: Failure, event: str, **where: object) -> None:
    """Log a failure of the outside world: an error, with what to do, where only a person can help, else a warning."""
    if isinstance(failure, Unauthorized):
        log.error(event, **where, reason=str(failure), remedy=ADVICE[type(failure), failure.system])
    else:
        log.warning(event, **where, reason=str(failure))


def described(error: BaseException) -> dict[str, str]:
    """What may be logged of a defect: its kind and where it arose, not its text, which may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"kind": type(error).__name__, "where": where}


def crash_point(text: str) -> Callable[[str], None]:
    """The checkpoint that kills this process the nth time a named point is reached (``record.before_commit:3``); for tests of the machinery."""
    name, _, nth = text.partition(":")
    left = int(nth or 1)

    def checkpoint(reached: str) -> None:
        nonlocal left
        if reached != name:
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint
