"""Hold the oracle against the tie-out on sales files, one after the other in one company, or on a year of the service firm.

From the root of the repository: ``python -m tests.oracle --data FILE ...`` or ``--service-firm``. Prints every figure; ends 0 if both have the same, 1 if not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.world import World
from tests.oracle.play import a_world, answers_of, load_files, play_firm, told_by_the_tie_out
from tests.oracle.verdict import disagreements, figures, table

from tieout_sandboxes.service_firm import ServiceFirm


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", nargs="+", type=Path, metavar="FILE")
    what.add_argument("--service-firm", action="store_true")
    parser.add_argument("--documents", type=int, default=20_000, help="of the service firm")
    parser.add_argument("--seed", type=int, default=1, help="of the service firm")
    parser.add_argument("--company", choices=("gb", "ca"), default="gb", help="of the service firm")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tieout-oracle-") as folder:
        return asyncio.run(measure(Path(folder), asked))


async def measure(folder: Path, asked: argparse.Namespace) -> int:
    different = 0
    async with a_world(folder, asked.company) as world:
        for file in asked.data or ():
            await load_files(world, [file])
            different += await held_against(world, f"with {file.name}")
        if asked.service_firm:
            firm = ServiceFirm(asked.seed, asked.documents, company=asked.company)
            await play_firm(world, firm)
            different += await held_against(world, f"service firm, {asked.documents}")
    return 1 if different else 0


async def held_against(world: World, title: str) -> int:
    """How often both differ; every figure is printed."""
    begun = time.monotonic()
    answers = await answers_of(world)
    read = time.monotonic()
    mine = figures(answers)
    worked_out = time.monotonic()
    told = await told_by_the_tie_out(world)
    found = disagreements(mine, told)
    rows = sum(len(rows) for pages in (answers.freshbooks, answers.nav) for rows in pages.values())
    print(
        f"\n{title}: {rows:,} rows read in {read - begun:.1f} s, worked out in {worked_out - read:.1f} s; "
        f"the tie-out took {time.monotonic() - worked_out:.1f} s; {len(found)} disagreements"
    )
    print(f"states: {await world.states()}\n\n{table(mine, told)}\n", flush=True)
    for one in found[:40]:
        print(one, flush=True)
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
