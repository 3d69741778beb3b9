"""Hold the oracle against the tie-out on sales files, one after the other in one company, or on a year of the service firm.

From the root of the repository: ``python -m tests.oracle --data FILE ...`` or ``--service-firm``. Prints every figure; ends 0 if both have the same, 1 if not.
With ``--freeze`` a day is frozen, and in the end people touch that past in both systems, and both are held against each other once more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.acceptance.world import World
from tests.oracle.books import Notes
from tests.oracle.play import (
    a_world,
    answers_of,
    freeze,
    load_files,
    play_firm,
    told_by_the_tie_out,
)
from tests.oracle.touch import touch
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
    day = date.fromisoformat
    parser.add_argument(
        "--freeze", type=day, metavar="DAY", help="as soon as it is over, by the month or the file"
    )
    parser.add_argument("--as-of", type=day, metavar="DAY", nargs="+", default=[])
    parser.add_argument(
        "--limits", type=json.loads, default={}, help="explained_limits of the pair, as JSON"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tieout-oracle-") as folder:
        return asyncio.run(measure(Path(folder), asked))


async def measure(folder: Path, asked: argparse.Namespace) -> int:
    async with a_world(folder, asked.company, explained_limits=asked.limits) as world:
        trial = Trial(world, asked.as_of)
        for file in asked.data or ():
            await load_files(world, [file])
            await trial.freeze_once(asked.freeze)
            await trial.compare(f"with {file.name}")
        if asked.service_firm:
            await play(trial, asked)
            await trial.compare(f"service firm, {asked.documents}")
        if trial.notes:
            print(f"\ntouched: {dict(await touch(world, asked.freeze))}")
            await trial.compare(f"after {asked.freeze} was touched")
    return 1 if trial.different else 0


async def play(trial: Trial, asked: argparse.Namespace) -> None:
    async def month_ended(day: date) -> None:
        if asked.freeze and (day.year, day.month) >= (asked.freeze.year, asked.freeze.month):
            await trial.freeze_once(asked.freeze)

    firm = ServiceFirm(asked.seed, asked.documents, company=asked.company)
    await play_firm(trial.world, firm, month_ended)


@dataclass
class Trial:
    """A world in which both are compared again and again; ``different`` counts what they do not have alike."""

    world: World
    days: list[date]
    notes: list[Notes] = field(default_factory=list)
    different: int = 0

    async def freeze_once(self, last: date | None) -> None:
        if last and not self.notes:
            self.notes.append(await freeze(self.world, last))

    async def compare(self, title: str) -> None:
        """As both books stand, and as of each of the days."""
        await self._held_against(title, None)
        for day in self.days:
            await self._held_against(f"{title}, as of {day}", day)

    async def _held_against(self, title: str, until: date | None) -> None:
        """Every figure is printed, and what differs."""
        begun = time.monotonic()
        answers = await answers_of(self.world, *([until] if until else []))
        read = time.monotonic()
        mine = figures(answers, until, self.notes)
        worked_out = time.monotonic()
        told = await told_by_the_tie_out(self.world, until)
        found = disagreements(mine, told)
        rows = sum(
            len(rows) for pages in (answers.freshbooks, answers.nav) for rows in pages.values()
        )
        print(
            f"\n{title}: {rows:,} rows read in {read - begun:.1f} s, worked out in {worked_out - read:.1f} s; "
            f"the tie-out took {time.monotonic() - worked_out:.1f} s; {len(found)} disagreements"
        )
        print(f"states: {await self.world.states()}\n\n{table(mine, told)}\n", flush=True)
        for one in found[:40]:
            print(one, flush=True)
        self.different += len(found)


if __name__ == "__main__":
    sys.exit(main())
