"""All lists read whole and compared with what is known, both ways."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tests.integration.engine.test_drain import House, bills, house

from tieout.core.records.identity import Kind, Ref
from tieout.engine.absence import Sweep, sweep
from tieout.engine.ports import Observation

__all__ = ["house"]


async def swept(house: House, *, limited: bool = True) -> Sweep | None:
    return await sweep(house.worlds[0], house.store, lambda: house.now, limited=limited)


async def test_what_no_list_shows_is_asked_for_by_its_id(house: House) -> None:
    freshbooks = house.freshbooks[0]
    freshbooks.records |= {bill.ref: bill for bill in bills(6)}
    assert await swept(house) == Sweep(listed=6, news=6)
    assert await swept(house) == Sweep(listed=6)
    await house.drain()
    assert not await house.store.due(house.pair, now=house.now, limit=10)
    everything, observe = freshbooks.everything, freshbooks.observe
    hidden, deleted, unknown = (bill.ref for bill in bills(3))

    async def listed(kind: Kind) -> object:
        async for page in everything(kind):
            yield tuple(seen for seen in page if seen.ref not in (hidden, deleted, unknown))

    async def by_id(refs: Collection[Ref]) -> dict[Ref, Observation]:
        seen = dict(await observe(refs))
        seen.pop(unknown, None)
        if deleted in seen:
            seen[deleted] = replace(seen[deleted], deleted=True, hash="another content")
        return seen

    freshbooks.everything, freshbooks.observe = listed, by_id  # type: ignore[method-assign, assignment]
    found = await swept(house)
    assert found == Sweep(listed=3, deleted=1, still_there=1, unknown=1)
    due = await house.store.due(house.pair, now=house.now, limit=10)
    assert {deleted, unknown} <= {row.ref for row in due}


async def test_if_too_much_is_missing_the_line_stops_unless_a_person_agreed(house: House) -> None:
    freshbooks = house.freshbooks[0]
    known = {bill.ref: bill for bill in bills(11)}
    freshbooks.records |= known
    assert await swept(house) == Sweep(listed=11, news=11)
    freshbooks.records = {ref: bill for ref, bill in freshbooks.records.items() if ref not in known}
    assert await swept(house) is None
    stop = await house.store.stop_of(house.pair)
    assert stop is not None
    assert (stop.cause, "lists 0 records of kind invoice, and 11" in stop.reason) == (
        "LIST_SHRANK",
        True,
    )
    assert await swept(house, limited=False) == Sweep(unknown=11)
