"""The job queue on a real PostgreSQL: jobs of dead workers, and a database that goes away."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from tieout.core.failures import Unreachable
from tieout.engine.jobs import FIRST_TABLE, SCHEMA, Jobs, queue_tables
from tieout.store.postgres import EmbeddedPostgres
from tieout.store.queue import install_queue

DIED = """
WITH dead AS (
  INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id)
UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
"""


async def nothing(_: int) -> None:
    """Work nothing."""


async def queue(url: str) -> Jobs:
    await install_queue(url, SCHEMA, FIRST_TABLE, queue_tables())
    return Jobs(url, settle=nothing, poll=nothing)


def tables(url: str) -> psycopg.Connection[TupleRow]:
    return psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA}")


async def test_a_dead_workers_jobs_are_asked_for_anew_by_one_of_many_that_find_them(
    database_url: str,
) -> None:
    async with await queue(database_url) as one, await queue(database_url) as two:
        with tables(database_url) as connection:
            connection.execute("DELETE FROM procrastinate_jobs")
        await one.settle(1)
        await one.poll(1)
        with tables(database_url) as connection:
            connection.execute(DIED)
        rescued = await asyncio.gather(*(jobs.rescue() for jobs in [one, two] * 3))
    assert sum(rescued) == 2
    with tables(database_url) as connection:
        found = connection.execute("SELECT task_name, status FROM procrastinate_jobs ORDER BY 1")
        assert found.fetchall() == [("poll", "todo"), ("settle", "todo")]


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    home = Path(tempfile.mkdtemp(prefix="tieout-"))
    made = EmbeddedPostgres(home)
    yield made
    made.remove()
    shutil.rmtree(home)


async def test_a_database_that_is_away_is_no_defect(server: EmbeddedPostgres) -> None:
    url = await asyncio.to_thread(server.start)
    jobs = await queue(url)
    async with jobs:
        await jobs.settle(1)
        await asyncio.to_thread(server.stop)
        asked = [jobs.settle(2), jobs.poll(1), jobs.rescue()]
        told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in told] == [Unreachable] * 3
    assert "the job queue cannot be reached" in str(told[0])
