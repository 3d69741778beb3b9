"""Reading: what a round of settling must know before anything is decided. Nothing here writes to another system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tieout.core.decision.facts import Case, DocumentRecord, Facts
from tieout.core.decision.plan import State, Verdict
from tieout.core.decision.standing import standing_of
from tieout.core.failures import Unintelligible
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import NO_INVOICE, Payment
from tieout.engine.ports import (
    Claimed,
    Observation,
    Shelves,
    Stored,
)
from tieout.engine.surroundings import Surroundings
from tieout.engine.world import World


@dataclass(slots=True, kw_only=True)
class Reading:
    """What was read of FreshBooks in a round: claimed versions, contents, records.

    ``unreadable`` are documents that do not have the documented shape.
    """

    claimed: dict[Ref, int] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    records: dict[Ref, DocumentRecord] = field(default_factory=dict)
    hashes: dict[Ref, str] = field(default_factory=dict)
    unreadable: list[Verdict] = field(default_factory=list)


class Gatherer:
    """Gathers facts for one pair during one drain; customers are read once."""

    def __init__(self, world: World, store: Shelves, now: Callable[[], datetime]) -> None:
        self._world, self._store, self._now = world, store, now
        self._customers: dict[str, Customer] = {}
        self._unreadable: dict[str, str] = {}
        self._records: dict[tuple[Ref, str], DocumentRecord] = {}
        self._surroundings = Surroundings(world, store)

    async def gather(self, claimed: Sequence[Claimed]) -> tuple[Facts, Reading]:
        """Everything that deciding these documents takes, related documents included."""
        reading = Reading()
        await self._read(claimed, reading)
        await self._invite(reading)
        stored, background = await self._relate(reading)
        await self._follow(reading)
        facts = await self._facts(reading, stored, background)
        self._records = {
            (ref, reading.hashes[ref]): record for ref, record in reading.records.items()
        }
        return facts, reading

    async def look_again(self, facts: Facts) -> Facts:
        """The same facts, with what NAV shows now."""
        cases = {ref: case for ref, case in facts.cases.items() if case.known is None}
        around = await self._surroundings.of(cases, facts.customer_nos, facts.adoptions)
        return replace(facts, **around)

    async def _read(self, claimed: Sequence[Claimed], reading: Reading) -> None:
        contents = await self._contents({row.ref: row for row in claimed})
        reading.claimed.update({row.ref: row.version for row in claimed})
        reading.observations.extend(contents.values())
        self._normalize(contents, reading)

    async def _contents(self, rows: Mapping[Ref, Claimed]) -> dict[Ref, Observation]:
        """The content that came with the notification, or else a fresh reading."""
        contents = {ref: row.observation for ref, row in rows.items() if row.observation}
        missing = [ref for ref in rows if ref not in contents]
        if missing:
            contents.update(await self._world.source.observe(missing))
        return contents

    def _normalize(self, contents: Mapping[Ref, Observation], reading: Reading) -> None:
        """Content that was understood in the round before is not read a second time."""
        for ref, observation in contents.items():
            known = self._records.get((ref, observation.hash))
            try:
                record = known or self._world.source.normalize(ref, observation.content)
            except Unintelligible as failure:
                reading.unreadable.append(Verdict(ref=ref, state=State.DEAD, reason=failure.text))
                continue
            assert not isinstance(record, Customer)
            reading.records[ref] = record
            reading.hashes[ref] = observation.hash

    async def _invite(self, reading: Reading) -> None:
        """Unsettled documents that claimed ones build on join the round, so that a payment never waits for an invoice that only sits in the queue.

        One that was never seen before is noted first, so that it is counted.
        """
        pair, store = self._world.pair, self._store
        wanted = {ref for record in reading.records.values() for ref in _builds_on(record)}
        wanted |= await self._related(set(reading.claimed) | wanted)
        wanted -= set(reading.claimed)
        strangers = wanted - await store.seen(pair, wanted)
        if strangers:
            seen = await self._world.source.observe(list(strangers))
            await store.accept(pair, now=self._now(), observations=list(seen.values()))
        await self._read(await store.claimed(pair, wanted), reading)

    async def _relate(self, reading: Reading) -> tuple[Mapping[Ref, Stored], dict[Ref, Case]]:
        """What is stored of the round's documents and, as background, of those they build on."""
        pair = self._world.pair
        refs = set(reading.claimed) | set(reading.records)
        named = {ref for record in reading.records.values() for ref in _builds_on(record)}
        # What a document names is related to it before its own shelf says so.
        related = (await self._related(refs | named) | named) - refs
        stored = dict(await self._store.documents(pair, refs | related))
        for ref in related - refs:
            if ref in stored and _decided_again(stored[ref]):
                self._recall(stored[ref], reading)
        unseen = related - refs - set(reading.records)
        background = {ref: _background(stored[ref]) for ref in unseen if ref in stored}
        return stored, background

    async def _follow(self, reading: Reading) -> None:
        """A payment goes with its invoice to another client, and FreshBooks may say nothing of it: what is read of it is of that client no more."""
        moved = [ref for ref, record in reading.records.items() if _left_behind(record, reading)]
        if moved:
            contents = dict(await self._world.source.observe(moved))
            for ref in set(moved) & set(reading.claimed):
                # What FreshBooks does not know any more is nobody's, rather than the former client's.
                del reading.records[ref]
            reading.observations.extend(contents.values())
            self._normalize(contents, reading)

    async def _related(self, refs: set[Ref]) -> set[Ref]:
        """What these documents settle or are settled by, however many steps away: one that is undone may undo later ones with it."""
        known, frontier = set(refs), set(refs)
        while frontier:
            frontier = set(await self._store.related(self._world.pair, list(frontier))) - known
            known |= frontier
        return known - refs

    def _recall(self, stored: Stored, reading: Reading) -> None:
        """A settled payment or credit that is related to a claimed document is decided again with what was last seen of it."""
        if stored.observation is not None:
            self._normalize({stored.ref: stored.observation}, reading)

    async def _facts(
        self, reading: Reading, stored: Mapping[Ref, Stored], background: dict[Ref, Case]
    ) -> Facts:
        world = self._world
        unreadable = {verdict.ref for verdict in reading.unreadable}
        cases = {
            ref: Case(ref=ref, record=reading.records.get(ref), commands=stored[ref].commands)
            for ref in {*reading.claimed, *reading.records} - unreadable
        }
        customers = await self._read_customers(cases)
        self._leave_out(cases, reading)
        buyers = {case.record.customer.key for case in cases.values() if case.record}
        linked = await self._store.customers(world.pair, buyers)
        clients = [Ref(Kind.CUSTOMER, key) for key in buyers]
        adoptions = await self._store.adoptions(world.pair, {*background, *cases})
        return Facts(
            prefix=world.pair.prefix,
            setup=world.setup,
            setups=world.setups,
            zone=world.zone,
            cases={**background, **cases},
            customer_nos=linked,
            customers=customers,
            customer_commands=await self._store.commands(world.pair, clients),
            approvals=await self._store.approvals(world.pair, [*cases, *clients]),
            adoptions=adoptions,
            **await self._surroundings.of(cases, linked, adoptions),
        )

    async def _read_customers(self, cases: Mapping[Ref, Case]) -> dict[str, Customer]:
        """The customers of documents that may be posted now; a posted payment is not posted again."""
        keys = {
            case.record.customer.key
            for case in cases.values()
            if case.record
            and (case.ref.kind is not Kind.PAYMENT or standing_of(case.commands).posted is None)
        }
        unread = [Ref(Kind.CUSTOMER, key) for key in keys - set(self._customers)]
        if unread:
            seen = await self._world.source.observe(unread)
            for ref, observation in seen.items():
                try:
                    record = self._world.source.normalize(ref, observation.content)
                except Unintelligible as failure:
                    self._unreadable[ref.key] = failure.text
                    continue
                assert isinstance(record, Customer)
                self._customers[ref.key] = record
        return {key: self._customers[key] for key in keys if key in self._customers}

    def _leave_out(self, cases: dict[Ref, Case], reading: Reading) -> None:
        """The documents of a client that does not have the documented shape stop; those of other clients do not."""
        for ref, case in list(cases.items()):
            reason = self._unreadable.get(case.record.customer.key) if case.record else None
            if reason is not None:
                reading.unreadable.append(Verdict(ref=ref, state=State.DEAD, reason=reason))
                del cases[ref]


def _builds_on(record: DocumentRecord) -> set[Ref]:
    if not isinstance(record, Payment):
        return set()
    refs = (record.invoice, record.credit, record.overpayment)
    return {ref for ref in refs if ref not in (None, NO_INVOICE)}


def _left_behind(record: DocumentRecord, reading: Reading) -> bool:
    if not isinstance(record, Payment):
        return False
    invoice = reading.records.get(record.invoice)
    return invoice is not None and invoice.customer != record.customer


def _decided_again(stored: Stored) -> bool:
    """Whether a related document may come out otherwise: payments and credits, and an invoice that was left out (a draft that is paid counts as sent)."""
    return stored.ref.kind is not Kind.INVOICE or stored.state is State.EXCLUDED


def _background(stored: Stored) -> Case:
    reason = stored.reason or "as decided before"
    known = Verdict(ref=stored.ref, state=stored.state, reason=reason)
    return Case(ref=stored.ref, record=None, commands=stored.commands, known=known)
