"""Deciding without doing: the whole history as FreshBooks lists it, gathered and decided as settling would, and nothing written anywhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tieout.core.decision.facts import Facts
from tieout.core.decision.plan import Plan, Role, State, StoredCommand, Verdict
from tieout.core.records.adoption import AdoptedEntry, Adoption
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.engine.deciding import decide_each
from tieout.engine.gather import Gatherer
from tieout.engine.ports import Claimed, Observation, Pair, Priority, Shelves, Store, Stored
from tieout.engine.world import World

NOT_SEEN = "not seen before"
UNKNOWN = "what became of an earlier command is not known yet; the next sync asks NAV first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What settling everything would do: the plan, the facts it rests on, and the documents that cannot be foreseen, each with a reason.

    A customer that is still to be made has a number of its own here (``provisional``); NAV will give another.
    """

    plan: Plan
    facts: Facts
    unforeseen: tuple[Verdict, ...] = ()


def provisional(client: Ref) -> str:
    """How a customer is called before NAV has given it a number."""
    return f"NEW-{client.key}"


async def foresee(
    world: World, store: Store, now: datetime, refs: Collection[Ref] = ()
) -> Foresight:
    """Everything that FreshBooks lists (or these documents and what is unsettled around them), decided at once on what both systems show now.

    Raises as Source and Target do when they are read.
    """
    unfinished = await store.unfinished(world.pair)
    busy = {stored.command.ref for stored in unfinished}
    rows = [_looked_at(ref) for ref in refs] if refs else await _listed(world)
    claimed = [row for row in rows if row.ref not in busy]
    onlooker = Onlooker(store, {row.ref for row in claimed}, busy)
    facts, reading = await Gatherer(world, onlooker, lambda: now).gather(claimed)
    facts, waiting = _without_clients(facts, busy)
    plan, facts = planned(facts)
    unknown = [ref for ref in {*busy, *waiting} if ref.kind is not Kind.CUSTOMER]
    unsure = [Verdict(ref=ref, state=State.PENDING, reason=UNKNOWN) for ref in sorted(unknown)]
    return Foresight(plan=plan, facts=facts, unforeseen=(*reading.unreadable, *unsure))


async def _listed(world: World) -> list[Claimed]:
    return [
        _looked_at(seen.ref, seen)
        for kind in DOCUMENTS
        async for page in world.source.everything(kind)
        for seen in page
    ]


def _looked_at(ref: Ref, seen: Observation | None = None) -> Claimed:
    return Claimed(
        ref=ref, version=0, attempts=0, observation=seen, priority=Priority.LIVE, failures=0
    )


def _without_clients(facts: Facts, busy: Collection[Ref]) -> tuple[Facts, set[Ref]]:
    """The facts without the documents of clients of whom it is not known whether NAV has them by now."""
    waiting = {
        ref for ref, case in facts.cases.items() if case.record and case.record.customer in busy
    }
    kept = {ref: case for ref, case in facts.cases.items() if ref not in waiting}
    return replace(facts, cases=kept), waiting


def planned(facts: Facts) -> tuple[Plan, Facts]:
    """The plan; that of clients who are to be made first goes on as if NAV had made them."""
    plan = decide_each(facts)
    made = [command for command in plan.commands if command.role is Role.CREATE_CUSTOMER]
    if not made:
        return plan, facts
    nos = {command.ref.key: provisional(command.ref) for command in made}
    facts = replace(facts, customer_nos={**facts.customer_nos, **nos})
    rest = decide_each(facts)
    return replace(rest, commands=(*made, *rest.commands)), facts


class Onlooker:
    """The store for whoever only looks (``Shelves``): nothing is noted. What is listed and was never seen counts as pending; ``busy`` is left out."""

    def __init__(self, store: Shelves, listed: Collection[Ref], busy: Collection[Ref]) -> None:
        self._store, self._listed, self._busy = store, listed, busy

    async def accept(self, pair: Pair, **what: Any) -> int:
        """Nothing is ever strange, so there is nothing to note."""
        raise AssertionError(f"an onlooker notes nothing of {pair.name}: {what}")

    async def seen(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """All of them."""
        del pair
        return frozenset(refs)

    async def claimed(self, pair: Pair, refs: Collection[Ref]) -> Sequence[Claimed]:
        """What is unsettled of these; without what is busy."""
        rows = await self._store.claimed(pair, refs)
        return [row for row in rows if row.ref not in self._busy]

    async def documents(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Stored]:
        """What is stored of these, and of what is listed at least that it is."""
        stored = await self._store.documents(pair, refs)
        return {**{ref: untouched(ref) for ref in refs if ref in self._listed}, **stored}

    async def related(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """See ``Shelves``."""
        return await self._store.related(pair, refs)

    async def customers(self, pair: Pair, keys: Collection[str]) -> Mapping[str, str]:
        """See ``Shelves``."""
        return await self._store.customers(pair, keys)

    async def commands(
        self, pair: Pair, refs: Collection[Ref]
    ) -> Mapping[str, tuple[StoredCommand, ...]]:
        """See ``Shelves``."""
        return await self._store.commands(pair, refs)

    async def approvals(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Mapping[str, str]]:
        """See ``Shelves``."""
        return await self._store.approvals(pair, refs)

    async def adoptions(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Adoption]:
        """See ``Shelves``."""
        return await self._store.adoptions(pair, refs)

    async def adopted_entries(
        self, pair: Pair, document_nos: Collection[str]
    ) -> tuple[AdoptedEntry, ...]:
        """See ``Shelves``."""
        return await self._store.adopted_entries(pair, document_nos)

    async def linked_customers(self, pair: Pair) -> frozenset[str]:
        """See ``Shelves``."""
        return await self._store.linked_customers(pair)


def untouched(ref: Ref) -> Stored:
    """A document as the store has it when it is seen for the first time."""
    return Stored(ref=ref, state=State.PENDING, reason=NOT_SEEN, observation=None, commands=())
