"""A handful of rounds with two workers, on every run of the tests; ``./dev chaos`` plays a hundred."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.rounds import play

DEEDS = ["kill", "pause", "database", "network"]


@pytest.fixture
def home() -> Iterator[Path]:
    # A short path: the socket of the database lies below it.
    path = Path(tempfile.mkdtemp(prefix="tieout-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def nothing(_: str) -> None:
    """Say nothing."""


@pytest.mark.timeout(240)
async def test_two_workers_that_are_killed_paused_and_cut_off_lose_and_double_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("TIEOUT_LOG", "error")
    report = await play(home, DEEDS, workers=2, rounds=4, seed=4, say=nothing)
    assert report.problems == [], report.text()
    assert report.deeds == dict.fromkeys(DEEDS, 1)
    assert report.takeovers, "a killed and a paused worker held no company"
    assert report.status["seen"] > 10
    assert report.status["agreed"] + report.status["excluded"] == report.status["seen"]


@pytest.mark.timeout(240)
async def test_a_full_disk_and_slow_commits_lose_and_double_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    report = await play(home, ["disk", "slow"], workers=2, rounds=2, seed=2, say=nothing)
    if report.skipped:
        pytest.skip(report.skipped["disk"])
    assert report.problems == [], report.text()
