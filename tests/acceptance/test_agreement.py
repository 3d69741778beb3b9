"""What tie-outs find is kept, and a worker makes them by itself: for how long both books agreed, and since when each difference is open."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import WORK, client, invoice, line
from tests.acceptance.world import World

from tieout.app.agreement import agreement_of, agreement_text, keep_tying_out, tied_out
from tieout_sandboxes.people import FreshbooksPerson, browser

MONTH = timedelta(days=30)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


async def test_a_difference_is_open_until_a_tie_out_finds_it_gone(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    assert (await tied_out(world.installation, world.pair)).agrees
    await invoice(world, line("Consulting", "1", "100.00", "17.5"), id=35002, number="0000202")
    await world.sync()
    await tied_out(world.installation, world.pair)
    found = await agreement_of(world.installation, world.pair, MONTH)
    assert found["tie_outs"] == 2
    first = found["open"][0]
    assert (first["kind"], first["subject"], str(first["at_risk"])) == (
        "MISSING_IN_NAV",
        "invoice/35002",
        "117.50",
    )
    text = agreement_text(found, 30)
    assert "0 min" in text
    assert "invoice/35002" in text
    await world.person.update("invoice", 35002, vis_state=1)
    await world.sync()
    await tied_out(world.installation, world.pair)
    assert (await agreement_of(world.installation, world.pair, MONTH))["open"] == []


async def test_a_worker_ties_out_by_itself(world: World) -> None:
    """As soon as everything was read whole; and not again before its time."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    worker = asyncio.create_task(keep_tying_out(world.installation))
    async with asyncio.timeout(30):
        while not await world.installation.store.tie_outs(world.pair, since=EVER):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    (made,) = await world.installation.store.tie_outs(world.pair, since=EVER)
    assert made.agrees
    due = await world.installation.store.tie_outs_due(now=made.at + timedelta(hours=23))
    assert list(due) == []


async def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        assert "not tied out yet" in tieout("agreement", "main", ends=2)
        tieout("sync", "main")
        tieout("reconcile", "main")
        found = tieout.json("agreement", "main")
        assert (found["tie_outs"], found["percent"], found["open"]) == (1, None, [])
        tieout("reconcile", "main")
        assert "Both books agreed" in tieout("agreement", "main", "--days", "1")
        async with browser() as http:
            person = FreshbooksPerson(connection["freshbooks"], http)
            bad = line("Consulting", "1", "100.00", "17.5")
            await person.create(
                "invoice",
                customerid=567521,
                create_date="2026-03-10",
                currency_code="GBP",
                status=2,
                lines=[bad],
            )
        tieout("sync", "main", ends=1)
        tieout("reconcile", "main", ends=1)
        assert "MISSING_IN_NAV" in tieout("agreement", "main", ends=1)
