"""Settling: gather, decide, intend, apply, record; again and again until nothing is due.

One NAV company has one writer. A drain wins the company's lease (its epoch goes up), tells NAV the
epoch so that no earlier writer can write any more, finds out what became of commands that were left
unfinished, and then works the due documents in rounds. Whatever interrupts it, the next drain
starts the same way.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import DocumentRecord, Facts
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import (
    Command,
    Plan,
    Receipt,
    Role,
    State,
    Status,
    Verdict,
)
from tieout.core.decision.retry import wait_after
from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Refused,
    Superseded,
)
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment
from tieout.engine.gather import Gatherer, Reading
from tieout.engine.ports import Claimed, Lease, Settlement, Shelf, Store
from tieout.engine.world import World

log = structlog.get_logger()
Item = TypeVar("Item")

LEASE_S = 6.0
BATCH_FIRST, BATCH_MAX = 100, 400
ROUND_S_AIM, ROUND_S_MAX = 4.0, 12.0
COMMANDS_PER_CALL = 200
# NAV takes 1,024 KB; a command and a journal line are at most about so long as XML.
CALL_BYTES, COMMAND_BYTES, LINE_BYTES = 900_000, 1_200, 1_000
# Reversals and documents go through the same gateway function, in one call.
FUNCTIONS = {Role.REVERSE: Role.POST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The store and the three things that only the outside knows: the time, chance, and who this worker is."""

    store: Store
    now: Callable[[], datetime]
    dice: Callable[[], float]
    owner: str


class Drain:
    """One run over everything that is due for one NAV company."""

    def __init__(self, ports: Ports, worlds: Sequence[World], company_id: int) -> None:
        self._ports, self._worlds, self._company_id = ports, worlds, company_id
        self._store = ports.store
        self._batch = BATCH_FIRST
        self._seen_epoch = 0

    async def run(self) -> bool:
        """Work until nothing is due. False if another worker holds the company, or had to take it over."""
        while self._company_id in await self._store.companies_due(now=self._ports.now()):
            lease = await self._store.claim(
                self._company_id,
                owner=self._ports.owner,
                now=self._ports.now(),
                lease_s=LEASE_S,
                above=self._seen_epoch,
            )
            if lease is None:
                return False
            try:
                async with self._kept(lease):
                    await self._drain(lease)
            except OutcomeUnknown as failure:
                log.warning("outcome_unknown", company=self._company_id, reason=failure.text)
            except Superseded as failure:
                log.warning("superseded", company=self._company_id, reason=failure.text)
                return False
        return True

    @asynccontextmanager
    async def _kept(self, lease: Lease) -> AsyncIterator[None]:
        """Keep the lease while the work goes on and give it back afterwards."""
        keeper = asyncio.create_task(self._keep(lease))
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError, Failure):
                await keeper
            with suppress(Failure):
                await self._store.release(lease)

    async def _keep(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(LEASE_S / 3)
            await self._store.renew(lease, now=self._ports.now(), lease_s=LEASE_S)

    async def _drain(self, lease: Lease) -> None:
        self._seen_epoch = await self._worlds[0].target.claim(lease.epoch)
        if self._seen_epoch > lease.epoch:
            # A database restored from a backup is behind NAV; the next claim goes above it.
            raise OutcomeUnknown("nav", f"NAV is at epoch {self._seen_epoch}, not {lease.epoch}")
        for world in self._worlds:
            await self._resolve(world, lease)
        failures: list[Failure] = []
        for world in self._worlds:
            try:
                await self._work(world, lease)
            except (OutcomeUnknown, Superseded):
                raise
            except Failure as failure:
                # Another business of the company may do better.
                failures.append(failure)
        if failures:
            raise failures[0]

    async def _work(self, world: World, lease: Lease) -> None:
        gatherer = Gatherer(world, self._store, self._ports.now)
        while claimed := await self._store.due(
            world.pair, now=self._ports.now(), limit=self._batch
        ):
            await self._timed_round(world, lease, gatherer, claimed)

    async def _resolve(self, world: World, lease: Lease) -> None:
        """Find out what became of commands that have no receipt. After the raised epoch, what NAV does not have it never will."""
        unfinished = await self._store.unfinished(world.pair)
        for some in _batched(unfinished, COMMANDS_PER_CALL):
            found = await world.target.find([stored.command.key for stored in some])
            receipts = [
                _checked(stored.command, found[stored.command.key])
                for stored in some
                if stored.command.key in found
            ]
            await self._store.record(world.pair, lease, Settlement(receipts=receipts))
            lost = [s.command.key for s in some if s.command.key not in found]
            await self._store.abandon(world.pair, lease, lost)

    async def _timed_round(
        self, world: World, lease: Lease, gatherer: Gatherer, claimed: Sequence[Claimed]
    ) -> None:
        """One round; batches grow while rounds are quick and shrink when they take long."""
        started = self._ports.now()
        try:
            await self._round(world, lease, gatherer, claimed)
        except Superseded:
            raise
        except Failure as failure:
            if isinstance(failure, OutcomeUnknown):
                # One of them may be the cause: fewer at once find out which.
                self._batch = max(1, len(claimed) // 2)
            await self._postpone(world, lease, claimed, failure)
            raise
        took_s = (self._ports.now() - started).total_seconds()
        if took_s < ROUND_S_AIM and len(claimed) == self._batch:
            self._batch = min(BATCH_MAX, self._batch * 2)
        elif took_s > ROUND_S_MAX:
            self._batch = max(1, self._batch // 2)

    async def _round(
        self, world: World, lease: Lease, gatherer: Gatherer, claimed: Sequence[Claimed]
    ) -> None:
        """Gather, decide, intend, apply, record. Documents that had to wait for a customer are decided again at once."""
        while claimed:
            facts, reading = await gatherer.gather(claimed)
            plan = decide_each(facts)
            receipts = await self._apply(world, lease, plan)
            verdicts = (*outcome(plan, receipts), *reading.unreadable)
            progress = any(receipt.status.done for receipt in receipts.values())
            await self._record(world, lease, reading, verdicts, receipts, progress=progress)
            waiting = {v.ref for v in verdicts if v.state is State.PENDING}
            claimed = [row for row in claimed if row.ref in waiting] if progress else ()

    async def _apply(self, world: World, lease: Lease, plan: Plan) -> dict[str, Receipt]:
        """Store the commands, then carry them out stage by stage."""
        if not plan.commands:
            return {}
        await self._store.intend(world.pair, lease, plan.commands)
        receipts: dict[str, Receipt] = {}
        for call in _calls(plan.commands):
            for receipt in await self._execute(world, lease, call):
                receipts[receipt.key] = receipt
        return receipts

    async def _execute(
        self, world: World, lease: Lease, call: Sequence[Command]
    ) -> Sequence[Receipt]:
        try:
            return await world.target.execute(lease.epoch, call)
        except Refused as refusal:
            return [
                Receipt(key=command.key, status=Status.REFUSED, text=refusal.text)
                for command in call
            ]

    async def _record(
        self,
        world: World,
        lease: Lease,
        reading: Reading,
        verdicts: Sequence[Verdict],
        receipts: dict[str, Receipt],
        *,
        progress: bool,
    ) -> None:
        """One transaction; what waits is due again at once if this round moved anything."""
        final = {v.ref for v in verdicts if v.state is not State.PENDING}
        waiting = {v.ref: v.reason for v in verdicts if v.state is State.PENDING}
        soon = self._ports.now() + timedelta(seconds=1)
        await self._store.record(
            world.pair,
            lease,
            Settlement(
                receipts=tuple(receipts.values()),
                verdicts=verdicts,
                observations=reading.observations,
                shelves=[_shelf(record) for record in reading.records.values()],
                settled={ref: v for ref, v in reading.claimed.items() if ref in final},
                retry={ref: (soon, why) for ref, why in waiting.items() if not progress},
            ),
        )

    async def _postpone(
        self, world: World, lease: Lease, claimed: Sequence[Claimed], failure: Failure
    ) -> None:
        """The outside world failed: these documents are looked at again later."""
        now = self._ports.now()
        retry = {
            row.ref: (now + wait_after(failure, row.attempts, self._ports.dice()), failure.text)
            for row in claimed
        }
        await self._store.record(world.pair, lease, Settlement(retry=retry))


def decide_each(facts: Facts) -> Plan:
    """Decide the whole round; if that shows a defect, decide group by group so that only the documents that have it are stopped."""
    try:
        return decide(facts)
    except AssertionError:
        plans = [_decide_group(facts, group) for group in _groups(facts)]
    return Plan(
        commands=tuple(c for plan in plans for c in plan.commands),
        verdicts=tuple(v for plan in plans for v in plan.verdicts),
    )


def _decide_group(facts: Facts, refs: set[Ref]) -> Plan:
    cases = {ref: case for ref, case in facts.cases.items() if ref in refs}
    try:
        return decide(replace(facts, cases=cases))
    except AssertionError as defect:
        log.exception("defect", documents=[str(ref) for ref in refs], reason=str(defect))
        verdicts = tuple(
            Verdict(ref=ref, state=State.DEAD, reason=f"DEFECT: {defect}")
            for ref, case in cases.items()
            if case.known is None
        )
        return Plan(commands=(), verdicts=verdicts)


def _groups(facts: Facts) -> list[set[Ref]]:
    """The documents of the same customer decide together."""
    groups: dict[str, set[Ref]] = {}
    for ref, case in facts.cases.items():
        key = case.record.customer.key if case.record else str(ref)
        groups.setdefault(key, set()).add(ref)
    background = {ref for ref, case in facts.cases.items() if case.known}
    return [group | background for group in groups.values()]


def _checked(command: Command, found: Receipt) -> Receipt:
    """What NAV has under our key must be what we asked for."""
    if found.text == command.hash:
        return found
    return replace(found, status=Status.CONFLICT)


def _calls(commands: Sequence[Command]) -> Iterator[tuple[Command, ...]]:
    """Commands of one gateway function after another, in bounded numbers and sizes."""
    for _, group in itertools.groupby(commands, key=lambda c: FUNCTIONS.get(c.role, c.role)):
        call: list[Command] = []
        size = 0
        for command in group:
            weight = COMMAND_BYTES + LINE_BYTES * len(command.payload.get("lines", ()))
            if len(call) == COMMANDS_PER_CALL or (call and size + weight > CALL_BYTES):
                yield tuple(call)
                call, size = [], 0
            call.append(command)
            size += weight
        yield tuple(call)


def _batched(items: Sequence[Item], size: int) -> Iterator[tuple[Item, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])


def _shelf(record: DocumentRecord) -> Shelf:
    return Shelf(
        ref=record.ref,
        number="" if isinstance(record, Payment) else record.number,
        customer=record.customer.key,
        invoice=record.invoice.key if isinstance(record, Payment) else "",
        credit=_key(record.credit) if isinstance(record, Payment) else "",
        overpayment=_key(record.overpayment) if isinstance(record, Payment) else "",
        currency=record.currency,
        amount=record.amount.amount,
        dated=record.paid_on if isinstance(record, Payment) else record.issued_on,
    )


def _key(ref: Ref | None) -> str:
    return ref.key if ref else ""
