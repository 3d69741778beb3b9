"""Decisions: what leads from what stands in NAV to what should, and that deciding again changes nothing."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.core.books import Bench, credit_note, customer, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import State, Status, Verdict
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref

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
        "FB-PMT-10301-1U",
        "FB-INV-34101-1X",
        "FB-INV-34101-2",
        "FB-PMT-10301-2A",
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
    assert keys(bench) == ["FB-PMT-10301-1U", "FB-INV-34101-1X"]
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
    bench.customer_no = None
    bench.show(invoice("960.00", WORK), payment("960.00"))
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.PENDING}
    bench.customer_no = "C00010"
    assert keys(bench) == ["FB-INV-34101-1", "FB-PMT-10301-1"]


def test_unmapped_country_holds() -> None:
    bench = Bench(customer(country="Atlantis"))
    bench.customer_no = None
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
    assert "No." in verdict.reason
    assert keys(bench) == ["FB-INV-34101-1"], "the same payload goes under the same key again"
    bench.show(invoice("1080.00", MORE))
    assert keys(bench) == ["FB-INV-34101-2"], "another payload needs a new revision"


def test_payment_of_a_held_invoice_waits() -> None:
    bench = Bench()
    bench.show(invoice("115.00", line("1", "100.00", "15")), payment("115.00"))
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.HELD}
    assert "waits for invoice/34101" in verdicts[payment("1").ref].reason


def test_payment_changed_after_posting_is_held() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.show(payment("760.00"))
    assert settle(bench)[payment("1").ref].state is State.HELD
    assert keys(bench) == []


def test_reversed_by_a_person_in_nav_is_held() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    entry = bench.items["Invoice", "FB0000101"]
    bench.items["Invoice", "FB0000101"] = replace(entry, reversed=True)
    (verdict,) = settle(bench).values()
    assert "NAV_REVERSED" in verdict.reason


def test_credit_is_applied_without_money() -> None:
    bench = Bench()
    bench.show(
        invoice("960.00", WORK),
        credit_note("150.00", line("1", "125.00")),
        payment("150.00", key="10360", credit="30947"),
    )
    assert keys(bench) == ["FB-CRN-30947-1", "FB-INV-34101-1", "FB-PMT-10360-1"] or keys(bench) == [
        "FB-INV-34101-1",
        "FB-CRN-30947-1",
        "FB-PMT-10360-1",
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
