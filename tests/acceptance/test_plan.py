"""What ``tieout plan`` foresees is what NAV then holds, to the cent and by account, and looking changes nothing anywhere."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx2
import psycopg
import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World, living

from chaos.retail import write_month
from tieout.app.plan import Planned, plan_of, plan_text
from tieout.core.decision.effect import BANK
from tieout.core.decision.plan import State
from tieout.core.failures import Failure
from tieout.engine.foresee import UNKNOWN
from tieout_sandboxes.retail import Connection, load_retail

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "plan.md"
Entries = dict[str, dict[str, Decimal]]


async def foreseen(world: World, *days: date) -> Planned:
    return await plan_of(world.installation, world.pair, *days)


def entries(planned: Planned, banks: Mapping[str, str]) -> Entries:
    """The foreseen entries by key and account; a bank account that had no entries yet is known by now."""
    found: Entries = defaultdict(lambda: defaultdict(Decimal))
    for document in planned.documents:
        for effect in document.effects:
            account = banks[effect.account] if effect.kind == BANK else effect.account
            found[effect.key][account] += effect.amount
    return {key: {a: x for a, x in amounts.items() if x} for key, amounts in found.items()}


async def comes_true(world: World) -> Planned:
    """Look, settle, and hold one against the other; everything that was foreseen, and nothing else."""
    before = await posted(world)
    planned = await foreseen(world)
    assert await posted(world) == before
    await world.sync()
    target = await world.installation.target(world.pair)
    banks = await target.bank_accounts(("BANK-GBP", "BANK-EUR", "STRIPE"))
    after = await posted(world)
    assert entries(planned, banks) == {k: after[k] for k in after if k not in before}
    return planned


async def posted(world: World) -> Entries:
    """NAV's general ledger by key and account, without what NAV adds when items are applied."""
    found: Entries = defaultdict(lambda: defaultdict(Decimal))
    for row in await world.nav.rows("GeneralLedgerEntries"):
        found[row["External_Document_No"]][row["G_L_Account_No"]] += row["Amount"]
    return {key: {a: x for a, x in amounts.items() if x} for key, amounts in found.items()}


def marks(planned: Planned) -> dict[str, str]:
    return {str(document.ref): document.mark for document in planned.documents}


async def test_a_sale_and_its_money(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    planned = await comes_true(world)
    assert planned.is_green
    assert marks(planned) == {f"invoice/{INVOICE}": "+", "payment/11001": "+"}
    assert [c.payload["name"] for c in planned.customers] == ["Acme 7001"]
    again = await foreseen(world)
    assert marks(again) == {f"invoice/{INVOICE}": "=", "payment/11001": "="}
    assert again.customers == ()
    assert "There is nothing to post." in plan_text(again)
    held = {line.account: (line.now, line.change) for line in again.accounts}
    assert held["1200"] == (Decimal("460.00"), 0)
    assert held["4000"] == (Decimal("-800.00"), 0)


async def test_an_edit_a_deletion_and_a_draft(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await invoice(world, WORK, id=35002, number="0000202")
    await invoice(world, WORK, id=35003, number="0000203", status=1)
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.person.update("invoice", 35002, vis_state=1)
    planned = await comes_true(world)
    assert planned.is_green
    shown = marks(planned)
    assert shown[f"invoice/{INVOICE}"] == "~"
    assert shown["invoice/35002"] == "-"
    assert shown["invoice/35003"] == ""
    text = plan_text(planned, lines=True)
    assert "1  would be reversed and posted again" in text
    assert "1  would be taken out" in text
    receivables = next(line for line in planned.accounts if line.account == "1200")
    assert (receivables.now, receivables.then) == (Decimal("1420.00"), Decimal("580.00"))


async def test_foreign_money_is_foreseen_in_local_currency(world: World) -> None:
    await client(world)
    foreign = {"type": 0, "name": "Consulting", "qty": "3", "taxName1": "VAT", "taxAmount1": "20"}
    cost = {"unit_cost": {"amount": "33.35", "code": "EUR"}}
    await invoice(world, {**foreign, **cost}, currency_code="EUR")
    planned = await comes_true(world)
    assert planned.is_green
    (document,) = planned.documents
    assert (document.amount, document.currency) == (Decimal("120.06"), "EUR")


async def test_a_range_of_days(world: World) -> None:
    await client(world)
    await invoice(world, WORK, day="2026-03-10")
    await invoice(world, WORK, id=35002, number="0000202", day="2026-04-10")
    planned = await foreseen(world, date(2026, 4, 1), date(2026, 4, 30))
    assert marks(planned) == {"invoice/35002": "+"}
    assert sum(line.change for line in planned.accounts) == 0


async def test_what_stops_says_why(world: World) -> None:
    """Held by a rule of the posting setup, or refused by NAV's own set-up: both are told before anything is tried."""
    await client(world)
    await client(world, 7002, country="Atlantis")
    await invoice(world, WORK)
    await invoice(world, WORK, id=35002, number="0000202", customerid=7002)
    await world.nav.change("GLAccount", "No='4000'", Direct_Posting=False)
    planned = await foreseen(world)
    reasons = {str(d.ref): d.reason for d in planned.stopped}
    assert "takes no direct posting" in reasons[f"invoice/{INVOICE}"]
    assert "COUNTRY_NOT_MAPPED" in reasons["invoice/35002"]
    assert "2  stop" in plan_text(planned)
    await world.sync()
    refused = await world.reasons()
    assert set(refused) == set(reasons)
    assert "REFUSED_BY_NAV" in refused[f"invoice/{INVOICE}"]


async def test_what_may_be_in_nav_already_is_not_foreseen(world: World) -> None:
    """A command that was stored and has no answer yet: only the next sync may find out, so the plan says that it does not know."""
    await client(world)
    await invoice(world, WORK)
    await world.nav.control(
        "faults", {"kind": "drop_after", "path": "/Codeunit/TieoutGateway", "times": 99, "after": 2}
    )
    with pytest.raises(Failure):
        await world.sync()
    await world.nav.clear_faults()
    planned = await foreseen(world)
    assert [d.reason for d in planned.stopped] == [UNKNOWN]
    assert entries(planned, {}) == {}


async def test_looking_touches_nothing(world: World, database_url: str) -> None:
    """No write reaches either system, and Tieout's own database has the same rows as before."""
    await client(world)
    await invoice(world, WORK)
    before, rows = await requests(world), rows_of(database_url)
    await foreseen(world)
    after = await requests(world)
    for system in ("freshbooks", "nav"):
        assert after[system]["GET"] > before[system].get("GET", 0)
        assert writes(after[system]) == writes(before[system])
    assert rows_of(database_url) == rows


def writes(counts: Mapping[str, int]) -> dict[str, int]:
    return {verb: count for verb, count in counts.items() if verb != "GET"}


async def requests(world: World) -> dict[str, dict[str, int]]:
    """What either system has counted of what reached it, by verb."""
    url = f"{world.freshbooks_server.url}/_control/state"
    freshbooks = await asyncio.to_thread(httpx2.get, url)
    return {
        "freshbooks": freshbooks.json()["requests"],
        "nav": (await world.nav.state())["requests"],
    }


def rows_of(database_url: str) -> dict[str, str]:
    """Every row of every table."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'tieout'"
        ).fetchall()
        return {
            name: repr(connection.execute(f'SELECT * FROM tieout."{name}" ORDER BY 1').fetchall())
            for (name,) in tables
        }


async def test_two_thousand_documents_of_a_shop(world: World, tmp_path: Path) -> None:
    names = Connection.__dataclass_fields__
    connection = Connection.read(
        {"freshbooks": {n: getattr(world.freshbooks_server, n) for n in names}}
    )
    await load_retail(write_month(tmp_path / "month.csv", 1120, seed=11), connection)
    planned = await comes_true(world)
    assert planned.is_green
    assert len(planned.documents) > 2000
    states = await world.installation.store.documents(
        world.pair, {d.ref for d in planned.documents}
    )
    assert {stored.state for stored in states.values()} <= {State.AGREED, State.EXCLUDED}


async def test_sales_tax_is_told_as_part_of_its_line(database_url: str, tmp_path: Path) -> None:
    """Which accounts take sales tax no page of NAV tells: the plan says so, and the line is right together with its taxes."""
    async with living(database_url, tmp_path, "ca") as world:
        await client(world, country="Canada")
        work = line("Consulting", "10", "80.00") | {"taxName1": "GST", "taxAmount1": "5"}
        work |= {"unit_cost": {"amount": "80.00", "code": "CAD"}}
        await invoice(world, work, currency_code="CAD")
        planned = await foreseen(world)
        assert planned.is_green, plan_text(planned)
        (document,) = planned.documents
        taxed = [effect for effect in document.effects if effect.taxed]
        assert [effect.amount for effect in taxed] == [Decimal("-840.00")]
        assert "with sales tax" in plan_text(planned, lines=True)
        await world.sync()
        found = (await posted(world))[document.keys[0]]
        receivable = next(effect for effect in document.effects if not effect.taxed)
        assert found.pop(receivable.account) == receivable.amount == 840
        assert sum(found.values()) == -840
        assert len(found) == 2


def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        found = tieout.json("plan", "main")
        assert found["green"]
        assert [d["mark"] for d in found["documents"]] == ["+"] * 5
        assert sum(Decimal(line["change"]) for line in found["accounts"]) == 0
        told = tieout("plan", "main")
        assert without_days(told) == without_days(shown_in(GUIDE))
        assert "FB-INV-453877-1" in tieout("plan", "main", "--lines")
        tieout("plan", "main", "--from", "2026-05-01", "--to", "2026-04-01", ends=64)


def shown_in(guide: Path) -> str:
    """The example of what the command says."""
    return guide.read_text().split("$ ./dev tieout plan main\n")[1].split("```")[0]


def without_days(text: str) -> str:
    """Said on another day, the days are others, and a column may be wider."""
    return " ".join(re.sub(r"\d{4}-\d\d-\d\d", "DAY", text).split())
