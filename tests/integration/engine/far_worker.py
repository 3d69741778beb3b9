"""A worker in a process of its own, which can be paused and killed: it tells on its output what it does, and ends a job when a line says so.

python far_worker.py postgresql://...
"""

from __future__ import annotations

import asyncio
import sys

from tieout.engine.jobs import Jobs


async def main(url: str) -> None:
    async def hold(job: str) -> None:
        print("begun", job, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print("ended", job, flush=True)

    async def settle(number: int) -> None:
        await hold(f"settle {number}")

    async def poll(number: int) -> None:
        await hold(f"poll {number}")

    async with Jobs(url, settle=settle, poll=poll) as jobs:
        await jobs.work()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
