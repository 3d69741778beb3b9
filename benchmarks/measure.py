"""One run of one contestant against an empty NAV company: what it took and what the books show then."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.books import Totals, totals_of
from benchmarks.process import Usage, cpu_of_tree, measured
from benchmarks.world import connected
from tieout.app.demo import COMMAND, sandbox
from tieout.store.postgres import EmbeddedPostgres
from tieout_sandboxes.people import NavReader, control

Connection = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One run. Times in seconds, memory in millions of bytes; calls are counted by the servers.

    ``nav_writes`` is everything that was POSTed to NAV, look-ups through the gateway included. ``database_cpu_s`` is PostgreSQL's.
    """

    wall_s: float
    cpu_s: float
    database_cpu_s: float
    memory_mb: float
    freshbooks_calls: int
    nav_writes: int
    nav_reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """FreshBooks with the month in it, the ids of its documents, and an HTTP client for looking."""

    freshbooks: Connection
    ids: Path
    home: Path
    http: httpx2.AsyncClient


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOuts:
    """Merely reading both books, one after the other and both at once, tying them out, and a daily run."""

    reading: Usage
    at_once: Usage
    full: Usage
    daily: Usage


TURNS = 3
Run = Callable[[Path, Path], tuple[Usage, float]]


async def measure(place: Place, run: Run) -> tuple[Measurement, Totals]:
    """Let one contestant import the month into a NAV company that is empty."""
    with _folder(place.home) as folder:
        async with _empty_nav(place) as connection:
            told = folder / "connection.json"
            told.write_text(json.dumps(connection), encoding="utf-8")
            nav = NavReader(connection["nav"], place.http)
            usage, database_cpu_s = await asyncio.to_thread(run, told, folder)
            calls = await _calls(place, nav)
            async with connected(told) as systems:
                totals = await totals_of(systems.target.odata)
            return _measurement(usage, database_cpu_s, *calls), totals


def _measurement(
    usage: Usage, database_cpu_s: float, freshbooks: Counter[str], nav: Counter[str]
) -> Measurement:
    return Measurement(
        wall_s=usage.wall_s,
        cpu_s=usage.cpu_s,
        database_cpu_s=database_cpu_s,
        memory_mb=usage.memory_mb,
        freshbooks_calls=freshbooks.total(),
        nav_writes=nav["POST"],
        nav_reads=nav["GET"],
    )


async def measure_tie_out(place: Place, day: Path) -> TieOuts:
    """What reading both books takes, and what tying them out takes: all of them, and after a day what is new."""
    with _folder(place.home) as folder:
        async with _empty_nav(place) as connection:
            told = folder / "connection.json"
            told.write_text(json.dumps(connection), encoding="utf-8")
            return await asyncio.to_thread(tied_out, told, folder, day)


@asynccontextmanager
async def _empty_nav(place: Place) -> AsyncIterator[dict[str, Any]]:
    """The loaded FreshBooks beside a new NAV; FreshBooks counts from zero."""
    async with sandbox("off") as fresh:
        await control(place.http, place.freshbooks["url"], "reset_counters", {})
        yield {"freshbooks": place.freshbooks, "nav": fresh["nav"]}


async def _calls(place: Place, nav: NavReader) -> tuple[Counter[str], Counter[str]]:
    answer = await place.http.get(f"{place.freshbooks['url']}/_control/state")
    return Counter(answer.json()["requests"]), Counter((await nav.state())["requests"])


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ours(told: Path, folder: Path) -> tuple[Usage, float]:
    """``tieout sync`` in an installation that was made beforehand (``pair add``).

    The embedded server is kept up meanwhile, so that its processor time can be read; what starting and stopping it take is
    added to the wall time, as if ``sync`` were alone.
    """
    environment = {**os.environ, "TIEOUT_HOME": str(folder / "home"), "TIEOUT_LOG": "warning"}
    environment.pop("DATABASE_URL", None)
    adding = [*COMMAND, "pair", "add", "main", "--from", str(told)]
    subprocess.run(adding, env=environment, check=True, stdout=subprocess.DEVNULL)
    server = EmbeddedPostgres(folder / "home")
    try:
        start_s = _seconds(server.start)
        pid = server.current_postmaster_pid()
        assert pid is not None, "the server has just been started"
        before_s = cpu_of_tree(pid)
        usage = measured([*COMMAND, "sync", "main"], environment)
        database_cpu_s = cpu_of_tree(pid) - before_s
        wall_s = usage.wall_s + start_s + _seconds(server.stop)
    finally:
        server.remove()
    return Usage(wall_s=wall_s, cpu_s=usage.cpu_s, memory_mb=usage.memory_mb), database_cpu_s


def tied_out(told: Path, folder: Path, day: Path) -> TieOuts:
    """Import, then tie out books that agree (``tieout reconcile``) and merely read the same from both servers, by turns; then a day more, by itself."""
    environment = {**os.environ, "TIEOUT_HOME": str(folder / "home"), "TIEOUT_LOG": "warning"}
    environment.pop("DATABASE_URL", None)
    adding = [*COMMAND, "pair", "add", "main", "--from", str(told)]
    subprocess.run(adding, env=environment, check=True, stdout=subprocess.DEVNULL)
    server = EmbeddedPostgres(folder / "home")
    server.start()
    try:
        measured([*COMMAND, "sync", "main"], environment)
        turns = [
            (
                _plain("reading", told)[0],
                measured([*COMMAND, "reconcile", "main"], environment),
                _plain("reading", told, "at-once")[0],
            )
            for _ in range(TURNS)
        ]
        reading, full, at_once = map(_median, zip(*turns, strict=True))
        loading = [*COMMAND, "sandbox", "load", str(day), "--to", str(told), "--no-credits"]
        subprocess.run(loading, check=True, capture_output=True)
        measured([*COMMAND, "sync", "main"], environment)
        daily = measured([*COMMAND, "reconcile", "main", "--daily"], environment)
    finally:
        server.remove()
    return TieOuts(
        reading=reading,
        at_once=at_once,
        full=full,
        daily=daily,
    )


def _median(usages: Sequence[Usage]) -> Usage:
    """The one whose wall time is in the middle."""
    return sorted(usages, key=lambda usage: usage.wall_s)[len(usages) // 2]


def usual(ids: Path) -> Run:
    """The usual connector's way."""
    return lambda told, _: _plain("usual", told, ids)


def bare(told: Path, _: Path) -> tuple[Usage, float]:
    """The same batches with nothing durable."""
    return _plain("bare", told)


def _plain(name: str, *arguments: Path | str) -> tuple[Usage, float]:
    command: Sequence[str] = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
    return measured(command, os.environ), 0.0


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
