"""A frozen month: what is put before its end, changed in it or rewritten is named, though all that is compared of today agrees."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice
from tests.acceptance.world import World

from tieout.app.freeze import frozen_by
from tieout.app.host import utc_now
from tieout.app.running import InputError
from tieout.core.reconciliation.difference import Break

MARCH = date(2026, 3, 31)
GL = {"account_type": "G/L Account"}


async def frozen_march(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    _, frozen = await frozen_by(world.installation, world.pair, MARCH, "controller", accept=False)
    assert frozen is not None
    assert len(frozen.documents) == 1
    result = await world.tie_out()
    assert result.agrees
    (check,) = [check for check in result.checks if check.invariant == "I25"]
    assert check.compared > 10
    assert check.freshbooks == check.nav == frozen.debits


async def test_an_entry_dated_back_into_it(world: World) -> None:
    """Two accounts of the pair's, nobody's key, both sides equal: every document, balance and roll-forward agrees."""
    await frozen_march(world)
    sides = (("4000", "300.00"), ("4900", "-300.00"))
    lines = [GL | {"account_no": no, "amount": amount} for no, amount in sides]
    order = {"user": "anna", "document_no": "GJ-77", "posting_date": "2026-03-20", "lines": lines}
    await world.nav.control("journal", order)
    (found,) = (await world.tie_out()).differences
    assert (found.invariant, found.kind) == ("I25", Break.BACKDATED)
    assert (found.subject, str(found.nav)) == ("GJ-77 of 2026-03-20", "300.00")
    assert "was posted by ANNA after 2026-03-31 was frozen by controller" in found.cause


async def test_set_up_that_is_changed_afterwards(world: World) -> None:
    await frozen_march(world)
    values = {"VAT %": "6"}
    order = {"table": "VAT Posting Setup", "key": ["DOMESTIC", "VAT5"], "values": values}
    await world.nav.control("record", order)
    (found,) = (await world.tie_out()).differences
    assert (found.kind, found.subject) == (Break.SETUP, "VAT posting setup DOMESTIC VAT5")
    assert found.text.startswith("was 5 % Normal VAT, account ")
    assert ", and is 6 % Normal VAT, account " in found.text


async def test_a_document_of_it_that_freshbooks_rewrites(world: World) -> None:
    """NAV is corrected in the open month: the books agree, and the month that FreshBooks shows now is told beside what was frozen."""
    await frozen_march(world)
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    found = {(d.invariant, d.kind) for d in (await world.tie_out()).differences}
    assert ("I25", Break.IN_FLIGHT) in found
    await world.sync()
    result = await world.tie_out()
    assert result.agrees, result.differences
    (one,) = [d for d in result.explained if d.invariant == "I25"]
    assert (one.kind, one.subject) == (Break.PRIOR_PERIOD_CHANGE, f"invoice/{INVOICE}")
    assert (str(one.freshbooks), str(one.nav)) == ("1080.00", "960.00")


async def test_what_does_not_agree_is_frozen_by_a_person_only(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await invoice(world, WORK, id=35002, number="0000202")
    result, frozen = await frozen_by(world.installation, world.pair, MARCH, "me", accept=False)
    assert (result.agrees, frozen) == (False, None)
    assert await world.installation.store.frozen(world.pair) is None
    _, frozen = await frozen_by(world.installation, world.pair, MARCH, "me", accept=True)
    assert frozen == await world.installation.store.frozen(world.pair)


async def test_a_day_that_is_not_over(world: World) -> None:
    today = utc_now().date()
    for day in (today, today + timedelta(days=1)):
        with pytest.raises(InputError, match="is not over"):
            await frozen_by(world.installation, world.pair, day, "me", accept=True)


async def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        assert "No day was frozen." in tieout("freeze", "main")
        tieout("freeze", "main", "yesterday", ends=64)
        assert "was not frozen: cure what differs" in tieout("freeze", "main", "2026-10-31", ends=1)
        tieout("sync", "main")
        told = tieout("freeze", "main", "2026-10-31", "--by", "controller")
        assert "2026-10-31 is frozen by controller: " in told
        (row,) = tieout.json("freeze", "main")
        assert (row["day"], row["by"]) == ("2026-10-31", "controller")
        assert "2026-10-31" in tieout("freeze", "main")
        assert tieout.json("freeze", "main", "2026-10-30")["frozen"] is True
        assert "Both books agree." in tieout("reconcile", "main")
