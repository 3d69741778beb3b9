"""What the database refuses of many is tried one by one, so that only the document that brings it is stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from tieout.core.decision.plan import Receipt, State, StoredCommand, Verdict
from tieout.core.failures import Unstorable
from tieout.core.records.identity import Ref
from tieout.engine.ports import Lease, Observation, Pair, Priority, Settlement, Store

log = structlog.get_logger()


async def accept_page(
    store: Store,
    pair: Pair,
    page: Sequence[Observation],
    *,
    now: datetime,
    cause: str = "poll",
    priority: Priority = Priority.LIVE,
    cursor: Mapping[str, Any] | None = None,
) -> int:
    """Note a page of a list, and with it where it ended. Of content that cannot be stored only that it is to be looked at: settling tells why."""
    how: dict[str, Any] = {"now": now, "cause": cause, "priority": priority}
    try:
        return await store.accept(pair, observations=page, cursor=cursor, **how)
    except Unstorable as failure:
        log.warning("unstorable", pair=pair.name, reason=failure.text)
    noted = 0
    for each in page:
        try:
            noted += await store.accept(pair, observations=[each], **how)
        except Unstorable:
            noted += await store.accept(pair, refs=[each.ref], **how)
    # In the end, so that an interrupted poll reads the page again.
    await store.accept(pair, cursor=cursor, **how)
    return noted


async def record_found(
    store: Store,
    pair: Pair,
    lease: Lease,
    stored: Sequence[StoredCommand],
    found: Mapping[str, Receipt],
) -> None:
    """Record what NAV has of these commands. A document whose receipt cannot be stored is a dead letter, and is looked for again each time."""
    answered = [(each.command.ref, found[key]) for each in stored if (key := each.command.key) in found]  # fmt: skip
    try:
        await _record(store, pair, lease, *(receipt for _, receipt in answered))
    except Unstorable:
        for ref, receipt in answered:
            try:
                await _record(store, pair, lease, receipt)
            except Unstorable as failure:
                await _give_up(store, pair, lease, ref, failure)


async def _record(store: Store, pair: Pair, lease: Lease, *receipts: Receipt) -> None:
    await store.record(pair, lease, Settlement(receipts=receipts))


async def _give_up(store: Store, pair: Pair, lease: Lease, ref: Ref, failure: Unstorable) -> None:
    known = (await store.documents(pair, [ref])).get(ref)
    if known is not None and known.state is State.DEAD:
        return
    log.error("dead_letter", pair=pair.name, document=str(ref))
    reason = (
        f"GIVEN_UP: NAV has it, and the database refuses what NAV answered: {failure.text}."
        " Clear up the cause, then retry."
    )
    settled = {row.ref: row.version for row in await store.claimed(pair, [ref])}
    verdict = Verdict(ref=ref, state=State.DEAD, reason=reason)
    await store.record(pair, lease, Settlement(verdicts=[verdict], settled=settled))
