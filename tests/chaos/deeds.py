"""What is done to the processes: one function for each deed, which ends when its consequence was seen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import psycopg

from chaos.arena import Arena
from chaos.database import an_end
from chaos.network import Way
from chaos.waiting import until
from chaos.watch import Sight, Takeover
from chaos.workers import Worker

SYSTEMS = ("nav", "freshbooks", "database")
PATIENCE_S = 25.0
HOLDER_PATIENCE_S = 2.0


@dataclass
class Done:
    """What was done, in words; how long takeovers took; what was wrong."""

    what: str
    takeovers: list[Takeover] = field(default_factory=list)
    woken: int = 0
    problems: list[str] = field(default_factory=list)


Deed = Callable[[Arena, random.Random], Awaitable[Done]]


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
    problems += await _wake(place, held, dice, victim.wake)
    return Done(f"SIGSTOP {victim.name}{_while(held)}", found, len(held), problems)


async def partition(place: Arena, dice: random.Random) -> Done:
    """The way to the database is silent for longer than the lease: to the others that is a death, to the worker it is a long wait."""
    victim = await _victim(place, dice)
    place.network.set(victim.name, "database", Way.STALLED)
    gone = time.monotonic()
    held = await _held(place, victim.pid)
    found = await _taken_over(place, held, gone)
    problems = _late(found, victim)

    def heal() -> None:
        place.network.set(victim.name, "database", Way.OPEN)

    problems += await _wake(place, held, dice, heal)
    return Done(f"no database for {victim.name}{_while(held)}", found, len(held), problems)


async def network(place: Arena, dice: random.Random) -> Done:
    """One worker's way to one system is cut, stalled or slow for a moment."""
    victim = dice.choice([worker for worker in place.workers if worker.runs])
    system, way = dice.choice(SYSTEMS), dice.choice((Way.CUT, Way.STALLED, Way.SLOW))
    seconds = 0.4 + dice.random() * 1.2
    place.network.set(victim.name, system, way)
    await asyncio.sleep(seconds)
    place.network.set(victim.name, system, Way.OPEN)
    if way is Way.STALLED and dice.random() < 0.5:
        # What was in between is lost: the other side of a silent cut never hears of it.
        place.network.reset(victim.name, system)
    return Done(f"network {victim.name} to {system} {way} for {seconds:.1f} s")


async def database(place: Arena, dice: random.Random) -> Done:
    """The server is killed or ended, and comes back after a moment."""
    how = an_end(dice)
    problems = [] if await place.database.end(how) else ["the database did not end"]
    await asyncio.sleep(dice.random())
    await place.database.start()
    return Done(f"database {how.name}", problems=problems)


async def disk(place: Arena, dice: random.Random) -> Done:
    """No room is left where the database lies, for a second or two."""
    await place.database.fill_disk()
    if dice.random() < 0.5:
        await place.database.need_room()
    for business in place.businesses:
        await business.keeper.send()
    await asyncio.sleep(1.0 + dice.random())
    died = "" if await place.database.runs() else ", which ended the server"
    await place.database.make_room()
    return Done(f"disk of the database full{died}")


async def slow(place: Arena, dice: random.Random) -> Done:
    """Every commit takes a tenth of a second longer."""
    took = await place.database.slow_commits(slow=True)
    await asyncio.sleep(0.8 + dice.random())
    await place.database.slow_commits(slow=False)
    problems = [] if took > 0.09 else [f"commits were not slow: {took:.3f} s"]
    return Done(f"commits take {took * 1000:.0f} ms", problems=problems)


DEEDS: dict[str, tuple[Deed, ...]] = {
    "kill": (kill,),
    "pause": (pause,),
    "database": (database,),
    "disk": (disk,),
    "slow": (slow,),
    "network": (network, network, network, partition),
}


async def _victim(place: Arena, dice: random.Random) -> Worker:
    """A worker that holds a company now, or any after some patience; never the last that is well."""

    async def enough() -> bool:
        return sum(worker.well for worker in place.workers) >= 2

    assert await until(enough, 60), "no two workers are well"
    end = time.monotonic() + HOLDER_PATIENCE_S
    while time.monotonic() < end:
        holders = [w for w in place.workers if w.well and place.watch.held_by(w.pid)]
        if holders:
            return dice.choice(holders)
        await dice.choice(place.businesses).keeper.send()
        await asyncio.sleep(0.1)
    return dice.choice([worker for worker in place.workers if worker.well])


async def _held(place: Arena, pid: int) -> dict[int, Sight]:
    """What a worker holds that can do nothing any more, with the epochs."""

    async def seen() -> bool:
        try:
            await place.watch.look()
        except (psycopg.Error, OSError):
            return False
        return True

    assert await until(seen, 30), "the database is away"
    return place.watch.held_by(pid)


async def _taken_over(place: Arena, held: dict[int, Sight], gone: float) -> list[Takeover]:
    """See that there is work in each of these companies, and wait for the others."""
    for company in held:
        for business in place.company(company).businesses:
            await business.keeper.send()
    return await place.watch.takeovers(held, gone, PATIENCE_S)


async def _wake(
    place: Arena, held: dict[int, Sight], dice: random.Random, wake: Callable[[], None]
) -> list[str]:
    """Wake it somewhere in its successor's work; nothing with its epochs may stand in NAV afterwards that did not before."""

    async def told() -> bool:
        known = [(await place.company(c).nav.gateway())["epoch"] for c in held]
        return all(new > old.epoch for new, old in zip(known, held.values(), strict=True))

    await until(told, 10)
    await asyncio.sleep(dice.random() * 0.5)
    before = {company: await _old(place, company, at.epoch) for company, at in held.items()}
    wake()
    await asyncio.sleep(1.0)
    after = {company: await _old(place, company, at.epoch) for company, at in held.items()}
    return [
        f"company {company}: a woken worker wrote {sorted(after[company] - before[company])}"
        for company in held
        if after[company] - before[company]
    ]


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
