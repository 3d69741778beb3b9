"""Settling: gather, decide, intend, apply, record; again and again until nothing is due.

One NAV company has one writer. A drain wins the company's lease (its epoch goes up), tells NAV the
epoch so that no earlier writer can write any more, finds out what became of commands that were left
unfinished, and then works the due documents in rounds. Whatever interrupts it, the next drain
starts the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import TypeVar

import structlog

from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import (
    Command,
    Plan,
    Receipt,
    State,
    Status,
    Verdict,
)
from tieout.core.decision.retry import (
    cause_of_death,
    given_up,
    is_its_own,
    wait_after,
    wait_without_progress,
)
from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Refused,
    Superseded,
    Unstorable,
)
from tieout.core.records.identity import Ref
from tieout.engine.calls import COMMANDS_PER_CALL, Tempo, calls
from tieout.engine.deciding import decided
from tieout.engine.gather import Gatherer, Reading
from tieout.engine.limits import CAUSE, over_limit
from tieout.engine.look import ended_of, find_again, no_longer
from tieout.engine.ports import Claimed, Lease, Priority, Settlement, Store, Target
from tieout.engine.shelve import shelf_of
from tieout.engine.unstorable import record_found
from tieout.engine.world import World

log = structlog.get_logger()
Item = TypeVar("Item")

LEASE_S = 6.0
# Each call has an epoch of its own within its lease's, higher than all before it: one that comes a second time, however late, is refused by NAV.
CALLS_PER_EPOCH = 1_000_000
LINGER_LOOK_S = 0.03
# So many times in a row all may let pass what then does not come.
PATIENCE = 2
BATCH_FIRST, BATCH_MAX = 100, 400
ROUND_S_AIM, ROUND_S_MAX = 4.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The store and the three things that only the outside knows: the time, chance, and who this worker is.

    ``linger_s``: how long a drain that has worked something live stays for more, so that the next one need not begin anew.
    """

    store: Store
    now: Callable[[], datetime]
    dice: Callable[[], float]
    owner: str
    linger_s: float = 0.0


class Turn(Enum):
    """What a pair did when it was its turn."""

    IDLE = "nothing was due"
    YIELDED = "a backfill let pass what is live elsewhere"
    WORKED = "a round"


class Drain:
    """One run over everything that is due for one NAV company."""

    def __init__(
        self,
        ports: Ports,
        worlds: Sequence[World],
        company_id: int,
        tempo: Tempo | None = None,
    ) -> None:
        self._ports, self._worlds, self._company_id = ports, worlds, company_id
        self._store = ports.store
        self._tempo = tempo or Tempo()
        self.failures: dict[int, Failure] = {}
        self._batch = BATCH_FIRST
        self._seen_epoch, self._sent = 0, 0

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
                    if not await self._drain(lease):
                        return True
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
            await self._renew(lease)

    async def _renew(self, lease: Lease) -> None:
        await self._store.renew(lease, now=self._ports.now(), lease_s=LEASE_S)

    async def _drain(self, lease: Lease) -> bool:
        """Whether there was anything to do for these pairs."""
        for target in _writers(self._worlds):
            told = await target.claim(_epoch_of(lease, 0), partial(self._renew, lease))
            self._seen_epoch = told // CALLS_PER_EPOCH
        if self._seen_epoch > lease.epoch:
            # A database restored from a backup is behind NAV; the next claim goes above it.
            raise OutcomeUnknown("nav", f"NAV is at epoch {self._seen_epoch}, not {lease.epoch}")
        for world in self._worlds:
            await self._resolve(world, lease)
            await self._look(world, lease)
        rounds = await self._take_turns(lease)
        if self.failures:
            raise next(iter(self.failures.values()))
        return rounds > 0

    async def _take_turns(self, lease: Lease) -> int:
        """The pairs of the company take turns, a round each, until nothing is due; how many there were. One that fails does not stop another."""
        self.failures, rounds = {}, 0
        turns, idle = self._turns(), 0
        while turns:
            left, before = [], rounds
            for world, gatherer in turns:
                try:
                    turn = await self._turn(world, lease, gatherer, lets_pass=idle < PATIENCE)
                except (OutcomeUnknown, Superseded):
                    raise
                except Failure as failure:
                    self.failures[world.pair.id] = failure
                    continue
                rounds += turn is Turn.WORKED
                if turn is not Turn.IDLE:
                    left.append((world, gatherer))
            # Whom they let pass may have ended its turns before: all take them again, and in the end nobody waits for nobody.
            idle = idle + 1 if left and rounds == before else 0
            turns = self._turns() if idle else left
            if not turns and rounds and await self._more():
                turns = self._turns()
        return rounds

    def _turns(self) -> list[tuple[World, Gatherer]]:
        """The pairs that have not failed, each with a gatherer that knows nothing yet."""
        healthy = [world for world in self._worlds if world.pair.id not in self.failures]
        return [(world, Gatherer(world, self._store, self._ports.now)) for world in healthy]

    async def _more(self) -> bool:
        """Whether something live comes while the drain lingers."""
        for _ in range(int(self._ports.linger_s / LINGER_LOOK_S)):
            await asyncio.sleep(LINGER_LOOK_S)
            if await self._live_due():
                return True
        return False

    async def _turn(
        self, world: World, lease: Lease, gatherer: Gatherer, *, lets_pass: bool
    ) -> Turn:
        """One round, if there is something to do. A backfill lets pass what is live for another pair."""
        now = self._ports.now()
        claimed = await self._store.due(world.pair, now=now, limit=self._batch)
        if not claimed:
            return Turn.IDLE
        backfill = claimed[0].priority is Priority.BACKFILL
        if lets_pass and backfill and await self._live_due():
            return Turn.YIELDED
        await self._timed_round(world, lease, gatherer, claimed)
        return Turn.WORKED

    async def _live_due(self) -> bool:
        healthy = [w.pair for w in self._worlds if w.pair.id not in self.failures]
        return await self._store.live_due(healthy, now=self._ports.now())

    async def _resolve(self, world: World, lease: Lease) -> None:
        """Find out what became of commands that have no receipt. After the raised epoch, what NAV does not have it never will.

        Where no epoch keeps an earlier worker out, what it may have sent is waited for: it sent nothing but what is unfinished.
        """
        unfinished = await self._store.unfinished(world.pair)
        if unfinished and world.target.longest_request_s:
            await asyncio.sleep(world.target.longest_request_s)
        for some in _batched(unfinished, COMMANDS_PER_CALL):
            found = await self._found(world, [stored.command for stored in some])
            await record_found(self._store, world.pair, lease, some, found)
            lost = [s.command.key for s in some if s.command.key not in found]
            await self._store.abandon(world.pair, lease, lost)

    async def _found(self, world: World, commands: Sequence[Command]) -> dict[str, Receipt]:
        """What NAV has of these commands; what it has in part is cleared away first."""
        found = dict(await world.target.find(commands))
        parts = [c for c in commands if c.key in found and _in_part(found[c.key])]
        if parts:
            await world.target.clear(parts)
            whole = await world.target.find(parts)
            found = {key: r for key, r in found.items() if not _in_part(r)} | dict(whole)
        done = [c for c in commands if c.key in found and found[c.key].status.done]
        if done and world.target.longest_request_s:
            # Only the gateway knows what is committed.
            again = await find_again(world.target, done)
            found = {key: r for key, r in found.items() if not r.status.done} | dict(again)
        return {c.key: _checked(c, found[c.key]) for c in commands if c.key in found}

    async def _look(self, world: World, lease: Lease) -> None:
        """See what of the lines that waited in NAV's journals was posted, and what a person deleted; a person's half-done work is let be.

        The documents are noted first: whatever interrupts this, they are looked at.
        """
        waiting = await self._store.awaiting(world.pair)
        for some in _batched(waiting, COMMANDS_PER_CALL):
            ended, found = await ended_of(world.target, some)
            if not ended:
                continue
            refs = no_longer(ended, found)
            await self._store.accept(world.pair, now=self._ports.now(), refs=refs, cause="nav")
            checked = {
                s.command.key: _checked(s.command, found[s.command.key])
                for s in ended
                if s.command.key in found
            }
            await record_found(self._store, world.pair, lease, ended, checked)
            lost = [s.command.key for s in ended if s.command.key not in found]
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
            if is_its_own(failure):
                # One of them may be the cause: fewer at once find out which.
                self._batch = max(1, len(claimed) // 2)
            await self._postpone(world, lease, claimed, failure)
            if not isinstance(failure, Unstorable):
                raise
            log.warning("unstorable", pair=world.pair.name, reason=failure.text)
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
            plan, reading = await decided(gatherer, world.target, claimed)
            if await self._stopped(world, plan):
                return
            receipts = await self._apply(world, lease, plan, claimed[0].priority)
            verdicts = (*outcome(plan, receipts), *reading.unreadable)
            progress = any(receipt.status.moved for receipt in receipts.values())
            attempts = {row.ref: row.attempts for row in claimed}
            await self._record(
                world, lease, reading, verdicts, receipts, None if progress else attempts
            )
            if len(receipts) < len(plan.commands):
                return
            waiting = {v.ref for v in verdicts if not v.settled}
            claimed = [row for row in claimed if row.ref in waiting] if progress else ()

    async def _stopped(self, world: World, plan: Plan) -> bool:
        """Whether the plan would exceed what may be written in a day; then the line stops and none of it is written."""
        now = self._ports.now()
        reason = await over_limit(self._store, world.pair, plan.commands, now)
        if reason:
            await self._store.stop_line(world.pair, cause=CAUSE, reason=reason, now=now)
            log.error("line_stopped", pair=world.pair.name, cause=CAUSE, reason=reason)
        return bool(reason)

    async def _apply(
        self, world: World, lease: Lease, plan: Plan, priority: Priority
    ) -> dict[str, Receipt]:
        """Store the commands, then carry them out call by call. A backfill ends early when something live has come; what it has not sent is decided again."""
        if not plan.commands:
            return {}
        await self._store.intend(world.pair, lease, plan.commands)
        receipts: dict[str, Receipt] = {}
        for call in calls(plan.commands, self._tempo):
            if receipts and priority is Priority.BACKFILL and await self._live_due():
                unsent = [c.key for c in plan.commands if c.key not in receipts]
                await self._store.abandon(world.pair, lease, unsent)
                break
            started = self._ports.now()
            for receipt in await self._execute(world, lease, call):
                receipts[receipt.key] = receipt
            took_s = (self._ports.now() - started).total_seconds()
            self._tempo.took(call[0].role, len(call), took_s)
        return receipts

    async def _execute(
        self, world: World, lease: Lease, call: Sequence[Command]
    ) -> Sequence[Receipt]:
        try:
            self._sent += 1
            return await world.target.execute(_epoch_of(lease, self._sent), call)
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
        stuck: Mapping[Ref, int] | None,
    ) -> None:
        """One transaction. What waits stays due if this round moved anything; else it waits for a pause that grows with its attempts (``stuck``).

        What waits and was not due, but came with what was, becomes due.
        """
        final = {v.ref for v in verdicts if v.settled}
        waiting = {v.ref: v.reason for v in verdicts if not v.settled}
        now, dice = self._ports.now(), self._ports.dice()
        if stuck is None:
            retry = {ref: (now, why) for ref, why in waiting.items() if ref not in reading.claimed}
        else:
            retry = {
                ref: (now + wait_without_progress(stuck.get(ref, 0), dice), why)
                for ref, why in waiting.items()
            }
        await self._store.record(
            world.pair,
            lease,
            Settlement(
                receipts=tuple(receipts.values()),
                verdicts=verdicts,
                observations=reading.observations,
                shelves=[shelf_of(record) for record in reading.records.values()],
                settled={ref: v for ref, v in reading.claimed.items() if ref in final},
                retry=retry,
            ),
        )

    async def _postpone(
        self, world: World, lease: Lease, claimed: Sequence[Claimed], failure: Failure
    ) -> None:
        """The outside world failed: these documents are looked at again later."""
        now, dice = self._ports.now(), self._ports.dice()
        alone = len(claimed) == 1 and is_its_own(failure)
        failures = claimed[0].failures + 1
        if alone and given_up(failure, failures):
            log.error("dead_letter", pair=world.pair.name, document=str(claimed[0].ref))
            await self._store.record(world.pair, lease, _death(claimed[0], failure, failures))
            return
        # Of many, all but one may be innocent: they are tried again at once, fewer together.
        innocent = is_its_own(failure) and not alone
        wait = {
            row.ref: timedelta(0) if innocent else wait_after(failure, row.failures, dice)
            for row in claimed
        }
        retry = {ref: (now + pause, failure.text) for ref, pause in wait.items()}
        failed = [row.ref for row in claimed if alone]
        await self._store.record(world.pair, lease, Settlement(retry=retry, failed=failed))


def _death(row: Claimed, failure: Failure, failures: int) -> Settlement:
    """A document that has failed by itself too often is a dead letter, with the cause."""
    reason = cause_of_death(failure, failures)
    verdict = Verdict(ref=row.ref, state=State.DEAD, reason=reason)
    return Settlement(verdicts=[verdict], settled={row.ref: row.version})


def _epoch_of(lease: Lease, call: int) -> int:
    """What NAV is told: the lease's epoch and the number of the call."""
    assert call < CALLS_PER_EPOCH, "a lease for more calls than its epoch has numbers"
    return lease.epoch * CALLS_PER_EPOCH + call


def _writers(worlds: Sequence[World]) -> list[Target]:
    """One for all that write through the gateway, which keeps the company's epoch; each that writes through pages by itself."""
    targets = [world.target for world in worlds]
    fenced = [target for target in targets if not target.longest_request_s]
    return [t for t in targets if t.longest_request_s] + fenced[:1]


def _in_part(receipt: Receipt) -> bool:
    return receipt.status is Status.INCOMPLETE


def _checked(command: Command, found: Receipt) -> Receipt:
    """What NAV has under our key must be what we asked for."""
    if found.text == command.hash:
        return found
    return replace(found, status=Status.CONFLICT)


def _batched(items: Sequence[Item], size: int) -> Iterator[tuple[Item, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
