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
from pathlib import Path

from tieout_simulator.applies import counted, missing
from tieout_simulator.assumptions import UnknownFlip
from tieout_simulator.checkers import Violation
from tieout_simulator.coverage import Coverage
from tieout_simulator.faults import ALL
from tieout_simulator.kept import Kept, keep
from tieout_simulator.ledger import Ledger, circumstances
from tieout_simulator.shrink import shrunk
from tieout_simulator.trials import EACH, RANDOM, Trial, trial, wanted
from tieout_simulator.verdicts import combinations, document
from tieout_simulator.world import Options, Outcome, simulate

EX_USAGE = 64
JOURNAL = Path(".tieout-simulation.json")
KEPT = Path("tests/simulation/kept.json")
TELL_EVERY_S = 5.0
SEEDS_PER_VALUE = 3


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
        route=given.route,
    )
    try:
        if given.seed is not None and given.seeds in (None, 1) and given.switches != EACH:
            one = trial(given.seed, given.switches)
            sys.exit(_one(one, options, as_json=given.json, shrink=given.shrink))
        sys.exit(_many(given, options))
    except UnknownFlip as unknown_flip:
        print(unknown_flip, file=sys.stderr)
        sys.exit(EX_USAGE)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed, or the first of several")
    parser.add_argument("--seeds", type=int, help=f"how many (default 1; of each switch {SEEDS_PER_VALUE})")  # fmt: skip
    parser.add_argument("--days", type=int, default=30, help="virtual days until people rest")
    parser.add_argument("--deeds", type=int, default=40, help="how often somebody does something")
    parser.add_argument(
        "--faults", type=lambda text: [n for n in text.split(",") if n], metavar="LIST",
        help=f"these and no others, with commas (default: a random part of {', '.join(ALL)})",
    )  # fmt: skip
    parser.add_argument(
        "--route",
        choices=("gateway", "pages"),
        default="",
        help="how NAV is written to (default: as the seed has it)",
    )
    parser.add_argument(
        "--switches", default="", metavar="WHICH",
        help=f"{EACH} (every other value of every switch alone), {RANDOM} (a combination by the seed), or system.switch=value with commas",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help=f"add to what {JOURNAL} (of each and random: one beside it) has; what was played is not played again"
    )  # fmt: skip
    parser.add_argument(
        "--shrink",
        action="store_true",
        help="of one failing seed: find fewer faults and deeds with which it still fails, and keep it as a test (done for the first of many)",
    )
    parser.add_argument(
        "--until-failure", action="store_true", help="stop at the first seed that fails"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--table", action="store_true", help="print the table of faults and steps")
    return parser


# ---------------------------------------------------------------- one seed


def _one(one: Trial, options: Options, *, as_json: bool, shrink: bool) -> int:
    outcome = simulate(one.seed, replace(one.options(options), keep=True))
    if as_json:
        print(json.dumps(_shown(one, outcome)))
        return 0 if outcome.good else 1
    for event in outcome.events:
        print(event)
    print(_summary(one, outcome))
    if shrink and not outcome.good:
        _keep_small(one, outcome, options)
    return 0 if outcome.good else 1


def _keep_small(one: Trial, failed: Outcome, options: Options) -> None:
    """Make a failing seed small, tell that story, and keep it as a test."""
    small, flips = shrunk(failed, one.flips, options)
    fewer = Trial(one.seed, flips)
    again = simulate(fewer.seed, replace(fewer.options(small), keep=True))
    print(f"seed {fewer.seed}, made small:")
    for event in again.events:
        print(event)
    print(_summary(fewer, again))
    print(f"  again: {_spelt(fewer, small)}")
    if keep(Kept(fewer, small, failed.violations[0].law), KEPT):
        print(f"  kept in {KEPT}: ./dev test plays it from now on", flush=True)


def _spelt(one: Trial, options: Options) -> str:
    """The command that plays it."""
    faults = "" if options.faults is None else f" --faults {','.join(options.faults) or ','}"
    faults += f" --route {options.route}" if options.route else ""
    switches = f" --switches '{one.switches}'" if one.flips else ""
    return f"./dev simulate --seed {one.seed} --days {options.days} --deeds {options.deeds}{faults}{switches}"


def _shown(one: Trial, outcome: Outcome) -> dict[str, object]:
    return {
        "seed": outcome.seed,
        "switches": [str(flip) for flip in one.flips],
        "trace": outcome.fingerprint,
        "states": outcome.states,
        "faults": list(outcome.swarm),
        "held": outcome.held,
        "violations": [str(violation) for violation in outcome.violations],
    }


def _summary(one: Trial, outcome: Outcome) -> str:
    states = ", ".join(f"{number} {name}" for name, number in outcome.states.items())
    lines = [f"seed {outcome.seed}: {states}; trace {outcome.fingerprint}"]
    lines += [f"  faults: {', '.join(outcome.swarm) or 'none'}"]
    lines += [f"  assumes {one.switches}"] if one.flips else []
    lines += [f"  held {name}: {why}" for name, why in outcome.held.items()]
    lines += [f"  VIOLATION {violation}" for violation in outcome.violations]
    return "\n".join(lines)


# ---------------------------------------------------------------- many


def _many(given: argparse.Namespace, options: Options) -> int:
    journal = JOURNAL.with_suffix(f".{given.switches}.json") if given.switches in (EACH, RANDOM) else JOURNAL  # fmt: skip
    ledger = _ledger(given, options, journal)
    todo = _todo(given, ledger)
    begun = told = time.monotonic()
    cpu = 0.0
    played = 0
    failed: tuple[Trial, Outcome] | None = None
    for one, outcome, took_s in _outcomes(todo, options, 1 if given.until_failure else given.processes):  # fmt: skip
        played += 1
        cpu += took_s
        ledger.add(one, outcome)
        if not outcome.good and given.until_failure:
            break
        if not outcome.good and not given.json:
            _tell(one, outcome, options)
            if outcome.fingerprint:  # and not a breakdown, which cannot be made small
                failed = failed or (one, outcome)
        if time.monotonic() - told > TELL_EVERY_S and not given.json:
            told = time.monotonic()
            print(f"{played} of {len(todo)} seeds, {len(ledger.failed)} failed", file=sys.stderr, flush=True)  # fmt: skip
            ledger.write(journal if given.resume else None)
    ledger.write(journal if given.resume else None)
    if failed:
        _keep_small(*failed, options)
    _report(given, ledger, played, time.monotonic() - begun, cpu)
    return 1 if ledger.failed else 0


def _ledger(given: argparse.Namespace, options: Options, journal: Path) -> Ledger:
    under = circumstances(options, given.switches)
    ledger = Ledger.read(journal, under) if given.resume else Ledger(under)
    if ledger.forgotten:
        text = f"{ledger.forgotten} seeds are forgotten: they were played under other circumstances than {under}"
        print(text, file=sys.stderr)
    return ledger


def _todo(given: argparse.Namespace, ledger: Ledger) -> list[Trial]:
    """What is not played yet. Each switch is compared under the same seeds, which are the first ones unless asked otherwise."""
    each = given.switches == EACH
    first = given.seed if given.seed is not None else 1 if each else secrets.randbelow(10**9)
    seeds = given.seeds if given.seeds is not None else SEEDS_PER_VALUE if each else 1
    return wanted(first, seeds, given.switches, set(ledger.seeds))


def _outcomes(
    todo: Sequence[Trial], options: Options, processes: int
) -> Iterator[tuple[Trial, Outcome, float]]:
    if processes == 1:
        yield from (_timed(one, options) for one in todo)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_timed, todo, [options] * len(todo))


def _timed(one: Trial, options: Options) -> tuple[Trial, Outcome, float]:
    begun = time.process_time()
    try:
        outcome = simulate(one.seed, one.options(options))
    except Exception as error:  # noqa: BLE001 - whatever it is, one seed must not end the run
        # A defect of the simulation; the others are played nevertheless.
        told = Violation("the simulation breaks down", repr(error))
        outcome = Outcome(one.seed, "", [told], Coverage(), [], {})
    return one, outcome, time.process_time() - begun


def _tell(one: Trial, outcome: Outcome, options: Options) -> None:
    """A failing seed: what it broke, and how to see it again."""
    print(_summary(one, outcome), file=sys.stderr)
    print(f"  its story: {_spelt(one, options)} [--shrink]", file=sys.stderr, flush=True)


def _switches(ledger: Ledger, switches: str, command: str) -> str:
    if switches == EACH:
        return document(ledger.verdicts, command)
    return combinations(ledger.verdicts, ledger.seeds, ledger.failed, command)


def _report(
    given: argparse.Namespace, ledger: Ledger, played: int, took_s: float, cpu_s: float
) -> None:
    coverage: Coverage = ledger.coverage
    if given.json:
        figures: dict[str, object] = {
            "seeds": len(ledger.seeds),
            "failed": list(ledger.failed),
            "trace": ledger.fingerprint,
        }
        first = next(iter(ledger.failed.values()), [""])
        figures["first"] = first[0]
        if given.switches:
            figures["switches"] = {flip: vars(verdict) for flip, verdict in ledger.verdicts.items()}
        print(json.dumps(figures | {"seconds": round(took_s, 1), "cpu_seconds": round(cpu_s, 1)}))
        return
    if given.table and given.switches:
        print(_switches(ledger, given.switches, " ".join(["./dev simulate", *sys.argv[1:]])))
        return
    if given.table:
        print(counted(coverage, len(ledger.seeds), " ".join(["./dev simulate", *sys.argv[1:]])))
    print(
        f"{played} seeds in {took_s:.0f} s ({cpu_s / max(played, 1):.2f} CPU-seconds each),"
        f" {len(ledger.seeds)} in all, {len(ledger.failed)} failed; trace {ledger.fingerprint}"
    )
    lacking = missing(coverage)
    print(f"cells of the table met fewer than 100 times: {len(lacking)}")


if __name__ == "__main__":
    main()
