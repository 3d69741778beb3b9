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
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.books import Totals, disagreements
from benchmarks.measure import Measurement, Place, Run, bare, measure, ours, usual
from benchmarks.process import RunFailed
from benchmarks.table import BARE, OURS, USUAL, as_json, limits_of, medians, shown, verdicts
from benchmarks.world import connected
from chaos.retail import write_month
from tieout.app.demo import COMMAND, sandbox
from tieout.core.records.identity import DOCUMENTS

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
    parser.add_argument("--documents", type=int, default=2000, help="size of the made-up month")
    parser.add_argument("--seed", type=int, default=1, help="of the payments that are made up")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    os.environ["TIEOUT_LOG"] = "error"
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the sandboxes must not stay
    try:
        sys.exit(0 if asyncio.run(_bench(given)) else 1)
    except RunFailed as failure:
        sys.exit(str(failure))


async def _bench(given: argparse.Namespace) -> bool:
    home = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    data = given.data or (
        MONTH if MONTH.exists() else write_month(home / "month.csv", given.documents, given.seed)
    )
    try:
        async with _place(home, data, given.seed) as place:
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
async def _place(home: Path, data: Path, seed: int) -> AsyncIterator[Place]:
    """A FreshBooks with the month in it."""
    async with sandbox("off") as connection, httpx2.AsyncClient(timeout=60) as http:
        told, ids = home / "loaded.json", home / "ids"
        told.write_text(json.dumps(connection), encoding="utf-8")
        begun = time.perf_counter()
        loading = [*COMMAND, "sandbox", "load", str(data), "--to", str(told), "--seed", str(seed)]
        loading.append("--no-credits")  # the simple ways see one document at a time
        await asyncio.to_thread(subprocess.run, loading, check=True, capture_output=True)
        _say(f"{data.name} loaded in {time.perf_counter() - begun:.1f} s")
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
