"""A clock that leaps: when nothing can run, it is at once as late as the next thing that waits.

A month of waiting costs nothing, and what happens, happens in an order that only the program and its seed decide.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tieout_simulator.life import mortal

Result = TypeVar("Result")


class Stuck(Exception):
    """Everything waits for something that will never come."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is that of its timers and not that of the wall. It has no use for sockets or threads."""

    def __init__(self) -> None:
        self.moment = 0.0
        super().__init__(_Leaper(self))
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.moment


class _Leaper(selectors.SelectSelector):
    """Where an event loop would wait for the world, this one lets the time pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("everything waits for something that will never come")
        self._loop.moment += max(0.0, timeout)
        return []


class VirtualClock:
    """The time of day in the simulation: ``begins`` (UTC) when the loop began."""

    def __init__(self, loop: VirtualLoop, begins: datetime) -> None:
        self._loop, self._begins = loop, begins

    def now(self) -> datetime:
        """The present moment (UTC)."""
        return self._begins + timedelta(seconds=self._loop.moment)

    def monotonic(self) -> float:
        """Seconds for pauses."""
        return self._loop.moment

    def wall(self) -> float:
        """Unix time."""
        return self.now().timestamp()


def play(work: Callable[[VirtualLoop], Coroutine[Any, Any, Result]]) -> Result:
    """Run to the end in a new loop; what is left over is cancelled."""
    loop = VirtualLoop()
    loop.set_task_factory(mortal)  # type: ignore[arg-type]
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work(loop))
    finally:
        try:
            _cancel_all(loop)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _cancel_all(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
