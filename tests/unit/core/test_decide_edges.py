"""Decisions at the edges: numbers that look like revisions, credits used in part, a setup that changed, contents that NAV has otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

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
)

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.decide import decide
from tieout.core.decision.facts import Case
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import Receipt, State, Status, StoredCommand, Verdict
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref

WORK = line("10", "80.00")
MORE = line("11.25", "80.00")


def settle(bench: Bench, refuse: tuple[str, ...] = ()) -> dict[Ref, Verdict]:
    plan = decide(bench.facts())
    return {v.ref: v for v in outcome(plan, bench.do(plan, refuse))}


def numbers(bench: Bench) -> list[str]:
    return [no for _, no in bench.items]


def test_a_number_that_ends_like_a_revision_keeps_its_end() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK, key="1", number="INV-1"))
    bench.show(invoice("960.00", WORK, key="2", number="INV-2"))
    settle(bench)
    bench.show(invoice("1080.00", MORE, key="1", number="INV-1"))
    verdicts = settle(bench)
    assert {v.state for v in verdicts.values()} == {State.AGREED}
    assert numbers(bench) == ["FBINV-1", "FBINV-2", "FBINV-1-C1", "FBINV-1-2"]


def test_a_revision_passes_over_a_number_that_another_document_has() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK, key="1", number="101"))
    bench.show(invoice("960.00", WORK, key="2", number="101-2"))
    settle(bench)
    bench.show(invoice("1080.00", MORE, key="1", number="101"))
    settle(bench)
    assert numbers(bench) == ["FB101", "FB101-2", "FB101-C1", "FB101-3"]
    assert decide(bench.facts()).commands == ()


def test_a_refused_number_that_somebody_took_is_not_asked_for_again() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench, refuse=("FB-INV-34101-1",))
    other = Bench()
    other.show(invoice("960.00", WORK, key="9"))
    settle(other)
    bench.ledger.items.update(other.ledger.items)
    (command,) = decide(bench.facts()).commands
    assert (command.key, command.payload["document_no"]) == ("FB-INV-34101-2", "FBI-34101-2")


def test_a_credit_used_in_part_follows_an_edited_invoice_with_its_own_amount() -> None:
    bench = Bench()
    bench.show(
        invoice("960.00", WORK),
        credit_note("150.00", line("1", "125.00")),
        payment("30.00", key="10360", credit="30947"),
    )
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    applied = {c.key: c.payload for c in decide(bench.facts()).commands}["FB-PMT-10360-A2"]
    assert applied["amount"] == "30.00"
    assert applied["from_document_no"] == "FBC0000070"


def test_a_credit_is_applied_on_no_day_before_it_was_given() -> None:
    bench = Bench()
    note = replace(credit_note("150.00", line("1", "125.00")), issued_on=date(2026, 5, 1))
    used = payment("30.00", key="10360", credit="30947", day=date(2026, 4, 1))
    bench.show(invoice("960.00", WORK), note, used)
    applied = {c.key: c.payload for c in decide(bench.facts()).commands}["FB-PMT-10360-A1"]
    assert applied["posting_date"] == "2026-05-01"


def test_a_credit_is_applied_on_the_day_on_which_it_is_used() -> None:
    """A credit of March that is used in May is open at the end of April, in both books."""
    bench = Bench()
    used = payment("30.00", key="10360", credit="30947", day=date(2026, 5, 20))
    bench.show(invoice("960.00", WORK), credit_note("150.00", line("1", "125.00")), used)
    applied = {c.key: c.payload for c in decide(bench.facts()).commands}["FB-PMT-10360-A1"]
    assert applied["posting_date"] == "2026-05-20"


def test_a_credit_whose_use_lies_after_the_window_is_applied_as_early_as_nav_can() -> None:
    bench = Bench()
    bench.known["calendar"] = Calendar(posting_to=date(2026, 4, 30))
    used = payment("30.00", key="10360", credit="30947", day=date(2026, 5, 20))
    note = credit_note("150.00", line("1", "125.00"))
    bench.show(invoice("960.00", WORK), note, used)
    applied = {c.key: c.payload for c in decide(bench.facts()).commands}["FB-PMT-10360-A1"]
    assert applied["posting_date"] == note.issued_on.isoformat()


def test_a_payment_is_judged_by_the_setup_it_was_posted_with() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    other_bank = tuple(replace(rule, account_no="BANK-2") for rule in SETUP.payments)
    later = replace(SETUP, version=2, payments=other_bank)
    facts = replace(bench.facts(), setup=later, setups={1: SETUP, 2: later})
    plan = decide(facts)
    assert {v.state for v in plan.verdicts} == {State.AGREED}
    assert plan.commands == ()


def test_what_nav_has_with_other_contents_stays_dead_whatever_is_edited() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    (command,) = decide(bench.facts()).commands
    conflict = Receipt(key=command.key, status=Status.CONFLICT)
    bench.history[command.ref] = [StoredCommand(command=command, state="refused", receipt=conflict)]
    bench.show(invoice("1080.00", MORE))
    plan = decide(bench.facts())
    assert plan.commands == ()
    assert [v.state for v in plan.verdicts] == [State.DEAD]


def test_a_payment_leaves_an_invoice_of_which_the_round_knows_nothing() -> None:
    """It was for another invoice, and only the new one is related to it by what FreshBooks says now."""
    bench = Bench()
    first = invoice("960.00", WORK, key="1", number="101")
    bench.show(first, invoice("960.00", WORK, key="2", number="102"))
    bench.show(payment("960.00", of="1"))
    settle(bench)
    del bench.records[first.ref]
    bench.show(payment("960.00", of="2"))
    verdicts = settle(bench)
    assert verdicts[Ref(Kind.PAYMENT, "10301")].state is State.AGREED
    left = {no: item.remaining for (_, no), item in bench.items.items()}
    assert (left["FB101"], left["FB102"]) == (Decimal("960.00"), Decimal(0))


def test_what_came_after_a_refusal_tells_what_nav_refused() -> None:
    """Not that some other command was skipped: the reason that a person can clear up."""
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    verdicts = settle(bench, refuse=("FB-PMT-10301-U1",))
    assert {
        str(ref): (v.state, v.reason.partition(" Clear")[0]) for ref, v in verdicts.items()
    } == {
        "invoice/34101": (State.HELD, "WAITS: waits for payment/10301, refused by NAV: No."),
        "payment/10301": (State.HELD, "REFUSED_BY_NAV: No."),
    }


def test_a_payment_of_an_invoice_of_nothing_says_what_to_do() -> None:
    """That invoice will not be settled by itself."""
    bench = Bench()
    bench.show(invoice("0.00", line("1", "0.00")), payment("5.00"))
    held = settle(bench)[Ref(Kind.PAYMENT, "10301")]
    assert held.state is State.HELD
    assert "left out (NOTHING_TO_POST" in held.reason
    assert "delete the payment or take it to another invoice" in held.reason


def test_a_tax_that_is_not_mapped_is_told_as_people_write_it() -> None:
    bench = Bench()
    bench.show(invoice("1360.00", line("10", "80.00", percent="7E+1")))
    (held,) = settle(bench).values()
    assert held.reason.startswith("TAX_NOT_MAPPED: Tax VAT 70 % is not mapped")


def test_no_command_comes_before_what_it_waits_for() -> None:
    """An invoice that is edited while its payment is deleted: NAV would skip the reversal of the receipt."""
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    settle(bench)
    bench.show(invoice("1080.00", MORE), payment("960.00", visibility=Visibility.DELETED))
    plan = decide(bench.facts())
    place = {command.key: n for n, command in enumerate(plan.commands)}
    late = [
        (command.key, key)
        for command in plan.commands
        for key in command.depends_on
        if place.get(key, -1) > place[command.key]
    ]
    assert late == []


def test_money_that_came_before_its_invoice_is_applied_on_the_day_of_the_invoice() -> None:
    """The posting cannot settle what does not stand yet on its day."""
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00", day=date(2026, 3, 1)))
    plan = {command.key: command.payload for command in decide(bench.facts()).commands}
    receipt, applied = plan["FB-PMT-10301-1"], plan["FB-PMT-10301-A1"]
    assert (receipt["posting_date"], receipt["lines"][0]["applies_to_doc_no"]) == ("2026-03-01", "")
    assert applied["posting_date"] == "2026-03-10"
    settle(bench)
    assert bench.items["Invoice", "FB0000101"].remaining == 0


def test_a_payment_goes_on_by_itself_if_nav_did_not_get_to_its_invoice() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("960.00"))
    plan = decide(bench.facts())
    receipts = {
        command.key: Receipt(key=command.key, status=status)
        for command, status in zip(plan.commands, (Status.NOT_TRIED, Status.SKIPPED), strict=True)
    }
    assert {verdict.state for verdict in outcome(plan, receipts)} == {State.PENDING}


def test_an_edit_is_in_the_books_when_its_new_revision_is() -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK))
    settle(bench)
    bench.show(invoice("1080.00", MORE))
    (verdict,) = settle(bench, refuse=("FB-INV-34101-2",)).values()
    assert (verdict.state, verdict.reason[:15]) == (State.HELD, "REFUSED_BY_NAV:")
    (verdict,) = settle(bench).values()
    assert (verdict.state, verdict.reason) == (State.AGREED, "")


@pytest.mark.parametrize(
    ("paid", "unapplied"), [(date(2026, 4, 2), "2026-05-07"), (date(2026, 5, 3), "2026-05-03")]
)
def test_an_application_in_a_closed_period_is_undone_with_the_reversal(
    paid: date, unapplied: str
) -> None:
    bench = Bench()
    bench.show(invoice("960.00", WORK), payment("500.00", day=paid))
    settle(bench)
    bench.known["calendar"] = Calendar(posting_from=date(2026, 5, 1))
    edited = datetime(2026, 5, 7, 12, tzinfo=UTC)
    bench.show(replace(invoice("1080.00", MORE), updated_on=edited))
    days = {
        command.key: command.payload["posting_date"] for command in decide(bench.facts()).commands
    }
    assert days["FB-PMT-10301-U1"] == unapplied
    assert days["FB-INV-34101-1X"] == "2026-05-07"


def test_an_id_that_freshbooks_does_not_know_is_no_deletion() -> None:
    bench = Bench()
    bill = invoice("960.00", WORK)
    bench.show(bill)
    unknown = {bill.ref: Case(ref=bill.ref, record=None)}
    (verdict,) = decide(replace(bench.facts(), cases=unknown)).verdicts
    assert verdict == Verdict(
        ref=bill.ref, state=State.EXCLUDED, reason="FreshBooks does not know this id"
    )
    settle(bench)
    unknown = {bill.ref: replace(bench.facts().cases[bill.ref], record=None)}
    plan = decide(replace(bench.facts(), cases=unknown))
    assert plan.commands == ()
    assert [(v.state, v.reason[:7]) for v in plan.verdicts] == [(State.HELD, "ABSENT:")]


@pytest.mark.parametrize(
    ("country", "told"), [("Atlantis", "Country 'Atlantis' of"), ("", "An empty country of")]
)
def test_a_country_without_a_code_is_named(country: str, told: str) -> None:
    bench = Bench(customer(country=country))
    bench.customer_nos.clear()
    bench.show(invoice("960.00", WORK))
    (verdict,) = settle(bench).values()
    assert verdict.reason.startswith(f"COUNTRY_NOT_MAPPED: {told} client {CLIENT.key}")


@pytest.mark.parametrize(
    ("policy", "remedy"),
    [
        ("ask", "Approve it to be posted on 2026-05-01: tieout approve."),
        ("hold", "Open the period in NAV, then retry; or set closed_period to next_open"),
    ],
)
def test_what_to_do_about_a_closed_day_is_what_the_setup_allows(policy: str, remedy: str) -> None:
    bench = Bench()
    calendar = Calendar(posting_from=date(2026, 5, 1))
    bench.known |= {"setup": replace(SETUP, closed_period=policy), "calendar": calendar}
    bench.show(invoice("960.00", WORK))
    (verdict,) = settle(bench).values()
    assert verdict.reason.startswith(f"PERIOD_CLOSED: 2026-03-10 is closed in NAV. {remedy}")
