"""What a worker does by the clock, and that trouble with one thing ends none of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from tieout.core.failures import Unreachable
from tieout.engine.jobs import Jobs
from tieout.engine.schedule import Pace, Rhythm, keep_time

NOW = datetime(2026, 3, 10, tzinfo=UTC)
DOWN = Unreachable("database", "away")


class Clockwork:
    """Companies and pairs that are due, and what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    async def companies_due(self, *, now: datetime) -> Sequence[int]:
        assert now == NOW
        if self.away:
            raise DOWN
        return [1, 2]

    async def polls_due(self, *, now: datetime) -> Sequence[int]:
        assert now == NOW
        return [7]

    async def settle(self, company_id: int) -> None:
        self.asked.append(f"settle {company_id}")

    async def poll(self, pair_id: int) -> None:
        self.asked.append(f"poll {pair_id}")

    async def rescue(self) -> None:
        self.asked.append("rescue")

    async def derive(self) -> None:
        self.asked.append("derive")

    async def until(self, wanted: set[str], pace: Pace) -> None:
        """Let the timers run until each of these was asked for twice."""
        self.asked.clear()
        rhythm = Rhythm(sweep_s=0.001, rescue_s=0.001, derive_s=0.001)
        jobs = cast("Jobs", self)
        timers = asyncio.create_task(keep_time(jobs, self, pace, lambda: NOW, self.derive, rhythm))
        async with asyncio.timeout(10):
            while any(self.asked.count(each) < 2 for each in wanted):
                assert not timers.done()
                await asyncio.sleep(0.001)
        timers.cancel()
        await asyncio.gather(timers, return_exceptions=True)


async def test_due_work_dead_workers_and_the_calendar_are_looked_at_over_and_over() -> None:
    clockwork, pace = Clockwork(), Pace(lambda: NOW, lambda: 1.0)
    pace.failed(2, Unreachable("nav", "down"))
    await clockwork.until({"settle 1", "poll 7", "rescue", "derive"}, pace)
    assert "settle 2" not in clockwork.asked, "a company that could not be reached is left alone"


async def test_while_the_database_is_away_the_timers_go_on() -> None:
    clockwork, pace = Clockwork(), Pace(lambda: NOW, lambda: 1.0)
    clockwork.away = True
    await clockwork.until({"rescue", "derive"}, pace)
    assert "poll 7" not in clockwork.asked
    clockwork.away = False
    await clockwork.until({"settle 2", "poll 7"}, pace)
