"""A tie-out says what it claims: what was read of both systems, when, by which setup, and what moved meanwhile; of an earlier day as much as was kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import (
    INVOICE,
    MORE_WORK,
    WORK,
    client,
    credit,
    invoice,
    line,
    payment,
)
from tests.acceptance.world import World

from tieout.app import reconcile as reconciling
from tieout.app.agreement import tied_out
from tieout.app.reconcile import reconcile
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.core.reconciliation.tieout import Tieout

DAY = date(2026, 10, 31)
NOTE = 30947
CUSTOMER = {"account_type": "Customer", "account_no": "C00010"}
BANK = {"account_type": "Bank Account", "account_no": "BANK-GBP"}
RECEIPT = {
    "user": "anna",
    "document_type": "Payment",
    "document_no": "R-77",
    "posting_date": "2026-03-20",
    "lines": [{**CUSTOMER, "amount": "-10.00"}, {**BANK, "amount": "10.00"}],
}


async def month(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()


def read(result: Tieout) -> Snapshot:
    assert result.snapshot is not None
    return result.snapshot


async def test_the_claim_names_what_was_read_of_both_systems(world: World) -> None:
    await month(world)
    result = await tied_out(world.installation, world.pair)
    counts = {p.name: p.count for p in read(result).populations}
    assert counts == {
        "invoices": 1,
        "credit notes": 0,
        "payments": 1,
        "clients": 1,
        "lines of its own ledger": 5,
        "G/L entries": 5,
        "customer entries": 2,
        "detailed customer entries": 4,
        "VAT entries": 1,
        "bank entries": 1,
    }
    assert "by version 1 of the posting setup" in result.claim
    assert "1 invoices, 0 credit notes, 1 payments, 1 clients" in result.claim
    assert "differences (0) and explained items (0)" in result.claim
    assert "nothing had moved" in result.claim
    assert "would not show" not in result.claim
    made = await world.installation.store.last_tie_out(world.pair)
    assert made is not None
    assert made.snapshot == read(result)


async def test_what_changes_while_it_is_read_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody works on in both systems, after their lists were read and before the tie-out ends."""
    await month(world)

    read_lists = reconciling.read_lists

    async def working(*given: Any) -> Any:
        found = await read_lists(*given)
        await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
        await invoice(world, MORE_WORK, id=35002, number="0000202")
        await world.nav.control("journal", RECEIPT)
        return found

    monkeypatch.setattr(reconciling, "read_lists", working)
    result = await world.tie_out()
    moved = {p.name: (p.after - p.before, p.changed) for p in read(result).populations}
    assert moved["invoices"] == (1, (f"invoice/{INVOICE}", "invoice/35002"))
    assert moved["payments"] == (0, ())
    assert moved["customer entries"][0] > 0
    assert f"FreshBooks' invoices from 1 to 2, invoice/{INVOICE}, invoice/35002" in result.claim
    assert "look again when it is quiet" in result.claim


async def test_edits_that_no_number_shows_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credit note and a client are changed while both books are read: neither list is longer for it."""
    await month(world)
    lines = [line("Goodwill", "1", "125.00")]
    await credit(world, *lines, id=NOTE)
    await world.sync()
    read_lists = reconciling.read_lists

    async def working(*given: Any) -> Any:
        found = await read_lists(*given)
        await world.person.update("credit_note", NOTE, lines=lines * 2)
        await world.person.update("client", 7001, organization="Harbour Ltd")
        return found

    monkeypatch.setattr(reconciling, "read_lists", working)
    moved = {p.name: p.changed for p in read(await world.tie_out()).populations}
    assert moved["credit notes"] == (f"credit_note/{NOTE}",)
    assert moved["clients"] == ("customer/7001",)


async def test_what_can_change_may_be_read_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gives a customer more time in NAV, which no entry tells of: only a second reading sees it."""
    await month(world)
    quiet = await reconcile(world.installation, world.pair, None, twice=True)
    assert read(quiet).twice
    assert read(quiet).stood_still
    assert "NAV's customer and VAT entries were read twice" in quiet.claim
    assert "nothing had moved while they were read." in quiet.claim
    rows = await world.nav.rows("CustomerLedgerEntries", "Document_Type eq 'Invoice'")
    number = int(rows[0]["Entry_No"])
    read_lists = reconciling.read_lists

    async def working(*given: Any) -> Any:
        found = await read_lists(*given)
        await world.nav.change("CustomerLedgerEntries", str(number), Due_Date="2027-01-31")
        return found

    monkeypatch.setattr(reconciling, "read_lists", working)
    result = await reconcile(world.installation, world.pair, None, twice=True)
    moved = {p.name: p.changed for p in read(result).populations}
    assert moved["customer entries"] == (f"customer entries {number}",)


async def test_an_earlier_day_is_claimed_as_far_as_a_snapshot_was_kept(world: World) -> None:
    await month(world)
    early = await reconcile(world.installation, world.pair, DAY)
    assert "as they are today" in early.claim
    assert early.earlier is not None
    assert early.earlier.kept is None
    kept = read(await tied_out(world.installation, world.pair))
    early = await reconcile(world.installation, world.pair, DAY)
    assert early.earlier is not None
    assert (early.earlier.kept, early.earlier.agreed) == (kept.begun, True)
    assert "Nothing dated up to that day has changed" in early.claim
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await invoice(world, MORE_WORK, id=35002, number="0000202", day="2026-12-01")
    await world.nav.control("journal", RECEIPT)
    early = await reconcile(world.installation, world.pair, DAY)
    assert early.earlier is not None
    changed = set(early.earlier.changed)
    assert f"invoice/{INVOICE}" in changed
    assert "invoice/35002" not in changed
    assert any(one.startswith("NAV's entry") for one in changed)
    assert any(one.startswith("NAV's detailed entry") for one in changed)


async def test_the_command_says_it(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        told = tieout.json("reconcile", "main")
        text = tieout("reconcile", "main", "--as-of", "2026-10-31")
    assert told["snapshot"]["stood_still"]
    assert told["snapshot"]["setup_version"] == 1
    names = {(p["system"], p["name"]) for p in told["snapshot"]["populations"]}
    assert ("FreshBooks", "invoices") in names
    assert ("NAV", "VAT entries") in names
    assert told["claim"].startswith("Claimed is this and no more")
    assert "Of 2026-10-31 a snapshot is kept" in text


async def test_books_without_a_document_agree(world: World) -> None:
    """A pair on its first day: nothing is in FreshBooks, and nothing of the pair in NAV."""
    result = await reconcile(world.installation, world.pair, None)
    assert result.agrees
    assert len(result.checks) == 22
    assert "FreshBooks' 0 invoices" in result.claim
