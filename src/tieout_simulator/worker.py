"""A worker of Tieout in the simulated world: the product's own shell, from the jobs down to the wire, and nothing of it changed.

Only what it stands on is ours: the store and the queue in memory, the network, the clock, the dice. It is killed at any step and started again after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Protocol, cast

from tieout.api.server import application
from tieout.app.host import Host
from tieout.app.webhooks import receiver, register_callbacks
from tieout.connectors.http import Http
from tieout.core.failures import Failure
from tieout.engine.schedule import Rhythm, keep_time
from tieout.store.store import PostgresStore
from tieout_simulator.checkers import Violation
from tieout_simulator.coverage import Coverage, place_of
from tieout_simulator.faults import Swarm
from tieout_simulator.life import LIVING, Killed, Life, Through
from tieout_simulator.network import Line, Network
from tieout_simulator.trace import Trace
from tieout_simulator.watching import Watch, WatchedDuties
from tieout_simulator.wire import Wire

ADDRESS = "tieout.sim:8383"
RHYTHM = Rhythm(sweep_s=7_200.0, rescue_s=7_200.0, derive_s=86_400.0)
DOWN_S, STILL_S, ASLEEP_S = 600.0, 90.0, 21_600.0


# Where a worker dies or falls asleep: between a write and its receipt more often than elsewhere, and still more often at what it does seldom.
SHARES = {
    "companies_due": 0.004, "polls_due": 0.004, "rescue": 0.004, "derive_overdue": 0.004, "all_pairs": 0.004,
    "intend": 0.2, "record": 0.2, "accept": 0.15, "claim": 0.06, "gateway Post": 1.2, "gateway Post credit_note": 2.0,
    "gateway Find": 0.6, "gateway Find credit_note": 1.0, "gateway Find customer": 1.0, "gateway CreateCustomers": 2.0,
    "gateway Apply": 3.0, "gateway Unapply": 3.0, "gateway Ping": 2.5, "gateway LastEntry": 4.0, "gateway SetDueDate": 8.0,
    "gateway Reverse": 8.0, "nav write": 0.6, "nav write CashReceiptJournal": 2.0, "nav write Customer": 8.0, "nav write CustomerLedgerEntries": 10.0,
}  # fmt: skip


@cache
def _fates(where: str) -> tuple[tuple[str, float], ...]:
    """What may become of a worker there, and how much likelier than elsewhere; at what is about many kinds, as at the rarest."""
    place, about = place_of(where)
    step = place.partition(" ")[2]
    usual = SHARES.get(step, 0.1 if "gateway" in step else 0.02)
    share = max(SHARES.get(f"{step} {kind}", usual) for kind in about.split("+"))
    return tuple((fate, share) for fate in ("crash", "pause") if (fate, place) != UNGUARDED)


# Who died each time at the same write would never do it.
SURELY = 0.4
# A sleep just here is not played: nothing could keep the worker out (applies.py).
UNGUARDED = ("pause", "before nav write")

# Whose code is running: the store asks it at its commits, and log lines are his.
AT_WORK: ContextVar[Worker | None] = ContextVar("worker", default=None)


class Face(Protocol):
    """The queue as one worker sees it (``engine.jobs.Jobs``)."""

    async def __aenter__(self) -> Any: ...
    async def __aexit__(self, *_: object) -> None: ...
    async def settle(self, company_id: int) -> None: ...
    async def poll(self, pair_id: int) -> None: ...
    async def work(self, concurrency: int = 4) -> None: ...
    async def rescue(self) -> int: ...


Queue = Callable[..., Face]


class Worker:
    """One worker process and its restarts. ``swarm`` may be changed while it runs."""

    def __init__(
        self,
        name: str,
        *,
        store: Any,
        queue: Queue,
        network: Network,
        wire: Wire,
        now: Callable[[], datetime],
        dice: Random,
        coverage: Coverage,
        trace: Trace,
        swarm: Swarm,
        listens: bool,
        excuse: Callable[[str], None],
        broken: list[Violation],
        watch: Watch,
    ) -> None:
        self._excuse, self._broken, self._watch = excuse, broken, watch
        self.name, self.swarm, self.lives = name, swarm, 0
        self._store, self._queue, self._network, self._wire = store, queue, network, wire
        self._now, self._dice = now, dice
        self._coverage, self._trace, self._listens = coverage, trace, listens
        self._skew = timedelta(0)
        self.life: Life | None = None

    async def run(self) -> None:
        """Live, die, and come back, until cancelled."""
        while True:
            await self._live()
            self._trace.note(self.name, "is dead")
            await asyncio.sleep(1.0 + self._dice.random() * DOWN_S)

    async def _live(self) -> None:
        self.lives += 1
        self.life = life = Life(self.name, self._doom, self._stillness)
        self._skew = timedelta(0)
        if "clock_skew" in self.swarm and self._dice.random() < 0.5:
            self._skew = timedelta(seconds=self._dice.uniform(-120, 120))
            self._coverage.note("clock_skew", "life")
        self._trace.note(self.name, f"starts, life {self.lives}")
        work = asyncio.ensure_future(self._work(life))
        ended = asyncio.ensure_future(life.ended.wait())
        try:
            await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            life.kill()
            ended.cancel()
            if self._listens:
                self._wire.listening.pop(ADDRESS, None)
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work  # a worker that ends by itself has a defect, which is not hushed up

    async def _work(self, life: Life) -> None:
        AT_WORK.set(self)
        LIVING.set(life)
        host = Host(
            now=lambda: self._now() + self._skew,
            monotonic=asyncio.get_running_loop().time,
            dice=self._dice.random,
            owner=f"{self.name}/{self.lives}",
        )
        http = Http(transport=Line(self._network, self.name, life.at), dice=self._dice.random)
        duties = WatchedDuties(cast(PostgresStore, Through(self._store, life)), http, host)
        duties.watch = self._watch
        face = self._queue(life, settle=duties.settle_job, poll=duties.poll_job)
        async with face:
            tasks: list[Awaitable[Any]] = [
                face.work(),
                keep_time(
                    cast(Any, face),
                    duties.store,
                    duties.pace,
                    host.now,
                    duties.derive_overdue,
                    RHYTHM,
                ),
            ]
            if self._listens:
                self._listen(duties, face)
                tasks.append(self._register(duties))
            await asyncio.gather(*tasks)

    def _listen(self, duties: WatchedDuties, face: Face) -> None:
        async def health() -> dict[str, Any]:
            return {"ok": True}

        def report(error: Exception) -> None:
            self._trace.note(self.name, f"DEFECT {type(error).__name__}")
            raise error

        receive = receiver(cast(Any, duties), cast(Any, face))

        async def received(name: str, body: bytes, signature: str) -> tuple[int, str]:
            before = self._store.raised
            status, word = await receive(name, body, signature)
            if word == "noted" and self._store.raised == before:
                self._broken.append(
                    Violation(
                        "acknowledged means stored", "a notification was answered and not noted"
                    )
                )
            return status, word

        self._wire.listening[ADDRESS] = cast(Any, application(received, health, report))

    async def _register(self, duties: WatchedDuties) -> None:
        with suppress(Failure):
            await register_callbacks(cast(Any, duties))

    def _stillness(self) -> float:
        """A little longer than a lease; or, as a machine that was put to sleep, until another has taken over."""
        if self._dice.random() < 0.35:
            return self._dice.random() * ASLEEP_S
        return 7.0 + self._dice.random() * STILL_S

    def _doom(self, where: str) -> str:
        for fate, share in _fates(where):
            likely = min(SURELY, self.swarm.likely.get(fate, 0.0) * share)
            if fate in self.swarm and self._dice.random() < likely:
                self._coverage.note(fate, *place_of(where))
                self._trace.note(self.name, f"{fate} {where}")
                if self.life is not None and self.life.renewing:
                    self._excuse(fate)
                return fate
        return ""

    def at_commit(self, where: str) -> str:
        """What happens to this worker at a point of the store's commits."""
        side = "crash_before_commit" if where.endswith("before_commit") else "crash_after_commit"
        other = "disk_full" if where.endswith("before_commit") else "commit_unknown"
        for fate in (side, other):
            if fate in self.swarm and self._dice.random() < self.swarm.likely[fate] / 6:
                self._coverage.note(fate, where)
                self._trace.note(self.name, f"{fate} {where}")
                if self.life is not None and self.life.renewing:
                    self._excuse(fate)
                return fate
        return ""


def killed(life: Life) -> Killed:
    """The end of a worker at a commit."""
    life.kill()
    return Killed()
