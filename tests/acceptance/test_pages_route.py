"""A NAV with nothing installed: documents are drafted in its journals, an accountant posts them, and both books agree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, payment
from tests.acceptance.test_order_to_cash import POSTED, UNDONE, agreed, due, money
from tests.acceptance.world import World, invoice_ref, living

from tieout.app.host import utc_now
from tieout.app.pair_check import check_pair
from tieout.core.decision.plan import State, Status
from tieout.core.failures import Superseded
from tieout.core.records.identity import Kind, Ref
from tieout_sandboxes.people import Refused

DOCUMENTS = {"template_name": "GENERAL", "batch_name": "FRESHBOOKS"}
RECEIPTS = {"template_name": "CASHRCPT", "batch_name": "FRESHBOOKS"}
FIRST, PAID = "FB-INV-35001-1", "FB-PMT-11001-1"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with living(database_url, tmp_path, route="pages", longest_request_s=1) as alive:
        yield alive


async def lines(world: World, template: str = "GENERAL") -> list[tuple[str, Decimal]]:
    """What waits in a journal, line by line."""
    rows = await world.nav.rows("GeneralJournal", f"Journal_Template_Name eq '{template}'")
    return [
        (row["External_Document_No"], Decimal(row["Amount"]))
        for row in rows
        if row["External_Document_No"]
    ]


async def drafted(world: World, template: str = "GENERAL") -> dict[str, Decimal]:
    """What waits in a journal: the debits of each document."""
    sums: dict[str, Decimal] = {}
    for key, amount in await lines(world, template):
        sums[key] = sums.get(key, Decimal(0)) + max(amount, Decimal(0))
    return sums


async def accountant(world: World, *batches: dict[str, str]) -> None:
    """What a person does: posts the journals, documents first."""
    for batch in batches or (DOCUMENTS, RECEIPTS):
        await world.nav.control("post_batch", batch)


async def waiting(world: World) -> dict[str, str]:
    found = await world.installation.store.held(world.pair, (State.PENDING,))
    return {str(each.ref): each.reason for each in found}


async def test_invoice_and_payment_wait_for_the_accountant_and_agree(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    assert await waiting(world) == dict.fromkeys(
        ("invoice/35001", "payment/11001"), "awaiting_posting"
    )
    assert await drafted(world) == {FIRST: Decimal("960.00")}
    assert await drafted(world, "CASHRCPT") == {PAID: Decimal("960.00")}
    assert await world.nav.rows("GeneralLedgerEntries") == []
    await accountant(world)
    await world.sync()
    assert await world.states() == {"agreed": 2}
    assert await world.nav.posted(FIRST) == POSTED
    assert await world.nav.posted(PAID) == money(a1100="960.00", a1200="-960.00")
    assert await world.nav.open_items() == {}
    (entry,) = await world.nav.rows("CustomerLedgerEntries", "Document_Type eq 'Invoice'")
    assert entry["Due_Date"] == "2026-04-09"
    await agreed(world)


async def test_a_second_run_writes_nothing(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    before = await lines(world)
    calls = world.installation.calls["nav POST"]
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    assert await lines(world) == before
    assert world.installation.calls["nav POST"] == calls
    await accountant(world, DOCUMENTS)
    await world.sync()
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    assert await lines(world) == []
    assert world.installation.calls["nav POST"] == calls
    assert await world.states() == {"agreed": 1}


async def test_what_nav_has_already_is_not_drafted_when_it_is_asked_for_again(world: World) -> None:
    """As by a worker whose request was on its way while another took over."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    installation = world.installation
    writer = await installation.writer(world.pair, await installation.setup(world.pair))
    (stored,) = await installation.store.awaiting(world.pair)
    command, before = stored.command, await lines(world)
    for waits, posted in ((Status.AWAITING, False), (Status.POSTED, True)):
        if posted:
            await accountant(world, DOCUMENTS)
        (receipt,) = await writer.execute(9, [command])
        assert (receipt.status, receipt.text) == (waits, command.hash)
        assert await lines(world) == ([] if posted else before)


async def test_an_edit_before_posting_replaces_the_lines(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await drafted(world) == {"FB-INV-35001-2": Decimal("1080.00")}
    assert await world.states() == {"pending": 2}
    await accountant(world)
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-2") == money(
        a1200="1080.00", a2200="-180.00", a4000="-900.00"
    )
    assert await world.nav.open_items() == {"FB0000201-2": Decimal("580.00")}
    assert await world.states() == {"agreed": 2}
    await agreed(world)


async def test_a_document_that_is_deleted_before_posting_leaves_nothing(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.update("invoice", INVOICE, vis_state=1)
    await world.sync()
    assert await lines(world) == []
    assert await world.states() == {"excluded": 1}
    await agreed(world)


async def test_an_edit_after_posting_is_a_credit_memo_against_it(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await accountant(world, DOCUMENTS)
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await drafted(world) == {
        "FB-INV-35001-1X": Decimal("960.00"),
        "FB-INV-35001-2": Decimal("1080.00"),
    }
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1X") == UNDONE
    assert await world.nav.open_items() == {"FB0000201-2": Decimal("1080.00")}
    assert await world.states() == {"agreed": 1}
    await agreed(world)


async def test_the_accountant_posts_while_an_edit_is_on_its_way(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert await drafted(world) == {
        "FB-INV-35001-1X": Decimal("960.00"),
        "FB-INV-35001-2": Decimal("1080.00"),
    }
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert await world.states() == {"agreed": 1}
    await agreed(world)


async def test_half_a_document_cannot_be_posted_and_is_repaired(world: World) -> None:
    """The worker dies between the first line and the second."""
    await client(world)
    await invoice(world, WORK)
    slow = {"method": "POST", "path": "/GeneralJournal", "kind": "delay", "after": 1, "ms": 20_000}
    await world.nav.control("faults", slow)
    await world.installation.poll(world.pair.id)
    worker = asyncio.create_task(world.settle())
    while len(await lines(world)) < 1:  # noqa: ASYNC110 - the sandbox is asked over HTTP
        await asyncio.sleep(0.05)
    worker.cancel()
    await asyncio.wait([worker])
    await world.nav.clear_faults()
    with pytest.raises(Refused, match="out of balance"):
        await accountant(world, DOCUMENTS)
    await world.sync()
    assert await lines(world) == [(FIRST, Decimal("960.00")), (FIRST, Decimal("-960.00"))]
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert await world.nav.posted(FIRST) == POSTED
    await agreed(world)


async def fault(world: World, kind: str, path: str, **parameters: object) -> None:
    wanted = {"kind": kind, "path": path, "method": "POST", **parameters}
    await world.nav.control("faults", wanted)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_connection_that_breaks_between_two_lines(world: World, kind: str) -> None:
    """The connection breaks at the second of three lines, before or after NAV has taken it."""
    await client(world)
    await world.sync()
    await invoice(world, WORK)
    await fault(world, kind, "/GeneralJournal", after=1)
    await world.sync()
    half = await lines(world)
    if half and len(half) < 2:
        with pytest.raises(Refused, match="out of balance"):
            await accountant(world, DOCUMENTS)
        assert await world.nav.posted(FIRST) == {}
    await world.nav.clear_faults()
    await world.installation.store.retry(world.pair, None, now=utc_now())
    await world.settle()
    await world.sync()
    assert await drafted(world) == {FIRST: Decimal("960.00")}
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert await world.nav.posted(FIRST) == POSTED
    await agreed(world)


async def test_receipts_are_posted_after_documents(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    with pytest.raises(Refused):
        await accountant(world, RECEIPTS)
    await accountant(world)
    await world.sync()
    assert await world.states() == {"agreed": 2}


async def test_what_an_accountant_deletes_is_not_drafted_again(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.nav.control("delete_lines", {**DOCUMENTS, "external_document_no": FIRST})
    await world.sync()
    assert await world.states() == {"held": 1}
    assert "DRAFT_REMOVED" in (await world.reasons())["invoice/35001"]
    await world.installation.store.approve(
        world.pair, invoice_ref(INVOICE), "DRAFT_REMOVED", "", by="anna", now=utc_now()
    )
    await world.sync()
    assert await drafted(world) == {"FB-INV-35001-2": Decimal("960.00")}


async def test_what_the_journal_pages_cannot_carry_is_held(world: World) -> None:
    await client(world)
    await invoice(world, WORK, due_offset_days=33)
    await invoice(world, WORK, id=35002, number="0000202")
    await payment(world, "1000.00", of=35002)
    await world.sync()
    reasons = await world.reasons()
    assert reasons["invoice/35001"].startswith("NEEDS_GATEWAY: FB0000201 is due on 2026-04-12")
    assert "FBP11001 and FB0000202 must be applied" in reasons["payment/11001"]
    assert await drafted(world) == {"FB-INV-35002-1": Decimal("960.00")}
    await accountant(world)
    applied = {
        "customer_no": "C00010",
        "from_document_type": "Payment",
        "from_document_no": "FBP11001",
    }
    to = {"to_document_type": "Invoice", "to_document_no": "FB0000202", "document_no": "FB0000202"}
    day = {"posting_date": "2026-03-15", "amount": "960.00"}
    await world.nav.control("apply", {**applied, **to, **day})
    await world.installation.store.approve(
        world.pair, Ref(Kind.PAYMENT, "11001"), "NEEDS_GATEWAY", "", by="anna", now=utc_now()
    )
    await world.sync()
    assert set(await world.reasons()) == {"invoice/35001"}


async def test_nav_refuses_a_line_and_nothing_of_the_document_stays(world: World) -> None:
    await client(world)
    blocked = {"table": "G/L Account", "key": ["4000"], "values": {"Blocked": True}}
    await world.nav.control("record", blocked)
    await invoice(world, WORK)
    await world.sync()
    assert await lines(world) == []
    assert "REFUSED_BY_NAV" in (await world.reasons())["invoice/35001"]


async def test_a_lost_answer_makes_no_second_customer(world: World) -> None:
    await client(world)
    fault = {"method": "POST", "path": "/Customer", "kind": "drop_after", "times": 1}
    await world.nav.control("faults", fault)
    await invoice(world, WORK)
    await world.sync()
    (customer,) = await world.nav.rows("Customer")
    assert customer["Search_Name"] == "ACME 7001 FB-CUS-7001-1"
    assert await drafted(world) == {FIRST: Decimal("960.00")}


async def test_a_lost_answer_to_a_line_makes_no_second_document(world: World) -> None:
    await client(world)
    fault = {
        "method": "POST",
        "path": "/GeneralJournal",
        "kind": "drop_after",
        "after": 1,
        "times": 1,
    }
    await world.nav.control("faults", fault)
    await invoice(world, WORK)
    await world.sync()
    assert len(await lines(world)) == 2
    assert await waiting(world) == {"invoice/35001": "awaiting_posting"}


async def test_a_worker_that_slept_while_another_took_over_drafts_nothing(world: World) -> None:
    """It was about to draft; its successor has waited, and has decided anew by now."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    installation, store = world.installation, world.installation.store
    writer = await installation.writer(world.pair, await installation.setup(world.pair))
    (stored,) = await store.awaiting(world.pair)
    await world.nav.control("delete_lines", {**DOCUMENTS, "external_document_no": FIRST})
    now, company = utc_now(), world.pair.company_id
    mine = await store.claim(company, owner="sleeper", now=now, lease_s=6)
    assert mine
    await writer.claim(mine.epoch, lambda: store.renew(mine, now=now, lease_s=6))
    later = now + timedelta(seconds=7)
    assert await store.claim(company, owner="successor", now=later, lease_s=1)
    with pytest.raises(Superseded):
        await writer.execute(mine.epoch, [stored.command])
    assert await lines(world) == []


async def test_a_document_that_is_there_twice_is_reported(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    for row in await world.nav.rows("GeneralJournal", f"External_Document_No eq '{FIRST}'"):
        names = ("Posting_Date", "Document_Type", "Document_No", "External_Document_No")
        more = ("Account_Type", "Account_No", "Amount")
        told = {name: row[name] for name in (*names, *more)}
        told["Amount"] = float(told["Amount"])
        await world.nav.create("GeneralJournal", Journal_Batch_Name="FRESHBOOKS", **told)
    await world.sync()
    assert await world.states() == {"dead": 1}


async def test_the_check_of_a_pair_needs_no_gateway(world: World) -> None:
    await world.nav.control("switches", {"unpublished": "TieoutGateway,ReasonCodes"})
    results = await check_pair(world.installation, world.pair)
    assert [result.what for result in results if not result.ok] == []
    assert results[1].what == "NAV's pages answer"
    assert [result.what for result in results if not result.checked] == ["reason codes exist"]
    assert await world.nav.rows("GeneralJournal") == []


async def test_the_check_of_a_pair_finds_a_journal_that_takes_no_lines(world: World) -> None:
    fault = {"method": "POST", "path": "/CashReceiptJournal", "kind": "status", "status": 403}
    await world.nav.control("faults", fault)
    wrong = [r.what for r in await check_pair(world.installation, world.pair) if not r.ok]
    assert wrong == ["batch CASHRCPT/FRESHBOOKS takes lines through page CashReceiptJournal"]


async def test_another_due_date_goes_through_the_page_of_ledger_entries(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.update("invoice", INVOICE, due_offset_days=14)
    await world.sync()
    assert await drafted(world) == {"FB-INV-35001-2": Decimal("960.00")}
    await accountant(world, DOCUMENTS)
    await world.sync()
    assert (await due(world, "FB0000201-2"))[0] == "2026-03-24"
    before = await world.nav.last_entry()
    await world.person.update("invoice", INVOICE, due_offset_days=45)
    await world.sync()
    assert await due(world, "FB0000201-2") == ("2026-04-24", "2026-04-24")
    assert await world.nav.last_entry() == before
    assert await lines(world) == []
    assert await world.states() == {"agreed": 1}
    await agreed(world)


UNAPPLIED = {
    "customer_no": "C00010",
    "from_document_type": "Payment",
    "from_document_no": "FBP11001",
    "to_document_type": "Invoice",
    "to_document_no": "FB0000201",
    "document_no": "FB0000201",
    "posting_date": "2026-03-15",
}


async def paid(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await accountant(world)
    await world.sync()
    assert await world.states() == {"agreed": 2}


async def reversed_by_hand(world: World) -> None:
    await world.nav.control("unapply", UNAPPLIED)
    await world.nav.control("reverse", {"document_no": "FBP11001"})


async def approve(world: World, rule: str, value: str = "") -> None:
    ref = Ref(Kind.PAYMENT, "11001")
    await world.installation.store.approve(world.pair, ref, rule, value, by="anna", now=utc_now())
    await world.sync()


async def test_an_invoice_that_is_posted_and_reversed_before_tieout_looks(world: World) -> None:
    """The entry and its reversal share a number; neither is a second posting."""
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await accountant(world, DOCUMENTS)
    await world.nav.control("reverse", {"document_no": "FB0000201"})
    await world.sync()
    assert await world.states() == {"held": 1}
    reason = (await world.reasons())["invoice/35001"]
    assert reason.startswith("NAV_REVERSED: FB0000201 was reversed in NAV by a person.")


async def test_a_payment_that_is_deleted_is_reversed_by_hand_and_then_agrees(world: World) -> None:
    await paid(world)
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    reason = (await world.reasons())["payment/11001"]
    assert "The posting under FB-PMT-11001-1 must be reversed." in reason
    assert "tieout approve, with NEEDS_GATEWAY" in reason
    await reversed_by_hand(world)
    await approve(world, "NEEDS_GATEWAY")
    assert await world.reasons() == {}
    assert await world.states() == {"agreed": 2}
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)


async def test_a_payment_that_is_corrected_is_reversed_by_hand_and_drafted_anew(
    world: World,
) -> None:
    await paid(world)
    less = {"amount": "900.00", "code": "GBP"}
    await world.person.update("payment", 11001, amount=less)
    await world.sync()
    assert "NEEDS_GATEWAY" in (await world.reasons())["payment/11001"]
    await reversed_by_hand(world)
    await approve(world, "NEEDS_GATEWAY")
    assert await world.reasons() == {}
    assert await drafted(world, "CASHRCPT") == {"FB-PMT-11001-2": Decimal("900.00")}
    await accountant(world, RECEIPTS)
    await world.sync()
    assert await world.states() == {"agreed": 2}
    assert await world.nav.open_items() == {"FB0000201": Decimal("60.00")}
    await agreed(world)


async def test_a_payment_that_nobody_asked_to_reverse_says_what_to_do(world: World) -> None:
    await paid(world)
    await reversed_by_hand(world)
    await world.webhook(Ref(Kind.PAYMENT, "11001"))
    await world.sync()
    reason = (await world.reasons())["payment/11001"]
    assert reason.startswith("NAV_REVERSED: FBP11001 was reversed in NAV by a person.")
    assert "tieout approve, with NAV_REVERSED FBP11001" in reason
    await approve(world, "NAV_REVERSED", "FBP11001")
    assert await drafted(world, "CASHRCPT") == {"FB-PMT-11001-2": Decimal("960.00")}
    await accountant(world, RECEIPTS)
    await world.sync()
    assert await world.nav.open_items() == {}
    await agreed(world)


async def test_a_chargeback_is_drafted_once_its_receipt_is_unapplied_by_hand(world: World) -> None:
    await paid(world)
    await world.person.update("payment", 11001, note="CHARGEBACK")
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    reason = (await world.reasons())["payment/11001"]
    assert "application between FBP11001 and FB0000201 must be undone" in reason
    await world.nav.control("unapply", UNAPPLIED)
    await approve(world, "NEEDS_GATEWAY")
    assert await drafted(world, "CASHRCPT") == {"FB-CB-11001-1": Decimal("960.00")}
    await accountant(world, RECEIPTS)
    await world.sync()
    assert await world.states() == {"agreed": 2}
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)
