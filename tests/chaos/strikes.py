"""What takes a worker away for good or for a while, and what must follow: others take over, and the one that wakes changes nothing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from chaos.arena import Arena, Company
from chaos.network import Way
from chaos.waiting import until
from chaos.watch import Sight, Takeover
from chaos.workers import Worker
from tieout.engine.settle import CALLS_PER_EPOCH

# Where a call may stand in NAV without keeping the ledger from others.
POINTS = ("call_received", "epoch_stored", "committed")
PATIENCE_S = 25.0
HOLDER_PATIENCE_S = 2.0


@dataclass
class Done:
    """What was done, in words; how long takeovers took; what was wrong."""

    what: str
    takeovers: list[Takeover] = field(default_factory=list)
    woken: int = 0
    problems: list[str] = field(default_factory=list)


async def kill(place: Arena, dice: random.Random) -> Done:
    """kill -9 of a worker, one that holds a company if there is one; it is started again once others have taken over."""
    victim = await _victim(place, dice)
    await victim.kill()
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    await victim.start()
    return Done(f"kill -9 {victim.name}{_while(held)}", found, problems=_late(found, victim))


async def pause(place: Arena, dice: random.Random) -> Done:
    """SIGSTOP for longer than the lease; once others have taken over it is woken, and may not change anything."""
    victim = await _victim(place, dice)
    victim.pause()
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    problems = _late(found, victim)

    async def wake() -> None:
        victim.wake()

    problems += await _wake(place, held, dice, wake)
    return Done(f"SIGSTOP {victim.name}{_while(held)}", found, len(held), problems)


async def caught(place: Arena, dice: random.Random) -> Done:
    """SIGSTOP while a call of the worker stands in NAV; the call goes on when others have long taken over, and may not post any more."""
    await _two_well(place)
    company, point = dice.choice(place.companies), dice.choice(POINTS)
    victim = await _in_call(place, company, point)
    if victim is None:
        await company.nav.clear_faults()
        return await pause(place, dice)
    victim.pause()
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    problems = _late(found, victim)

    async def wake() -> None:
        await company.nav.clear_faults()
        victim.wake()

    problems += await _wake(place, held, dice, wake)
    return Done(f"SIGSTOP {victim.name} at {point}{_while(held)}", found, len(held), problems)


async def partition(place: Arena, dice: random.Random) -> Done:
    """The way to the database is silent for longer than the lease: to the others that is a death, to the worker it is a long wait."""
    victim = await _victim(place, dice)
    place.network.set(victim.name, "database", Way.STALLED)
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    problems = _late(found, victim)

    async def heal() -> None:
        place.network.set(victim.name, "database", Way.OPEN)

    problems += await _wake(place, held, dice, heal)
    return Done(f"no database for {victim.name}{_while(held)}", found, len(held), problems)


async def cable(place: Arena, dice: random.Random) -> Done:
    """The cable of a worker's host is out for longer than the lease, and in again: nobody was told, and what it was about to do may not be done any more."""
    victim = await _victim(place, dice, [worker for worker in place.workers if worker.host])
    victim.unplug()
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    problems = _late(found, victim)

    async def plug() -> None:
        victim.plug()

    problems += await _wake(place, held, dice, plug)
    return Done(f"no network for {victim.name}{_while(held)}", found, len(held), problems)


async def _two_well(place: Arena) -> None:
    """Nothing is done to the last worker that is well."""

    async def enough() -> bool:
        return sum(worker.well for worker in place.workers) >= 2

    assert await until(enough, 60), "no two workers are well"


async def _in_call(place: Arena, company: Company, point: str) -> Worker | None:
    """The worker whose call stands in NAV at that point; None if none comes there in time."""
    before = (await company.nav.state())["hits"].get("gateway_pause", 0)
    await company.nav.control("faults", {"kind": "gateway_pause", "point": point})
    for business in company.businesses:
        await business.keeper.send()

    async def stands() -> bool:
        return bool((await company.nav.state())["hits"].get("gateway_pause", 0) > before)

    if not await until(stands, 5):
        return None
    await _seen(place)
    owners = [w for w in place.workers if w.well and company.id in place.watch.held_by(w.pid)]
    return owners[0] if owners else None


async def _victim(
    place: Arena, dice: random.Random, among: Sequence[Worker] | None = None
) -> Worker:
    """A worker that holds a company now, or any after some patience; never the last that is well."""
    workers = place.workers if among is None else among
    await _two_well(place)
    end = time.monotonic() + HOLDER_PATIENCE_S
    while time.monotonic() < end:
        holders = [w for w in workers if w.well and place.watch.held_by(w.pid)]
        if holders:
            return dice.choice(holders)
        await dice.choice(place.businesses).keeper.send()
        await asyncio.sleep(0.1)
    return dice.choice([w for w in workers if w.well] or [w for w in workers if w.runs])


async def _held(place: Arena, pid: int) -> dict[int, Sight]:
    """What a worker holds that can do nothing any more."""
    await _seen(place)
    return place.watch.held_by(pid)


async def _seen(place: Arena) -> None:
    """Look at the leases now."""

    async def looked() -> bool:
        try:
            await place.watch.look()
        except (psycopg.Error, OSError):
            return False
        return True

    assert await until(looked, 30), "the database is away"


async def _taken_over(place: Arena, held: dict[int, Sight], gone: float) -> list[Takeover]:
    """See that there is work in each of these companies, and wait for the others."""
    for company in held:
        for business in place.company(company).businesses:
            await business.keeper.send()
    return await place.watch.takeovers(held, gone, PATIENCE_S)


async def _wake(
    place: Arena, held: dict[int, Sight], dice: random.Random, wake: Callable[[], Awaitable[None]]
) -> list[str]:
    """Wake it somewhere in its successor's work; nothing with its epochs may stand in NAV afterwards that did not before."""

    async def told() -> bool:
        known = [(await place.company(c).nav.gateway())["epoch"] for c in held]
        return all(new > last_of(old) for new, old in zip(known, held.values(), strict=True))

    await until(told, 10)
    await asyncio.sleep(dice.random() * 0.5)
    before = {company: await _old(place, company, last_of(at)) for company, at in held.items()}
    await wake()
    await asyncio.sleep(0.7)
    after = {company: await _old(place, company, last_of(at)) for company, at in held.items()}
    return [
        f"company {company}: a woken worker wrote {sorted(after[company] - before[company])}"
        for company in held
        if after[company] - before[company]
    ]


def last_of(sight: Sight) -> int:
    """The highest epoch that the holder of a company may tell NAV."""
    return (sight.epoch + 1) * CALLS_PER_EPOCH - 1


async def _old(place: Arena, company: int, epoch: int) -> set[str]:
    """The keys that NAV has under this epoch or an earlier one."""
    keys = (await place.company(company).nav.gateway())["keys"]
    return {row["key"] for row in keys if row["epoch"] <= epoch}


def _late(found: list[Takeover], victim: Worker) -> list[str]:
    return [
        f"company {one.company} of {victim.name} was not taken over in {PATIENCE_S:.0f} s"
        for one in found
        if one.seconds is None
    ]


def _while(held: dict[int, Sight]) -> str:
    return f" with company {' and '.join(map(str, held))}" if held else ", idle"
