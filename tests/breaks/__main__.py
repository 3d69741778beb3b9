"""``python -m breaks`` (in ``tests``, with ``src`` on the path): break the books of a small firm in every way, and play clean months.

Ends 0 if every break was found, at least 99 of 100 rightly named, everything cured where a cure was offered, and no clean month had a difference;
1 if not (what a system refuses is not found), 64 if the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import count, islice
from typing import NoReturn, TypeVar

from breaks.figures import Figures, table, text
from breaks.months import Month, month
from breaks.trial import Trial, tried
from breaks.ways import WAYS, Way
from tieout.app.console import FALSE, INTERRUPTED, TRUE, USAGE
from tieout.app.running import set_up_logs

Told = TypeVar("Told")
NAMED = 0.99
BATCH = 20


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line and ends 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main() -> None:
    """Read the command line, break, report."""
    given = _parser().parse_args()
    chosen = [w for w in WAYS if not given.classes or str(w.kind) in given.classes]
    if not chosen:
        _parser().error(f"there are: {', '.join(sorted({str(w.kind) for w in WAYS}))}")
    os.environ.setdefault("TIEOUT_LOG", "error")
    try:
        figures = _measured(given, chosen)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    if given.json:
        print(json.dumps(figures.summary()))
    else:
        print(table(figures) if given.table else text(figures))
    sys.exit(TRUE if figures.good(NAMED) else FALSE)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m breaks",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--ways", type=int, default=20, help="seeds for each way [20]")
    parser.add_argument("--first", type=int, default=1, help="the first seed [1]")
    parser.add_argument("--classes", nargs="*", help="only these classes, as AMOUNT TAX")
    parser.add_argument("--clean-months", type=int, default=0, help="months without a break [0]")
    parser.add_argument("--table", action="store_true", help="the table of the guide, in Markdown")
    parser.add_argument("--json", action="store_true", help="the figures, for a program")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=1, help="processes [1]")
    return parser


def _measured(given: argparse.Namespace, chosen: Sequence[Way]) -> Figures:
    seeds = range(given.first, given.first + given.ways)
    asked = [(WAYS.index(way), seed) for way in chosen for seed in seeds]
    begun = time.monotonic()
    with ProcessPoolExecutor(given.jobs, initializer=set_up_logs) as pool:
        trials = list(_shown("ways", pool.map(_tried, asked, chunksize=4)))
        months = list(_shown("months", _months(pool, given.first, given.clean_months)))
    return Figures(trials, months, time.monotonic() - begun)


def _tried(asked: tuple[int, int]) -> Trial:
    place, seed = asked
    return tried(WAYS[place], seed)


def _months(pool: Executor, first: int, wanted: int) -> Iterator[Month]:
    """Months until so many are clean: nothing in them waits for a person."""
    seeds, clean = count(first), 0
    while clean < wanted:
        for played in pool.map(month, islice(seeds, min(wanted - clean, BATCH))):
            clean += played.clean
            yield played


def _shown(what: str, done: Iterable[Told]) -> Iterator[Told]:
    """The same, while standard error tells how many there are by now."""
    for number, one in enumerate(done, 1):
        if number % BATCH == 0:
            print(f"{what}: {number:,}", file=sys.stderr, flush=True)
        yield one


if __name__ == "__main__":
    main()
