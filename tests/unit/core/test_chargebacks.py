"""Money that a bank takes back, gives again, or was only said to have taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.unit.core.books import SETUP, Bench, invoice, line, payment, pounds

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.decide import decide
from tieout.core.decision.plan import State
from tieout.core.journal.setup import PostingSetup, SetupError
from tieout.core.records.document import Visibility

BILL = invoice("960.00", line("10", "80.00"))
PAID = replace(payment("960.00", key="11002", method="VISA"), gateway="stripe")
MAY, JUNE = datetime(2026, 5, 2, 12, tzinfo=UTC), datetime(2026, 6, 10, 12, tzinfo=UTC)
LOST = replace(PAID, visibility=Visibility.DELETED, note="Chargeback: fraud", updated_on=MAY)
WON = replace(PAID, note="Chargeback: fraud, won", updated_on=JUNE)


def round_(bench: Bench, refuse: tuple[str, ...] = ()) -> list[str]:
    plan = decide(bench.facts())
    bench.do(plan, refuse)
    return [command.key for command in plan.commands]


def paid() -> Bench:
    bench = Bench()
    bench.show(BILL, PAID)
    round_(bench)
    return bench


def lost() -> Bench:
    bench = paid()
    bench.show(LOST)
    assert round_(bench) == ["FB-PMT-11002-U1", "FB-CB-11002-1"]
    assert round_(bench) == []
    return bench


def remaining(bench: Bench) -> dict[str, Decimal]:
    return {no: item.remaining for (_, no), item in bench.items.items() if item.remaining}


def test_the_receipt_stays_and_the_claim_is_open_again() -> None:
    bench = lost()
    refund = bench.items["Refund", "FBX11002"]
    (taken,) = [s.command for s in bench.history[PAID.ref] if s.command.key == "FB-CB-11002-1"]
    assert taken.payload["reason_code"] == "CHARGEBACK"
    assert (refund.amount, refund.posting_date) == (Decimal("960.00"), date(2026, 5, 2))
    assert remaining(bench) == {"FB0000101": Decimal("960.00")}


def test_a_win_is_undone_in_the_order_that_nav_wants() -> None:
    bench = lost()
    bench.show(WON)
    undone = decide(bench.facts()).commands[0].payload
    assert (undone["posting_date"], undone["to_document_no"]) == ("2026-06-10", "FBP11002")
    assert round_(bench) == ["FB-CB-11002-1U", "FB-CB-11002-1X", "FB-PMT-11002-A1"]
    again = bench.items["Payment", "FBX11002-C1"]
    assert (again.amount, again.posting_date) == (Decimal("-960.00"), date(2026, 6, 10))
    assert remaining(bench) == {}
    assert round_(bench) == []


def test_what_was_applied_after_a_chargeback_is_unapplied_before_it() -> None:
    bench = paid()
    bench.show(replace(PAID, amount=pounds("760.00"), note="CHARGEBACK", updated_on=MAY))
    round_(bench)
    assert remaining(bench) == {"FB0000101": Decimal("200.00")}
    bench.show(WON)
    keys = round_(bench)
    assert keys[:2] == ["FB-PMT-11002-U2", "FB-CB-11002-1U"]
    assert remaining(bench) == {}
    assert round_(bench) == []


def test_a_win_is_undone_on_no_day_before_any_of_its_chargebacks() -> None:
    """FreshBooks' time of the second edit may lie before that of the first: two clocks, or a day that NAV had closed."""
    bench = paid()
    bench.show(replace(PAID, amount=pounds("760.00"), note="CHARGEBACK", updated_on=JUNE))
    round_(bench)
    bench.show(replace(PAID, amount=pounds("500.00"), note="CHARGEBACK", updated_on=MAY))
    round_(bench)
    bench.show(replace(WON, updated_on=MAY))
    round_(bench)
    assert bench.items["Payment", "FBX11002-C1"].posting_date == date(2026, 6, 10)
    assert remaining(bench) == {}


@pytest.mark.parametrize("refused", ["FB-CB-11002-1U", "FB-CB-11002-1X", "FB-PMT-11002-A1"])
def test_a_win_that_nav_refuses_in_part_goes_on_where_it_stopped(refused: str) -> None:
    bench = lost()
    bench.show(WON)
    round_(bench, (refused,))
    while round_(bench):
        pass
    assert remaining(bench) == {}
    assert bench.items["Payment", "FBX11002-C1"].amount == Decimal("-960.00")


TWICE = ("FB-CB-11002-2U", "FB-CB-11002-1U", "FB-CB-11002-2X", "FB-CB-11002-1X", "FB-PMT-11002-A3")


@pytest.mark.parametrize("refused", TWICE)
def test_a_win_of_two_chargebacks_that_nav_refuses_in_part_goes_on_where_it_stopped(
    refused: str,
) -> None:
    """What is applied anew waits for all that frees the receipt, and what undoes a chargeback undoes no application of the payment."""
    bench = paid()
    for left in ("760.00", "500.00"):
        bench.show(replace(PAID, amount=pounds(left), note="CHARGEBACK", updated_on=MAY))
        round_(bench)
    bench.show(WON)
    assert refused in round_(bench, (refused,))
    while round_(bench):
        pass
    assert remaining(bench) == {}


def test_without_the_word_a_bank_transfer_that_is_deleted_is_a_typing_error() -> None:
    bench = Bench()
    bench.show(BILL, payment("960.00"))
    round_(bench)
    bench.show(payment("960.00", visibility=Visibility.DELETED))
    assert round_(bench) == ["FB-PMT-10301-U1", "FB-PMT-10301-1X"]
    assert bench.items["Payment", "FBP10301"].reversed


def test_the_word_alone_does_nothing() -> None:
    bench = paid()
    bench.show(replace(PAID, note="CHARGEBACK threatened"))
    assert round_(bench) == []


def test_in_a_closed_period_the_receipt_stays_too() -> None:
    bench = paid()
    bench.known["calendar"] = Calendar(posting_from=date(2026, 5, 1))
    bench.show(LOST)
    assert "FB-CB-11002-1" in round_(bench)


def test_a_day_that_nav_does_not_take_holds_it() -> None:
    bench = lost()
    bench.known["calendar"] = Calendar(posting_to=date(2026, 5, 31))
    bench.show(WON)
    (verdict,) = [v for v in decide(bench.facts()).verdicts if v.ref == PAID.ref]
    assert (verdict.state, "PERIOD_NOT_OPEN" in verdict.reason) == (State.HELD, True)


def test_the_setup_says_the_word_or_that_there_is_none() -> None:
    base = {"lcy": "GBP", "countries": {}, "currencies": [], "discount_account": "1"}
    other = PostingSetup.from_json({**base, "chargeback": {"note": "DISPUTE"}})
    assert other.chargeback is not None
    assert other.chargeback.note == "DISPUTE"
    assert PostingSetup.from_json({**base, "chargeback": None}).chargeback is None
    with pytest.raises(SetupError, match=r"chargeback\.note must not be empty"):
        PostingSetup.from_json({**base, "chargeback": {"note": ""}})
    bench = paid()
    bench.known["setup"] = replace(SETUP, chargeback=None)
    bench.show(LOST)
    assert round_(bench) == ["FB-PMT-11002-U1", "FB-PMT-11002-2"]


def test_room_that_nav_did_not_make_is_not_used() -> None:
    bench = Bench()
    first, second = payment("700.00", key="1"), payment("260.00", key="2")
    bench.show(BILL, first, second)
    round_(bench)
    bench.show(invoice("480.00", line("5", "80.00")))
    round_(bench)
    assert remaining(bench) == {"FBP1": Decimal("-220.00"), "FBP2": Decimal("-260.00")}
    bench.show(replace(first, visibility=Visibility.DELETED))
    undone = next(c.key for c in decide(bench.facts()).commands if c.key.startswith("FB-PMT-1-U"))
    round_(bench, (undone,))
    while round_(bench):
        pass
    assert remaining(bench) == {"FB0000101-2": Decimal("220.00")}
