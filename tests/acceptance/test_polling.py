"""Polling through the real path: changes are found without a webhook, absence is not deletion, and a failing system is left alone."""

from __future__ import annotations

from tests.acceptance.stories import CLIENT, INVOICE, MORE_WORK, WORK, client, invoice, payment
from tests.acceptance.world import World, invoice_ref

from tieout.app.host import utc_now
from tieout.app.line import is_well, line_of, line_text
from tieout.core.failures import Unreachable
from tieout.core.records.identity import Kind, Ref
from tieout.engine import absence

FIRST = 36000


async def many(world: World, count: int) -> None:
    await client(world)
    for n in range(count):
        await invoice(world, WORK, id=FIRST + n, number=f"N{n:05d}")
    await world.sync()
    assert await world.states() == {"agreed": count}


async def entries(world: World) -> int:
    return len(await world.nav.rows("GeneralLedgerEntries"))


async def switch(world: World, **values: object) -> None:
    await world.person.control("switches", values)


async def test_e75_a_list_that_suddenly_lacks_a_fifth_stops_the_line(world: World) -> None:
    """Case E75 at a twentieth of its size: 100 invoices are known, and FreshBooks lists 80."""
    await many(world, 100)
    before = await entries(world)
    await switch(world, lists_lack=20)
    await invoice(world, WORK, id=FIRST + 150, number="NEW")
    await world.sync()
    stop = await world.installation.store.stop_of(world.pair)
    assert stop is not None
    assert stop.cause == absence.CAUSE
    assert "lists 81 records of kind invoice, and 100 are known, so 19 are missing" in stop.reason
    line = await line_of(world.installation, world.pair)
    assert not is_well(line)
    assert "Nothing is posted until: tieout release main" in line_text("main", line)
    await world.installation.store.accept(world.pair, now=utc_now(), refs=[invoice_ref(FIRST)])
    await world.settle()
    assert await entries(world) == before, "nothing was posted, not even what came by webhook"

    await switch(world, lists_lack=0)
    await world.installation.store.release_line(world.pair)
    await world.sync()
    assert await world.states() == {"agreed": 101}
    assert is_well(await line_of(world.installation, world.pair))


async def test_what_is_missing_for_good_is_asked_for_by_its_id_and_never_reversed(
    world: World,
) -> None:
    await many(world, 100)
    before = await entries(world)
    await switch(world, lists_lack=20)
    await world.sync()
    pair_world = await world.installation.world(world.pair)
    found = await absence.sweep(pair_world, world.installation.store, utc_now, limited=False)
    assert found is not None
    assert (found.still_there, found.deleted, found.unknown) == (20, 0, 0)
    await world.installation.store.release_line(world.pair)
    await world.sync()
    assert await world.installation.store.stop_of(world.pair) is None, "accepted as unlisted"
    assert await entries(world) == before
    assert await world.states() == {"agreed": 100}


async def test_a_few_missing_ones_are_confirmed_by_their_ids(world: World) -> None:
    """Two vanish from the lists; one of them was deleted, which only its id tells."""
    await many(world, 12)
    await world.person.update("invoice", FIRST, vis_state=1)
    await switch(world, lists_lack=2)
    pair_world = await world.installation.world(world.pair)
    found = await absence.sweep(pair_world, world.installation.store, utc_now)
    assert found is not None
    assert (found.deleted, found.still_there) == (1, 1)
    await world.settle()
    assert await world.nav.posted(f"FB-INV-{FIRST}-1X") != {}
    assert await world.nav.posted(f"FB-INV-{FIRST + 1}-1X") == {}


async def test_a_sweep_finds_what_no_poll_has_seen(world: World) -> None:
    """An invoice of last month appears (its stamp is older than what polls ask for): the sweep compares ids both ways."""
    await many(world, 3)
    await world.person.control("clock", {"now": "2026-01-05T09:00:00Z"})
    await invoice(world, WORK, id=FIRST + 50, number="OLD")
    await world.person.control("clock", {"real": True})
    pair_world = await world.installation.world(world.pair)
    found = await absence.sweep(pair_world, world.installation.store, utc_now)
    assert found is not None
    assert found.news == 1
    await world.settle()
    assert await world.states() == {"agreed": 4}


async def test_a_page_read_before_an_edit_cannot_bring_old_content_back(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    source = (await world.installation.world(world.pair)).source
    ref = invoice_ref(INVOICE)
    old = (await source.observe([ref]))[ref]
    await world.person.control("clock", {"advance_s": 5})
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-2") != {}
    before = await entries(world)
    await world.installation.store.accept(world.pair, now=utc_now(), observations=[old])
    await world.settle()
    assert await entries(world) == before
    assert await world.states() == {"agreed": 1}
    stored = (await world.installation.store.documents(world.pair, [ref]))[ref].observation
    assert stored is not None
    assert stored.hash != old.hash


async def test_an_unchanged_poll_is_no_work(world: World) -> None:
    await many(world, 3)
    await world.sync()
    before = (await world.nav.state())["requests"]
    await world.sync()
    assert (await world.nav.state())["requests"] == before


async def test_credit_notes_and_deletions_are_seen_although_no_filter_shows_them(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await switch(world, delete_moves_updated=False)
    await world.person.update("invoice", INVOICE, vis_state=1)
    note = await world.person.create(
        "credit_note",
        30947,
        clientid=CLIENT,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[WORK],
    )
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1X") != {}
    await world.person.update("credit_note", note["creditid"], lines=[MORE_WORK])
    await world.sync()
    assert await world.nav.posted("FB-CRN-30947-2") != {}


async def test_a_breaker_opens_says_so_and_closes_by_itself(world: World) -> None:
    await many(world, 1)
    await world.person.control("faults", {"kind": "status", "status": 503, "times": -1})
    for _ in range(3):
        try:
            await world.installation.poll(world.pair.id)
        except Unreachable:
            continue
        raise AssertionError("FreshBooks should be out of reach")
    line = await line_of(world.installation, world.pair)
    assert not is_well(line)
    assert "FreshBooks has failed 3 times" in line_text("main", line)
    store = world.installation.store
    connection = await store.connection_id(world.pair, "freshbooks")
    assert not await store.may_call("freshbooks", connection, now=utc_now())
    await world.installation.http._client.delete(f"{world.freshbooks_server.url}/_control/faults")
    await world.installation.poll(world.pair.id)
    assert is_well(await line_of(world.installation, world.pair))


async def test_an_unknown_id_is_looked_at_by_a_person(world: World) -> None:
    stranger = Ref(Kind.INVOICE, "999999")
    await world.webhook(stranger)
    await world.settle()
    assert set(await world.states()) <= {"held", "dead", "excluded"}


async def test_a_changed_limit_is_in_force_at_once(world: World) -> None:
    await client(world)
    store = world.installation.store
    await store.change_settings(world.pair, {**world.pair.settings, "daily_documents": 1})
    world.pair = await store.pair(world.pair.name)
    for n in range(3):
        await invoice(world, WORK, id=FIRST + n, number=f"N{n:05d}")
    await world.sync()
    stop = await store.stop_of(world.pair)
    assert stop is not None
    assert stop.cause == "VOLUME_LIMIT"
    assert world.pair.prefix == "FB"
