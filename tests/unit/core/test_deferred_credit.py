"""Goodwill credits that count when they are used: the credit posts nothing, each use posts its part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.unit.core.books import (
    HOME,
    SETUP,
    TERMS,
    Bench,
    credit_note,
    invoice,
    line,
    payment,
)
from tests.unit.core.test_decide import WORK, keys, settle

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.decide import decide
from tieout.core.decision.plan import State
from tieout.core.journal.credit_use import credit_use_to_journal
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref

DEFERRED = replace(SETUP, goodwill_recognition="on_application")
CREDIT = credit_note("150.00", line("1", "125.00"))
USE = payment("60.00", key="10360", credit="30947")


def bench() -> Bench:
    made = Bench()
    made.known |= {"setup": DEFERRED, "setups": {1: DEFERRED}}
    made.show(invoice("960.00", WORK), CREDIT)
    return made


def left(made: Bench) -> Decimal:
    return made.items["Invoice", "FB0000101"].remaining


def test_the_credit_posts_nothing_and_its_use_posts_the_part_that_is_used() -> None:
    made = bench()
    verdict = settle(made)[CREDIT.ref]
    assert verdict.state is State.EXCLUDED
    assert "goodwill_recognition" in verdict.reason
    made.show(USE, payment("90.00", key="10361", credit="30947"))
    assert keys(made) == ["FB-PMT-10360-1", "FB-PMT-10361-1"]
    settle(made)
    assert keys(made) == []
    assert left(made) == 810
    assert [made.items["Credit Memo", no].amount for no in ("FBG10360", "FBG10361")] == [-60, -90]


def test_a_use_that_changes_or_goes_is_taken_back() -> None:
    made = bench()
    made.show(USE)
    settle(made)
    made.show(replace(USE, amount=replace(USE.amount, amount=Decimal(100))))
    settle(made)
    assert keys(made) == []
    assert left(made) == 860
    made.show(replace(USE, visibility=Visibility.DELETED))
    settle(made)
    assert keys(made) == []
    assert left(made) == 960
    assert settle(made)[USE.ref].reason.startswith("deleted in FreshBooks")
    made.show(USE)
    settle(made)
    made.show(replace(made.records[invoice("1").ref], visibility=Visibility.DELETED))
    assert "nothing is used for an invoice in the books" in settle(made)[USE.ref].reason


def test_a_use_for_an_invoice_of_another_client_is_asked_about() -> None:
    made = bench()
    made.customer_nos["7002"] = "C00020"
    made.show(replace(invoice("960.00", WORK), customer=Ref(Kind.CUSTOMER, "7002")), USE)
    assert settle(made)[USE.ref].reason.startswith(
        "CUSTOMER_MOVED: The credit belongs to customer C00010"
    )


def test_what_was_posted_one_way_stays_so_when_the_setup_changes() -> None:
    used = bench()
    used.show(USE)
    settle(used)
    used.known["setup"] = SETUP
    assert keys(used) == []
    issued = Bench()
    issued.show(invoice("960.00", WORK), CREDIT)
    settle(issued)
    issued.known |= {"setup": replace(DEFERRED, version=2), "setups": {1: SETUP}}
    issued.show(USE)
    assert keys(issued) == ["FB-PMT-10360-A1"]


def test_every_line_gives_its_share_and_the_cents_stay_together() -> None:
    note = credit_note("184.01", line("1", "100.01"), line("1", "60.95", "5"))
    used = replace(USE, amount=replace(USE.amount, amount=Decimal("0.01")))
    for amount in ("0.01", "33.33", "184.01"):
        used = replace(USE, amount=replace(USE.amount, amount=Decimal(amount)))
        journal, findings = credit_use_to_journal(note, used, SETUP, HOME, "FBG1", None, TERMS)
        assert not findings
        assert journal is not None
        assert journal.amount == -Decimal(amount)
    assert [row.vat_amount for row in journal.lines[1:]] == [Decimal("20.00"), Decimal("3.05")]


CLOSED = Calendar(posting_from=date(2026, 5, 1))
LATER = datetime(2026, 5, 7, 12, tzinfo=UTC)


def used_and_closed(**setup: object) -> Bench:
    made = bench()
    rules = replace(DEFERRED, **setup)  # type: ignore[arg-type]
    made.known |= {"setup": rules, "setups": {1: rules}}
    made.show(USE)
    settle(made)
    made.known["calendar"] = CLOSED
    return made


def test_a_use_that_goes_after_its_period_is_closed_is_corrected_as_an_invoice_is() -> None:
    made = used_and_closed()
    made.show(replace(USE, visibility=Visibility.DELETED, updated_on=LATER))
    assert keys(made) == ["FB-PMT-10360-U1", "FB-PMT-10360-1X"]
    back = decide(made.facts()).commands[1].payload
    assert (back["posting_date"], back["reason_code"]) == ("2026-05-07", "PRIORPER")
    assert (back["document_type"], back["document_no"]) == ("Invoice", "FBG10360-C1")
    settle(made)
    assert keys(made) == []
    assert left(made) == 960
    made.show(replace(USE, updated_on=LATER))
    assert keys(made) == ["FB-PMT-10360-2"]
    settle(made)
    assert made.items["Credit Memo", "FBG10360-2"].posting_date == date(2026, 5, 7)
    assert left(made) == 900


def test_a_use_that_changes_after_its_period_is_closed_has_a_new_revision() -> None:
    made = used_and_closed()
    more = replace(USE.amount, amount=Decimal(100))
    made.show(replace(USE, amount=more, updated_on=LATER))
    settle(made)
    assert keys(made) == []
    assert left(made) == 860
    assert made.items["Credit Memo", "FBG10360-2"].posting_date == date(2026, 5, 7)


def test_the_policies_of_closed_periods_hold_for_uses_too() -> None:
    gone = replace(USE, visibility=Visibility.DELETED, updated_on=LATER)
    for setup, rule in (
        ({"prior_period_changes": "hold"}, "PRIOR_PERIOD"),
        ({"prior_period_limit": Decimal(50)}, "PRIOR_PERIOD_MATERIAL"),
    ):
        made = used_and_closed(**setup)
        made.show(gone)
        assert settle(made)[USE.ref].reason.startswith(f"{rule}:")
        made.known["approvals"] = {USE.ref: {rule: ""}}
        settle(made)
        assert left(made) == 960
    late = bench()
    late.known["calendar"] = CLOSED
    late.show(USE)
    late.show(replace(invoice("960.00", WORK), issued_on=date(2026, 5, 1)))
    assert settle(late)[USE.ref].reason.startswith("PERIOD_CLOSED:")
    late.known["setup"] = replace(DEFERRED, closed_period="next_open")
    settle(late)
    assert late.items["Credit Memo", "FBG10360"].posting_date == date(2026, 5, 1)
    assert left(late) == 900
