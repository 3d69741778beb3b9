"""FreshBooks, as the engine and the commands use it."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from tieout.connectors.budget import Budget
from tieout.connectors.freshbooks import changes, listing
from tieout.connectors.freshbooks.api import FreshbooksApi, Params, row_of
from tieout.connectors.freshbooks.callbacks import Callbacks
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.identity import Identity, identity_of
from tieout.connectors.freshbooks.oauth import TokenStore
from tieout.connectors.freshbooks.resources import RESOURCES, GeneralLedger, Resource
from tieout.connectors.freshbooks.wire.feed import feed_line
from tieout.connectors.freshbooks.wire.trial_balance import trial_balance
from tieout.connectors.http import Http
from tieout.core.failures import Unintelligible
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import ChangePage, Observation, Record

AT_ONCE = 8
TRIAL_BALANCE = "reports/accounting/trial_balance"

T = TypeVar("T")


class FreshbooksSource(Callbacks):
    """Reads one FreshBooks business (engine.ports.Source), and looks after its notifications."""

    def __init__(
        self,
        connection: FreshbooksConnection,
        store: TokenStore,
        http: Http,
        clock: Callable[[], datetime],
        reads: Budget | None = None,
    ) -> None:
        self._api = FreshbooksApi(connection, store, http, clock, reads)
        super().__init__(self._api)
        self._places = asyncio.Semaphore(AT_ONCE)

    def changes(self, cursor: Mapping[str, Any]) -> AsyncIterator[ChangePage]:
        """See engine.ports.Source. The cursor holds, for invoices and payments, the latest ``updated`` of a completed pass."""
        return changes.changes(self._api, cursor)

    def everything(self, kind: Kind) -> AsyncIterator[tuple[Observation, ...]]:
        """See engine.ports.Source."""
        return changes.everything(self._api, kind)

    async def observe(self, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        """See engine.ports.Source."""
        batches = [
            (resource, keys)
            for resource in RESOURCES.values()
            if resource.ids_filter
            for keys in _batches(sorted(r.key for r in refs if r.kind is resource.kind))
        ]
        listed = await self._all(self._listed(resource, keys) for resource, keys in batches)
        found = {observation.ref: observation for batch in listed for observation in batch}
        rest = sorted(ref for ref in refs if ref not in found)
        for observation in await self._all(self._single(ref) for ref in rest):
            if observation is not None:
                found[observation.ref] = observation
        return found

    def normalize(self, ref: Ref, content: bytes) -> Record:
        """See engine.ports.Source."""
        return RESOURCES[ref.kind].record(ref, content)

    async def full(self, kind: Kind, items: Collection[str] | None = None) -> AsyncIterator[Record]:
        """All live records of a kind (archived ones included), the list read to its end; for reconciliation.

        With ``items`` lines are added up where they can, but for those of these names: there are many, and it saves making something of each.
        """
        async for record in self._records(RESOURCES[kind], (), items):
            yield record

    async def gone(self, kind: Kind) -> AsyncIterator[Record]:
        """All records of a kind that are deleted, as they were."""
        async for record in self._records(RESOURCES[kind], changes.DELETED):
            yield record

    async def general_ledger(self) -> AsyncIterator[FeedLine]:
        """FreshBooks' own books, the list read to its end; for reconciliation. Raises Forbidden where the consent is older than this."""
        async for rows in listing.pages(self._api, GeneralLedger(), ()):
            for row in rows:
                yield feed_line(row.content)

    async def trial_balance(self, currency: str, first: date, last: date) -> Mapping[str, Decimal]:
        """FreshBooks' own balance of each account, debit positive, of these days; for reconciliation. Raises Forbidden where the consent is older than this."""
        days = (("start_date", first.isoformat()), ("end_date", last.isoformat()))
        asked = (*days, ("currency_code", currency))
        result = await self._api.accounting(TRIAL_BALANCE, asked)
        if result is None or "trial_balance" not in result:
            raise Unintelligible("freshbooks", "there is no trial balance")
        return trial_balance(bytes(result["trial_balance"]), currency)

    async def listed(self) -> Mapping[str, int]:
        """How many records each list has now, by its name; for a price of one row each."""
        return {
            resource.plural: await listing.total(self._api, resource, ())
            for resource in RESOURCES.values()
        }

    async def deleted(self, kind: Kind) -> tuple[str, ...]:
        """The ids of what is deleted; no list shows that with the others."""
        pages = listing.pages(self._api, RESOURCES[kind], changes.DELETED)
        return tuple([row.id async for rows in pages for row in rows])

    async def changed_on(self, kind: Kind, day: date, most: int) -> Sequence[Record] | None:
        """What changed on or after a day (US/Eastern), where the list can tell; None if it cannot, or if that is more than so many."""
        resource = RESOURCES[kind]
        if not resource.day_filter:
            return None
        if await listing.total(self._api, resource, changes.on_or_after(day)) > most:
            return None
        return [record async for record in self.changed_since(kind, day)]

    async def changed_since(
        self, kind: Kind, day: date, items: Collection[str] | None = None
    ) -> AsyncIterator[Record]:
        """What changed on or after a day (US/Eastern); everything, where the list cannot tell. ``items``: see ``full``."""
        resource = RESOURCES[kind]
        params = changes.on_or_after(day) if resource.day_filter else ()
        async for record in self._records(resource, params, items):
            yield record

    async def of_clients(
        self, kind: Kind, keys: Collection[str], items: Collection[str] | None = None
    ) -> AsyncIterator[Record]:
        """The documents of these clients; none where the list has no such filter. ``items``: see ``full``."""
        resource = RESOURCES[kind]
        for some in _batches(sorted(keys)) if resource.clients_filter else ():
            params = [(resource.clients_filter, key) for key in some]
            async for record in self._records(resource, params, items):
                yield record

    async def _records(
        self, resource: Resource, params: Params, items: Collection[str] | None = None
    ) -> AsyncIterator[Record]:
        async for rows in listing.pages(self._api, resource, params):
            for row in rows:
                ref = Ref(resource.kind, row.id)
                if items is None or resource.added is None:
                    yield resource.record(ref, row.content)
                else:
                    yield resource.added(ref, row.content, items)

    async def identity(self) -> Identity:
        """Whose consent we have, and for which businesses."""
        body = await self._api.get("/auth/api/v1/users/me")
        if body is None:
            raise Unintelligible("freshbooks", "users/me does not exist")
        return identity_of(body)

    async def _listed(self, resource: Resource, keys: list[str]) -> list[Observation]:
        """Those of a batch that the list shows. What was not asked for is left out: FreshBooks ignores a filter that it does not know."""
        params = [(resource.ids_filter, key) for key in keys]
        page = await listing.page_at(self._api, resource, params, 1)
        wanted = set(keys)
        return [resource.observation(r.id, r.content) for r in page.rows if r.id in wanted]

    async def _single(self, ref: Ref) -> Observation | None:
        """One record by its id: lists hide deleted ones, this does not. None if FreshBooks does not know it."""
        resource = RESOURCES[ref.kind]
        result = await self._api.accounting(
            f"{resource.path}/{ref.key}", listing.includes(resource)
        )
        if result is None:
            return None
        try:
            row = row_of(result[resource.single])
        except (KeyError, msgspec.DecodeError) as error:
            raise Unintelligible(
                "freshbooks", f"{ref} in an envelope without it: {error}"
            ) from None
        return resource.observation(row.id, row.content)

    async def _all(self, jobs: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        """The results in order, a few jobs at once; none is left running when one fails."""
        made = list(jobs)
        try:
            turns = (self._in_turn(job) for job in made)
            results = await asyncio.gather(*turns, return_exceptions=True)
        finally:
            for job in made:
                job.close()  # who is cancelled leaves some that have not begun
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def _in_turn(self, job: Coroutine[Any, Any, T]) -> T:
        async with self._places:
            return await job


def _batches(keys: list[str]) -> Iterator[list[str]]:
    """At most a page of keys at a time."""
    for start in range(0, len(keys), listing.PER_PAGE):
        yield keys[start : start + listing.PER_PAGE]
