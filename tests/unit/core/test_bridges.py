"""Every bridge foots to the cent, on books that agree and on books that were broken in every way; and its documents add up to both its ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.both_books import RECEIVABLES, BothBooks
from tests.unit.core.breaking import WAYS, Shown, restated_month
from tests.unit.core.breaking_beside import BESIDE

from tieout.core.reconciliation.bridge import Bridge, Reason, Topic
from tieout.core.reconciliation.bridges import bridges
from tieout.core.reconciliation.listing import listing
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import compare
from tieout.core.records.money import Money, total

SEEDS = 6
AGREED = {"", Reason.FOREIGN_AT_HOME, Reason.OTHER_CUSTOMERS, Reason.WITHIN_CENTS}


def bridged(sides: Sides) -> tuple[Bridge, ...]:
    return bridges(sides, compare(sides))


def one(found: tuple[Bridge, ...], topic: Topic, currency: str = "GBP") -> Bridge:
    return next(b for b in found if (b.topic, b.currency) == (topic, currency))


def foots(bridge: Bridge) -> bool:
    return bridge.freshbooks + total(step.effect for step in bridge.steps) == bridge.nav


def test_books_that_agree_need_no_step_but_cents_and_what_is_foreign() -> None:
    topics = set()
    for seed in range(SEEDS * 5):
        for bridge in bridged(BothBooks(seed).sides()):
            assert foots(bridge)
            assert {step.name for step in bridge.steps} <= AGREED, (seed, bridge.topic)
            topics.add((bridge.topic, bridge.currency))
    assert topics == {(t, c) for t in Topic for c in ("GBP", "EUR")} - {(Topic.CONTROL, "EUR")}


@pytest.mark.parametrize("way", [*WAYS, *BESIDE], ids=[w.__name__ for w in (*WAYS, *BESIDE)])
def test_a_break_is_a_step_with_a_name(way: Callable[[BothBooks], set[Shown]]) -> None:
    for seed in range(SEEDS):
        books = BothBooks(seed)
        try:
            way(books)
        except IndexError:
            continue
        for bridge in bridged(books.sides()):
            assert foots(bridge)
            assert bridge.is_explained, (seed, bridge.topic, bridge.steps)


def test_documents_add_up_to_both_ends() -> None:
    """Of receivables also what is open; where FreshBooks' own open amounts follow from its documents."""
    for way in (None, *WAYS):
        for seed in range(SEEDS):
            books = BothBooks(seed)
            try:
                _ = way(books) if way else None
            except IndexError:
                continue
            sides = books.sides()
            found = bridged(sides)
            rows = listing(sides, found)
            for bridge in found:
                extra = [i for s in bridge.steps for i in s.items if " " in i.subject]
                if bridge.topic is Topic.CONTROL or any("customer" in i.subject for i in extra):
                    continue
                mine = [row.figure(bridge.topic) for row in rows if row.currency == bridge.currency]
                ends = (total(fb for fb, _ in mine), total(nav for _, nav in mine))
                assert ends == (bridge.freshbooks, bridge.nav), (seed, bridge.topic)
                if bridge.topic is Topic.RECEIVABLES:
                    left = [row.open for row in rows if row.currency == bridge.currency]
                    assert total(fb for fb, _ in left) == bridge.freshbooks
                    assert total(nav for _, nav in left) == bridge.nav


def test_a_restated_month_foots_as_of_its_end() -> None:
    tried = 0
    for seed in range(200):
        books = BothBooks(seed)
        try:
            _, end = restated_month(books)
        except IndexError:
            continue
        tried += 1
        for bridge in bridged(books.sides(end)):
            assert foots(bridge)
            assert bridge.is_explained, (seed, bridge.topic, bridge.steps)
        if tried == SEEDS:
            break
    assert tried == SEEDS


def test_figures_and_steps_of_a_small_book() -> None:
    """An invoice is lost in NAV, another is there with a penny more: each is a step of its own."""
    books = BothBooks(3)
    first, second = [i for i in books.invoices if not i.draft and i.currency == "GBP"][:2]
    books.entries = [e for e in books.entries if e.document_no != f"FBI{first.ref.key}"]
    books.gl = [
        e
        for e in books.gl
        if e.document_no != f"FBI{first.ref.key}" or e.gl_account_no != RECEIVABLES
    ]
    at = next(n for n, e in enumerate(books.entries) if e.document_no == f"FBI{second.ref.key}")
    entry, penny = books.entries[at], Decimal("0.01")
    books.entries[at] = replace(
        entry, amount=entry.amount + penny, remaining=entry.remaining + penny
    )
    bridge = one(bridged(books.sides()), Topic.RECEIVABLES)
    steps = {step.name: step for step in bridge.steps}
    assert steps["AMOUNT"].effect == penny
    assert [item.subject for item in steps["MISSING_IN_NAV"].items] == [str(first.ref)]
    assert steps["MISSING_IN_NAV"].effect == -first.amount.amount


def test_what_freshbooks_adds_up_wrongly_is_told() -> None:
    books = BothBooks(3)
    at = next(n for n, i in enumerate(books.invoices) if not i.draft)
    bill = books.invoices[at]
    more = Money(bill.outstanding.amount + 5, bill.currency)
    books.invoices[at] = replace(bill, outstanding=more)
    bridge = one(bridged(books.sides()), Topic.RECEIVABLES, bill.currency)
    steps = {step.name: step for step in bridge.steps}
    assert steps[Reason.OPEN_AMOUNTS].effect == -5
    assert bridge.is_explained


def test_what_no_item_accounts_for_is_said_to_be_unexplained() -> None:
    bridge = Bridge(
        topic=Topic.MONEY, currency="GBP", freshbooks=Decimal(1), nav=Decimal(3), items=()
    )
    assert [(s.name, s.effect) for s in bridge.steps] == [(str(Reason.NOT_EXPLAINED), Decimal(2))]
    assert not bridge.is_explained
