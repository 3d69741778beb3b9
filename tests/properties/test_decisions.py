"""Laws of deciding, for any order of what people do: it comes to rest, deciding again changes nothing, and NAV has exactly what FreshBooks shows.

The bench's ledger refuses what NAV would refuse, so a plan that runs into NAV's rules fails here.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.properties.shop import Deed, Shop, corrections, deeds, in_books
from tests.unit.core.books import Bench

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import State
from tieout.core.decision.standing import standing_of
from tieout.core.records.invoice import Invoice

# Thousands of long stories: 72 s alone on two cores.
pytestmark = pytest.mark.timeout(300)

EXAMPLES = 3_500
# What only a person can clear up: what was collected online cannot have been a typing error.
HELD = ("PAYMENT_CHANGED", "WAITS")


def play(story: list[Deed]) -> Shop:
    """Do all of it, then let it come to rest."""
    shop = Shop(Bench())
    for deed in story:
        if deed[0] == "rest":
            rest(shop.bench)
        elif deed[0] == "refuse":
            refuse(shop.bench, deed[3])
        else:
            shop.act(deed)
    rest(shop.bench)
    return shop


def is_held(shop: Shop) -> bool:
    """Whether something waits for a person, for a reason that only a person can clear up."""
    reasons = [v.reason for v in decide(shop.bench.facts()).verdicts if v.state is State.HELD]
    assert all(reason.startswith(HELD) for reason in reasons), reasons
    event("held" if reasons else "agreed")
    return bool(reasons)


def rest(bench: Bench) -> None:
    """Decide and do until nothing is left to do. It must not take long."""
    for _ in range(5):
        plan = decide(bench.facts())
        outcome(plan, bench.do(plan))
        if not plan.commands:
            return
    raise AssertionError(f"no rest: {[c.key for c in plan.commands]}")


def refuse(bench: Bench, which: int) -> None:
    """A round in which NAV refuses some commands for reasons of its own."""
    plan = decide(bench.facts())
    bench.do(plan, tuple(c.key for n, c in enumerate(plan.commands) if which >> n % 4 & 1))


@settings(max_examples=EXAMPLES, deadline=None)
@given(deeds)
def test_any_order_of_deeds_comes_to_rest_in_agreement(story: list[Deed]) -> None:
    shop = play(story)
    items = shop.bench.items
    if is_held(shop):
        return
    assert sum((item.remaining for item in items.values()), Decimal(0)) == shop.balance()


@settings(max_examples=EXAMPLES, deadline=None)
@given(corrections)
def test_money_that_is_corrected_refunded_charged_back_or_won_agrees(story: list[Deed]) -> None:
    shop = play(story)
    keys = [s.command.key for h in shop.bench.history.values() for s in h if s.done]
    event(f"charged back: {any('-CB-' in key for key in keys)}")
    if not is_held(shop):
        left = sum((item.remaining for item in shop.bench.items.values()), Decimal(0))
        assert left == shop.balance()


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(deeds, corrections))
def test_nav_leaves_open_what_freshbooks_says_is_owed(story: list[Deed]) -> None:
    shop = play(story)
    if is_held(shop):
        return
    for bill in shop.bench.records.values():
        if isinstance(bill, Invoice) and in_books(bill, shop):
            posted = standing_of(shop.bench.history[bill.ref]).posted
            assert posted is not None
            item = shop.bench.items["Invoice", posted.payload["document_no"]]
            assert item.amount == bill.amount.amount
            assert item.remaining == max(Decimal(0), shop.owed(bill))
            assert not item.open or bill.due_on in (None, item.due_on)


@settings(max_examples=EXAMPLES, deadline=None)
@given(deeds)
def test_no_command_is_done_twice_and_no_number_is_given_twice(story: list[Deed]) -> None:
    shop = Shop(Bench())
    bench = shop.bench
    for deed in story:
        if deed[0] not in ("rest", "refuse"):
            shop.act(deed)
        plan = decide(bench.facts())
        done = {s.command.key for h in bench.history.values() for s in h if s.done}
        keys = [command.key for command in plan.commands]
        assert len(keys) == len(set(keys))
        assert not done & set(keys)
        made = [
            (c.payload["document_type"], c.payload["document_no"])
            for c in plan.commands
            if "lines" in c.payload
        ]
        assert len(made) == len(set(made))
        assert not set(made) & set(bench.items)
        bench.do(plan)
