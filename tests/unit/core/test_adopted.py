"""What people keyed and a person adopted: it is not posted, not reversed, and money is applied to it as far as it has room."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.unit.core.books import credit_note, invoice, line, payment, pounds
from tests.unit.core.history import History
from tests.unit.core.ledger import Place

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import DocumentRecord
from tieout.core.decision.plan import Plan, Role, State
from tieout.core.decision.untouched import reaches_beyond, untouched
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref

BILL = invoice("960.00", line("10", "80.00"))
OTHER = invoice("120.00", line("1", "100.00"), key="34102", number="0000102")
MONEY = payment("960.00")
KEYED: Place = ("Invoice", "103001")
RECEIPT: Place = ("Payment", "BR1")


@pytest.fixture
def history() -> History:
    """An invoice that people keyed and that is adopted."""
    found = History()
    found.key(KEYED, "960.00")
    found.adopt(BILL, places=(KEYED,))
    return found


def verdict(plan: Plan, ref: Ref = BILL.ref) -> tuple[State, str]:
    found = next(v for v in plan.verdicts if v.ref == ref)
    return found.state, found.findings[0].rule if found.findings else found.reason


def test_what_is_adopted_is_not_posted_and_says_why(history: History) -> None:
    plan = history.decide()
    state, reason = verdict(plan)
    assert (plan.commands, state) == ((), State.AGREED)
    assert reason == (
        "adopted, nothing to post: NAV entry 1 (103001), accepted by Ann on 2026-04-01 (exact, 100 points: same number, same amount)"
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(BILL, amount=pounds("966.00")),
        replace(BILL, lines=(line("10", "80.00", name="Other work"),)),
        replace(BILL, issued_on=date(2026, 3, 11)),
        replace(BILL, customer=Ref(Kind.CUSTOMER, "7002")),
        replace(BILL, visibility=Visibility.DELETED),
        replace(BILL, draft=True),
        None,
    ],
    ids=["amount", "line", "day", "client", "deleted", "draft", "gone"],
)
def test_what_has_changed_since_is_held_and_nothing_is_reversed(
    history: History, changed: DocumentRecord | None
) -> None:
    history.records[BILL.ref] = changed  # type: ignore[assignment]
    plan = history.decide()
    assert (plan.commands, verdict(plan)) == ((), (State.HELD, "ADOPTED_CHANGED"))


@pytest.mark.parametrize(
    "paid",
    [
        replace(BILL, outstanding=pounds("0"), status="paid"),
        replace(BILL, due_on=date(2026, 5, 1), updated_on=datetime(2026, 4, 9, tzinfo=UTC)),
        replace(BILL, number="0000101-A", purchase_order="PO 7"),
        replace(BILL, visibility=Visibility.ARCHIVED),
        replace(BILL, amount=pounds("960")),
    ],
    ids=["paid", "due later", "renamed", "archived", "written shorter"],
)
def test_what_posts_nothing_is_no_change(history: History, paid: DocumentRecord) -> None:
    history.show(paid)
    assert verdict(history.decide())[0] is State.AGREED


@pytest.mark.parametrize(
    ("reversed_", "amount", "gone"),
    [(True, "960.00", False), (False, "950.00", False), (False, "960.00", True)],
)
def test_what_people_changed_in_nav_is_held(
    history: History,
    reversed_: bool,
    amount: str,
    gone: bool,
) -> None:
    item = history.ledger.items[KEYED]
    item.reversed, item.amount = reversed_, Decimal(amount)
    if gone:
        del history.ledger.items[KEYED]
    plan = history.decide()
    assert (plan.commands, verdict(plan)) == ((), (State.HELD, "ADOPTED_ENTRY_CHANGED"))


def test_money_for_it_is_posted_and_applied_to_what_people_keyed(history: History) -> None:
    history.show(MONEY)
    plan = history.settle()
    assert [command.role for command in plan.commands] == [Role.POST, Role.APPLY]
    assert history.ledger.items[KEYED].remaining == 0
    assert history.decide().commands == ()


def test_money_takes_only_what_people_left_open(history: History) -> None:
    history.ledger.items[KEYED].remaining = Decimal(100)
    history.show(MONEY)
    history.settle()
    left = {place: item.remaining for place, item in history.ledger.items.items()}
    assert left == {KEYED: 0, ("Payment", "FBP10301"): -860}
    assert history.decide().commands == ()


def test_adopted_money_settles_an_invoice_that_is_posted_now(history: History) -> None:
    history.key(RECEIPT, "-120.00")
    money = payment("120.00", of=OTHER.ref.key)
    history.adopt(money, places=(RECEIPT,))
    history.show(OTHER)
    plan = history.settle()
    assert [command.role for command in plan.commands] == [Role.POST, Role.APPLY]
    assert {str(command.ref) for command in plan.commands} == {"invoice/34102", "payment/10301"}
    assert history.ledger.items[RECEIPT].remaining == 0
    assert history.decide().commands == ()

    history.show(replace(OTHER, amount=pounds("96.00"), lines=(line("1", "80.00"),)))
    history.settle()
    assert history.ledger.items[RECEIPT].remaining == -24
    assert not history.ledger.items[RECEIPT].reversed


def test_what_is_adopted_on_both_sides_is_left_to_those_who_keyed_it(history: History) -> None:
    history.key(RECEIPT, "-960.00")
    history.adopt(MONEY, places=(RECEIPT,))
    assert history.decide().commands == ()


def test_a_credit_that_people_keyed_can_be_used(history: History) -> None:
    note, place = credit_note("120.00", line("1", "100.00")), ("Credit Memo", "104001")
    history.key(place, "-120.00")
    history.adopt(note, places=(place,))
    history.show(OTHER, payment("120.00", of=OTHER.ref.key, credit=note.ref.key))
    plan = history.settle()
    assert [command.role for command in plan.commands] == [Role.POST, Role.APPLY]
    assert history.ledger.items[place].remaining == 0


def test_adopted_money_of_another_customer_settles_nothing(history: History) -> None:
    history.key(RECEIPT, "-120.00", customer="C99999")
    history.adopt(payment("120.00", of=OTHER.ref.key), places=(RECEIPT,))
    history.show(OTHER)
    assert [command.role for command in history.settle().commands] == [Role.POST]


def test_a_number_that_a_customer_has_twice_is_not_applied_to(history: History) -> None:
    history.key(RECEIPT, "-120.00")
    history.adopt(payment("120.00", of=OTHER.ref.key), places=(RECEIPT,))
    history.show(OTHER)
    plan = history.decide()
    assert [command.role for command in plan.commands] == [Role.POST, Role.APPLY]
    twin = replace(history.items[RECEIPT], entry_no=99)
    history.known["adopted_items"] = (*history.items.values(), twin)
    assert [command.role for command in decide(history.facts()).commands] == [Role.POST]


def test_of_several_entries_the_largest_takes_the_money() -> None:
    history = History()
    parts: tuple[Place, ...] = (("Invoice", "1"), ("Invoice", "2"), ("Invoice", "3"))
    for place, amount in zip(parts, ("200.00", "560.00", "200.00"), strict=True):
        history.key(place, amount)
    history.adopt(BILL, places=parts)
    history.show(payment("500.00"))
    history.settle()
    assert history.ledger.items["Invoice", "2"].remaining == 60


def test_several_documents_of_one_entry_share_its_room() -> None:
    history = History()
    history.key(KEYED, "1080.00")
    history.adopt(BILL, OTHER, places=(KEYED,))
    history.show(MONEY, payment("120.00", key="10302", of=OTHER.ref.key))
    plan = history.settle()
    assert {verdict(plan, ref)[0] for ref in history.records} == {State.AGREED}
    assert history.ledger.items[KEYED].remaining == 0
    assert history.decide().commands == ()


def test_a_write_off_of_what_people_keyed_is_held(history: History) -> None:
    asks = replace(payment("960.00", method="Other"), note="WRITE-OFF")
    history.show(asks)
    plan = history.decide()
    assert (plan.commands, verdict(plan, asks.ref)) == ((), (State.HELD, "ADOPTED_WRITE_OFF"))


def test_what_tieout_posted_itself_is_decided_as_usual() -> None:
    history = History()
    history.show(BILL)
    history.settle()
    history.key(KEYED, "960.00")
    history.adopt(BILL, places=(KEYED,))
    assert verdict(history.decide()) == (State.AGREED, "")


def test_a_goodwill_credit_that_people_keyed_does_not_count_later(history: History) -> None:
    setup = replace(history.facts().setup, goodwill_recognition="on_application")
    history.known |= {"setup": setup, "setups": {1: setup}}
    note, place = credit_note("120.00", line("1", "100.00")), ("Credit Memo", "104001")
    history.key(place, "-120.00")
    history.adopt(note, places=(place,))
    history.show(OTHER, payment("120.00", of=OTHER.ref.key, credit=note.ref.key))
    assert [command.role for command in history.decide().commands] == [Role.POST, Role.APPLY]


def test_a_plan_rests_on_what_people_did_to_an_adopted_entry(history: History) -> None:
    def rests() -> bool:
        plan, facts = history.decide(), history.facts()
        return decide(untouched(facts)) != plan

    history.show(MONEY)
    assert not rests()
    history.ledger.items[KEYED].remaining = Decimal(100)
    assert rests()
    history.ledger.items[KEYED].remaining = Decimal(960)
    history.ledger.items[KEYED].reversed = True
    assert rests()
    undone = replace(history.items[KEYED], reversed_by=77)
    facts = replace(history.facts(), adopted_items=(undone,))
    assert (reaches_beyond(facts, 76), reaches_beyond(facts, 77)) == (True, False)
