"""``./dev mutants``: small mistakes, made by machine one at a time in a copy of the product; the tests must notice them.

A seed chooses mistakes in core/decision, core/journal, engine and connectors, as many in each. Each is judged by the tests of
``./dev test`` that run its lines, the cheapest first. Which those are is measured once and kept beside the results, in files that
git ignores. Ends 0 if at least 90 of 100 are caught, 1 if not, 64 if the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

from mutation.judge import STAGES, Judge
from mutation.kept import Kept, state
from mutation.operators import Mutant
from mutation.report import Judged, equivalents, line, report, summary
from mutation.sample import AREAS, ranked, shares
from mutation.touched import Touched
from mutation.workshop import ROOT, SOURCE, Workshop
from tieout.app.console import FALSE, INTERRUPTED, TRUE, USAGE
from tieout.store.postgres import running

KEPT, MAP = ROOT / ".tieout-mutants.json", ROOT / ".tieout-mutants.map.json"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line and ends 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main() -> None:
    """Read the command line, judge, report."""
    given = _parser().parse_args()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    try:
        judged = judge_all(given)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    print(json.dumps(summary(judged)) if given.json else report(judged))
    sys.exit(TRUE if summary(judged)["good"] else FALSE)


def _parser() -> Parser:
    parser = Parser(
        prog="./dev mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=160, help="how many (default: 160)")
    parser.add_argument("--seed", type=int, default=1, help="chooses which")
    parser.add_argument("--only", default="", metavar="PART", help="of files whose path has this")
    parser.add_argument("--key", default="", help="this one alone, as the report names it")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep what is known; what survived is tried again if a test was changed",
    )
    parser.add_argument(
        "--until", choices=STAGES, default=list(STAGES)[-1], help="the last stage that is tried"
    )
    parser.add_argument("--processes", type=int, default=1, help="side by side")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def judge_all(given: argparse.Namespace) -> list[Judged]:
    """The verdicts; each is kept as soon as it is known. All pass the cheap stages before any is tried in a dear one."""
    # All at once: product and tests may be changed while this runs on a copy of them.
    assert all(state(stage) for stage in STAGES)
    orders = {area: ranked(SOURCE, area, given.seed, given.only) for area in AREAS}
    kept = Kept(KEPT, resume=given.resume)
    with _judges(given.processes) as judges, ThreadPoolExecutor(given.processes) as pool:
        bench = Bench(judges, kept)
        mutants: list[Mutant] = []
        for area, share in shares(given.count).items():
            wanted = (mutant for mutant in orders[area] if given.key in mutant.key)
            mutants += islice((mutant for mutant in wanted if bench.admits(mutant)), share)
        try:
            for stage in list(STAGES)[: list(STAGES).index(given.until) + 1]:
                list(pool.map(bench.tries, mutants, [stage] * len(mutants)))
        except KeyboardInterrupt:
            bench.stop()
            raise
    return [Judged(mutant, kept.verdict(mutant)) for mutant in mutants]


class Bench:
    """Gives mutants to whichever judge is free, unless it is known what comes of them."""

    def __init__(self, judges: Sequence[Judge], kept: Kept) -> None:
        self._all, self._kept, self._equivalent = judges, kept, equivalents()
        self._judges = SimpleQueue[Judge]()
        for judge in judges:
            self._judges.put(judge)

    def admits(self, mutant: Mutant) -> bool:
        """Whether it counts. What cannot be imported does not: the next takes its place."""
        verdict = self._kept.verdict(mutant)
        if mutant.key in self._equivalent:
            verdict.word = "equivalent"
        if verdict.word == "open" and not verdict.passed:
            with self._judge() as judge:
                verdict.word = "open" if judge.importable(mutant) else "broken"
        return verdict.word != "broken"

    def tries(self, mutant: Mutant, stage: str) -> None:
        verdict, begun = self._kept.verdict(mutant), time.monotonic()
        if verdict.word != "open" or verdict.has_passed(stage):
            return
        with self._judge() as judge:
            verdict.by = judge.caught(mutant, stage)
        if judge.stopped:
            return
        if verdict.by:
            verdict.word, verdict.stage = "caught", stage
        else:
            verdict.passed[stage] = state(stage)
        self._kept.save()
        print(line(mutant, verdict, stage, time.monotonic() - begun), file=sys.stderr, flush=True)

    def stop(self) -> None:
        """End what runs: nobody waits for its verdict."""
        for judge in self._all:
            judge.stop()

    @contextmanager
    def _judge(self) -> Iterator[Judge]:
        judge = self._judges.get()
        try:
            yield judge
        finally:
            self._judges.put(judge)


@contextmanager
def _judges(processes: int) -> Iterator[list[Judge]]:
    """As many workshops as work side by side, on one database server; all gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tieout-mutants-")))
        database = stack.enter_context(running(folder / "database", discard=True))
        touched = Touched(MAP)
        shops = [Workshop(folder / str(number), database) for number in range(processes)]
        yield [Judge(shop, touched) for shop in shops]


if __name__ == "__main__":
    main()
