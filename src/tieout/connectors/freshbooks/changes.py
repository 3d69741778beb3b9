"""What changed in FreshBooks since we last looked.

FreshBooks can only say what changed since a day (US/Eastern), and never lists deleted records with the others. A poll therefore asks for everything since
the day before the latest change that it knows, and for the deleted records separately. Those are asked for without a date, because a deletion does
not move the date (seen in live traffic: a record deleted two minutes after its last change kept the older stamp). What has not changed is recognised
by its hash and dropped by the receiver.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any

from tieout.connectors.freshbooks import listing
from tieout.connectors.freshbooks.api import FreshbooksApi, Params
from tieout.connectors.freshbooks.resources import RESOURCES, Resource
from tieout.core.records.identity import DOCUMENTS
from tieout.engine.ports import ChangePage

DELETED: Params = (("search[vis_state]", "1"),)
OVERLAP = timedelta(days=1)


async def changes(api: FreshbooksApi, cursor: Mapping[str, Any]) -> AsyncIterator[ChangePage]:
    """The pages of one poll; the cursor moves on for a kind of record when all its pages were handed out."""
    reached = dict(cursor)
    for kind in DOCUMENTS:
        resource = RESOURCES[kind]
        latest = since = str(reached.get(resource.plural, ""))
        for params in (changed_since(resource, since), DELETED):
            async for rows in listing.pages(api, resource, params):
                latest = max(latest, *(row.updated for row in rows))
                seen = tuple(resource.observation(row.id, row.content) for row in rows)
                yield ChangePage(observations=seen, cursor=dict(reached))
        if resource.day_filter and latest != since:
            reached[resource.plural] = latest
            yield ChangePage(observations=(), cursor=dict(reached))


def changed_since(resource: Resource, stamp: str) -> Params:
    """The filter for what changed on or after the day before this stamp; none for the first time, and none where FreshBooks has none that works."""
    if not resource.day_filter or not stamp:
        return ()
    day = date.fromisoformat(stamp[:10]) - OVERLAP
    return (("search[updated_min]", day.isoformat()),)
