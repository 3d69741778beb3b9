"""A model of the job queue: at least once, one running and one waiting for each company or pair, and jobs of dead workers taken over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tieout.engine.jobs import STALLED_S
from tieout_simulator.life import Life

# Whoever asks for a job wakes the workers; now and then they look all the same.
LOOK_S = 7_200.0
Work = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done (settle, poll), and for which company or pair."""

    name: str
    number: int

    @property
    def lock(self) -> str:
        """One runs and at most one waits under it."""
        return f"{'company' if self.name == 'settle' else 'pair'}-{self.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A job that a worker has begun."""

    job: Job
    life: Life

    def stalled(self, now: float) -> bool:
        """Whether its worker has not been heard of for too long: it is dead, or it sleeps."""
        silent = self.life.wakes_at - now > 0 and now - self.life.slept_at > STALLED_S
        return self.life.dead or silent


@dataclass
class MemoryQueue:
    """The queue that all workers of a simulation share."""

    waiting: dict[str, Job] = field(default_factory=dict)
    running: dict[str, Run] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake all workers that wait for a job."""
        self.news.set()
        self.news = asyncio.Event()

    def face(self, life: Life, *, settle: Work, poll: Work) -> Face:
        """The queue as one worker sees it, with what its jobs do."""
        return Face(self, life, {"settle": settle, "poll": poll})


class Face:
    """See engine.jobs.Jobs."""

    def __init__(self, queue: MemoryQueue, life: Life, work: dict[str, Work]) -> None:
        self._queue, self._life, self._work = queue, life, work

    async def __aenter__(self) -> Face:
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""

    async def settle(self, company_id: int) -> None:
        """Ask for a company to be settled, unless that is waiting already."""
        self._defer(Job("settle", company_id))

    async def poll(self, pair_id: int) -> None:
        """Ask for a pair to be polled, unless that is waiting already."""
        self._defer(Job("poll", pair_id))

    async def work(self, concurrency: int = 4) -> None:
        """Work jobs until cancelled."""
        tasks: set[asyncio.Task[None]] = set()
        while True:
            await self._life.at("queue")
            for run in self._take(concurrency - len(tasks)):
                task = asyncio.ensure_future(self._run(run))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._queue.news.wait(), LOOK_S)

    async def rescue(self) -> int:
        """End the jobs of workers that are dead or sleep, and ask for them anew; how many."""
        await self._life.at("rescue")
        now = asyncio.get_running_loop().time()
        stalled = [run for run in self._queue.running.values() if run.stalled(now)]
        for run in stalled:
            del self._queue.running[run.job.lock]
            self._defer(run.job)
        return len(stalled)

    def _defer(self, job: Job) -> None:
        self._queue.waiting.setdefault(job.lock, job)
        self._queue.tell()

    def _take(self, places: int) -> list[Run]:
        """As many waiting jobs as there are places, of those whose lock is free."""
        free = [job for lock, job in self._queue.waiting.items() if lock not in self._queue.running]
        runs = [Run(job, self._life) for job in free[: max(places, 0)]]
        for run in runs:
            del self._queue.waiting[run.job.lock]
            self._queue.running[run.job.lock] = run
        return runs

    async def _run(self, run: Run) -> None:
        """A run that was taken over ends without a trace; one of a dead worker is not ended by it."""
        try:
            await self._work[run.job.name](run.job.number)
        finally:
            if self._queue.running.get(run.job.lock) is run and not self._life.dead:
                del self._queue.running[run.job.lock]
                self._queue.tell()
