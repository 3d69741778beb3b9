"""Decisions: what leads from what stands in NAV to what should, and that deciding again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.core.books import (
    CLIENT,
    SETUP,
    Bench,
    credit_note,
    customer,
    invoice,
    line,
    payment,
    pounds,
)

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import Role, State, Status, Verdict
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import CustomerEntry

WORK = line("10", "80.00")
MORE = line("11.25", "80.00")


def settle(bench: Bench, refuse: tuple[str, ...] = ()) -> dict[Ref, Verdict]:
    """One round; the verdicts."""
    plan = decide(bench.facts())
    receipts = bench.do(plan, refuse)
    return {v.ref: v for v in outcome(plan, receipts)}


def keys(bench: Bench) -> list[str]:
    return [c.key for c in decide(bench.facts()).commands]


def numbers(bench: Bench) -> list[str]:
    return [no for _, no in bench.items]


def test_invoice_and_payment_are_posted_once() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    assert keys(bench) == ["FB-INV-34101-1", "FB-PMT-10301-1"]
    assert {v.state for v in settle(bench).values()} == {State.AGREED}
    assert numbers(bench) == ["FB0000101", "FBP10301"]
    assert keys(bench) == []


def test_drafts_and_zero_totals_are_left_out() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK, draft=True), invoice("0.00", key="2", number="2"))
    verdicts = settle(bench)
    assert keys(bench) == []
    assert sorted(v.reason for v in verdicts.values()) == [
        "NOTHING_TO_POST: the total is zero",
        "draft: not yet sent",
    ]


def test_what_comes_to_nothing_though_its_lines_do_not_stands_in_no_ledger_of_customers() -> None:
    free = invoice("0.00", line("1", "100.00"), line("1", "-100.00", name="Present"))
    bench = Bench()
    bench.show(free)
    assert {v.state for v in settle(bench).values()} == {State.AGREED}
    bench.items.pop(("Invoice", "FB0000101"), None)
    assert (keys(bench), {v.state for v in settle(bench).values()}) == ([], {State.AGREED})
    bench.show(invoice("960.00", WORK))
    assert keys(bench) == ["FB-INV-34101-1X", "FB-INV-34101-2"]
    assert {v.state for v in settle(bench).values()} == {State.AGREED}
    assert numbers(bench) == ["FB0000101-2"]


def test_edit_reverses_and_posts_the_new_revision() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    assert keys(bench) == ["FB-INV-34101-1X", "FB-INV-34101-2"]
    settle(bench)
    assert numbers(bench) == ["FB0000101", "FB0000101-C1", "FB0000101-2"]
    assert keys(bench) == []


def test_edit_of_a_paid_invoice_moves_the_payment_along() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("500.00"))
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    assert keys(bench) == [
        "FB-PMT-10301-U1",
        "FB-INV-34101-1X",
        "FB-INV-34101-2",
        "FB-PMT-10301-A1",
    ]
    assert {v.state for v in settle(bench).values()} == {State.AGREED}
    assert keys(bench) == []


def test_edit_without_effect_posts_nothing() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(replace(invoice("960.00", WORK), number="0000999", purchase_order="PO-9"))
    assert keys(bench) == []


def test_deleted_invoice_is_reversed_and_its_payment_stays() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.show(invoice("960.00", WORK, visibility=Visibility.DELETED))
    assert keys(bench) == ["FB-PMT-10301-U1", "FB-INV-34101-1X"]
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.AGREED}
    assert keys(bench) == []


def test_undeleted_invoice_is_posted_as_a_new_revision() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(invoice("960.00", WORK, visibility=Visibility.DELETED))
    settle(bench)
    bench.show(invoice("960.00", WORK))
    assert keys(bench) == ["FB-INV-34101-2"]


def test_number_in_use_falls_back_to_the_id() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(invoice("960.00", WORK, key="35035"))
    settle(bench)
    assert numbers(bench) == ["FB0000101", "FBI-35035"]


def test_two_new_invoices_with_one_number() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), invoice("960.00", WORK, key="35035"))
    settle(bench)
    assert numbers(bench) == ["FB0000101", "FBI-35035"]


def test_customer_is_created_first() -> None:
    bench = Bench()
    bench.customer_nos.clear()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.PENDING}
    bench.customer_nos[CLIENT.key] = "C00010"
    assert keys(bench) == ["FB-INV-34101-1", "FB-PMT-10301-1"]


def test_a_credit_and_its_use_wait_for_the_customer_too() -> None:
    bench = Bench()
    bench.customer_nos.clear()
    credit = credit_note("150.00", line("1", "125.00"))
    bench.show(invoice("960.00", WORK), credit, payment("150.00", credit=credit.ref.key))
    assert {v.state for v in settle(bench).values()} == {State.PENDING}
    bench.customer_nos[CLIENT.key] = "C00010"
    settle(bench)
    assert keys(bench) == []
    assert bench.items["Invoice", "FB0000101"].remaining == 810


def test_an_overpayment_of_nobodys_payment_is_asked_about_unless_it_is_gone() -> None:
    bench = Bench()
    rest = credit_note("40.00", credit_type="overpayment")
    bench.show(rest)
    assert settle(bench)[rest.ref].reason.startswith("OVERPAYMENT_UNMATCHED: ")
    bench.show(replace(rest, visibility=Visibility.DELETED))
    verdict = settle(bench)[rest.ref]
    assert (verdict.state, verdict.reason) == (State.EXCLUDED, "deleted in FreshBooks")


def test_vat_that_is_due_when_paid_belongs_to_the_period_of_the_payment() -> None:
    bench = Bench()
    setup = replace(SETUP, cash_accounting=("DOMESTIC",))
    bench.known |= {"setup": setup, "setups": {1: setup}}
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.known["calendar"] = Calendar(vat_settled_to=date(2026, 4, 30))
    bench.show(payment("960.00"))
    assert settle(bench)[payment("1").ref].reason.startswith("VAT_PERIOD_CLOSED: ")
    bench.show(payment("960.00", day=date(2026, 5, 1)))
    assert keys(bench) == ["FB-PMT-10301-1"]


@pytest.mark.parametrize(
    ("changes", "suspected"),
    [
        ({}, True),
        ({"posting_date": date(2026, 4, 7)}, True),
        ({"posting_date": date(2026, 4, 8)}, False),
        ({"posting_date": date(2026, 3, 28)}, True),
        ({"amount": Decimal("-959.99")}, False),
        ({"customer_no": "C00020"}, False),
        ({"currency_code": "EUR"}, False),
    ],
)
def test_a_receipt_in_nav_of_the_same_money_is_asked_about(
    changes: dict[str, Any], suspected: bool
) -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    theirs = CustomerEntry(
        entry_no=9,
        document_type="Payment",
        document_no="BANK-7",
        customer_no="C00010",
        currency_code="",
        posting_date=date(2026, 4, 2),
        amount=Decimal("-960.00"),
        remaining=Decimal("-960.00"),
        open=True,
        reversed=False,
        due_on=None,
    )
    bench.known["strangers"] = (replace(theirs, **changes),)
    bench.show(payment("960.00"))
    reason = settle(bench)[payment("1").ref].reason
    assert reason.startswith("DUPLICATE_SUSPECTED: NAV has BANK-7 of ") is suspected


def test_what_a_new_customer_is_called() -> None:
    bench = Bench()
    bench.customer_nos.clear()
    bench.show(invoice("960.00", WORK))
    (command,) = decide(bench.facts()).commands
    assert (command.payload["name"], command.payload["name2"]) == ("Acme Ltd", "")
    bench.client = replace(customer(organization=""), first_name="", last_name="", email="")
    (command,) = decide(bench.facts()).commands
    assert command.payload["name"] == "FreshBooks client 7001"


def test_a_blocked_customer_holds_what_the_block_stops() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(invoice("960.00", WORK, key="2", number="0000102"), payment("960.00"))
    bench.known["blocked"] = {"C00010": "Invoice"}
    verdicts = settle(bench)
    assert verdicts[invoice("1", key="2").ref].reason.startswith("CUSTOMER_BLOCKED: ")
    assert verdicts[payment("1").ref].state is State.AGREED
    bench.known["blocked"] = {}
    assert keys(bench) == ["FB-INV-2-1"]


def test_a_disputed_invoice_is_put_on_hold_and_released_once() -> None:
    bench = Bench()
    bench.show(replace(invoice("960.00", WORK), status="disputed"))
    settle(bench)
    assert keys(bench) == []
    assert holds(bench) == [("Invoice", "FB0000101", "FBD")]
    bench.show(invoice("960.00", WORK))
    settle(bench)
    assert keys(bench) == []
    assert holds(bench) == [("Invoice", "FB0000101", "FBD"), ("Invoice", "FB0000101", "")]


def test_a_mark_that_nav_refuses_holds_the_disputed_invoice() -> None:
    bench = Bench()
    bench.show(replace(invoice("960.00", WORK), status="disputed"))
    plan = decide(bench.facts())
    (verdict,) = outcome(plan, bench.do(plan, refuse=(plan.commands[-1].key,)))
    assert plan.commands[-1].role is Role.SET_ON_HOLD
    assert verdict.reason.startswith("REFUSED_BY_NAV: ")


def holds(bench: Bench) -> list[tuple[str, str, str]]:
    """The marks that were set, in order."""
    payloads = [
        stored.command.payload
        for commands in bench.history.values()
        for stored in commands
        if stored.command.role is Role.SET_ON_HOLD
    ]
    return [(row["document_type"], row["document_no"], row["on_hold"]) for row in payloads]


def test_unmapped_country_holds() -> None:
    bench = Bench(customer(country="Atlantis"))
    bench.customer_nos.clear()
    bench.show(invoice("960.00", WORK))
    (verdict,) = settle(bench).values()
    assert verdict.state is State.HELD
    assert "COUNTRY_NOT_MAPPED" in verdict.reason


def test_refusal_holds_the_document_and_its_dependants() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    plan = decide(bench.facts())
    receipts = bench.do(plan, refuse=("FB-INV-34101-1",))
    (verdict,) = outcome(plan, receipts)
    assert verdict.state is State.HELD
    assert verdict.reason.startswith("REFUSED_BY_NAV: No.")
    assert keys(bench) == ["FB-INV-34101-1"], "the same payload goes under the same key again"
    bench.show(invoice("1080.00", MORE))
    assert keys(bench) == ["FB-INV-34101-2"], "another payload needs a new revision"


def test_payment_of_a_held_invoice_waits() -> None:
    bench = Bench()
    bench.show(invoice("115.00", line("1", "100.00", "15")), payment("115.00"))
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.HELD}
    assert "waits for invoice/34101" in verdicts[payment("1").ref].reason


def test_a_typing_error_in_a_payment_is_taken_back_and_posted_anew() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.show(payment("690.00"))
    assert keys(bench) == ["FB-PMT-10301-U1", "FB-PMT-10301-1X", "FB-PMT-10301-2"]
    settle(bench)
    assert bench.items["Invoice", "FB0000101"].remaining == Decimal("270.00")
    assert keys(bench) == []


def test_less_of_an_online_payment_is_a_refund() -> None:
    bench = Bench()
    paid = replace(payment("960.00", method="VISA"), gateway="stripe")
    bench.show(invoice("960.00", WORK), paid)
    settle(bench)
    when = datetime(2026, 4, 20, 6, tzinfo=UTC)
    bench.show(replace(paid, amount=pounds("760.00"), updated_on=when))
    plan = {c.key: c.payload for c in decide(bench.facts()).commands}
    assert list(plan) == ["FB-PMT-10301-U1", "FB-PMT-10301-2", "FB-PMT-10301-A1"]
    assert plan["FB-PMT-10301-2"]["document_no"] == "FBR10301-2"
    assert plan["FB-PMT-10301-2"]["reason_code"] == "REFUND"
    assert {p["posting_date"] for p in plan.values()} == {"2026-04-20"}
    settle(bench)
    assert bench.items["Invoice", "FB0000101"].remaining == Decimal("200.00")
    assert bench.items["Payment", "FBP10301"].remaining == 0
    assert keys(bench) == []


def test_an_online_payment_that_grew_is_held() -> None:
    bench = Bench()
    paid = replace(payment("500.00", method="VISA"), gateway="stripe")
    bench.show(invoice("960.00", WORK), paid)
    settle(bench)
    bench.show(replace(paid, amount=pounds("600.00")))
    assert "PAYMENT_CHANGED" in settle(bench)[paid.ref].reason
    assert keys(bench) == []


def test_a_payment_whose_bank_line_is_reconciled_is_not_taken_back() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.known["reconciled"] = frozenset({"FBP10301"})
    bench.show(payment("960.00", visibility=Visibility.DELETED))
    assert "BANK_RECONCILED" in settle(bench)[payment("1").ref].reason
    assert keys(bench) == []


def test_an_overpayment_is_one_receipt_and_its_rest_pays_a_later_invoice() -> None:
    bench = Bench()
    paid = replace(payment("180.00", key="10318"), overpayment=Ref(Kind.CREDIT_NOTE, "10320"))
    rest = replace(
        credit_note("20.00", key="30789", credit_type="overpayment"), issued_on=paid.paid_on
    )
    bench.show(invoice("180.00", line("1", "150.00")), paid, rest)
    assert settle(bench)[rest.ref].reason == "received with payment/10318"
    assert bench.items["Payment", "FBP10318"].amount == Decimal("-200.00")
    assert bench.items["Payment", "FBP10318"].remaining == Decimal("-20.00")
    bench.show(
        invoice("120.00", line("1", "100.00"), key="34114", number="0000114", day=date(2026, 4, 5)),
        payment("20.00", key="10330", of="34114", credit="30789", day=date(2026, 4, 5)),
    )
    settle(bench)
    assert bench.items["Invoice", "FB0000114"].remaining == Decimal("100.00")
    assert keys(bench) == []


def test_a_credit_used_twice_follows_an_edit_of_the_first_invoice() -> None:
    bench = Bench()
    bench.show(
        invoice("960.00", WORK),
        invoice("960.00", WORK, key="2", number="0000102"),
        credit_note("150.00", line("1", "125.00")),
        payment("100.00", key="1", credit="30947"),
    )
    settle(bench)
    bench.show(payment("50.00", key="2", of="2", credit="30947"))
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    assert keys(bench)[:2] == ["FB-PMT-2-U1", "FB-PMT-1-U1"], "the last application first"
    settle(bench)
    assert bench.items["Invoice", "FB0000101-2"].remaining == Decimal("980.00")
    assert bench.items["Invoice", "FB0000102"].remaining == Decimal("910.00")


def test_an_invoice_cut_below_what_was_paid_leaves_the_rest_open() -> None:
    bench = Bench()
    bench.show(
        invoice("1080.00", MORE),
        payment("500.00", key="1"),
        payment("580.00", key="2"),
    )
    settle(bench)
    bench.show(invoice("960.00", WORK))
    settle(bench)
    assert bench.items["Invoice", "FB0000101-2"].remaining == 0
    assert bench.items["Payment", "FBP2"].remaining == Decimal("-120.00")
    assert keys(bench) == []


def test_a_moved_invoice_changes_its_customer_and_its_money_asks() -> None:
    bench = Bench()
    bench.customer_nos["7002"] = "C00012"
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    moved = replace(invoice("960.00", WORK), customer=Ref(Kind.CUSTOMER, "7002"))
    bench.show(moved)
    verdicts = settle(bench)
    assert verdicts[moved.ref].state is State.AGREED
    assert "CUSTOMER_MOVED" in verdicts[payment("1").ref].reason
    bench.known["approvals"] = {payment("1").ref: {"CUSTOMER_MOVED": ""}}
    settle(bench)
    assert bench.items["Invoice", "FB0000101-2"].remaining == 0
    assert keys(bench) == []


def test_a_draft_that_is_paid_counts_as_sent() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK, draft=True), payment("100.00"))
    assert keys(bench) == ["FB-INV-34101-1", "FB-PMT-10301-1"]


def test_a_draft_is_not_paid_by_money_that_was_all_too_much() -> None:
    """A payment whose money all went into a credit stays with amount zero; the invoice that is a draft again counts no more."""
    bench = Bench()
    rest = replace(
        credit_note("100.00", key="8001", credit_type="overpayment"), issued_on=date(2026, 4, 2)
    )
    nothing = replace(payment("0.00"), overpayment=rest.ref)
    bench.show(invoice("960.00", WORK), nothing, rest)
    settle(bench)
    bench.show(invoice("960.00", WORK, draft=True))
    verdicts = settle(bench)
    assert verdicts[Ref(Kind.INVOICE, "34101")].state is State.HELD
    assert keys(bench) == []


def test_one_receipt_cannot_be_two_customers() -> None:
    """The invoice was moved to another client, and FreshBooks left its payment and the rest of it where they were."""
    bench = Bench()
    bench.customer_nos = {"7001": "C00010", "7002": "C00020"}
    rest = replace(
        credit_note("100.00", key="8001", credit_type="overpayment"), issued_on=date(2026, 4, 2)
    )
    paid = replace(payment("960.00"), overpayment=rest.ref)
    bill = invoice("960.00", WORK)
    bench.show(replace(bill, customer=Ref(Kind.CUSTOMER, "7002")), paid, rest)
    assert "OVERPAYMENT_ELSEWHERE" in settle(bench)[paid.ref].reason
    bench.show(bill)
    assert settle(bench)[paid.ref].state is State.AGREED


def test_a_credit_used_for_a_deleted_invoice_of_another_client_is_held() -> None:
    """FreshBooks gives it back to the client of the payment, and NAV has it on the client of the credit."""
    bench = Bench()
    bench.customer_nos = {"7001": "C00010", "7002": "C00020"}
    note = credit_note("150.00", line("1", "125.00"))
    used = payment("100.00", key="9", credit=note.ref.key)
    gone = invoice("960.00", WORK, visibility=Visibility.DELETED)
    bench.show(note, used, gone)
    assert settle(bench)[used.ref].state is State.EXCLUDED
    bench.show(replace(used, customer=Ref(Kind.CUSTOMER, "7002")))
    assert "CUSTOMER_MOVED" in settle(bench)[used.ref].reason


def test_reversed_by_a_person_in_nav_is_held() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.ledger.items["Invoice", "FB0000101"].reversed = True
    (verdict,) = settle(bench).values()
    assert "NAV_REVERSED" in verdict.reason


def test_credit_is_applied_without_money() -> None:
    bench = Bench()
    bench.show(
        invoice("960.00", WORK),
        credit_note("150.00", line("1", "125.00")),
        payment("150.00", key="10360", credit="30947"),
    )
    assert keys(bench) == ["FB-CRN-30947-1", "FB-INV-34101-1", "FB-PMT-10360-A1"] or keys(
        bench
    ) == [
        "FB-INV-34101-1",
        "FB-CRN-30947-1",
        "FB-PMT-10360-A1",
    ]
    settle(bench)
    assert keys(bench) == []


def test_conflict_is_dead() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    plan = decide(bench.facts())
    receipts = {k: replace(r, status=Status.CONFLICT) for k, r in bench.do(plan).items()}
    (verdict,) = outcome(plan, receipts)
    assert verdict.state is State.DEAD


def test_a_write_off_and_money_for_it_are_asked_about() -> None:
    bench = Bench()
    asks = replace(
        payment("960.00", key="1", method="Other", day=date(2026, 12, 31)), note="WRITE-OFF"
    )
    bench.show(invoice("960.00", WORK), asks)
    assert "WRITE_OFF" in settle(bench)[asks.ref].reason
    bench.known["approvals"] = {asks.ref: {"WRITE_OFF": ""}}
    settle(bench)
    assert bench.items["", "FBW1"].remaining == 0
    rest = replace(
        credit_note("960.00", key="2", credit_type="overpayment"), issued_on=date(2027, 2, 10)
    )
    late = replace(payment("0.00", key="3", day=date(2027, 2, 10)), overpayment=rest.ref)
    bench.show(late, rest)
    assert "RECOVERY" in settle(bench)[late.ref].reason
    bench.known["approvals"] = {asks.ref: {"WRITE_OFF": ""}, late.ref: {"RECOVERY": ""}}
    (command,) = decide(bench.facts()).commands
    lines = [(row["account_no"], row["amount"]) for row in command.payload["lines"]]
    assert lines == [("BANK-GBP", "960.00"), ("6400", "-800.00"), ("2240", "-160.00")]
    settle(bench)
    assert keys(bench) == []


def reversed_by_hand(bench: Bench, *places: tuple[str, str]) -> None:
    """What an accountant does: unapplies, and reverses."""
    for place in places:
        item = bench.ledger.items[place]
        for link in bench.ledger.links:
            if link.active and link.touches(item):
                bench.ledger._unapply(link.one, link.other)
        item.reversed, item.remaining = True, Decimal(0)


def test_a_receipt_that_was_reversed_in_nav_is_posted_again_only_if_a_person_names_it() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    reversed_by_hand(bench, ("Payment", "FBP10301"))
    reason = settle(bench)[payment("1").ref].reason
    assert reason.startswith("NAV_REVERSED: FBP10301 was reversed")
    assert "tieout approve, with NAV_REVERSED FBP10301" in reason
    bench.known["approvals"] = {payment("1").ref: {"NAV_REVERSED": "FBP10301"}}
    assert keys(bench) == ["FB-PMT-10301-2"]
    settle(bench)
    assert keys(bench) == []
    assert bench.items["Invoice", "FB0000101"].remaining == 0
    reversed_by_hand(bench, ("Payment", "FBP10301-2"))
    assert "NAV_REVERSED" in settle(bench)[payment("1").ref].reason


def test_a_credit_is_not_used_for_what_was_reversed_in_nav() -> None:
    bench = Bench()
    credit = credit_note("150.00", line("1", "125.00"))
    bench.show(invoice("960.00", WORK), credit)
    settle(bench)
    reversed_by_hand(bench, ("Invoice", "FB0000101"))
    used = payment("150.00", credit=credit.ref.key)
    bench.show(used)
    verdicts = settle(bench)
    assert verdicts[invoice("1").ref].reason.startswith("NAV_REVERSED: ")
    assert verdicts[used.ref].reason.startswith("CREDIT_WAITS: ")
    assert keys(bench) == []


def test_what_is_gone_on_both_sides_agrees() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    reversed_by_hand(bench, ("Payment", "FBP10301"), ("Invoice", "FB0000101"))
    bench.show(
        invoice("960.00", WORK, visibility=Visibility.DELETED),
        payment("960.00", visibility=Visibility.DELETED),
    )
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.AGREED}
    assert {v.reason for v in verdicts.values()} == {"deleted in FreshBooks and reversed"}
    assert keys(bench) == []
    bench.show(invoice("960.00", WORK), payment("960.00"))
    assert "NAV_REVERSED" in settle(bench)[invoice("1").ref].reason
    bench.known["approvals"] = {
        invoice("1").ref: {"NAV_REVERSED": "FB0000101"},
        payment("1").ref: {"NAV_REVERSED": "FBP10301"},
    }
    settle(bench)
    settle(bench)
    assert keys(bench) == []
    assert bench.items["Invoice", "FB0000101-2"].remaining == 0
