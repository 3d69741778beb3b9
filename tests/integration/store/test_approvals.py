"""What persons agree to: it holds for what they saw, and what waited for it is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tieout.core.decision.plan import State, Verdict
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.errors import StoreError
from tieout.store.store import PostgresStore

CLIENT = Ref(Kind.CUSTOMER, "7")
INVOICE, OTHER, PAYMENT = (
    Ref(Kind.INVOICE, "9"),
    Ref(Kind.INVOICE, "10"),
    Ref(Kind.PAYMENT, "1"),
)
Observed = Callable[..., Observation]


@pytest.fixture
async def held(store: PostgresStore, pair: Pair, lease: Lease, now: datetime) -> list[Ref]:
    """An invoice of client 7 and its payment are held, another of his agrees; all are settled."""
    refs = [INVOICE, OTHER, PAYMENT]
    await store.accept(pair, now=now, refs=refs)
    settlement = Settlement(
        verdicts=[
            Verdict(ref=INVOICE, state=State.HELD, reason="DUPLICATE"),
            Verdict(ref=PAYMENT, state=State.HELD, reason="waits"),
            Verdict(ref=OTHER, state=State.AGREED),
        ],
        settled=dict.fromkeys(refs, 1),
        shelves=[shelf(INVOICE), shelf(OTHER), shelf(PAYMENT, invoice="9")],
    )
    await store.record(pair, lease, settlement)
    assert await store.unsettled(pair) == frozenset()
    return refs


def shelf(ref: Ref, invoice: str = "") -> Shelf:
    return Shelf(
        ref=ref,
        number=f"N{ref.key}",
        customer="7",
        invoice=invoice,
        currency="GBP",
        amount=Decimal("120.00"),
        dated=date(2026, 3, 1),
    )


async def approve(store: PostgresStore, pair: Pair, ref: Ref, value: str = "") -> int:
    now = store.clock() + timedelta(minutes=1)
    return await store.approve(pair, ref, "DUPLICATE", value, by="somebody", now=now)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("ref", "due"),
    [
        (INVOICE, {INVOICE, PAYMENT}),
        (PAYMENT, {PAYMENT}),
        (OTHER, {OTHER}),
        (CLIENT, {INVOICE, PAYMENT}),
        (Ref(Kind.INVOICE, "404"), set()),
    ],
    ids=["invoice", "payment", "other", "client", "unknown"],
)
async def test_what_waits_for_an_approval_is_pending_and_due(
    store: PostgresStore, pair: Pair, ref: Ref, due: set[Ref]
) -> None:
    assert await approve(store, pair, ref) == len(due)
    assert await store.unsettled(pair) == due
    found = await store.documents(pair, [INVOICE, OTHER, PAYMENT])
    assert {each for each in found if found[each].state is State.PENDING} == due


async def test_a_yes_is_to_what_was_seen_and_a_fact_stays(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE, b"one")], refs=[OTHER])
    await approve(store, pair, INVOICE)
    await approve(store, pair, OTHER)  # nothing of it was read yet
    await store.approve(pair, INVOICE, "VAT_GROUP", "SOUTH", by="somebody", now=now)
    refs = [INVOICE, OTHER]
    both = {"DUPLICATE": "", "VAT_GROUP": "SOUTH"}
    assert await store.approvals(pair, refs) == {INVOICE: both, OTHER: {"DUPLICATE": ""}}

    await store.accept(pair, now=now, observations=[observed(INVOICE, b"two")])
    assert await store.approvals(pair, [INVOICE]) == {INVOICE: {"VAT_GROUP": "SOUTH"}}
    await approve(store, pair, INVOICE, "a value")
    assert await store.approvals(pair, [INVOICE]) == {INVOICE: {**both, "DUPLICATE": "a value"}}
    assert await store.approvals(pair, [PAYMENT]) == {}
    assert await store.approvals(pair, []) == {}


@pytest.mark.usefixtures("held")
async def test_a_client_is_linked_once_and_what_was_held_for_it_is_due(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.link_customer(pair, CLIENT, "C100", now=now) == 2
    assert await store.unsettled(pair) == {INVOICE, PAYMENT}
    assert await store.customers(pair, ["7", "8"]) == {"7": "C100"}
    with pytest.raises(StoreError, match="linked to a NAV customer already"):
        await store.link_customer(pair, CLIENT, "C200", now=now)
    assert await store.customers(pair, ["7"]) == {"7": "C100"}


async def test_linked_are_the_customers_of_all_businesses_of_a_company(
    store: PostgresStore,
    pair: Pair,
    now: datetime,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
) -> None:
    second = await store.add_pair(
        "two", {**freshbooks, "account_id": "TWO"}, nav, {"prefix": "F2"}, {}
    )
    elsewhere = await store.add_pair(
        "three", freshbooks, {**nav, "company": "Another Ltd."}, {"prefix": "FB"}, {}
    )
    for number, each in enumerate((pair, second, elsewhere)):
        await store.link_customer(each, CLIENT, f"C{number}", now=now)
    assert await store.linked_customers(pair) == {"C0", "C1"}
    assert await store.linked_customers(elsewhere) == {"C2"}
