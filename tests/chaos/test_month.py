"""A few kills on a small made-up month, on every run of the tests; ``./dev chaos`` does many on a real one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.month import Report, arena, judge, play, takeover
from chaos.retail import write_month
from tieout.store.postgres import EmbeddedPostgres


@pytest.fixture
def home() -> Iterator[Path]:
    # A short path: the socket of the database lies below it.
    path = Path(tempfile.mkdtemp(prefix="tieout-"))
    yield path
    EmbeddedPostgres(path).remove()
    shutil.rmtree(path, ignore_errors=True)


def nothing(_: str) -> None:
    """Say nothing."""


@pytest.mark.timeout(280)
async def test_killed_worker_and_database_lose_and_double_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    data = write_month(home / "month.csv", 70, seed=3)
    moments = [
        "committed",
        "intend.after_commit",
        "record.before_commit",
        "database",
        "lines_posted",
    ]
    monkeypatch.setattr("chaos.month.schedule", lambda *_: moments)
    async with arena(home, nothing) as place:
        report = await play(place, data, kills=4, database_kills=1, seed=3)
    assert report.missed == []
    assert report.problems == []
    assert report.status["seen"] > 70


@pytest.mark.timeout(200)
async def test_stopped_worker_that_wakes_up_after_a_takeover_writes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    data = write_month(home / "month.csv", 30, seed=5)
    async with arena(home, nothing) as place:
        log = await takeover(place, data)
        report = Report()
        await judge(place, report)
    assert report.problems == []
    assert '"superseded"' in log, "the gateway refused the lower epoch"
    assert "TIEOUT-EPOCH" in log
