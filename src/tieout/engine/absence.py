"""What FreshBooks does not list any more. Absence is not deletion: a record is deleted only if FreshBooks says so when asked for it by its id.

A list that lacks many records at once (a scope that was lost, a filter that was ignored, a slip in paging) stops the line of the pair before
anything of the poll is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import structlog

from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.engine.ports import Pair, Priority, Store
from tieout.engine.unstorable import accept_page
from tieout.engine.world import World

log = structlog.get_logger()

CAUSE = "LIST_SHRANK"
ALWAYS_ALLOWED, SHARE_ALLOWED = 10, 0.02
CONFIRM_AT_ONCE = 100


@dataclass(slots=True, kw_only=True)
class Sweep:
    """What a sweep found: records that were not known, and of those that no list shows, how many are deleted, are still there, or are unknown by their id."""

    listed: int = 0
    news: int = 0
    deleted: int = 0
    still_there: int = 0
    unknown: int = 0


def allowed(pair: Pair, known: int) -> int:
    """How many of the known records may be missing from a list before the line stops (setting ``absence_limit``)."""
    share = float(pair.settings.get("absence_limit", SHARE_ALLOWED))
    return max(ALWAYS_ALLOWED, int(known * share))


async def shrank(
    pair: Pair, store: Store, kind: Kind, *, listed: int, known: int, now: datetime
) -> bool:
    """Whether FreshBooks lists far fewer records of a kind than were known before it was asked; then the line stops."""
    if known - listed <= allowed(pair, known):
        return False
    await _stop(pair, store, kind, listed, known, now)
    return True


async def sweep(
    world: World, store: Store, now: Callable[[], datetime], *, limited: bool = True
) -> Sweep | None:
    """Read all lists whole and compare them with what is known, both ways. None if the line was stopped, because too much is missing.

    Without ``limited``, a person has agreed that whatever is missing is asked for by its id.
    """
    found = Sweep()
    for kind in DOCUMENTS:
        listed: set[Ref] = set()
        async for page in world.source.everything(kind):
            listed |= {seen.ref for seen in page}
            found.news += await accept_page(
                store,
                world.pair,
                page,
                now=now(),
                cause="sweep",
                priority=Priority.BACKFILL,
            )
        found.listed += len(listed)
        known = await store.known(world.pair, kind)
        await store.mark_unlisted(world.pair, listed, unlisted=False)
        missing = known - listed
        if limited and len(missing) > allowed(world.pair, len(known)):
            await _stop(world.pair, store, kind, len(known) - len(missing), len(known), now())
            return None
        await _confirm(world, store, sorted(missing), found, now)
    log.info("swept", pair=world.pair.name, listed=found.listed, news=found.news)
    return found


async def _confirm(
    world: World,
    store: Store,
    missing: Collection[Ref],
    found: Sweep,
    now: Callable[[], datetime],
) -> None:
    """Ask for each by its id. Only what FreshBooks itself calls deleted is; what it does not know is looked at by a person."""
    refs = list(missing)
    for start in range(0, len(refs), CONFIRM_AT_ONCE):
        some = refs[start : start + CONFIRM_AT_ONCE]
        seen = await world.source.observe(some)
        gone = [ref for ref in some if ref not in seen]
        await store.accept(
            world.pair, now=now(), observations=list(seen.values()), refs=gone, cause="sweep"
        )
        await store.mark_unlisted(world.pair, some, unlisted=True)
        deleted = sum(each.deleted for each in seen.values())
        found.deleted += deleted
        found.still_there += len(seen) - deleted
        found.unknown += len(gone)
    if refs:
        log.warning("not_listed", pair=world.pair.name, documents=len(refs))


async def _stop(
    pair: Pair, store: Store, kind: Kind, listed: int, known: int, now: datetime
) -> None:
    reason = (
        f"FreshBooks lists {listed} records of kind {kind}, and {known} are known, so {known - listed} are missing."
        " That is not taken for deletion. Check the scopes of the consent and FreshBooks itself"
    )
    await store.stop_line(pair, cause=CAUSE, reason=reason, now=now)
    log.error("line_stopped", pair=pair.name, cause=CAUSE, reason=reason)
