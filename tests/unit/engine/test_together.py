"""Work side by side: none is left running, and who tidies up is awaited."""

from __future__ import annotations

import asyncio

import pytest

from tieout.engine.together import together


class Worker:
    """Works for ever, and needs a while to end."""

    def __init__(self) -> None:
        self.begun, self.ended = asyncio.Event(), False

    async def work(self) -> None:
        try:
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.02)
            self.ended = True


async def quick() -> None:
    await asyncio.Event().wait()


async def test_who_is_cancelled_waits_until_all_have_ended() -> None:
    worker = Worker()
    task = asyncio.create_task(together(quick(), worker.work(), quick()))
    await worker.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert worker.ended


async def test_when_one_fails_the_others_are_ended_and_its_failure_is_told() -> None:
    worker = Worker()

    async def fails() -> None:
        await worker.begun.wait()
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await together(worker.work(), fails(), quick())
    assert worker.ended


async def test_it_is_over_when_all_are() -> None:
    worker = Worker()

    async def brief() -> None:
        worker.begun.set()

    await together(brief(), brief())
    assert worker.begun.is_set()
