"""Looking whether people have posted, or deleted, what waits in NAV's journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from tieout.core.decision.plan import Command, Receipt, Status, StoredCommand
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.ports import Store, Target
from tieout.engine.world import World

log = structlog.get_logger()


async def look(world: World, store: Store, now: Callable[[], datetime]) -> int:
    """Note the documents whose lines wait no longer; how many there were. Without any that wait, NAV is not asked."""
    waiting = await store.awaiting(world.pair)
    if not waiting:
        return 0
    found = await world.target.find([stored.command for stored in waiting])
    refs = no_longer(waiting, found)
    if refs:
        await store.accept(world.pair, now=now(), refs=refs, cause="nav")
        log.info("no_longer_waiting", pair=world.pair.name, documents=len(refs))
    return len(refs)


async def ended_of(
    target: Target, waiting: Sequence[StoredCommand]
) -> tuple[Sequence[StoredCommand], Mapping[str, Receipt]]:
    """The commands whose lines wait no longer, and what NAV has of them: only if a second look, after people's postings have ended, shows the same.

    A posting that is under way has emptied the journal and filled the ledger, and may still be rolled back.
    """
    found = await target.find([stored.command for stored in waiting])
    ended = [s for s in waiting if not waits(s, found.get(s.command.key))]
    if not ended:
        return (), found
    again = await find_again(target, [stored.command for stored in ended])
    same = (s for s in ended if again.get(s.command.key) == found.get(s.command.key))
    return tuple(same), again


async def find_again(target: Target, commands: Sequence[Command]) -> Mapping[str, Receipt]:
    """What NAV has of these commands once whatever people were posting is committed or rolled back."""
    await target.postings_ended()
    return await target.find(commands)


def no_longer(waiting: Sequence[StoredCommand], found: Mapping[str, Receipt]) -> frozenset[Ref]:
    """The documents whose lines are not in a journal any more, or not as we wrote them there: posted, deleted by a person, or there twice."""
    return frozenset(
        stored.command.ref
        for stored in waiting
        if not waits(stored, found.get(stored.command.key)) and stored.command.ref.kind in DOCUMENTS
    )


def waits(stored: StoredCommand, receipt: Receipt | None) -> bool:
    """Whether the lines of a command still wait, whole, or in part while a person is at work on them."""
    if receipt is None:
        return False
    whole = receipt.status is Status.AWAITING and receipt.text == stored.command.hash
    return whole or receipt.status is Status.INCOMPLETE
