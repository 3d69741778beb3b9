"""A model of the job queue."""

from __future__ import annotations

import asyncio


class MemoryQueue:
    def __init__(self, now):
        self.now = now
        self.waiting: dict[str, tuple[str, int]] = {}
        self.running: dict[str, tuple[object, str, int]] = {}

    def face(self, life, *, settle, poll):
        return _Face(self, life, {"settle": settle, "poll": poll})


class _Face:
    def __init__(self, queue, life, work):
        self.q, self.life, self._work = queue, life, work

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def settle(self, n):
        self.q.waiting.setdefault(f"company-{n}", ("settle", n))

    async def poll(self, n):
        self.q.waiting.setdefault(f"pair-{n}", ("poll", n))

    async def work(self, concurrency=4):
        tasks = set()
        try:
            while True:
                await self.life.at("queue look")
                for lock in list(self.q.waiting):
                    if lock in self.q.running or len(tasks) >= concurrency:
                        continue
                    name, n = self.q.waiting.pop(lock)
                    mine = (self.life, name, n)
                    self.q.running[lock] = mine
                    task = asyncio.ensure_future(self._run(lock, mine))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                await asyncio.sleep(300.0)
        finally:
            for t in list(tasks):
                t.cancel()

    async def _run(self, lock, mine):
        try:
            await self._work[mine[1]](mine[2])
        finally:
            if self.q.running.get(lock) is mine and not self.life.dead:
                del self.q.running[lock]

    async def rescue(self):
        await self.life.at("rescue")
        n = 0
        for lock, mine in list(self.q.running.items()):
            if mine[0].dead:
                del self.q.running[lock]
                self.q.waiting.setdefault(lock, mine[1:])
                n += 1
        return n
