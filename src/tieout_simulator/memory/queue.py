"""A model of the job queue: at least once, one running and one waiting for each company or pair, and jobs of dead workers taken over.

What it does is what Procrastinate does under ``engine.jobs``, as far as one can tell from outside: both pass tests/integration/engine/test_jobs.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tieout.engine.jobs import GRACE_S, LOCKED_BY, LOOK_S, STALLED_S
from tieout_simulator.life import Life

# Whoever asks for a job wakes the workers; now and then they look all the same.
IDLE_S = 7_200.0
# How long a worker that was forgotten waits before it comes to work anew.
AGAIN_S = 1.0
Work = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done (settle, poll), and for which company or pair."""

    name: str
    number: int

    @property
    def lock(self) -> str:
        """One runs and at most one waits under it."""
        return f"{LOCKED_BY[self.name]}-{self.number}"


@dataclass(slots=True, eq=False)
class Hand:
    """A worker that has come to work. Whoever comes after it forgets it, if it has been silent for too long by then."""

    life: Life
    forgotten: bool = False

    def stalled(self) -> bool:
        """Whether it has not been heard of for too long: it is dead, or it sleeps."""
        return asyncio.get_running_loop().time() - self.life.heard_at() > STALLED_S


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A job that a worker has begun."""

    job: Job
    hand: Hand

    def stalled(self) -> bool:
        """Whether it may be given to another; what a forgotten worker still has may be, even if that is awake again."""
        return self.hand.forgotten or self.hand.stalled()


@dataclass
class MemoryQueue:
    """The queue that all workers of a simulation share."""

    waiting: dict[str, Job] = field(default_factory=dict)
    running: dict[str, Run] = field(default_factory=dict)
    hands: list[Hand] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake all workers that wait for a job."""
        self.news.set()
        self.news = asyncio.Event()

    def face(self, life: Life, *, settle: Work, poll: Work) -> Face:
        """The queue as one worker sees it, with what its jobs do."""
        return Face(self, life, {"settle": settle, "poll": poll})

    def ask(self, job: Job) -> None:
        """One more job, unless it waits already."""
        self.waiting.setdefault(job.lock, job)
        self.tell()

    def come(self, life: Life) -> Hand:
        """A worker comes to work, and forgets those that are silent."""
        for hand in self.hands:
            hand.forgotten = hand.forgotten or hand.stalled()
        self.hands = [hand for hand in self.hands if not hand.forgotten]
        self.hands.append(Hand(life))
        return self.hands[-1]

    def take(self, hand: Hand, places: int) -> list[Run]:
        """As many waiting jobs as there are places, of those whose lock is free. A forgotten worker gets none."""
        free = [job for lock, job in self.waiting.items() if lock not in self.running]
        if free and hand.forgotten:
            raise ForgottenError
        runs = [Run(job, hand) for job in free[: max(places, 0)]]
        for run in runs:
            del self.waiting[run.job.lock]
            self.running[run.job.lock] = run
        return runs

    def end(self, run: Run) -> None:
        """A run is over; one that was taken over ends without a trace. What waits for it is found at the next look."""
        if self.running.get(run.job.lock) is run:
            del self.running[run.job.lock]
            if self.waiting:
                asyncio.get_running_loop().call_later(LOOK_S, self.tell)


class ForgottenError(Exception):
    """The queue does not know this worker any more."""


class Face:
    """See engine.jobs.Jobs."""

    def __init__(self, queue: MemoryQueue, life: Life, work: dict[str, Work]) -> None:
        self._queue, self._life, self._work = queue, life, work
        self._tasks: set[asyncio.Task[None]] = set()
        self._full = False

    async def __aenter__(self) -> Face:
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""

    async def settle(self, company_id: int) -> None:
        """Ask for a company to be settled, unless that is waiting already."""
        await self._ask(Job("settle", company_id))

    async def poll(self, pair_id: int) -> None:
        """Ask for a pair to be polled, unless that is waiting already."""
        await self._ask(Job("poll", pair_id))

    async def work(self, concurrency: int = 4) -> None:
        """Work jobs until cancelled; then those that are running have a few seconds to end."""
        while True:
            hand = self._queue.come(self._life)
            try:
                with suppress(ForgottenError):
                    await self._work_as(hand, concurrency)
            finally:
                if not self._life.dead:
                    await self._stop(hand)
            await asyncio.sleep(AGAIN_S)

    async def rescue(self) -> int:
        """End the jobs of workers that are dead or sleep, and ask for them anew; how many."""
        await self._life.at("before rescue")
        stalled = [run for run in self._queue.running.values() if run.stalled()]
        for run in stalled:
            del self._queue.running[run.job.lock]
            self._queue.ask(run.job)
        await self._life.at("after rescue")
        return len(stalled)

    async def _ask(self, job: Job) -> None:
        await self._life.at("before ask")
        self._queue.ask(job)
        await self._life.at("after ask")

    async def _work_as(self, hand: Hand, concurrency: int) -> None:
        while True:
            await self._life.at("queue")
            for run in self._queue.take(hand, concurrency - len(self._tasks)):
                task = asyncio.ensure_future(self._run(run))
                self._tasks.add(task)
                task.add_done_callback(self._done)
            self._full = len(self._tasks) >= concurrency
            with suppress(TimeoutError):
                await asyncio.wait_for(self._queue.news.wait(), IDLE_S)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Who has waited for a place looks at once."""
        self._tasks.discard(task)
        if self._full:
            self._queue.tell()

    async def _stop(self, hand: Hand) -> None:
        """In order: what takes too long is cut short."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if hand in self._queue.hands:
            self._queue.hands.remove(hand)

    async def _run(self, run: Run) -> None:
        """Do a job, whatever comes of it: a dead worker does not even end it, and what is cut short is asked for anew."""
        try:
            with suppress(Exception):  # of its defects the work tells itself
                await self._work[run.job.name](run.job.number)
        except asyncio.CancelledError:
            if not self._life.dead:
                self._queue.ask(run.job)
                self._queue.end(run)
            raise
        await self._life.at("before end")
        self._queue.end(run)
        await self._life.at("after end")
