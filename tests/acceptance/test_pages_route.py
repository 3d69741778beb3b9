"""A NAV with nothing installed: documents are drafted in its journals, an accountant posts them, and both books agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, payment
from tests.acceptance.test_order_to_cash import POSTED, UNDONE, agreed, money
from tests.acceptance.world import World, invoice_ref, living

from tieout.app.installation import utc_now
from tieout.app.pair_check import check_pair
from tieout.core.decision.plan import State
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


async def fault(world: World, kind: str, path: str, **parameters: object) -> None:
    wanted = {"kind": kind, "path": path, "method": "POST", **parameters}
    await world.nav.control("faults", wanted)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_half_a_document_cannot_be_posted_and_is_repaired(world: World, kind: str) -> None:
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


async def test_a_lost_answer_makes_no_second_customer(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await fault(world, "drop_after", "/Customer")
    before = len(await world.nav.rows("Customer"))
    await world.sync()
    await world.sync()
    assert len(await world.nav.rows("Customer")) == before + 1
    assert await drafted(world) == {FIRST: Decimal("960.00")}


async def test_what_a_person_deletes_from_the_journal_is_asked_about(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.nav.control("delete_lines", {**DOCUMENTS, "external_document_no": FIRST})
    await world.sync()
    assert "DRAFT_REMOVED" in (await world.reasons())["invoice/35001"]
    assert await lines(world) == []


async def test_what_the_pages_cannot_carry_is_held_with_the_way_out(world: World) -> None:
    await client(world)
    await invoice(world, WORK, due_offset_days=13)
    await world.sync()
    reason = (await world.reasons())["invoice/35001"]
    assert reason.startswith("NEEDS_GATEWAY")
    assert "nav/guide.md" in reason


async def test_the_check_of_a_pair_asks_for_no_gateway(world: World) -> None:
    await world.nav.control("switches", {"unpublished": "TieoutGateway"})
    results = await check_pair(world.installation, world.pair)
    assert [result.what for result in results if not result.ok] == []
    assert results[1].what == "NAV's pages answer"
