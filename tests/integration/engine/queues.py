"""The real queue and its model behind one face, with what a test does to their workers."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import TupleRow

from tieout.engine.jobs import FIRST_TABLE, SCHEMA, Jobs, queue_tables
from tieout.store.queue import install_queue
from tieout_simulator.life import LIVING, Life, mortal
from tieout_simulator.memory.queue import MemoryQueue

FAR_WORKER = Path(__file__).with_name("far_worker.py")
AGE_S = 10.0


async def until(what: Callable[[], Any], within_s: float = 20.0) -> None:
    """Wait for something that must come."""
    async with asyncio.timeout(within_s):
        while not what():  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)


class Diary:
    """What the jobs of a test do: they note it, and wait where the test holds them."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.most: Counter[str] = Counter()
        self.most_of_all = 0
        self._now: Counter[str] = Counter()
        self._held: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._broken: set[str] = set()

    async def settle(self, number: int) -> None:
        await self._do(f"settle {number}")

    async def poll(self, number: int) -> None:
        await self._do(f"poll {number}")

    def hold(self, *jobs: str) -> None:
        """These begin and do not end until they are let go."""
        for job in jobs:
            self._held[job].clear()

    def let_go(self, *jobs: str) -> None:
        for job in jobs:
            self._held.pop(job).set()

    def spoil(self, job: str) -> None:
        """The next time it raises."""
        self._broken.add(job)

    async def _do(self, job: str) -> None:
        self.begun.append(job)
        self._now[job] += 1
        self.most[job] = max(self.most[job], self._now[job])
        self.most_of_all = max(self.most_of_all, self._now.total())
        try:
            if job in self._held:
                await self._held[job].wait()
            if job in self._broken:
                self._broken.discard(job)
                raise ValueError(job)
        finally:
            self._now[job] -= 1
        self.ended.append(job)


class Far(Protocol):
    """A worker elsewhere: each of its jobs lasts until the test says otherwise."""

    told: list[str]

    async def die(self) -> None:
        """At once, and without a word."""

    async def pause(self) -> None: ...

    async def wake(self) -> None: ...

    async def let_go(self) -> None:
        """Its job (it has one) ends."""

    async def age(self) -> None:
        """Longer than a worker may be silent passes; only for this one."""


class Queue(Protocol):
    """What the tests see of a queue."""

    def face(self, diary: Diary) -> Any: ...

    def far(self) -> Any: ...

    def left(self) -> list[tuple[str, str]]:
        """Each job that waits or runs: its lock and which of both."""


@asynccontextmanager
async def working(queue: Queue, diary: Diary, concurrency: int = 4) -> AsyncIterator[Any]:
    """A worker of this process; it is stopped in order."""
    async with queue.face(diary) as face:
        work = asyncio.create_task(face.work(concurrency))
        try:
            yield face
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


# ---------------------------------------------------------------- the real one


class RealQueue:
    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    async def empty(cls, url: str) -> RealQueue:
        await install_queue(url, SCHEMA, FIRST_TABLE, queue_tables())
        made = cls(url)
        made.rows(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE"
        )
        return made

    def face(self, diary: Diary) -> Jobs:
        return Jobs(self.url, settle=diary.settle, poll=diary.poll)

    @asynccontextmanager
    async def far(self) -> AsyncIterator[Far]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(FAR_WORKER), self.url, stdin=PIPE, stdout=PIPE
        )
        far = FarProcess(self, process)
        try:
            yield far
        finally:
            await far.die()

    def left(self) -> list[tuple[str, str]]:
        words = {"todo": "waits", "doing": "runs"}
        found = self.rows("SELECT lock, status FROM procrastinate_jobs ORDER BY lock, status")
        return sorted((lock, words[status]) for lock, status in found)

    def rows(self, sql: str) -> list[TupleRow]:
        options = f"-c search_path={SCHEMA}"
        with psycopg.connect(self.url, autocommit=True, options=options) as connection:
            found = connection.execute(sql)  # type: ignore[call-overload]
            return list(found.fetchall()) if found.description else []


class FarProcess:
    def __init__(self, queue: RealQueue, process: Process) -> None:
        self.told: list[str] = []
        self._queue, self._process = queue, process
        self._number = 0
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.startswith((b"begun", b"ended")):  # and not what the product logs
                # It is the last that has come to work when its first job begins.
                self._number = self._number or self._last()
                self.told.append(line.decode().strip())

    def _last(self) -> int:
        return int(self._queue.rows("SELECT max(id) FROM procrastinate_workers")[0][0])

    async def die(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    async def wake(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    async def let_go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        await self._process.stdin.drain()

    async def age(self) -> None:
        self._queue.rows(
            f"UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '{AGE_S} s'"
            f" WHERE id = {self._number}"
        )


# ---------------------------------------------------------------- the model


class Sleeper(Life):
    """A program that can be stopped between any two of its steps, for as long as a test wants."""

    def __init__(self, name: str) -> None:
        super().__init__(name, lambda _: "", lambda: 0.0)
        self.awake = asyncio.Event()
        self.awake.set()

    async def at(self, where: str) -> None:
        await self.awake.wait()
        await super().at(where)


class ModelQueue:
    def __init__(self) -> None:
        asyncio.get_running_loop().set_task_factory(mortal)  # type: ignore[arg-type]
        self.queue = MemoryQueue()

    def face(self, diary: Diary) -> Any:
        return self.queue.face(Sleeper("near"), settle=diary.settle, poll=diary.poll)

    @asynccontextmanager
    async def far(self) -> AsyncIterator[Far]:
        far = FarLife(self.queue)
        try:
            yield far
        finally:
            await far.die()

    def left(self) -> list[tuple[str, str]]:
        waiting = [(lock, "waits") for lock in self.queue.waiting]
        return sorted([*waiting, *((lock, "runs") for lock in self.queue.running)])


class FarLife:
    def __init__(self, queue: MemoryQueue) -> None:
        self.told: list[str] = []
        self._go = asyncio.Event()
        self._life = Sleeper("far")
        self._work = asyncio.create_task(self._live(queue))

    async def _live(self, queue: MemoryQueue) -> None:
        LIVING.set(self._life)

        async def settle(number: int) -> None:
            await self._hold(f"settle {number}")

        async def poll(number: int) -> None:
            await self._hold(f"poll {number}")

        async with queue.face(self._life, settle=settle, poll=poll) as face:
            await face.work()

    async def _hold(self, job: str) -> None:
        self.told.append(f"begun {job}")
        await self._go.wait()
        await self._life.at("end")
        self._go.clear()
        self.told.append(f"ended {job}")

    async def die(self) -> None:
        self._life.kill()
        self._work.cancel()
        with suppress(asyncio.CancelledError):
            await self._work

    async def pause(self) -> None:
        self._life.awake.clear()
        self._life.slept_at = asyncio.get_running_loop().time()
        self._life.wakes_at = self._life.slept_at + 3_600.0

    async def wake(self) -> None:
        self._life.wakes_at = asyncio.get_running_loop().time()
        self._life.awake.set()

    async def let_go(self) -> None:
        self._go.set()

    async def age(self) -> None:
        self._life.slept_at -= AGE_S
        self._life.silent_since -= AGE_S
