"""What changed in FreshBooks since we last looked, and what it lists in all.

FreshBooks can only say what changed since a day (US/Eastern), and never lists deleted records with the others. A poll therefore asks for everything since
the day before the latest change that it knows, and for the deleted records separately. Those are asked for without a date, because a deletion does
not move the date (seen in live traffic: a record deleted two minutes after its last change kept the older stamp). What has not changed is recognised
by its hash and dropped by the receiver. Before anything else a poll says how many records FreshBooks lists, so that a list that shrank is noticed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any

import structlog

from tieout.connectors.freshbooks import listing
from tieout.connectors.freshbooks.api import FreshbooksApi, Params, Row
from tieout.connectors.freshbooks.resources import RESOURCES, Resource
from tieout.core.records.identity import DOCUMENTS, Kind
from tieout.engine.ports import ChangePage, Observation

log = structlog.get_logger()

DELETED: Params = (("search[vis_state]", "1"),)
OVERLAP = timedelta(days=1)
# A list from which something is deleted during each of so many readings is left to the next poll, which asks for no later changes.
READINGS = 3


async def changes(api: FreshbooksApi, cursor: Mapping[str, Any]) -> AsyncIterator[ChangePage]:
    """The pages of one poll; the cursor moves on for a kind of record when all its pages were handed out."""
    reached = dict(cursor)
    for kind in DOCUMENTS:
        resource = RESOURCES[kind]
        first = resource.plural not in reached
        latest = since = str(reached.get(resource.plural, ""))
        if not first:
            # What changes after this moment is stamped no earlier than what was seen before it, of whatever kind.
            latest = max(since, *map(str, reached.values())) if resource.day_filter else since
            counted = await _count(api, resource)
            yield ChangePage(observations=(), cursor=dict(reached), counted=counted)
        reading = _Reading(api, resource, changed_since(resource, since))
        async for rows in reading.rows():
            latest = max(latest, *(row.updated for row in rows))
            seen = _seen(resource, rows)
            yield ChangePage(observations=seen, cursor=dict(reached), backfill=first)
        if reading.steady and (first or latest != since):
            reached[resource.plural] = latest
            yield ChangePage(observations=(), cursor=dict(reached))


async def everything(api: FreshbooksApi, kind: Kind) -> AsyncIterator[tuple[Observation, ...]]:
    """All records of a kind, deleted ones too, the lists read to their end; for a sweep."""
    resource = RESOURCES[kind]
    async for rows in _Reading(api, resource, ()).rows():
        yield _seen(resource, rows)


class _Reading:
    """A list, and what is deleted of it. A record that comes in both was deleted meanwhile.

    Its deletion pulled others onto pages that had been read, which the count need not show: as many may have come in. Then both are read again;
    ``steady`` is whether a reading has met no such record, before we gave up.
    """

    def __init__(self, api: FreshbooksApi, resource: Resource, params: Params) -> None:
        self._api, self._resource, self._params = api, resource, params
        self.steady = False

    async def rows(self) -> AsyncIterator[tuple[Row, ...]]:
        for _ in range(READINGS):
            shown, deleted = set[str](), set[str]()
            for params, ids in ((self._params, shown), (DELETED, deleted)):
                async for rows in listing.pages(self._api, self._resource, params):
                    ids.update(row.id for row in rows)
                    yield rows
            self.steady = not shown & deleted
            if self.steady:
                return
        log.warning("list_never_stood_still", kind=str(self._resource.kind), readings=READINGS)


def changed_since(resource: Resource, stamp: str) -> Params:
    """The filter for what changed on or after the day before this stamp; none for the first time, and none where FreshBooks has none that works."""
    if not resource.day_filter or not stamp:
        return ()
    return on_or_after(date.fromisoformat(stamp[:10]) - OVERLAP)


def on_or_after(day: date) -> Params:
    """The filter for what changed on a day (US/Eastern) or later."""
    return (("search[updated_min]", day.isoformat()),)


async def _count(api: FreshbooksApi, resource: Resource) -> tuple[Kind, int]:
    """How many records FreshBooks has, deleted ones too; two calls."""
    totals = [await listing.total(api, resource, params) for params in ((), DELETED)]
    return resource.kind, sum(totals)


def _seen(resource: Resource, rows: tuple[Row, ...]) -> tuple[Observation, ...]:
    return tuple(resource.observation(row.id, row.content) for row in rows)
