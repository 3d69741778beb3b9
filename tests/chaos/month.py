"""One worker, a month of retail data: playing it while the product and its database are killed, and judging what is left.

The judge looks at the two servers, not at the product: their own figures must agree, and no key may stand in NAV twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import httpx2

from chaos.judge import twice, unsettled
from chaos.retail import slices
from chaos.waiting import until
from chaos.workers import lasting_port
from tieout.app.demo import COMMAND, sandbox
from tieout.app.installation import Installation, opened
from tieout.app.pairs import add_pair
from tieout.app.reports import status_of
from tieout.app.settings import Settings
from tieout.core.failures import Failure
from tieout.engine.ports import Pair
from tieout.store.postgres import EmbeddedPostgres
from tieout_sandboxes.people import FreshbooksPerson, NavReader, control

GATEWAY_POINTS = (
    "call_received",
    "epoch_stored",
    "key_inserted",
    "lines_posted",
    "committed",
    "answer_ready",
)
TRANSACTIONS = tuple(
    f"{name}.{side}"
    for name in ("accept", "claim", "intend", "record")
    for side in ("before_commit", "after_commit")
)
WEBHOOK_FAULTS = ("webhook_duplicate", "webhook_reorder", "webhook_lose")


@dataclass
class Report:
    """What was done and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems and not self.missed

    def plain(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "good": self.good,
            "kills": dict(sorted(self.kills.items())),
            "missed": self.missed,
            "status": self.status,
            "problems": self.problems,
        }

    def text(self) -> str:
        """The report for a person."""
        lines = [
            f"kills: {dict(sorted(self.kills.items()))}",
            f"status: {self.status}",
            *(f"moment that did not come: {name}" for name in self.missed),
            *(f"PROBLEM {problem}" for problem in self.problems[:50]),
            "The books agree, each document once." if self.good else "Not good.",
        ]
        return "\n".join(lines)


@dataclass
class Arena:
    """A running world with nobody working in it yet."""

    connection: dict[str, Any]
    installation: Installation
    pair: Pair
    home: Path
    port: int
    http: httpx2.AsyncClient
    nav: NavReader
    say: Callable[[str], None]

    @asynccontextmanager
    async def worker(
        self, crash_at: str = "", log: IO[str] | None = None
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """``tieout serve``; whatever is left of it is killed at the end. ``log`` is where it writes its warnings."""
        level = "warning" if log else "error"
        environment = {**os.environ, "TIEOUT_HOME": str(self.home), "TIEOUT_LOG": level}
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            "serve",
            "--port",
            str(self.port),
            env={**environment, "TIEOUT_CRASH_AT": crash_at},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=log,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def status(self) -> dict[str, Any]:
        return await status_of(self.installation, self.pair)

    async def freshbooks_fault(self, **fault: Any) -> None:
        await control(self.http, self.connection["freshbooks"]["url"], "faults", fault)


@asynccontextmanager
async def arena(home: Path, say: Callable[[str], None]) -> AsyncIterator[Arena]:
    """Sandboxes, database and pair; webhooks on, polling every two seconds."""
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(sandbox("off"))
        settings = Settings(home=home, database_url=os.environ.get("DATABASE_URL", ""), crash_at="")
        installation = await stack.enter_async_context(opened(settings))
        port = lasting_port()
        options = {"webhook_url": f"http://127.0.0.1:{port}", "poll_interval_s": 2}
        await add_pair(installation, "main", {**connection, "settings": options})
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=60))
        yield Arena(
            connection=connection,
            installation=installation,
            pair=await installation.store.pair("main"),
            home=home,
            port=port,
            http=http,
            nav=NavReader(connection["nav"], http),
            say=say,
        )


async def play(place: Arena, data: Path, *, kills: int, database_kills: int, seed: int) -> Report:
    """Load the data slice by slice, killing after each; let a survivor finish; judge."""
    report, dice = Report(), random.Random(seed)
    async with place.worker():
        await until(lambda: _registered(place), 60)
    moments = schedule(dice, kills, database_kills)
    parts = slices(data, place.home, len(moments))
    for number, name in enumerate(moments):
        await _mischief(place, dice)
        loading = (
            asyncio.ensure_future(_load(place, parts[number])) if number < len(parts) else None
        )
        done = await _kill(place, name, dice)
        (report.kills.update([name]) if done else report.missed.append(name))
        await place.nav.clear_faults()
        if loading is not None and await loading:
            report.problems.append(f"{parts[number].name} could not be loaded")
        status = await _safe_status(place)
        place.say(f"{number + 1:3} killed at {name:<22} {'' if done else 'NOT REACHED '}{status}")
    await finish(place)
    await judge(place, report)
    return report


async def _mischief(place: Arena, dice: random.Random) -> None:
    """Webhooks twice, in another order or not at all; now and then an answer of NAV lost after the commit."""
    for kind in WEBHOOK_FAULTS:
        await place.freshbooks_fault(
            kind=kind, after=dice.randrange(10), times=dice.randrange(1, 10)
        )
    if dice.random() < 0.5:
        fault = {"kind": "drop_after", "path": "/Codeunit/TieoutGateway"}
        await place.nav.control("faults", {**fault, "after": dice.randrange(1, 4), "times": 1})


def schedule(dice: random.Random, kills: int, database_kills: int) -> list[str]:
    """The moments in a seeded order: every named point at least once if there are enough, the rest at random times."""
    names = [*GATEWAY_POINTS, *TRANSACTIONS]
    moments = [name for _, name in zip(range(kills), names, strict=False)]
    moments += ["any moment"] * (kills - len(moments)) + ["database"] * database_kills
    dice.shuffle(moments)
    return moments


async def _kill(place: Arena, name: str, dice: random.Random) -> bool:
    """Start a worker, kill it (or the database) at that moment; whether the moment was reached."""
    if name in TRANSACTIONS:
        async with place.worker(f"{name}:{dice.randint(1, 2)}") as process:
            return await _within(process.wait(), 20)
    async with place.worker() as process:
        if name in GATEWAY_POINTS:
            return await _kill_at_gateway(place, process, name)
        await until(lambda: _writing(place, process.pid), 12)
        await asyncio.sleep(dice.random() * 1.5)
        if name == "database":
            return await _kill_database(place)
        process.kill()
        return True


async def _writing(place: Arena, pid: int) -> bool:
    """Whether that process holds the company: then it is at work."""
    try:
        owner = await place.installation.store.lease_owner(place.pair.company_id)
    except Failure:
        return False
    return f"/{pid}/" in owner


async def takeover(place: Arena, data: Path) -> str:
    """Stop a worker while its call stands in NAV, let another take over and finish, wake the first; what the first one logged."""
    if await _load(place, data):
        return "the loader failed"
    log = place.home / "first.log"
    with log.open("w") as written:
        async with place.worker(log=written) as first:
            await place.nav.control(
                "faults", {"kind": "gateway_pause", "point": "call_received", "after": 1}
            )

            async def paused() -> bool:
                return (await place.nav.state())["hits"].get("gateway_pause", 0) > 0

            assert await until(paused, 30), "the first worker did not get as far as NAV"
            first.send_signal(signal.SIGSTOP)
            second = replace(place, port=lasting_port())
            await finish(second)
            await place.nav.clear_faults()
            first.send_signal(signal.SIGCONT)
            await asyncio.sleep(4)
    return log.read_text()


async def _kill_at_gateway(place: Arena, process: asyncio.subprocess.Process, point: str) -> bool:
    """Hold the gateway at a point, kill the caller there, let the gateway go on alone."""
    before = (await place.nav.state())["hits"].get("gateway_pause", 0)
    await place.nav.control("faults", {"kind": "gateway_pause", "point": point})

    async def paused() -> bool:
        return (await place.nav.state())["hits"].get("gateway_pause", 0) > before

    reached = await until(paused, 20)
    process.kill()
    await process.wait()
    await place.nav.clear_faults()
    return reached


async def _kill_database(place: Arena) -> bool:
    """Kill the postmaster; the worker that is running must bring it back and go on."""
    server = EmbeddedPostgres(place.home)
    pid = server.current_postmaster_pid()
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)

    async def back() -> bool:
        return server.current_postmaster_pid() not in (None, pid)

    return await until(back, 30)


async def finish(place: Arena, patience_s: float = 600) -> None:
    """One worker, undisturbed, until nothing is pending and a poll has found nothing new."""
    async with place.worker():
        await asyncio.sleep(3)

        async def rested() -> bool:
            status = await _safe_status(place)
            return bool(status) and status["pending"] == 0

        for _ in range(2):
            await until(rested, patience_s)
            await asyncio.sleep(4)


async def judge(place: Arena, report: Report) -> None:
    """Both books agree from their own figures; nothing stands twice; nothing is held, dead or pending."""
    report.status = await place.status()
    person = FreshbooksPerson(place.connection["freshbooks"], place.http)
    report.problems += await unsettled(place.installation, place.pair, person)
    report.problems += await twice(place.nav)


async def _load(place: Arena, data: Path) -> int:
    told = place.home / "connection.json"
    told.write_text(json.dumps(place.connection))
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "sandbox",
        "load",
        str(data),
        "--to",
        str(told),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=sys.stderr if place.say is print else asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


async def _registered(place: Arena) -> bool:
    callbacks = await place.installation.store.callbacks(place.pair)
    return len(callbacks) >= 3 and all(c.verified for c in callbacks)


async def _safe_status(place: Arena) -> dict[str, Any]:
    try:
        found = await place.status()
    except Failure:
        return {}
    return {name: found[name] for name in ("seen", "pending", "agreed", "held", "dead", "excluded")}


async def _within(work: Awaitable[Any], seconds: float) -> bool:
    try:
        await asyncio.wait_for(work, seconds)
    except TimeoutError:
        return False
    return True
