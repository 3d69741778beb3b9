"""Noting what is to be looked at: a poll, a webhook or a person only says *look at this again*."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import datetime

import structlog

from tieout.core.records.identity import Ref
from tieout.engine.ports import ChangePage, Pair, Store
from tieout.engine.world import World

log = structlog.get_logger()


async def poll(world: World, store: Store, now: Callable[[], datetime]) -> int:
    """Ask FreshBooks for what changed since the last poll and note it, page by page; the number of documents noted.

    Each page is accepted in one transaction with the cursor that goes with it, so that an interrupted poll goes on where it was.
    """
    noted = 0
    async for page in _ahead(world.source.changes(await store.cursor(world.pair))):
        noted += await store.accept(
            world.pair, now=now(), observations=page.observations, cursor=page.cursor
        )
    if noted:
        log.info("polled", pair=world.pair.name, noted=noted)
    return noted


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
