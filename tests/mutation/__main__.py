"""``./dev mutants``: small mistakes, made by machine one at a time in a copy of the product; the tests must notice them.

A seed chooses mistakes in core/decision, core/journal, engine and connectors, as many in each. Each is judged by the tests of
``./dev test`` that run its lines, the cheapest first. Which those are is measured once and kept beside the results, in files that
git ignores. Ends 0 if at least 90 of 100 are caught, 1 if not, 64 if the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

from mutation.judge import Judge, Verdict
from mutation.kept import Kept
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
    parser.add_argument("--processes", type=int, default=1, help="side by side")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def judge_all(given: argparse.Namespace) -> list[Judged]:
    """The verdicts, area by area; each is kept as soon as it is known."""
    kept, equivalent = Kept(KEPT, resume=given.resume), equivalents()
    # All at once: the product may be changed while this runs on a copy of it.
    orders = {area: ranked(SOURCE, area, given.seed, given.only) for area in AREAS}
    with _judges(given.processes) as judges, ThreadPoolExecutor(given.processes) as pool:

        def judged(mutant: Mutant) -> Judged:
            verdict = Verdict("equivalent") if mutant.key in equivalent else kept.verdict(mutant)
            if verdict is None:
                judge = judges.get()
                verdict = judge.judge(mutant)
                judges.put(judge)
                kept.keep(mutant, verdict)
                print(line(mutant, verdict), file=sys.stderr, flush=True)
            return Judged(mutant, verdict)

        found: list[Judged] = []
        for area, share in shares(given.count).items():
            wanted = [mutant for mutant in orders[area] if given.key in mutant.key]
            some = list(pool.map(judged, wanted[:share]))
            # One that cannot be imported is not counted: the next takes its place.
            for mutant in wanted[share:]:
                if sum(one.counts for one in some) == share:
                    break
                some.append(judged(mutant))
            found += (one for one in some if one.counts)
        return found


@contextmanager
def _judges(processes: int) -> Iterator[SimpleQueue[Judge]]:
    """As many workshops as work side by side, on one database server; all gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tieout-mutants-")))
        database = stack.enter_context(running(folder / "database", discard=True))
        touched, judges = Touched(MAP), SimpleQueue[Judge]()
        shops = [Workshop(folder / str(number), database) for number in range(processes)]
        for shop in shops:
            judges.put(Judge(shop, touched))
        yield judges


if __name__ == "__main__":
    main()
