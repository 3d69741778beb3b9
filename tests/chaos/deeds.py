"""What is done to the processes: one function for each deed, which ends when its consequence was seen."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from chaos.arena import Arena
from chaos.database import an_end
from chaos.network import Way
from chaos.strikes import Done, cable, caught, kill, partition, pause

SYSTEMS = ("nav", "freshbooks", "database")
Deed = Callable[[Arena, random.Random], Awaitable[Done]]


async def network(place: Arena, dice: random.Random) -> Done:
    """One worker's way to one system is cut, stalled or slow for a moment."""
    victim = dice.choice([worker for worker in place.workers if worker.runs])
    system, way = dice.choice(SYSTEMS), dice.choice((Way.CUT, Way.STALLED, Way.SLOW))
    seconds = 0.4 + dice.random() * 0.8
    place.network.set(victim.name, system, way)
    await asyncio.sleep(seconds)
    place.network.set(victim.name, system, Way.OPEN)
    if way is Way.STALLED and dice.random() < 0.5:
        # What was in between is lost: the other side of a silent cut never hears of it.
        place.network.reset(victim.name, system)
    return Done(f"network {victim.name} to {system} {way} for {seconds:.1f} s")


async def jolt(place: Arena, dice: random.Random) -> Done:
    """The cable of a worker's host is out for a moment; what was sent meanwhile is sent again."""
    victim = dice.choice([worker for worker in place.workers if worker.host])
    seconds = 0.4 + dice.random() * 1.2
    victim.unplug()
    await asyncio.sleep(seconds)
    victim.plug()
    return Done(f"no network for {victim.name} for {seconds:.1f} s")


async def database(place: Arena, dice: random.Random) -> Done:
    """The server is killed or ended, and comes back after a moment."""
    how = an_end(dice)
    problems = [] if await place.database.end(how) else ["the database did not end"]
    await asyncio.sleep(dice.random())
    await place.database.start()
    return Done(f"database {how.name}", problems=problems)


async def disk(place: Arena, dice: random.Random) -> Done:
    """No room is left where the database lies, for a second or so."""
    await place.database.fill_disk()
    if dice.random() < 0.5:
        await place.database.need_room()
    for business in place.businesses:
        await business.keeper.send()
    await asyncio.sleep(0.6 + dice.random() * 0.6)
    died = "" if await place.database.runs() else ", which ended the server"
    await place.database.make_room()
    return Done(f"disk of the database full{died}")


async def slow(place: Arena, dice: random.Random) -> Done:
    """Every commit takes a tenth of a second longer."""
    took = await place.database.slow_commits(slow=True)
    await asyncio.sleep(0.5 + dice.random() * 0.6)
    await place.database.slow_commits(slow=False)
    problems = [] if took > 0.09 else [f"commits were not slow: {took:.3f} s"]
    return Done(f"commits take {took * 1000:.0f} ms", problems=problems)


DEEDS: dict[str, tuple[Deed, ...]] = {
    "kill": (kill,),
    "pause": (pause, caught),
    "database": (database,),
    "disk": (disk,),
    "slow": (slow,),
    "network": (network, network, network, network, partition),
    "cable": (jolt, cable),
}
