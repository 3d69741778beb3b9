"""``./dev chaos``: a month's import with 30 kills of the worker and 5 of the database, then the verdict."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from chaos.harness import arena, play
from chaos.retail import write_month
from tieout.app.running import set_up_logs
from tieout.store.postgres import EmbeddedPostgres

MONTH = Path(__file__).parents[2].parent / "shared/data/online-retail/2010-12.csv.gz"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        help="a file in the retail layout (default: the shared month, else a made-up one)",
    )
    parser.add_argument("--kills", type=int, default=30, help="kills of the worker")
    parser.add_argument("--database-kills", type=int, default=5, help="kills of the database")
    parser.add_argument("--seed", type=int, default=1, help="order and moments")
    parser.add_argument("--documents", type=int, default=600, help="size of the made-up month")
    given = parser.parse_args()
    set_up_logs()
    sys.exit(0 if asyncio.run(_run(given)) else 1)


async def _run(given: argparse.Namespace) -> bool:
    begun, home = time.monotonic(), Path(tempfile.mkdtemp(prefix="tieout-chaos-"))
    data = given.data or (
        MONTH if MONTH.exists() else write_month(home / "month.csv", given.documents, given.seed)
    )
    print(f"data {data.name}, seed {given.seed}", flush=True)
    try:
        async with arena(home, lambda text: print(text, flush=True)) as place:
            report = await play(
                place, data, kills=given.kills, database_kills=given.database_kills, seed=given.seed
            )
    finally:
        EmbeddedPostgres(home).remove()
        shutil.rmtree(home, ignore_errors=True)
    print(f"\nkills: {dict(sorted(report.kills.items()))}")
    if report.missed:
        print(f"moments that did not come: {report.missed}")
    print(f"status: {report.status}")
    for problem in report.problems[:50]:
        print(f"PROBLEM {problem}")
    verdict = (
        "the books agree, each document once" if report.good else f"{len(report.problems)} problems"
    )
    print(f"{sum(report.kills.values())} kills in {time.monotonic() - begun:.0f} s: {verdict}")
    return report.good and not report.missed


if __name__ == "__main__":
    main()
