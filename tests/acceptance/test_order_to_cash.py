"""Invoices and their money through the real path: what is done in FreshBooks stands in NAV once, and both books agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
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
from tests.acceptance.world import World, invoice_ref

from tieout.app.host import utc_now
from tieout.app.reconcile import reconcile
from tieout.core.records.identity import Kind, Ref
from tieout.engine.settle import CALLS_PER_EPOCH


def money(**amounts: str) -> dict[str, Decimal]:
    return {name.removeprefix("a"): Decimal(amount) for name, amount in amounts.items()}


POSTED = money(a1200="960.00", a2200="-160.00", a4000="-800.00")
UNDONE = money(a1200="-960.00", a2200="160.00", a4000="800.00")


async def agreed(world: World) -> None:
    result = await world.tie_out()
    assert result.agrees, result.differences


async def commands(world: World) -> int:
    rows = await world.nav.rows("GeneralLedgerEntries")
    return len({row["External_Document_No"] for row in rows})


async def test_invoice_and_payment(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1") == POSTED
    assert await world.nav.posted("FB-PMT-11001-1") == money(a1100="960.00", a1200="-960.00")
    assert await world.nav.open_items() == {}
    assert await world.states() == {"agreed": 2}
    await agreed(world)
    figures = {
        c.invariant: (c.compared, c.freshbooks, c.nav) for c in (await world.tie_out()).checks
    }
    assert figures["I6"] == (1, Decimal(800), Decimal(800))
    assert figures["I7"] == (1, Decimal(960), Decimal(960))
    assert figures["I12"] == figures["I28"] == (2, 2, 2)
    before = await commands(world)
    await world.sync()
    assert await commands(world) == before


async def test_draft_is_left_out_until_it_is_sent(world: World) -> None:
    await client(world)
    await invoice(world, WORK, status=1)
    await world.sync()
    assert await world.states() == {"excluded": 1}
    await world.person.update("invoice", INVOICE, action_mark_as_sent=True)
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1") == POSTED
    await agreed(world)


async def test_edit_of_a_partly_paid_invoice(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1X") == UNDONE
    assert await world.nav.posted("FB-INV-35001-2") == money(
        a1200="1080.00", a2200="-180.00", a4000="-900.00"
    )
    assert await world.nav.open_items() == {"FB0000201-2": Decimal("580.00")}
    await agreed(world)


async def test_invoice_cut_below_what_was_paid_leaves_a_credit(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[line("Consulting", "1", "80.00")])
    await world.sync()
    assert await world.nav.open_items() == {"FBP11001": Decimal("-864.00")}
    await agreed(world)


async def test_deleted_invoice_whose_payment_stays(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, vis_state=1)
    await world.sync()
    assert await world.nav.open_items() == {"FBP11001": Decimal("-960.00")}
    await agreed(world)


async def test_credit_note_and_its_use(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    note = await credit(world, line("Goodwill", "1", "125.00"))
    assert note["amount"]["amount"] == "150.00"
    await world.sync()
    assert await world.nav.posted("FB-CRN-30947-1") == money(
        a1200="-150.00", a2200="25.00", a6500="125.00"
    )
    await agreed(world)


async def test_unknown_tax_is_held_and_goes_on_after_correction(world: World) -> None:
    await client(world)
    await invoice(world, line("Odd", "1", "100.00", "17.5"))
    await payment(world, "117.50")
    await world.sync()
    assert await world.states() == {"held": 2}
    reasons = await world.reasons()
    assert "TAX_NOT_MAPPED" in reasons["invoice/35001"]
    assert "waits for invoice/35001" in reasons["payment/11001"]
    await world.person.update("invoice", INVOICE, lines=[line("Odd", "1", "97.92", "20")])
    await world.sync()
    assert await world.states() == {"agreed": 2}
    await agreed(world)


async def test_payment_known_before_its_invoice(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.webhook(Ref(Kind.PAYMENT, "11001"))
    await world.settle()
    assert await world.states() == {"agreed": 2}
    await agreed(world)


async def test_answer_of_nav_lost_after_commit(world: World) -> None:
    await client(world)
    await world.nav.control(
        "faults", {"kind": "drop_after", "path": "/Codeunit/TieoutGateway", "times": 3, "after": 2}
    )
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.webhook(invoice_ref(INVOICE))
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    assert await world.nav.posted("FB-INV-35001-1") == POSTED
    assert await world.nav.posted("FB-PMT-11001-1") == money(a1100="960.00", a1200="-960.00")
    assert await world.states() == {"agreed": 2}
    await agreed(world)


async def test_number_used_again_after_a_delete(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.update("invoice", INVOICE, vis_state=1)
    await world.sync()
    await invoice(world, WORK, id=35035, day="2026-03-20")
    await world.sync()
    rows = await world.nav.rows("GeneralLedgerEntries", "External_Document_No eq 'FB-INV-35035-1'")
    assert {row["Document_No"] for row in rows} == {"FBI-35035"}
    await agreed(world)


async def test_a_break_behind_our_back_is_named(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await payment(world, "100.00")
    await world.sync()
    applied = {"from_document_type": "Payment", "from_document_no": "FBP11001"} | {
        "to_document_type": "Invoice",
        "to_document_no": "FB0000201",
    }
    undone = {"customer_no": "C00010", "document_no": "U1", "posting_date": "2026-03-15"}
    await world.nav.control("unapply", applied | undone)
    await world.nav.control("reverse", {"document_no": "FBP11001"})
    result = await world.tie_out()
    assert not result.agrees
    kinds = {(d.invariant, str(d.kind)) for d in result.differences}
    assert kinds == {
        ("I1", "NAV_REVERSED"),
        ("I3", "OPEN_AMOUNT"),
        ("I4", "BALANCE"),
        ("I5", "CONTROL"),
        ("I7", "AMOUNT"),
    }
    (undone_by,) = [d for d in result.explained if d.invariant == "I28"]
    assert (undone_by.subject, undone_by.kind) == ("FB-PMT-11001-1", "PROVENANCE")
    assert "reversed in NAV by ACCOUNTANT" in undone_by.text


async def test_edit_of_an_invoice_with_several_payments(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "100.00", id=11001)
    await world.sync()
    await payment(world, "200.00", id=11002)
    await world.sync()
    await payment(world, "300.00", id=11003)
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == {"FB0000201-2": Decimal("480.00")}
    await world.person.update("invoice", INVOICE, lines=[WORK])
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == {"FB0000201-3": Decimal("360.00")}
    await agreed(world)


async def test_credit_note_used_for_an_invoice(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.person.create(
        "credit_note",
        30947,
        clientid=7001,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    money_used = {"amount": "150.00", "code": "GBP"}
    await world.person.create(
        "payment",
        10360,
        invoiceid=INVOICE,
        creditid=30947,
        amount=money_used,
        date="2026-03-25",
        type="Credit",
    )
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == {"FB0000201": Decimal("810.00")}
    await agreed(world)


async def test_a_change_of_a_closed_period_waits_until_it_is_opened_where_the_setup_says_so(
    world: World,
) -> None:
    setups = await world.installation.store.posting_setups(world.pair)
    content = {**setups[max(setups)], "prior_period_changes": "hold"}
    await world.installation.store.change_posting_setup(world.pair, content)
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert "PRIOR_PERIOD" in (await world.reasons())["invoice/35001"]
    await world.nav.set_posting_window("0001-01-01")
    await world.installation.store.retry(world.pair, None, now=utc_now())
    await world.sync()
    assert await world.states() == {"agreed": 1}
    assert await world.nav.open_items() == {"FB0000201-2": Decimal("1080.00")}
    await agreed(world)


async def test_epoch_of_a_restored_backup_goes_above_navs(world: World) -> None:
    await client(world)
    target = await world.installation.target(world.pair)
    await target.claim(1000 * CALLS_PER_EPOCH)
    await invoice(world, WORK)
    await world.sync()
    assert await world.states() == {"agreed": 1}
    assert (await target.ping()).epoch > 1000 * CALLS_PER_EPOCH
    await agreed(world)


async def test_what_is_held_for_want_of_a_rule_goes_on_with_a_new_setup(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00", type="Other")
    await world.sync()
    assert "PAYMENT_TYPE_NOT_MAPPED" in (await world.reasons())["payment/11001"]
    await _map_other(world)
    await world.sync()
    assert await world.states() == {"agreed": 2}
    await agreed(world)


@pytest.mark.parametrize("deleted", [False, True])
async def test_money_follows_its_invoice_to_another_client_though_freshbooks_does_not_say_so(
    world: World, deleted: bool
) -> None:
    await client(world)
    await client(world, 7002)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.installation.poll(world.pair.id)
    await world.person.update("invoice", INVOICE, customerid=7002)
    if deleted:
        await world.person.update("invoice", INVOICE, vis_state=1)
    await world.webhook(invoice_ref(INVOICE))
    await world.settle()
    await agreed(world)


async def _map_other(world: World) -> None:
    setups = await world.installation.store.posting_setups(world.pair)
    content = dict(setups[max(setups)])
    other = {"method": "Other", "account_type": "Bank Account", "account_no": "BANK-GBP"}
    content["payments"] = [*content["payments"], other]
    await world.installation.store.change_posting_setup(world.pair, content)
    await world.installation.store.retry(world.pair, None, now=utc_now())


async def test_money_that_came_before_its_invoice(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00", day="2026-03-01")
    await world.sync()
    assert await world.reasons() == {}
    rows = await world.nav.rows("GeneralLedgerEntries", "External_Document_No eq 'FB-PMT-11001-1'")
    assert {row["Posting_Date"] for row in rows} == {"2026-03-01"}
    assert await world.nav.open_items() == {}
    await agreed(world)
    between = await reconcile(world.installation, world.pair, date(2026, 3, 5))
    assert between.agrees, between.differences


async def test_a_credit_used_in_part_stays_in_part_when_its_invoice_is_edited(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.person.create(
        "credit_note",
        30947,
        clientid=7001,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    used = {"amount": "30.00", "code": "GBP"}
    await world.person.create(
        "payment",
        10360,
        invoiceid=INVOICE,
        creditid=30947,
        amount=used,
        date="2026-03-15",  # before the credit was given
        type="Credit",
    )
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == {
        "FB0000201-2": Decimal("1050.00"),
        "FBC0000070": Decimal("-120.00"),
    }
    await agreed(world)


async def test_an_edit_of_inv_1_does_not_take_the_number_of_inv_2(world: World) -> None:
    await client(world)
    await invoice(world, WORK, number="INV-1")
    await invoice(world, WORK, id=35002, number="INV-2")
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert set(await world.nav.open_items()) == {"FBINV-1-2", "FBINV-2"}
    await agreed(world)


@pytest.mark.parametrize("assumed", ["credit", "payment"])
async def test_an_overpayment_is_one_receipt_however_freshbooks_shows_its_rest(
    world: World, assumed: str
) -> None:
    await world.person.control("switches", {"overpaymentid": assumed})
    await client(world)
    await invoice(world, line("Support", "1", "150.00"))
    await payment(world, "200.00")
    await world.sync()
    assert await world.nav.open_items() == {"FBP11001": Decimal("-20.00")}
    await invoice(world, line("Support", "1", "100.00"), id=35002, number="0000202")
    notes = await world.person.every("credit_note")
    await payment(world, "20.00", id=11002, of=35002, type="Credit", creditid=notes[0]["id"])
    await world.sync()
    assert await world.nav.open_items() == {"FB0000202": Decimal("100.00")}
    await agreed(world)


async def due(world: World, number: str) -> tuple[str, str]:
    """When NAV says that a document is due: the entry, and the item it began with."""
    (entry,) = await world.nav.rows("CustomerLedgerEntries", f"Document_No eq '{number}'")
    where = f"Cust_Ledger_Entry_No eq {entry['Entry_No']}"
    details = await world.nav.rows("DetailedCustLedgEntries", where)
    return entry["Due_Date"], details[0]["Initial_Entry_Due_Date"]


async def test_another_due_date_alone_changes_the_open_entry_and_posts_nothing(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    assert await due(world, "FB0000201") == ("2026-04-09", "2026-04-09")
    before = await world.nav.last_entry()
    await world.person.update("invoice", INVOICE, due_offset_days=60)
    late = await world.tie_out()
    found = [(d.invariant, str(d.kind), d.subject) for d in late.differences]
    assert found == [("I23", "IN_FLIGHT", "invoice/35001")]
    await world.sync()
    assert await due(world, "FB0000201") == ("2026-05-09", "2026-05-09")
    assert await world.nav.last_entry() == before
    assert await world.states() == {"agreed": 1}
    await agreed(world)
    calls = world.installation.calls["nav POST"]
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    await world.person.update("invoice", INVOICE, due_offset_days=30)
    await world.sync()
    assert await due(world, "FB0000201") == ("2026-04-09", "2026-04-09")
    assert world.installation.calls["nav POST"] > calls


async def test_a_due_date_changed_while_the_invoice_is_paid_comes_when_it_is_open_again(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("invoice", INVOICE, due_offset_days=60)
    await world.sync()
    assert await due(world, "FB0000201") == ("2026-04-09", "2026-04-09")
    await agreed(world)
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    assert await world.reasons() == {}
    assert await due(world, "FB0000201") == ("2026-05-09", "2026-05-09")
    await agreed(world)


async def test_a_due_date_that_somebody_changed_in_nav_is_named_and_stays(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    (entry,) = await world.nav.rows("CustomerLedgerEntries")
    await world.nav.change("CustomerLedgerEntries", entry["Entry_No"], Due_Date="2026-08-01")
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    (found,) = (await world.tie_out()).differences
    assert (found.invariant, str(found.kind)) == ("I23", "DUE_DATE")
    assert "2026-04-09" in found.text
    assert "2026-08-01" in found.text


CARD = {"type": "VISA", "gateway": "stripe"}
TAKEN, AGAIN = "2026-05-02 06:00:00", "2026-06-10 06:00:00"


async def edited(world: World, updated: str, **fields: object) -> None:
    """The payment as FreshBooks shows it after what the processor did; only there can what was paid online change."""
    amount = {"amount": fields.pop("amount", "960.00"), "code": "GBP"}
    same = {"id": 11001, "invoiceid": INVOICE, "date": "2026-03-15", **CARD}
    await world.person.place("payment", {**same, "amount": amount, "updated": updated, **fields})


async def dates(world: World, key: str) -> set[str]:
    rows = await world.nav.rows("GeneralLedgerEntries", f"External_Document_No eq '{key}'")
    return {row["Posting_Date"] for row in rows}


async def test_a_chargeback_that_is_won_is_undone_on_the_day_the_money_came_again(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await edited(world, "2026-03-15 06:00:00")
    await world.sync()
    assert await world.nav.open_items() == {}
    await edited(world, TAKEN, vis_state=1, note="CHARGEBACK 4711")
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.posted("FB-CB-11001-1") == money(a1200="960.00", a1220="-960.00")
    assert await dates(world, "FB-CB-11001-1") == {"2026-05-02"}
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)
    await edited(world, AGAIN, vis_state=0, note="CHARGEBACK 4711, won")
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.posted("FB-CB-11001-1X") == money(a1200="-960.00", a1220="960.00")
    assert await dates(world, "FB-CB-11001-1X") == {"2026-06-10"}
    assert await world.nav.open_items() == {}
    await agreed(world)
    await edited(world, "2026-07-01 06:00:00", vis_state=1, note="CHARGEBACK 4711 again")
    await world.sync()
    assert await world.nav.posted("FB-CB-11001-2") == money(a1200="960.00", a1220="-960.00")
    rows = await world.nav.rows("CustomerLedgerEntries", "Document_No eq 'FBX11001-2'")
    assert [row["Reason_Code"] for row in rows] == ["CHARGEBACK"]
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)
    before = await commands(world)
    await world.sync()
    assert await commands(world) == before


async def test_a_chargeback_in_parts_and_a_win_in_part(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await edited(world, "2026-03-15 06:00:00")
    await world.sync()
    await edited(world, TAKEN, amount="760.00", note="chargeback")
    await world.sync()
    await edited(world, "2026-05-10 06:00:00", amount="500.00", note="chargeback")
    await world.sync()
    assert await world.nav.posted("FB-CB-11001-2") == money(a1200="260.00", a1220="-260.00")
    assert await world.nav.open_items() == {"FB0000201": Decimal("460.00")}
    await agreed(world)
    await edited(world, AGAIN, amount="900.00", note="chargeback")
    await world.sync()
    assert await world.reasons() == {}
    assert await world.states() == {"agreed": 2}
    assert await world.nav.posted("FB-CB-11001-3") == money(a1200="60.00", a1220="-60.00")
    assert await world.nav.open_items() == {"FB0000201": Decimal("60.00")}
    await agreed(world)


async def test_a_word_that_was_a_mistake_makes_it_a_typing_error_again(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("payment", 11001, note="CHARGEBACK")
    await world.sync()
    assert await world.nav.open_items() == {}
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    assert await world.nav.posted("FB-CB-11001-1") == money(a1100="-960.00", a1200="960.00")
    await agreed(world)
    await world.person.update("payment", 11001, note="a typing error")
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.posted("FB-CB-11001-1X") == money(a1100="960.00", a1200="-960.00")
    assert await world.nav.posted("FB-PMT-11001-1") == {}
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)


async def test_a_use_of_a_deferred_credit_is_corrected_after_its_period_was_closed(
    world: World,
) -> None:
    setups = await world.installation.store.posting_setups(world.pair)
    content = {**setups[max(setups)], "goodwill_recognition": "on_application"}
    await world.installation.store.change_posting_setup(world.pair, content)
    await client(world)
    await invoice(world, WORK)
    await world.person.create(
        "credit_note",
        30947,
        clientid=7001,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    await payment(world, "60.00", id=10360, day="2026-03-25", type="Credit", creditid=30947)
    await world.sync()
    used = money(a1200="-60.00", a2200="10.00", a6500="50.00")
    assert await world.nav.posted("FB-PMT-10360-1") == used
    await agreed(world)
    await world.nav.set_posting_window("2026-04-01")
    await world.person.update("payment", 10360, vis_state=1)
    await world.sync()
    assert await world.reasons() == {}
    back = {account: -amount for account, amount in used.items()}
    assert await world.nav.posted("FB-PMT-10360-1X") == back
    (day,) = await dates(world, "FB-PMT-10360-1X")
    assert day >= "2026-04-01"
    rows = await world.nav.rows("CustomerLedgerEntries", "Document_No eq 'FBG10360-C1'")
    assert [row["Reason_Code"] for row in rows] == ["PRIORPER"]
    assert await world.nav.open_items() == {"FB0000201": Decimal("960.00")}
    await agreed(world)


async def test_what_is_gone_on_both_sides_agrees_and_what_is_not_waits_for_a_person(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    undone = {"customer_no": "C00010", "document_no": "U1", "posting_date": "2026-03-15"}
    pair = {"from_document_type": "Payment", "from_document_no": "FBP11001"}
    pair |= {"to_document_type": "Invoice", "to_document_no": "FB0000201"}
    await world.nav.control("unapply", pair | undone)
    await world.nav.control("reverse", {"document_no": "FBP11001"})
    ref = Ref(Kind.PAYMENT, "11001")
    await world.webhook(ref)
    await world.sync()
    assert "NAV_REVERSED" in (await world.reasons())["payment/11001"]
    await world.person.update("payment", 11001, vis_state=1)
    await world.sync()
    assert await world.reasons() == {}
    await agreed(world)
    await world.person.update("payment", 11001, vis_state=0)
    await world.sync()
    assert "NAV_REVERSED" in (await world.reasons())["payment/11001"]
    await world.installation.store.approve(
        world.pair, ref, "NAV_REVERSED", "FBP11001", by="anna", now=utc_now()
    )
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == {}
    assert await world.nav.posted("FB-PMT-11001-2") == money(a1100="960.00", a1200="-960.00")
    await agreed(world)
