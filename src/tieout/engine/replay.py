"""Deciding again what was received, as if nothing had ever been posted: with the posting setup in force, and with another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.facts import Facts
from tieout.core.decision.plan import StoredCommand
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.engine.foresee import Foresight, Onlooker, planned, untouched
from tieout.engine.gather import Gatherer
from tieout.engine.ports import Claimed, Pair, Priority, Store, Stored
from tieout.engine.world import World


async def replay(
    world: World, store: Store, other: PostingSetup, now: datetime
) -> tuple[Foresight, Foresight]:
    """What would be posted of all that is stored, each document on its own day: by the setup in force, and by the other. Nothing is written."""
    claimed = [row for kind in DOCUMENTS for row in await _stored(world.pair, store, kind)]
    beginner = Beginner(store, {row.ref for row in claimed}, ())
    facts, reading = await Gatherer(world, beginner, lambda: now).gather(claimed)
    facts = replace(facts, taken=frozenset(), items={}, calendar=Calendar())
    unreadable = tuple(reading.unreadable)
    one, two = (_foresight(replace(facts, setup=setup)) for setup in (world.setup, other))
    return replace(one, unforeseen=unreadable), replace(two, unforeseen=unreadable)


def _foresight(facts: Facts) -> Foresight:
    plan, facts = planned(facts)
    return Foresight(plan=plan, facts=facts)


async def _stored(pair: Pair, store: Store, kind: Kind) -> list[Claimed]:
    """What was last received of every document of a kind."""
    stored = await store.documents(pair, await store.known(pair, kind))
    return [
        Claimed(
            ref=ref,
            version=0,
            attempts=0,
            observation=one.observation,
            priority=Priority.LIVE,
            failures=0,
        )
        for ref, one in sorted(stored.items())
        if one.observation is not None
    ]


class Beginner(Onlooker):
    """The store for whoever decides as if this were the beginning: what was received, and nothing of what became of it."""

    async def claimed(self, pair: Pair, refs: Collection[Ref]) -> Sequence[Claimed]:
        """Nothing besides what was asked for."""
        del pair, refs
        return ()

    async def documents(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Stored]:
        """Each as it was when it was new."""
        del pair
        return {ref: untouched(ref) for ref in refs if ref in self._listed}

    async def commands(
        self, pair: Pair, refs: Collection[Ref]
    ) -> Mapping[str, tuple[StoredCommand, ...]]:
        """None."""
        del pair, refs
        return {}
