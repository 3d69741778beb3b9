"""What happens by the clock: polls fall due, due work without a job gets one, dead workers are succeeded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from tieout.core.decision.retry import wait_after
from tieout.core.failures import Failure
from tieout.engine.jobs import Jobs
from tieout.engine.together import together

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Seconds between two looks: for due work without a job and polls that are due; for jobs of dead workers; for what the calendar brings."""

    sweep_s: float = 1.0
    rescue_s: float = 2.0
    derive_s: float = 60.0


class Pace:
    """How long to leave a NAV company alone after it could not be reached; longer each time, until a drain succeeds."""

    def __init__(self, now: Callable[[], datetime], dice: Callable[[], float]) -> None:
        self._now, self._dice = now, dice
        self._failures: dict[int, int] = {}
        self._until: dict[int, datetime] = {}

    def ready(self, company_id: int) -> bool:
        """Whether it may be tried (again)."""
        until = self._until.get(company_id)
        return until is None or self._now() >= until

    def failed(self, company_id: int, failure: Failure) -> None:
        """It could not be reached: leave it alone for longer than the last time."""
        attempt = self._failures[company_id] = self._failures.get(company_id, 0) + 1
        self._until[company_id] = self._now() + wait_after(failure, attempt, self._dice())

    def succeeded(self, company_id: int) -> None:
        """It was reached."""
        self._failures.pop(company_id, None)
        self._until.pop(company_id, None)


def pause_after(calls: int, *, per_second: float, share: float, at_least_s: float) -> float:
    """Seconds until the next poll: so long that polls like this one take no more than their share of the rate limit.

    >>> pause_after(9, per_second=10.0, share=0.15, at_least_s=20.0)
    20.0
    >>> pause_after(120, per_second=10.0, share=0.15, at_least_s=20.0)
    80.0
    """
    return max(at_least_s, calls / (per_second * share))


class Timetable(Protocol):
    """What the store knows about time."""

    async def companies_due(self, *, now: datetime) -> Sequence[int]:
        """NAV companies with documents that are due or commands that are unfinished."""
        ...

    async def polls_due(self, *, now: datetime) -> Sequence[int]:
        """Pairs whose time to poll has come; each is given to one caller only, and its next time is set."""
        ...


async def keep_time(
    jobs: Jobs,
    timetable: Timetable,
    pace: Pace,
    now: Callable[[], datetime],
    derive: Callable[[], Awaitable[None]],
    rhythm: Rhythm = Rhythm(),
) -> None:
    """Run the timers of a worker until cancelled. All workers do; what they ask for twice is refused by the queue.

    ``derive`` notes what has happened by the calendar alone (an invoice that has become overdue).
    """

    async def sweep() -> None:
        for company_id in await timetable.companies_due(now=now()):
            if pace.ready(company_id):
                await jobs.settle(company_id)
        for pair_id in await timetable.polls_due(now=now()):
            await jobs.poll(pair_id)

    async def rescue() -> None:
        await jobs.rescue()

    await together(
        _every(rhythm.sweep_s, sweep),
        _every(rhythm.rescue_s, rescue),
        _every(rhythm.derive_s, derive),
    )


async def _every(seconds: float, action: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await action()
        except Failure as failure:
            log.warning("timer_failed", reason=failure.text)
        await asyncio.sleep(seconds)
