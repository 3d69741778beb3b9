"""A handful of rounds with two workers, on every run of the tests; ``./dev chaos`` plays a hundred."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.deeds import DEEDS
from chaos.report import Report
from chaos.rounds import play

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """One round of each deed, played once for all tests."""
    # A short path: the socket of the database lies below it.
    home = Path(tempfile.mkdtemp(prefix="tieout-"))
    given = os.environ.pop("DATABASE_URL", None)
    try:
        yield asyncio.run(
            play(home, [*DEEDS], workers=2, rounds=len(DEEDS), seed=4, say=lambda _: None)
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if given is not None:
            os.environ["DATABASE_URL"] = given


def test_nothing_is_lost_and_nothing_stands_twice(report: Report) -> None:
    assert report.problems == [], report.text()
    assert report.rounds == len(DEEDS)
    assert report.status["seen"] > 15
    assert report.status["agreed"] + report.status["excluded"] == report.status["seen"]


def test_the_companies_of_workers_that_are_killed_or_paused_are_taken_over(report: Report) -> None:
    assert len(report.takeovers) >= 2, report.text()
    assert report.woken >= 1, "no worker woke after its company was taken over"


def test_a_host_off_the_network_is_part_of_it(report: Report) -> None:
    if "cable" in report.skipped:
        pytest.skip(report.skipped["cable"])
    assert report.deeds["cable"] >= 1


def test_a_full_disk_is_part_of_it(report: Report) -> None:
    if "disk" in report.skipped:
        pytest.skip(report.skipped["disk"])
    assert report.deeds["disk"] >= 1
