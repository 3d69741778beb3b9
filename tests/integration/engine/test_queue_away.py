"""The job queue while the database is away, or another worker is silent within a transaction."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.integration.engine.queues import Diary, RealQueue, until

from tieout.core.failures import Unreachable
from tieout.engine import jobs as queue
from tieout.store.postgres import EmbeddedPostgres


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    home = Path(tempfile.mkdtemp(prefix="tieout-"))
    made = EmbeddedPostgres(home)
    yield made
    made.remove()
    shutil.rmtree(home)


async def test_a_database_that_is_away_is_no_defect(server: EmbeddedPostgres) -> None:
    url = await asyncio.to_thread(server.start)
    async with (await RealQueue.empty(url)).face(Diary()) as jobs:
        await jobs.settle(1)
        await asyncio.to_thread(server.stop)
        asked = [jobs.settle(2), jobs.poll(1), jobs.rescue()]
        told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in told] == [Unreachable] * 3
    assert "the job queue cannot be reached" in str(told[0])


async def test_what_the_database_does_not_know_is_no_outage(database_url: str) -> None:
    async with (await RealQueue.empty(database_url)).face(Diary()) as jobs:
        with pytest.raises(psycopg.errors.UndefinedTable):
            async with jobs._transaction() as connection:
                await connection.execute("SELECT FROM jobs_of_nobody")


async def test_who_sleeps_within_a_transaction_does_not_keep_the_rescuer_waiting(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "STALLED_S", 0.5)
    real, diary = await RealQueue.empty(database_url), Diary()
    async with real.face(diary) as sleeper, real.face(diary) as rescuer, real.far() as far:
        await sleeper.settle(1)
        await until(lambda: far.told == ["begun settle 1"])
        await far.die()
        await far.age()

        async def sleep() -> None:
            async with sleeper._transaction() as connection:
                await connection.execute("SELECT FROM procrastinate_jobs FOR UPDATE")
                assert await asyncio.wait_for(rescuer.rescue(), 10) == 1

        with pytest.raises(Unreachable):
            await sleep()
        assert real.left() == [("company-1", "waits")]
