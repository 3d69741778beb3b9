"""A difference is told with its cure, as exact entries, and one command does it; what a person entered in NAV is left alone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World

from tieout.app.heal import curable, cures_of, cures_text, healed, open_of
from tieout.app.plan import Planned, plan_of
from tieout.core.records.identity import Kind, Ref
from tieout_sandboxes.people import FreshbooksPerson, browser

REF = Ref(Kind.INVOICE, str(INVOICE))


async def looked_at(world: World, *refs: Ref) -> Planned:
    return await plan_of(world.installation, world.pair, refs=refs or (REF,))


async def test_an_edit_that_nobody_told_of(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    result = await world.tie_out()
    assert not result.agrees
    cures = await cures_of(world.installation, world.pair, result)
    assert "reversed, posted" in cures[REF].reason
    told = cures_text("main", tuple(cures.values()))
    assert f"tieout heal main invoice/{INVOICE}" in told
    assert "2026-03-10 4000 -900.00" in told
    left = await healed(world.installation, world.pair, await looked_at(world))
    assert open_of(left) == ()
    assert (await world.tie_out()).agrees


async def test_an_invoice_that_is_missing(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await invoice(world, WORK, id=35002, number="0000202")
    other = Ref(Kind.INVOICE, "35002")
    planned = await looked_at(world, other)
    assert [d.mark for d in curable(planned)] == ["+"]
    await healed(world.installation, world.pair, planned)
    assert await world.nav.open_items() == {
        "FB0000201": Decimal("960.00"),
        "FB0000202": Decimal("960.00"),
    }
    assert (await world.tie_out()).agrees


async def test_what_somebody_changed_in_nav_is_not_changed_back(world: World) -> None:
    """FreshBooks did not move the day; whoever moved it in NAV may have agreed on it with the customer."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    (entry,) = await world.nav.rows("CustomerLedgerEntries")
    await world.nav.change("CustomerLedgerEntries", entry["Entry_No"], Due_Date="2026-12-31")
    result = await world.tie_out()
    assert [str(d.kind) for d in result.differences] == ["DUE_DATE"]
    assert await cures_of(world.installation, world.pair, result) == {}
    assert open_of(await looked_at(world)) == ()


async def test_what_stops_has_no_cure_here(world: World) -> None:
    await client(world)
    await invoice(world, line("Consulting", "1", "100.00", "17.5"))
    await world.sync()
    result = await world.tie_out()
    cures = await cures_of(world.installation, world.pair, result)
    assert "TAX_NOT_MAPPED" in cures[REF].reason
    told = cures_text("main", tuple(cures.values()))
    assert "tieout heal" not in told
    assert curable(await looked_at(world)) == ()


async def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        assert "nothing to do" in tieout("heal", "main", "invoice/453877", "--yes")
        async with browser() as http:
            person = FreshbooksPerson(connection["freshbooks"], http)
            await person.update("invoice", 453878, vis_state=1)
        told = tieout("reconcile", "main", ends=1)
        assert "tieout heal main invoice/453878" in told
        assert [one["mark"] for one in found(tieout)["cures"]] == ["-"]
        tieout("heal", "main", "invoice/453878", ends=64)
        tieout("heal", "main", "client/1", "--yes", ends=64)
        assert "Done: invoice/453878" in tieout("heal", "main", "invoice/453878", "--yes")
        assert "nothing to do" in tieout("heal", "main", "invoice/453878", "--yes")


def found(tieout: CommandLine) -> Any:
    return tieout.json("reconcile", "main", ends=1)
