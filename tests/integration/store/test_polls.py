"""The timetable of polls: each pair in its time, each time for one caller."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tieout.engine.ports import Pair
from tieout.store.polls import DEFAULT_S
from tieout.store.store import PostgresStore


async def test_a_pair_is_due_at_once_and_then_after_its_interval(
    store: PostgresStore,
    pair: Pair,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
    now: datetime,
) -> None:
    settings = {"prefix": "F2", "poll_interval_s": 10}
    quick = await store.add_pair("quick", {**freshbooks, "account_id": "OTHER"}, nav, settings, {})

    async def due(seconds: int) -> list[int]:
        return sorted(await store.polls_due(now=now + timedelta(seconds=seconds)))

    assert await due(0) == [pair.id, quick.id]
    assert await due(9) == []
    assert await due(10) == [quick.id]
    assert await due(DEFAULT_S) == [pair.id, quick.id]


async def test_of_many_callers_one_has_the_poll(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    answers = await asyncio.gather(*(store.polls_due(now=now) for _ in range(4)))
    assert sorted(map(list, answers)) == [[], [], [], [pair.id]]


async def test_a_pair_may_be_polled_later_or_sooner_than_its_interval(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.poll_at(pair, now=now + timedelta(minutes=5))
    assert list(await store.polls_due(now=now + timedelta(minutes=4))) == []
    await store.poll_at(pair, now=now + timedelta(minutes=1))
    assert list(await store.polls_due(now=now + timedelta(minutes=1))) == [pair.id]


async def test_when_the_lists_were_read_whole_is_kept_beside_the_timetable(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.swept_at(pair) is None
    await store.polls_due(now=now)
    assert await store.swept_at(pair) is None
    later = now + timedelta(seconds=5)
    await store.swept(pair, now=later)
    assert await store.swept_at(pair) == later
    assert list(await store.polls_due(now=later)) == [], "a sweep is no poll"
    await store.poll_at(pair, now=now)
    assert await store.swept_at(pair) == later


async def test_a_sweep_before_the_first_poll_leaves_that_due(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.swept(pair, now=now)
    assert list(await store.polls_due(now=now)) == [pair.id]
    assert await store.swept_at(pair) == now
