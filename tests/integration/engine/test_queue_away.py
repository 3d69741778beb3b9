"""The job queue while the database is away."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.engine.queues import Diary, RealQueue

from tieout.core.failures import Unreachable
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
