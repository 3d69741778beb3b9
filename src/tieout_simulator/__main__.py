"""``./dev simulate``: years of crashes in minutes, each under a seed that tells the same story again."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from tieout_simulator.applies import missing, table
from tieout_simulator.coverage import Coverage
from tieout_simulator.faults import ALL
from tieout_simulator.ledger import Ledger
from tieout_simulator.shrink import shrunk
from tieout_simulator.world import Options, Outcome, simulate

EX_USAGE = 64
JOURNAL = Path(".tieout-simulation.json")
TELL_EVERY_S = 5.0


def main() -> None:
    """Read the command line and play."""
    given = _arguments().parse_args()
    unknown = [name for name in given.faults or () if name not in ALL]
    if unknown:
        print(f"unknown faults: {', '.join(unknown)}; there are: {', '.join(ALL)}", file=sys.stderr)
        sys.exit(EX_USAGE)
    options = Options(
        days=given.days,
        deeds=given.deeds,
        faults=tuple(given.faults) if given.faults is not None else None,
    )
    if given.seed is not None and given.seeds == 1:
        sys.exit(_one(given.seed, options, as_json=given.json, shrink=given.shrink))
    sys.exit(_many(given, options))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed, or the first of several")
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--days", type=int, default=30, help="virtual days until people rest")
    parser.add_argument("--deeds", type=int, default=40, help="how often somebody does something")
    parser.add_argument(
        "--faults", type=lambda text: [n for n in text.split(",") if n], metavar="LIST",
        help=f"these and no others, with commas (default: a random part of {', '.join(ALL)})",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help=f"add to what {JOURNAL} has; seeds that it has are not played again"
    )  # fmt: skip
    parser.add_argument(
        "--shrink",
        action="store_true",
        help="of one failing seed: find fewer faults and deeds with which it still fails",
    )
    parser.add_argument(
        "--until-failure", action="store_true", help="stop at the first seed that fails"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--table", action="store_true", help="print the table of faults and steps")
    return parser


# ---------------------------------------------------------------- one seed


def _one(seed: int, options: Options, *, as_json: bool, shrink: bool) -> int:
    outcome = simulate(seed, replace(options, keep=True))
    if as_json:
        print(json.dumps(_shown(outcome)))
        return 0 if outcome.good else 1
    for event in outcome.events:
        print(event)
    print(_summary(outcome))
    if shrink and not outcome.good:
        small = shrunk(outcome, options)
        print(f"  small: --days {small.days} --deeds {small.deeds} --faults {','.join(small.faults or ())}")  # fmt: skip
    return 0 if outcome.good else 1


def _shown(outcome: Outcome) -> dict[str, object]:
    return {
        "seed": outcome.seed,
        "trace": outcome.fingerprint,
        "states": outcome.states,
        "faults": list(outcome.swarm),
        "held": outcome.held,
        "violations": [str(violation) for violation in outcome.violations],
    }


def _summary(outcome: Outcome) -> str:
    states = ", ".join(f"{number} {name}" for name, number in outcome.states.items())
    lines = [f"seed {outcome.seed}: {states}; trace {outcome.fingerprint}"]
    lines += [f"  faults: {', '.join(outcome.swarm) or 'none'}"]
    lines += [f"  held {name}: {why}" for name, why in outcome.held.items()]
    lines += [f"  VIOLATION {violation}" for violation in outcome.violations]
    return "\n".join(lines)


# ---------------------------------------------------------------- many


def _many(given: argparse.Namespace, options: Options) -> int:
    ledger = Ledger.read(JOURNAL) if given.resume else Ledger()
    first = given.seed if given.seed is not None else secrets.randbelow(10**9)
    wanted = list(islice(_unplayed(first, ledger), given.seeds))
    begun = told = time.monotonic()
    cpu = 0.0
    played = 0
    for outcome, took_s in _outcomes(wanted, options, 1 if given.until_failure else given.processes):  # fmt: skip
        played += 1
        cpu += took_s
        ledger.add(outcome)
        if not outcome.good and given.until_failure:
            break
        if not outcome.good and not given.json:
            _tell(outcome, options)
        if time.monotonic() - told > TELL_EVERY_S and not given.json:
            told = time.monotonic()
            print(f"{played} of {len(wanted)} seeds, {len(ledger.failed)} failed", flush=True)
            ledger.write(JOURNAL if given.resume else None)
    ledger.write(JOURNAL if given.resume else None)
    _report(given, ledger, played, time.monotonic() - begun, cpu)
    return 1 if ledger.failed else 0


def _outcomes(
    seeds: Sequence[int], options: Options, processes: int
) -> Iterator[tuple[Outcome, float]]:
    if processes == 1:
        yield from (_timed(seed, options) for seed in seeds)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_timed, seeds, [options] * len(seeds))


def _timed(seed: int, options: Options) -> tuple[Outcome, float]:
    begun = time.process_time()
    outcome = simulate(seed, options)
    return outcome, time.process_time() - begun


def _unplayed(first: int, ledger: Ledger) -> Iterator[int]:
    seed = first
    while True:
        if seed not in ledger.seeds:
            yield seed
        seed += 1


def _tell(outcome: Outcome, options: Options) -> None:
    """A failing seed: what it broke, and how to see it again."""
    print(_summary(outcome))
    print(
        f"  its story: ./dev simulate --seed {outcome.seed} --days {options.days} --deeds {options.deeds} [--shrink]",
        flush=True,
    )


def _report(
    given: argparse.Namespace, ledger: Ledger, played: int, took_s: float, cpu_s: float
) -> None:
    coverage: Coverage = ledger.coverage
    if given.json:
        figures = {
            "seeds": len(ledger.seeds),
            "failed": sorted(ledger.failed),
            "trace": ledger.fingerprint,
        }
        first = next(iter(ledger.failed.values()), [""])
        figures["first"] = first[0]
        print(json.dumps(figures | {"seconds": round(took_s, 1), "cpu_seconds": round(cpu_s, 1)}))
        return
    if given.table:
        print(table(coverage))
    print(
        f"{played} seeds in {took_s:.0f} s ({cpu_s / max(played, 1):.2f} CPU-seconds each),"
        f" {len(ledger.seeds)} in all, {len(ledger.failed)} failed; trace {ledger.fingerprint}"
    )
    lacking = missing(coverage)
    print(f"cells of the table met fewer than 100 times: {len(lacking)}")


if __name__ == "__main__":
    main()
