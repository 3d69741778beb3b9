"""``./dev bench``: a month's import by the product, by the usual connector's way and by bare batches, measured in one run.

Ends 0 if all limits are kept and all books are the same, else 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2

from benchmarks import quickness
from benchmarks.books import Totals, disagreements
from benchmarks.day import days_ago, without_last_day
from benchmarks.measure import (
    Measurement,
    Place,
    Run,
    TieOuts,
    bare,
    measure,
    measure_tie_out,
    ours,
    usual,
)
from benchmarks.process import RunFailed
from benchmarks.table import BARE, OURS, USUAL, Limit, as_json, limits_of, medians, shown, verdicts
from benchmarks.world import connected
from chaos.retail import write_month
from tieout.app.demo import COMMAND, sandbox
from tieout.core.records.identity import DOCUMENTS

MADE_UP, FEW = 2000, 5000
MONTH = Path(__file__).parents[2] / "shared/data/online-retail/2010-12.csv.gz"


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        help="a file in the retail layout (default: the shared month, else a made-up one)",
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of each, by turns; medians are shown"
    )
    parser.add_argument("--documents", type=int, default=MADE_UP, help="size of the made-up month")
    parser.add_argument("--seed", type=int, default=1, help="of the payments that are made up")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--only",
        choices=("import", "months", "tie-out", "webhooks", "polling", "slow"),
        default="import",
        help="what to measure (default: the import beside two simpler ways)",
    )
    parser.add_argument(
        "--seconds", type=int, default=240, help="how long changes are made (--only polling)"
    )
    given = parser.parse_args()
    os.environ["TIEOUT_LOG"] = "error"
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the sandboxes must not stay
    try:
        sys.exit(
            0 if asyncio.run(_bench(given) if given.only == "import" else _other(given)) else 1
        )
    except RunFailed as failure:
        sys.exit(str(failure))


async def _bench(given: argparse.Namespace) -> bool:
    home = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    data = given.data or (
        MONTH if MONTH.exists() else write_month(home / "month.csv", given.documents, given.seed)
    )
    try:
        async with _place(home, [data], given.seed) as place:
            documents = len(place.ids.read_text(encoding="utf-8").split())
            runs, books = await _contest(place, given.repeat)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    results = {name: medians(each) for name, each in runs.items()}
    limits, differences = limits_of(results, documents), disagreements(books)
    about = {"data": data.name, "documents": documents, "repeat": given.repeat, **_machine()}
    if given.json:
        every = {name: [asdict(each) for each in some] for name, some in runs.items()}
        found = as_json(results, limits, {**about, "runs": every, "differences": differences})
        print(json.dumps(found, indent=2))
    else:
        print("\n" + "  ".join(f"{name} {value}" for name, value in about.items()))
        print(f"\n{shown(results, documents)}\n\n{verdicts(limits)}")
        print("\n".join(differences) or "kept   the same books after every run")
    return all(limit.kept for limit in limits) and not differences


async def _other(given: argparse.Namespace) -> bool:
    """One of the other measurements; whether its limits are kept."""
    home = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    try:
        if given.only == "months":
            limits = await _months(home, given.seed)
        elif given.only == "tie-out":
            limits = await _tie_out(home, given)
        elif given.only == "polling":
            documents = given.documents if given.documents != MADE_UP else 10_000
            limits = await quickness.polling(home, documents, given.seconds, given.seed)
        else:
            limits = await {"webhooks": quickness.webhooks, "slow": quickness.slow}[given.only]()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if given.json:
        print(json.dumps([{**asdict(each), "kept": each.kept} for each in limits], indent=2))
    else:
        print("  ".join(f"{name} {value}" for name, value in _machine().items()))
        print(verdicts(limits))
    return all(limit.kept for limit in limits)


async def _months(home: Path, seed: int) -> list[Limit]:
    """The product with one month and with four: time per document and memory must not grow."""
    every = sorted(MONTH.parent.glob("20*.csv.gz"))[:4]
    figures = []
    for files in (every[:1], every):
        async with _place(home, files, seed) as place:
            documents = len(place.ids.read_text(encoding="utf-8").split())
            found, _ = await measure(place, ours)
            _say(f"{len(files)} months, {documents} documents: {asdict(found)}")
            figures.append((found, documents))
    (one, few), (four, many) = figures
    return [
        Limit(name="documents", value=float(many), at_most=float("inf")),
        Limit(
            name="time per document, 4 / 1",
            value=(four.wall_s / many) / (one.wall_s / few),
            at_most=1.1,
        ),
        Limit(name="peak memory, 4 / 1", value=four.memory_mb / one.memory_mb, at_most=1.1),
        Limit(name="peak memory of 4, MB", value=four.memory_mb, at_most=250.0),
        Limit(name="NAV writes per document", value=four.nav_writes / many, at_most=0.05),
        Limit(
            name="FreshBooks calls per document", value=four.freshbooks_calls / many, at_most=0.06
        ),
    ]


async def _tie_out(home: Path, given: argparse.Namespace) -> list[Limit]:
    """A full tie-out of one month and of four against merely reading the same, and a day more; of another file if given, or of a made-up month."""
    months = [given.data] if given.data else sorted(MONTH.parent.glob("20*.csv.gz"))[:4]
    months = months or [write_month(home / "month.csv", given.documents, given.seed)]
    limits, memory = list[Limit](), list[float]()
    for files in (months[:1], months) if len(months) > 1 else (months,):
        before, day = without_last_day(files[-1], home)
        async with _place(home, [*files[:-1], before], given.seed, earlier=True) as place:
            documents = len(place.ids.read_text(encoding="utf-8").split())
            found = await measure_tie_out(place, day)
        _say(f"{documents} documents: {asdict(found)}")
        limits += _tie_out_limits(f"{len(files)} month{'s' * (len(files) > 1)}: ", documents, found)
        memory.append(found.full.memory_mb)
    if len(memory) > 1:
        name, grown = "peak memory of a full tie-out, of all months to one", memory[-1] / memory[0]
        limits.append(Limit(name=name, value=grown, at_most=1.15))
    return limits


def _tie_out_limits(of: str, documents: int, found: TieOuts) -> list[Limit]:
    """With few documents, what a program takes to start outweighs its work: then the ratio is shown and not limited."""
    endless = float("inf")
    ratio = found.full.wall_s / found.reading.wall_s
    figures = (
        ("documents", documents, endless),
        ("merely reading, s", found.reading.wall_s, endless),
        ("merely reading both at once, s", found.at_once.wall_s, endless),
        ("full tie-out, s", found.full.wall_s, endless),
        ("full tie-out / merely reading", ratio, 1.5 if documents > FEW else endless),
        ("peak memory, MB", found.full.memory_mb, 300.0),
        ("daily run, s", found.daily.wall_s, 5.0),
        ("daily run, peak memory, MB", found.daily.memory_mb, 300.0),
    )
    return [Limit(name=of + name, value=float(v), at_most=most) for name, v, most in figures]


async def _contest(
    place: Place, repeat: int
) -> tuple[dict[str, list[Measurement]], dict[str, Totals]]:
    """All by turns, so that a busy moment of the machine hits all alike and no figure rests on one run."""
    order: list[tuple[str, Run]] = [(OURS, ours), (BARE, bare), (USUAL, usual(place.ids))]
    runs: dict[str, list[Measurement]] = {OURS: [], USUAL: [], BARE: []}
    books: dict[str, Totals] = {}
    for name, run in order * repeat:
        measurement, totals = await measure(place, run)
        runs[name].append(measurement)
        books[f"{name}, run {len(runs[name])}"] = totals
        _say(f"{name:<18} {measurement.wall_s:7.2f} s")
    return runs, books


@asynccontextmanager
async def _place(
    home: Path, files: Sequence[Path], seed: int, *, earlier: bool = False
) -> AsyncIterator[Place]:
    """A FreshBooks with the month in it; ``earlier``: written some days ago."""
    async with sandbox("off") as connection, httpx2.AsyncClient(timeout=60) as http:
        told, ids = home / "loaded.json", home / "ids"
        told.write_text(json.dumps(connection), encoding="utf-8")
        begun = time.perf_counter()
        async with days_ago(connection["freshbooks"]["url"], http) if earlier else nullcontext():
            for data in files:
                loading = [*COMMAND, "sandbox", "load", str(data), "--to", str(told)]
                # The simple ways see one document at a time: no credits.
                loading += ["--seed", str(seed), "--no-credits"]
                await asyncio.to_thread(subprocess.run, loading, check=True, capture_output=True)
        _say(f"{len(files)} files loaded in {time.perf_counter() - begun:.1f} s")
        # Reading it all once also lets FreshBooks keep its answers ready, for all contestants alike.
        ids.write_text("\n".join(await _ids(told)), encoding="utf-8")
        yield Place(freshbooks=connection["freshbooks"], ids=ids, home=home, http=http)


async def _ids(told: Path) -> list[str]:
    async with connected(told) as systems:
        return [str(record.ref) for kind in DOCUMENTS async for record in systems.source.full(kind)]


def _machine() -> Mapping[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
