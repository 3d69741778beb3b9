"""What tie-outs have found is kept: since when each difference is open, and how both books stood from one to the next."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout.core.reconciliation.agreement import Scope, TieoutMade
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.snapshot import Population, Snapshot
from tieout.engine.ports import Pair
from tieout.store.agreement import RECONCILE_S
from tieout.store.store import PostgresStore

HOUR = timedelta(hours=1)


def difference(subject: str, nav: str = "0", kind: Break = Break.MISSING_IN_NAV) -> Difference:
    return Difference(
        invariant="I1",
        kind=kind,
        subject=subject,
        freshbooks=Decimal("117.50"),
        nav=Decimal(nav),
        text="why",
    )


async def found(
    store: PostgresStore, pair: Pair, now: datetime, *differences: Difference
) -> list[tuple[str, datetime, datetime]]:
    await store.note_tie_out(pair, differences, agrees=not differences, now=now)
    return [(s.difference.subject, s.since, s.seen) for s in await store.open_differences(pair)]


async def test_a_difference_keeps_its_beginning_until_it_is_gone(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    one, two = difference("invoice/1"), difference("invoice/2")
    assert await found(store, pair, now, one) == [("invoice/1", now, now)]
    later = now + HOUR
    assert await found(store, pair, later, two, one) == [
        ("invoice/1", now, later),
        ("invoice/2", later, later),
    ]
    assert await found(store, pair, later + HOUR, two) == [("invoice/2", later, later + HOUR)]
    again = later + 2 * HOUR
    assert await found(store, pair, again, one) == [("invoice/1", again, again)]


async def test_its_figures_are_those_of_the_last_tie_out(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await found(store, pair, now, difference("invoice/1", "10.00"))
    await found(store, pair, now + HOUR, difference("invoice/1", "20.00"))
    (standing,) = await store.open_differences(pair)
    assert standing.difference == difference("invoice/1", "20.00")
    assert standing.at_risk == Decimal("97.50")


async def test_of_two_that_are_the_same_the_first_counts(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await found(
        store, pair, now, difference("invoice/1", "10.00"), difference("invoice/1", "20.00")
    )
    (standing,) = await store.open_differences(pair)
    assert standing.difference.nav == Decimal("10.00")


async def test_looks_begin_with_the_last_before_that_moment(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    for hours, agrees in ((0, True), (1, False), (2, True)):
        await store.note_tie_out(pair, (), agrees=agrees, now=now + hours * HOUR)
    looks = await store.tie_outs(pair, since=now + HOUR + HOUR / 2)
    assert [(look.at, look.agrees) for look in looks] == [
        (now + HOUR, False),
        (now + 2 * HOUR, True),
    ]
    assert len(await store.tie_outs(pair, since=now - HOUR)) == 3
    assert await store.tie_outs(pair, since=now + 9 * HOUR) == looks[-1:]


def snapshot(at: datetime) -> Snapshot:
    return Snapshot(
        begun=at,
        ended=at + HOUR / 60,
        setup_version=2,
        populations=(
            Population(system="FreshBooks", name="invoices", count=3, before=3, after=4),
            Population(
                system="NAV", name="G/L entries", count=9, before=12, after=12, changed=("one",)
            ),
        ),
        deleted={"invoice": ("35001", "35002")},
        balances={"account 1200": Decimal("960.10"), "customers": Decimal(0)},
    )


async def test_a_snapshot_is_kept_with_the_tie_out_that_was_made_of_it(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.last_tie_out(pair) is None
    await store.note_tie_out(pair, (), agrees=True, now=now)
    assert await store.last_tie_out(pair) is None
    whole, daily = snapshot(now + HOUR), snapshot(now + 2 * HOUR)
    nothing = Scope(invariants=frozenset(), subjects=frozenset())
    await store.note_tie_out(pair, (), agrees=True, now=now + HOUR, snapshot=whole)
    await store.note_tie_out(
        pair, (), agrees=False, now=now + 2 * HOUR, snapshot=daily, scope=nothing
    )
    first = TieoutMade(at=now + HOUR, agrees=True, snapshot=whole)
    last = TieoutMade(at=now + 2 * HOUR, agrees=False, snapshot=daily, daily=True)
    assert await store.last_tie_out(pair) == last
    assert await store.last_tie_out(pair, whole=True) == first
    assert await store.tie_out_after(pair, now) == first
    assert await store.tie_out_after(pair, now + HOUR + HOUR) is None
    looks = await store.tie_outs(pair, since=now - HOUR)
    assert [(look.agrees, look.daily) for look in looks] == [
        (True, False),
        (True, False),
        (False, True),
    ]


async def test_a_daily_run_ends_only_what_it_looked_at_again(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    one, two = difference("invoice/1"), difference("invoice/2")
    assert len(await found(store, pair, now, one, two)) == 2
    scope = Scope(invariants=frozenset({"I1", "I3"}), subjects=frozenset({"invoice/2", "x"}))
    later = now + HOUR
    await store.note_tie_out(pair, (), agrees=False, now=later, scope=scope)
    (left,) = await store.open_differences(pair)
    assert (left.difference.subject, left.since, left.seen) == ("invoice/1", now, now)


async def test_a_pair_is_tied_out_in_its_time_and_by_one(
    store: PostgresStore,
    pair: Pair,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
    now: datetime,
) -> None:
    settings = {"prefix": "F2", "reconcile_interval_s": 3600}
    quick = await store.add_pair("quick", {**freshbooks, "account_id": "OTHER"}, nav, settings, {})
    answers = await asyncio.gather(*(store.tie_outs_due(now=now) for _ in range(3)))
    assert sorted(number for answer in answers for number in answer) == [pair.id, quick.id]
    assert list(await store.tie_outs_due(now=now + HOUR / 2)) == []
    assert list(await store.tie_outs_due(now=now + HOUR)) == [quick.id]
    day = timedelta(seconds=RECONCILE_S)
    assert sorted(await store.tie_outs_due(now=now + day)) == [pair.id, quick.id]
