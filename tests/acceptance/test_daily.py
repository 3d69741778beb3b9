"""A daily run finds what a full one finds, of all that has changed since the last tie-out; what it did not look at stays as it was found."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, payment
from tests.acceptance.world import World
from tests.oracle.play import a_world, play_firm

from tieout.app import agreement
from tieout.app.agreement import agreement_of, looked_at, tied_out
from tieout.app.reconcile import reconcile
from tieout.core.reconciliation.agreement import TieoutMade
from tieout.core.reconciliation.daily import ONE_BY_ONE
from tieout.core.reconciliation.snapshot import Daily
from tieout.core.reconciliation.tieout import Tieout
from tieout_sandboxes.people import Refused
from tieout_sandboxes.service_firm import ServiceFirm

OTHER = 7002
MONTH = timedelta(days=30)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
RECEIPT = {
    "user": "anna",
    "document_type": "Payment",
    "document_no": "R-77",
    "posting_date": "2026-03-20",
    "lines": [
        {"account_type": "Customer", "account_no": "C00010", "amount": "-10.00"},
        {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": "10.00"},
    ],
}
# Posted to the account of a bank in the general ledger, past the bank ledger.
PAST_THE_BANK = {
    "user": "anna",
    "document_type": "",
    "document_no": "G-1",
    "posting_date": "2026-03-20",
    "lines": [
        {"account_type": "G/L Account", "account_no": "1100", "amount": "5.00"},
        {"account_type": "G/L Account", "account_no": "6500", "amount": "-5.00"},
    ],
}
Found = set[tuple[str, str, str, str, str]]


async def two_clients(world: World) -> None:
    """Each with an invoice that is posted, and everything tied out."""
    await client(world)
    await world.person.create(
        "client", OTHER, organization="Quill Ltd", p_country="United Kingdom", currency_code="GBP"
    )
    await invoice(world, WORK)
    await invoice(world, WORK, id=35002, number="0000202", customerid=OTHER)
    await world.sync()
    assert (await tied_out(world.installation, world.pair)).agrees


async def day_by_day(world: World) -> Tieout:
    return await tied_out(world.installation, world.pair, whole=False)


def told(result: Tieout) -> Daily:
    assert result.daily is not None
    return result.daily


def found(result: Tieout) -> Found:
    return {
        (d.invariant, str(d.kind), d.subject, str(d.freshbooks), str(d.nav))
        for d in result.differences
        if d.invariant in ONE_BY_ONE
    }


async def as_in_full(world: World) -> Found:
    """What a daily run finds, which is what a full one finds at the same moment."""
    result, scope = await looked_at(world.installation, world.pair, whole=False)
    assert scope is not None
    assert found(result) == found(await reconcile(world.installation, world.pair, None))
    return found(result)


async def test_without_a_snapshot_everything_is_read(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    result = await day_by_day(world)
    assert (result.agrees, result.daily) == (True, None)
    made = await world.installation.store.last_tie_out(world.pair)
    assert made is not None
    assert not made.daily


async def test_only_the_clients_concerned_are_looked_at(world: World) -> None:
    await two_clients(world)
    await payment(world, "500.00")
    await world.sync()
    result = await day_by_day(world)
    assert result.agrees, result.differences
    assert told(result).changed >= 1
    assert told(result).entries == 2
    by_name = {check.invariant: check for check in result.checks}
    assert by_name["I7"].compared == 1
    assert (by_name["I21"].freshbooks, by_name["I21"].nav) == (500, 500)
    assert by_name["I5"].freshbooks == by_name["I5"].nav
    assert {"I12", "I22", "I27"}.isdisjoint(by_name)
    assert "the last time that everything was read" in result.claim
    again = await day_by_day(world)
    assert (told(again).changed, told(again).entries) == (0, 0)
    assert told(again).since > told(result).since
    assert told(again).whole == told(result).whole


async def test_it_finds_what_a_full_tie_out_finds(world: World) -> None:
    """An edit and a new invoice that were not carried over, an entry that somebody keyed, a deletion, an invoice of another client."""
    await two_clients(world)
    await invoice(world, MORE_WORK, id=35003, number="0000203")
    assert {kind for _, kind, *_ in await as_in_full(world)} == {"IN_FLIGHT"}
    await world.sync()
    await world.nav.control("journal", RECEIPT)
    kinds = {(invariant, kind) for invariant, kind, *_ in await as_in_full(world)}
    assert {("I13", "NAV_ONLY"), ("I4", "NAV_ONLY")} <= kinds
    await world.person.update("invoice", 35002, vis_state=1)
    assert "invoice/35002" in {subject for _, _, subject, *_ in await as_in_full(world)}
    await world.person.update("invoice", 35003, lines=[WORK])
    assert "invoice/35003" in {subject for _, _, subject, *_ in await as_in_full(world)}
    await world.person.update("invoice", INVOICE, customerid=OTHER)
    assert f"invoice/{INVOICE}" in {subject for _, _, subject, *_ in await as_in_full(world)}


async def test_what_was_open_is_looked_at_until_it_is_gone(world: World) -> None:
    await two_clients(world)
    await world.nav.control("journal", RECEIPT)
    assert not (await day_by_day(world)).agrees
    assert not (await day_by_day(world)).agrees, "nothing has changed since, and it is still there"
    before = await agreement_of(world.installation, world.pair, MONTH)
    assert {one["subject"] for one in before["open"]} >= {"customer C00010"}
    reverse = RECEIPT | {
        "document_no": "R-78",
        "document_type": "Refund",
        "lines": [line | {"amount": str(-float(line["amount"]))} for line in RECEIPT["lines"]],  # type: ignore[attr-defined]
    }
    await world.nav.control("journal", reverse)
    result = await day_by_day(world)
    assert {d.invariant for d in result.differences} == {"I13"}


async def test_what_it_did_not_look_at_stays_open(world: World) -> None:
    """A difference that only a full tie-out can see ends with a full tie-out, and until then the books do not agree."""
    await two_clients(world)
    store = world.installation.store
    await payment(world, "500.00")
    await world.sync()
    await world.nav.control("journal", PAST_THE_BANK)
    whole = await tied_out(world.installation, world.pair)
    assert {(d.invariant, str(d.kind)) for d in whole.breaks} == {("I21", "CONTROL")}
    result = await day_by_day(world)
    assert result.agrees, "what it looked at agrees"
    (left,) = await store.open_differences(world.pair)
    assert left.difference.invariant == "I21"
    made = await store.last_tie_out(world.pair)
    assert made is not None
    assert not made.agrees, "and yet the books do not"


async def mischief(world: World, dice: random.Random) -> None:
    """Three invoices are written anew, one is deleted, and two payments are."""
    invoices, payments = [await world.person.every(kind) for kind in ("invoice", "payment")]
    alive = [one for one in invoices if one["vis_state"] == 0]
    for one in dice.sample(alive, 3):
        price = {"amount": str(dice.randint(10, 900)), "code": one["currency_code"]}
        work = WORK | {"qty": "1", "unit_cost": price}
        with suppress(Refused):  # FreshBooks refuses some changes of what is paid
            await world.person.update("invoice", int(one["id"]), lines=[work])
    for kind, some in (("invoice", dice.sample(alive, 1)), ("payment", dice.sample(payments, 2))):
        for one in some:
            with suppress(Refused):
                await world.person.update(kind, int(one["id"]), vis_state=1)


async def test_of_a_firm_it_finds_what_a_full_tie_out_finds(tmp_path: Path) -> None:
    """Day by day somebody changes its past, and now and then that is carried over and noted."""
    dice = random.Random(5)
    async with a_world(tmp_path, "gb") as world:
        await play_firm(world, ServiceFirm(1, 150, company="gb"))
        assert (await tied_out(world.installation, world.pair)).agrees
        found_ones = 0
        for day in range(4):
            await mischief(world, dice)
            found_ones += len(await as_in_full(world))
            if day % 2:
                await world.sync()
                found_ones += len(await as_in_full(world))
                await day_by_day(world)
        assert found_ones > 20


async def until(
    world: World, wanted: Callable[[Sequence[TieoutMade]], bool]
) -> Sequence[TieoutMade]:
    """The tie-outs that were made, as soon as they are as wanted."""
    async with asyncio.timeout(60):
        while True:
            made = await world.installation.store.tie_outs(world.pair, since=EVER)
            if wanted(made):
                return made
            await asyncio.sleep(0.2)


async def test_a_worker_reads_everything_first_and_then_what_has_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    store, settings = world.installation.store, {**world.pair.settings, "reconcile_interval_s": 1}
    await store.change_settings(world.pair, settings)
    monkeypatch.setattr(agreement, "LOOK_S", 0.2)
    worker = asyncio.create_task(agreement.keep_tying_out(world.installation))
    await until(world, lambda made: len(made) > 2)
    await store.change_settings(world.pair, {**settings, "reconcile_whole_interval_s": 1})
    made = await until(world, lambda made: not made[-1].daily)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    assert [one.daily for one in made[:3]] == [False, True, True]
    assert all(one.agrees for one in made)


async def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        tieout("reconcile", "main")
        result = tieout.json("reconcile", "main", "--daily")
        assert "--as-of" in tieout("reconcile", "main", "--daily", "--as-of", "2026-10-31", ends=64)
    assert result["agrees"]
    assert result["daily"]["changed"] == 0
    assert result["snapshot"]["stood_still"]
