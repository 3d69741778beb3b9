"""Noting what is to be looked at: a poll, a webhook or a person only says *look at this again*."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import structlog

from tieout.core.records.identity import Ref
from tieout.engine.absence import shrank
from tieout.engine.ports import ChangePage, Pair, Priority, Store
from tieout.engine.unstorable import accept_page
from tieout.engine.world import World

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What a poll noted; ``stopped``: a list had shrunk, ``short``: records are missing from a list, too few to stop for."""

    noted: int
    stopped: bool = False
    short: bool = False


async def poll(world: World, store: Store, now: Callable[[], datetime]) -> Polled:
    """Ask FreshBooks for what changed since the last poll and note it, page by page.

    Each page is accepted in one transaction with the cursor that goes with it, so that an interrupted poll goes on where it was.
    """
    pair, noted, short = world.pair, 0, False
    known = await store.known_counts(pair)
    async for page in _ahead(world.source.changes(await store.cursor(pair))):
        if page.counted is not None:
            kind, listed = page.counted
            if await shrank(pair, store, kind, listed=listed, known=known.get(kind, 0), now=now()):
                return Polled(noted=noted, stopped=True)
            short |= listed < known.get(kind, 0)
            continue
        noted += await accept_page(
            store,
            pair,
            page.observations,
            now=now(),
            cursor=page.cursor,
            priority=Priority.BACKFILL if page.backfill else Priority.LIVE,
        )
    if noted:
        log.info("polled", pair=pair.name, noted=noted)
    return Polled(noted=noted, short=short)


async def _ahead(pages: AsyncIterator[ChangePage]) -> AsyncIterator[ChangePage]:
    """The pages in their order, the next one being fetched while one is worked on."""
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        coming.cancel()


async def notify(
    pair: Pair, refs: Collection[Ref], store: Store, now: Callable[[], datetime]
) -> int:
    """Note what a webhook names. It is committed when this returns, so the webhook may be answered."""
    return await store.accept(pair, now=now(), refs=refs, cause="webhook")
