"""FIDELITY.md, the switches and the tests tell the same story."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import pytest

import tieout_sandboxes.freshbooks as sandbox
from tieout_sandboxes.freshbooks import Switches
from tieout_sandboxes.freshbooks.switches import UnknownSwitch

TESTS = Path(__file__).resolve().parents[2]
FIDELITY = Path(sandbox.__file__).with_name("FIDELITY.md")
MARKS = {"R", "L", "D", "S", "I", "?"}


class Claim(NamedTuple):
    behaviour: str
    source: str
    mark: str
    switch: str
    test: str


def claims() -> list[Claim]:
    rows = re.findall(r"^\|(.+)\|$", FIDELITY.read_text(), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return [Claim(*row) for row in cells if row[0] != "Behaviour" and set(row[0]) != {"-"}]


def test_every_row_is_complete() -> None:
    assert len(claims()) > 80
    assert [claim for claim in claims() if not claim.source or claim.mark not in MARKS] == []


def test_exactly_the_assumptions_have_switches() -> None:
    assert [one for one in claims() if (one.mark in "I?") != bool(one.switch)] == []


def test_every_switch_has_one_row() -> None:
    named = sorted(claim.switch for claim in claims() if claim.switch)
    assert named == sorted(each.name for each in fields(Switches))


def test_every_row_names_a_test_that_exists() -> None:
    missing = []
    for claim in claims():
        file, _, name = claim.test.partition("::")
        folder = TESTS / ("unit" if file.startswith("unit/") else "contract")
        path = folder / "freshbooks_sandbox" / f"{file.removeprefix('unit/')}.py"
        if not path.is_file() or f"def {name}(" not in path.read_text():
            missing.append(claim.test)
    assert missing == []


def test_every_switch_is_described_and_every_default_is_a_choice() -> None:
    for each in fields(Switches):
        assert each.metadata["doc"], each.name
        choices = each.metadata["choices"]
        assert not choices or each.default in choices, each.name


def test_every_choice_of_a_switch_can_be_set() -> None:
    for each in fields(Switches):
        for choice in each.metadata["choices"]:
            switches = Switches()
            switches.change({each.name: choice})
            assert getattr(switches, each.name) == choice


@pytest.mark.parametrize(
    "change",
    [{"nonsense": 1}, {"tax_rounding": "never"}, {"limit_general": "600"}, {"webhook_tries": -1}],
)
def test_a_wrong_switch_changes_nothing(change: dict[str, object]) -> None:
    switches = Switches()
    with pytest.raises(UnknownSwitch):
        switches.change({"webhook_delay_seconds": 2, **change})
    assert switches == Switches()
