"""What another posting setup would have made of what was received: told by account and by document, and nothing is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World

from tieout.app.replay import Replayed, replay_of, replay_text
from tieout.app.setups import read_setup

Content = dict[str, Any]


async def in_force(world: World) -> Content:
    setups = await world.installation.store.posting_setups(world.pair)
    content: Content = json.loads(json.dumps(setups[max(setups)]))
    return content


async def replayed(world: World, content: Content) -> Replayed:
    return await replay_of(world.installation, world.pair, read_setup(content, 2))


async def with_history(world: World) -> None:
    """Two invoices, one of them edited after it was posted, and money."""
    await client(world)
    await invoice(world, WORK)
    await invoice(world, line("Travel", "1", "50.00"), id=35002, number="0000202", day="2026-03-11")
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()


async def test_the_same_setup_makes_the_same(world: World) -> None:
    await with_history(world)
    found = await replayed(world, await in_force(world))
    assert (found.documents, found.differing, found.doubts) == (3, (), ())
    assert all(account.before == account.after for account in found.accounts)
    assert "0 of 3 documents would come out otherwise." in replay_text(found)


async def test_an_item_that_has_an_account_of_its_own(world: World) -> None:
    """The edited invoice is taken as it was last received; the other one does not sell the item."""
    await with_history(world)
    before = await world.nav.rows("GeneralLedgerEntries")
    content = await in_force(world)
    own = {"items": ["Consulting"], "gl_account": "4050", "gen_prod": "SERVICES"}
    content["lines"] = [own, *content["lines"]]
    found = await replayed(world, content)
    (one,) = found.differing
    assert str(one.before.ref) == f"invoice/{INVOICE}"
    assert {(m.account, str(m.difference)) for m in one.moved} == {
        ("4000", "900.00"),
        ("4050", "-900.00"),
    }
    assert {(m.account, str(m.difference)) for m in found.accounts if m.difference} == {
        ("4000", "900.00"),
        ("4050", "-900.00"),
    }
    assert "1 of 3 documents would come out otherwise." in replay_text(found)
    assert await world.nav.rows("GeneralLedgerEntries") == before


async def test_a_setup_that_stops_a_document_and_names_what_nav_lacks(world: World) -> None:
    await with_history(world)
    content = await in_force(world)
    content["payments"] = [r for r in content["payments"] if r["method"] != "Bank Transfer"]
    content["lines"] = [{**rule, "gl_account": "9999"} for rule in content["lines"]]
    found = await replayed(world, content)
    changed = {str(one.after.ref): (one.after.mark, one.after.reason) for one in found.differing}
    mark, reason = changed["payment/11001"]
    assert mark == "!"
    assert "PAYMENT" in reason
    mark, reason = changed[f"invoice/{INVOICE}"]
    assert (mark, "9999 does not exist" in reason) == ("!", True)
    assert any("9999 does not exist" in doubt for doubt in found.doubts)


def test_the_command(tieout: CommandLine, tmp_path: Path) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        setup = json.loads(tieout("pair", "setup", "main"))
        same = tmp_path / "same.json"
        same.write_text(json.dumps(setup))
        assert "0 of 5 documents" in tieout("replay", "main", "--setup", str(same))
        other = {**setup, "lines": [{**rule, "gl_account": "4050"} for rule in setup["lines"]]}
        found = json.loads(
            tieout("replay", "main", "--setup", "-", "--json", given=json.dumps(other), ends=1)
        )
        assert found["documents"] == 5
        assert {one["before"]["ref"]["kind"] for one in found["differing"]} <= {
            "invoice",
            "credit_note",
        }
        tieout("replay", "main", "--setup", "-", given='{"lcy": "GBP"}', ends=64)
