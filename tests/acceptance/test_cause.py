"""Each difference is told with its first cause: which entry or document, who made it so, and when; as people bring it about in both systems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.acceptance.command_line import CommandLine, sandbox
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World

from tieout.app.agreement import agreement_of, agreement_text, tied_out
from tieout.app.tie_out import tieout_text
from tieout.core.reconciliation.cause import NOT_FOUND
from tieout_sandboxes.people import FreshbooksPerson, browser

MONTH = timedelta(days=30)
CUSTOMER = {"account_type": "Customer", "account_no": "C00010"}
BANK = {"account_type": "Bank Account", "account_no": "BANK-GBP"}
GL = {"account_type": "G/L Account"}
RECEIPT = {
    "user": "anna",
    "document_type": "Payment",
    "document_no": "R-77",
    "posting_date": "2026-03-20",
    "lines": [{**CUSTOMER, "amount": "-960.00"}, {**BANK, "amount": "960.00"}],
}


async def causes(world: World) -> Mapping[tuple[str, str], str]:
    """The first cause of each difference, by invariant and place; every one has words."""
    result = await world.tie_out()
    found = {(d.invariant, d.subject): d.cause for d in result.differences}
    assert all(found.values())
    for cause in found.values():
        assert cause in tieout_text(result)
    return found


async def posted(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    assert (await world.tie_out()).agrees


async def test_an_invoice_that_tieout_has_not_seen(world: World) -> None:
    await posted(world)
    await invoice(world, MORE_WORK, id=35002, number="0000202")
    found = await causes(world)
    seen = "not seen by Tieout yet; last changed in FreshBooks on "
    assert found["I1", "invoice/35002"].startswith(seen)
    assert found["I4", "client 7001 = customer C00010"].startswith(f"invoice/35002: {seen}")
    assert found["I5", "receivables"].startswith(f"invoice/35002: {seen}")


async def test_an_invoice_that_is_changed_after_it_was_posted(world: World) -> None:
    await posted(world)
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    told = (await causes(world))["I1", f"invoice/{INVOICE}"]
    assert told.startswith("changed in FreshBooks, last on 20")
    assert "after it had been posted as FB-INV-35001-1 on 20" in told
    assert "(960.00 -> 1080.00)" in told


async def test_an_invoice_that_is_deleted_after_it_was_posted(world: World) -> None:
    await posted(world)
    await world.person.update("invoice", INVOICE, vis_state=1)
    told = (await causes(world))["I1", f"invoice/{INVOICE}"]
    assert told.startswith("deleted in FreshBooks after it had been posted as FB-INV-35001-1 on 20")


async def test_what_is_held_tells_why(world: World) -> None:
    await posted(world)
    await invoice(world, line("Consulting", "1", "100.00", "17.5"), id=35002, number="0000202")
    await world.sync()
    told = (await causes(world))["I1", "invoice/35002"]
    assert told.startswith("Tieout holds it: TAX_NOT_MAPPED")


async def test_a_receipt_that_somebody_keyed(world: World) -> None:
    await posted(world)
    await world.nav.control("journal", RECEIPT)
    found = await causes(world)
    told = found["I13", "customer C00010"]
    assert told.endswith(
        "of 2026-03-20 was keyed by ANNA as Payment R-77 for customer C00010 (-960.00, source GENJNL), with no key of this pair"
    )
    assert found["I4", "client 7001 = customer C00010"] == told
    assert found["I5", "receivables"] == told


async def test_an_entry_under_a_key_of_ours(world: World) -> None:
    await posted(world)
    lines = [{**CUSTOMER, "amount": "5.00"}, {**GL, "account_no": "4900", "amount": "-5.00"}]
    number = {"document_type": "Invoice", "document_no": "X-1", "posting_date": "2026-03-12"}
    key = {"external_document_no": "FB-INV-35001-1", "user": "anna", "lines": lines}
    await world.nav.control("journal", number | key)
    found = await causes(world)
    told = found["I1", f"invoice/{INVOICE}"]
    assert told.endswith("of 2026-03-12 (FB-INV-35001-1) was posted by ANNA")
    assert found["I28", "FB-INV-35001-1"] == told


async def test_an_invoice_that_somebody_reversed(world: World) -> None:
    await posted(world)
    await world.nav.control("reverse", {"document_no": "FB0000201", "user": "bert"})
    told = (await causes(world))["I1", f"invoice/{INVOICE}"]
    assert " was reversed by BERT on 2026-03-10 (entry " in told


async def test_a_payment_that_somebody_unapplied(world: World) -> None:
    await posted(world)
    await payment(world, "960.00")
    await world.sync()
    order = {
        "user": "bert",
        "posting_date": "2026-03-15",
        "document_no": "FBP11001",
        "customer_no": "C00010",
        "from_document_type": "Payment",
        "from_document_no": "FBP11001",
        "to_document_type": "Invoice",
        "to_document_no": "FB0000201",
    }
    await world.nav.control("unapply", order)
    found = await causes(world)
    told = found["I14", f"invoice/{INVOICE}"]
    assert " was unapplied by BERT on 2026-03-15 (960.00, detailed entry " in told


async def test_a_due_date_that_somebody_changed(world: World) -> None:
    """NAV shows no page of who changes a due date: nothing is made up."""
    await posted(world)
    (entry,) = await world.nav.rows("CustomerLedgerEntries")
    await world.nav.change("CustomerLedgerEntries", entry["Entry_No"], Due_Date="2026-12-31")
    told = (await causes(world))["I23", f"invoice/{INVOICE}"]
    assert (
        told
        == "changed in NAV, whose ledger does not say by whom; FreshBooks shows no change since it was posted as FB-INV-35001-1"
    )


async def test_an_open_difference_keeps_its_cause(world: World) -> None:
    await posted(world)
    await world.nav.control("journal", RECEIPT)
    await tied_out(world.installation, world.pair)
    found: Any = await agreement_of(world.installation, world.pair, MONTH)
    by_place = {(one["invariant"], one["subject"]): one["cause"] for one in found["open"]}
    assert "keyed by ANNA as Payment R-77" in by_place["I13", "customer C00010"]
    assert "keyed by ANNA as Payment R-77" in agreement_text(found, 30)


async def test_the_command(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
        tieout("sync", "main")
        async with browser() as http:
            person = FreshbooksPerson(connection["freshbooks"], http)
            await person.update("invoice", 453878, vis_state=1)
        assert "first cause: deleted in FreshBooks after" in tieout("reconcile", "main", ends=1)
        told = tieout.json("reconcile", "main", ends=1)
        assert {NOT_FOUND, ""}.isdisjoint(one["cause"] for one in told["differences"])
        assert "deleted in FreshBooks after" in tieout("agreement", "main", ends=1)
