"""Virtual weeks under fixed and fresh seeds: no law is broken. A seed that fails tells how to see its story: ./dev simulate --seed N."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tieout_simulator.faults import ALL
from tieout_simulator.trials import trial
from tieout_simulator.world import Options, Outcome, simulate

FIXED, FRESH = 100, 50
SHORT = Options(days=14, deeds=20)
KEPT = Path(__file__).parent / "kept.json"


def played(seeds: list[int]) -> list[Outcome]:
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(simulate, seeds, [SHORT] * len(seeds)))


def complaints(outcomes: list[Outcome]) -> list[str]:
    return [
        f"./dev simulate --seed {one.seed} --days {SHORT.days} --deeds {SHORT.deeds}: {violation}"
        for one in outcomes
        for violation in one.violations
    ]


@pytest.mark.timeout(300)
def test_fixed_and_fresh_seeds_break_no_law() -> None:
    fresh = [secrets.randbelow(10**9) for _ in range(FRESH)]
    outcomes = played([*range(FIXED), *fresh])
    assert complaints(outcomes) == []
    met = {fault for one in outcomes for fault, _, _ in one.coverage.met}
    assert set(ALL) <= met
    assert sum(one.states["agreed"] for one in outcomes) > 1000


@pytest.mark.parametrize("kept", json.loads(KEPT.read_text()), ids=lambda kept: str(kept["seed"]))
def test_seeds_that_once_failed(kept: dict[str, object]) -> None:
    options = Options(
        days=int(str(kept["days"])),
        deeds=int(str(kept["deeds"])),
        faults=tuple(str(kept["faults"]).split(",")) if kept["faults"] else None,
    )
    one = trial(int(str(kept["seed"])), str(kept.get("switches", "")))
    outcome = simulate(one.seed, one.options(options))
    assert [str(violation) for violation in outcome.violations] == []


def told(seed: int, hash_seed: str) -> str:
    """The fingerprint of a story told in a process of its own."""
    command = [sys.executable, "-m", "tieout_simulator", "--seed", str(seed), "--days", "14", "--deeds", "20", "--json"]  # fmt: skip
    environment = {"PYTHONHASHSEED": hash_seed, "PATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["trace"])


@pytest.mark.parametrize("seed", [3, 11])
def test_the_same_seed_tells_the_same_story(seed: int) -> None:
    stories = {told(seed, hash_seed) for hash_seed in ("0", "1", "4711")}
    assert len(stories) == 1
    assert stories == {simulate(seed, Options(days=14, deeds=20)).fingerprint}
