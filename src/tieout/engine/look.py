"""Looking whether people have posted, or deleted, what waits in NAV's journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from tieout.core.decision.plan import Receipt, Status, StoredCommand
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.ports import Store
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
