"""Every way under one seed, some clean months, and the guide; ``python -m breaks`` measures many."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from breaks.figures import Figures, class_of, table, text
from breaks.months import Month, month
from breaks.trial import Trial, is_named, tried
from breaks.ways import FRESHBOOKS, WAYS, Hands, Planted, Way, at, invoice
from tieout.core.reconciliation.difference import Break, Difference

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "breaks.md"
# A seed that python -m breaks does not measure by itself.
SEED, MONTHS = 101, range(901, 907)
# Cents of tax that NAV computes differently; the accounting cases have it.
NOT_PLANTED = {Break.ROUNDING}


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_what_is_broken_is_found_rightly_named_and_cured_where_a_cure_is_offered(way: Way) -> None:
    trial = tried(way, SEED)
    assert (trial.found, trial.named, trial.cured is not False) == (True, True, True), trial.told


def test_clean_months_agree() -> None:
    months = [month(seed) for seed in MONTHS]
    clean = [one for one in months if one.clean]
    assert len(clean) > len(months) // 2
    assert [one.seed for one in clean if one.found] == []
    assert all(one.documents for one in clean)


def test_every_class_has_ways() -> None:
    assert {way.kind for way in WAYS} == set(Break) - NOT_PLANTED
    assert len({way.name for way in WAYS}) == len(WAYS)


def test_the_guide_has_every_way_and_every_class() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([A-Z_]+)`([ a-z]*) \| (I\d+) \| \w+ \| ([^|]+) \|$", guide, re.M))
    assert {(k + how, i, what) for k, how, i, what in told} == {
        (*class_of(w), w.told) for w in WAYS
    }
    measured = set(re.findall(r"^\| `([A-Z_]+)`([ a-z]*) \| (I\d+) \| \d+ ", guide, re.M))
    assert {(kind + how, invariant) for kind, how, invariant in measured} == set(
        map(class_of, WAYS)
    )


def test_the_measure_itself_can_fail() -> None:
    way, here = WAYS[0], str(invoice(1))
    planted = Planted(subject=here, related=frozenset({invoice(1)}))
    right = Difference(
        invariant=way.invariant,
        kind=way.kind,
        subject=here,
        freshbooks=Decimal(1),
        nav=Decimal(0),
    )
    assert is_named(way, planted, [right])
    assert not is_named(way, planted, [])
    assert not is_named(way, planted, [right.as_(Break.RATE)])
    assert not is_named(way, planted, [right, right.as_(Break.RATE)])
    assert not is_named(way, planted, [right, replace(right, subject=str(invoice(2)))])
    good = Trial(way=way.name, seed=1, found=True, named=True, cured=True)
    quiet = Month(seed=1, documents=1, held=(), found=(), explained=0)
    assert Figures([good], [quiet], 1.0).good(0.99)
    assert "| 1 | 1 | 1 | 1 of 1 |" in table(Figures([good], [quiet], 1.0))
    for one in (replace(good, found=False), replace(good, named=False), replace(good, cured=False)):
        assert not Figures([one], [quiet], 1.0).good(0.99)
    assert not Figures([good], [replace(quiet, found=(right,))], 1.0).good(0.99)
    assert Figures([good], [replace(quiet, found=(right,), held=("invoice/1",))], 1.0).good(0.99)


async def _refused(hands: Hands) -> Planted:
    """an invoice is edited that is not there"""
    await hands.office.person.update("invoice", 1, notes="Thank you.")
    return at(invoice(1))


def test_what_a_system_refuses_is_counted_and_is_not_found() -> None:
    way = Way(WAYS[0].kind, WAYS[0].invariant, FRESHBOOKS, _refused)
    trial = tried(way, SEED)
    assert (trial.refused, trial.found, trial.named, trial.cured) == (True, False, False, None)
    figures = Figures([replace(trial, way=WAYS[0].name)], [], 1.0)
    assert not figures.good(0.0)
    assert "under seed 101: refused: PUT invoice: 4" in text(figures)
    assert "Refused by FreshBooks or NAV, and so not broken: 1." in table(figures)
    assert figures.summary()["refused"] == 1
