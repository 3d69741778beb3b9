"""One life of a worker: it may stand still, and it ends without a word, between any two of its steps to the outside.

Between two awaits nothing can be seen of a program from outside; so its life can end at every call that it makes to the store or over the network, before it
and after it, and inside the commits of the store.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any

# Whose tasks are started: they end with him.
LIVING: ContextVar[Life | None] = ContextVar("life", default=None)


class Killed(asyncio.CancelledError):
    """The program is dead: nothing that it would still do has an effect."""


MANY = 200


def mortal(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
) -> asyncio.Task[Any]:
    """Start a task that ends with the program that starts it, if one does (a task factory)."""
    task = asyncio.Task(work, loop=loop, context=context)
    life = LIVING.get() if context is None else context.get(LIVING)
    if life is not None:
        life.owns(task)
    return task


class Life:
    """A program that runs until it is killed. ``doom(where)`` is asked at every step and says ``crash``, ``pause`` or nothing."""

    def __init__(self, name: str, doom: Callable[[str], str], pause_s: Callable[[], float]) -> None:
        self.name = name
        self.dead = False
        self.slept_at = self.wakes_at = self.silent_since = 0.0
        self._doom, self._pause_s = doom, pause_s
        self.ended = asyncio.Event()
        # Between the question for new tokens and their commit a death, or too long a sleep, loses them; nothing could prevent that.
        self._renewing: set[asyncio.Task[Any] | None] = set()
        self._tasks: list[asyncio.Task[Any]] = []

    def owns(self, task: asyncio.Task[Any]) -> None:
        """Note a task that was started by this program."""
        if len(self._tasks) > MANY:
            self._tasks = [each for each in self._tasks if not each.done()]
        self._tasks.append(task)

    async def at(self, where: str) -> None:
        """A step to the outside. Raises Killed in a dead program."""
        if self.dead:
            raise Killed
        if where == "before token refresh":
            self._renewing.add(asyncio.current_task())
        elif where == "after write":
            self._renewing.discard(asyncio.current_task())
        fate = self._doom(where)
        if fate == "crash":
            self.kill()
            raise Killed
        if fate == "pause":
            self.slept_at = asyncio.get_running_loop().time()
            self.wakes_at = self.slept_at + self._pause_s()
        while (left := self.wakes_at - asyncio.get_running_loop().time()) > 0:  # noqa: ASYNC110 - it may be put to sleep again meanwhile
            await asyncio.sleep(left)
        if self.dead:
            raise Killed

    def heard_at(self) -> float:
        """When it gave a sign of life last: now, unless it sleeps or is dead."""
        now = asyncio.get_running_loop().time()
        if self.dead:
            return self.silent_since
        return self.slept_at if self.wakes_at > now else now

    @property
    def renewing(self) -> bool:
        """Whether it is between asking for new tokens and storing them, for any of its connections."""
        return any(task is not None and not task.done() for task in self._renewing)

    def kill(self) -> None:
        """No mercy: not even what a program does at its end is done."""
        self.silent_since = self.heard_at()
        self.dead = True
        self.ended.set()
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()


class Through:
    """The store (or a part of it) as a living program sees it: every call is a step to the outside."""

    def __init__(self, inner: Any, life: Life) -> None:
        self._inner, self._life = inner, life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if inspect.iscoroutinefunction(found):
            found = self._stepping(name, found)
            object.__setattr__(self, name, found)
        elif name == "tokens":
            return lambda *given: Through(found(*given), self._life)
        return found

    def _stepping(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        life, before, after = self._life, f"before {name}", f"after {name}"

        async def step(*given: Any, **named: Any) -> Any:
            await life.at(before)
            result = await call(*given, **named)
            await life.at(after)
            return result

        return step
