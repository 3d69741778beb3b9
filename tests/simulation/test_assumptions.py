"""Every assumption about FreshBooks and NAV is flipped, alone and with others, and Tieout never posts a wrong figure."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tieout_simulator import ledger as ledgers
from tieout_simulator.assumptions import (
    NEEDS,
    NOT_PLAYED,
    VALUES,
    UnknownFlip,
    assuming,
    combination,
    every_switch,
    flips,
    named,
)
from tieout_simulator.ledger import Ledger, circumstances
from tieout_simulator.trials import EACH, RANDOM, Trial, trial, wanted
from tieout_simulator.verdicts import short
from tieout_simulator.world import Options, Outcome, simulate

SHORT = Options(days=14, deeds=20)
GROUPS = 10
DOCUMENT = Path(__file__).parents[2] / "docs" / "simulator" / "assumptions.md"


def test_every_switch_is_played_or_says_why_not() -> None:
    """A new switch must find its place in the tables."""
    switches = every_switch()
    free = {n for n, (default, few) in switches.items() if not few and not isinstance(default, bool)}  # fmt: skip
    assert {*VALUES, *(free & set(NOT_PLAYED))} == free
    assert set(NOT_PLAYED) <= set(switches)
    assert {(flip.system, flip.switch) for flip in flips()} == set(switches) - set(NOT_PLAYED)
    assert all(why for why in (*NOT_PLAYED.values(), *(why for _, why in VALUES.values())))


def test_what_a_value_needs_is_a_switch_too() -> None:
    switches = every_switch()
    for (system, switch), needed in NEEDS.items():
        assert (system, switch) in switches
        assert {(system, name) for name in needed} <= set(switches)


def test_a_combination_belongs_to_its_seed() -> None:
    for seed in range(200):
        some = combination(seed)
        assert some == combination(seed)
        assert len(some) >= 2
        assert len({(flip.system, flip.switch) for flip in some}) == len(some)
    assert {flip for seed in range(200) for flip in combination(seed)} == set(flips())


def test_flips_are_named_as_they_are_told() -> None:
    for flip in flips():
        assert named(str(flip)) == (flip,)
    with pytest.raises(UnknownFlip, match="tax_rounding=per_line"):
        named("freshbooks.tax_rounding=per_moon")


def test_what_a_value_needs_gives_way_to_what_is_flipped() -> None:
    some = named("freshbooks.limit_body=text,freshbooks.limit_general=60")
    assert assuming(Options(), some).freshbooks_switches == {
        "limits": "real",
        "limit_general": 60,
        "limit_body": "text",
    }


def test_the_committed_table_has_every_value() -> None:
    """Alone and in combinations."""
    text = DOCUMENT.read_text()
    assert [str(flip) for flip in flips() if text.count(f"| `{flip}` |") != 2] == []
    assert [name for name in NOT_PLAYED if f"* `{'.'.join(name)}`: " not in text] == []


def test_reasons_are_told_without_their_figures() -> None:
    assert short("invoice 12 has 3 lines") == short("invoice 4711 has 20 lines")


# ---------------------------------------------------------------- played


def played(trials: list[Trial]) -> list[Outcome]:
    with ProcessPoolExecutor(2) as pool:
        seeds, options = [s.seed for s in trials], [s.options(SHORT) for s in trials]
        return list(pool.map(simulate, seeds, options))


def complaints(trials: list[Trial], outcomes: list[Outcome]) -> list[str]:
    return [
        f"./dev simulate --seed {one.seed} --days {SHORT.days} --deeds {SHORT.deeds} --switches '{one.switches}': {violation}"
        for one, outcome in zip(trials, outcomes, strict=True)
        for violation in outcome.violations
    ]


@pytest.mark.timeout(300)
def test_every_flip_breaks_no_law() -> None:
    """All of them in a few seeds; neighbours in the list, which are values of one switch, are never played together."""
    trials = [Trial(seed, flips()[seed::GROUPS]) for seed in range(GROUPS)]
    assert complaints(trials, played(trials)) == []


@pytest.mark.timeout(300)
def test_random_combinations_break_no_law() -> None:
    trials = [trial(seed, RANDOM) for seed in range(100, 110)]
    assert complaints(trials, played(trials)) == []


def test_a_flip_is_part_of_the_story_and_is_heard() -> None:
    """The other way of rounding makes another total, which is what is posted."""
    one = trial(3, "freshbooks.tax_rounding=per_line,nav.rename=refused")
    outcome = simulate(3, one.options(replace(SHORT, keep=True)))
    assert outcome.good
    assert outcome.asked == {("freshbooks", "tax_rounding")}
    told = [event.what for event in outcome.events if event.what.startswith("assumes")]
    assert told == ["assumes freshbooks.tax_rounding=per_line", "assumes nav.rename=refused"]


# ---------------------------------------------------------------- kept


def test_each_value_is_played_under_the_same_seeds_and_once() -> None:
    todo = wanted(1, 2, EACH, set())
    assert len(todo) == 2 * (len(flips()) + 1)
    assert wanted(1, 2, EACH, {one.name for one in todo[5:]}) == todo[:5]
    assert [one.seed for one in wanted(1, 3, RANDOM, {trial(2, RANDOM).name})] == [1, 3, 4]


def test_a_ledger_knows_its_combinations_and_forgets_what_is_no_longer_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny, path = Options(days=2, deeds=2), tmp_path / "ledger.json"
    under = circumstances(tiny, RANDOM)
    ledger, one = Ledger(under), trial(5, RANDOM)
    ledger.add(one, simulate(5, one.options(tiny)))
    ledger.write(path)

    again = Ledger.read(path, under)
    assert (again.seeds, again.verdicts, again.forgotten) == (ledger.seeds, ledger.verdicts, 0)
    assert list(again.seeds) == [f"5 {one.switches}"]
    assert set(again.verdicts) == {str(flip) for flip in one.flips}
    assert again.fingerprint == ledger.fingerprint

    assert Ledger.read(path, circumstances(replace(tiny, days=3), RANDOM)).forgotten == 1
    monkeypatch.setattr(ledgers, "source", lambda: "newer")
    changed = Ledger.read(path, circumstances(tiny, RANDOM))
    assert (changed.seeds, changed.forgotten) == ({}, 1)
