"""``./dev chaos``: real kills of real processes, then the verdict.

Rounds by default: people work in FreshBooks while workers are killed and paused, the database is killed, full or slow, and the
network is cut. ``--month`` imports a month of retail data instead, one worker being killed at every named moment of its transactions.
Ends 0 if nothing is lost, nothing is twice and the books agree, 1 if not, 2 if it could not be told, 64 if the command line is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NoReturn

from chaos import month
from chaos.deeds import DEEDS
from chaos.retail import write_month
from chaos.rounds import play
from tieout.app.console import FALSE, INTERRUPTED, TRUE, UNKNOWN, USAGE
from tieout.app.running import set_up_logs
from tieout.store.postgres import EmbeddedPostgres

MONTH = Path(__file__).parents[2].parent / "shared/data/online-retail/2010-12.csv.gz"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line and ends 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main() -> None:
    """Read the command line and play."""
    given = _parser().parse_args()
    os.environ.setdefault("TIEOUT_LOG", "error")
    set_up_logs()
    try:
        good = asyncio.run(_month(given) if given.month else _rounds(given))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001 - whatever it is, nothing can be told
        traceback.print_exc()
        sys.exit(UNKNOWN)
    sys.exit(TRUE if good else FALSE)


def _parser() -> Parser:
    parser = Parser(
        prog="./dev chaos", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--workers", type=int, choices=(2, 3), default=2, help="processes at work")
    parser.add_argument("--rounds", type=_count, default=100)
    parser.add_argument("--seed", type=int, default=1, help="what happens, to whom and when")
    parser.add_argument(
        "--deeds",
        type=_deeds,
        default=[*DEEDS],
        metavar=",".join(DEEDS),
        help="what may happen (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--keep", type=Path, help="a folder that shall get the logs of the workers")
    alone = parser.add_argument_group("one worker and a month of retail data")
    alone.add_argument("--month", action="store_true")
    alone.add_argument(
        "--data",
        type=Path,
        help="a file in the retail layout (default: the shared month, else a made-up one)",
    )
    alone.add_argument("--kills", type=int, default=30, help="kills of the worker")
    alone.add_argument("--database-kills", type=int, default=5, help="kills of the database")
    alone.add_argument("--documents", type=int, default=600, help="size of the made-up month")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds")
    return int(text)


def _deeds(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if not names or not set(names) <= DEEDS.keys():
        raise argparse.ArgumentTypeError(f"choose from {','.join(DEEDS)}, with commas between")
    return names


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _rounds(given: argparse.Namespace) -> bool:
    home = Path(tempfile.mkdtemp(prefix="tieout-chaos-"))
    try:
        report = await play(
            home,
            given.deeds,
            workers=given.workers,
            rounds=given.rounds,
            seed=given.seed,
            say=_progress,
        )
    finally:
        if given.keep is not None:
            _keep_logs(home, given.keep)
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(report.plain(), indent=2) if given.json else report.text())
    return report.good


def _keep_logs(home: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for log in home.glob("*.log"):
        shutil.copy(log, folder)


async def _month(given: argparse.Namespace) -> bool:
    begun, home = time.monotonic(), Path(tempfile.mkdtemp(prefix="tieout-chaos-"))
    data = given.data or (
        MONTH if MONTH.exists() else write_month(home / "month.csv", given.documents, given.seed)
    )
    _progress(f"data {data.name}, seed {given.seed}")
    try:
        async with month.arena(home, _progress) as place:
            report = await month.play(
                place, data, kills=given.kills, database_kills=given.database_kills, seed=given.seed
            )
    finally:
        EmbeddedPostgres(home).remove()
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(report.plain(), indent=2) if given.json else report.text())
    print(
        f"{sum(report.kills.values())} kills in {time.monotonic() - begun:.0f} s", file=sys.stderr
    )
    return report.good


if __name__ == "__main__":
    main()
