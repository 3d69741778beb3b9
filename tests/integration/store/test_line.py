"""Breakers: three failures in a row open one, one caller at a time tries again, success closes it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tieout.core.failures import Throttled, Unauthorized, Unreachable
from tieout.store.store import PostgresStore

DOWN = Unreachable("nav", "POST /Post: ConnectError")


async def test_three_failures_open_it_and_one_caller_tries_again(
    store: PostgresStore, now: datetime
) -> None:
    for _ in range(2):
        await store.call_failed("nav", 1, DOWN, now=now, dice=1.0)
        assert await store.may_call("nav", 1, now=now)
    breaker = await store.call_failed("nav", 1, DOWN, now=now, dice=1.0)
    assert breaker.open_until == now + timedelta(seconds=5)
    assert not await store.may_call("nav", 1, now=now)
    assert await store.may_call("nav", 2, now=now), "another company is another connection"
    later = now + timedelta(seconds=6)
    turns = await asyncio.gather(*(store.may_call("nav", 1, now=later) for _ in range(4)))
    assert sorted(turns) == [False, False, False, True]
    again = await store.call_failed("nav", 1, DOWN, now=later, dice=1.0)
    assert again.open_until == later + timedelta(seconds=10)
    assert again.since == now
    assert await store.call_succeeded("nav", 1)
    assert await store.may_call("nav", 1, now=later)
    assert await store.breaker_of("nav", 1) is None
    assert not await store.call_succeeded("nav", 1)


async def test_throttling_and_refused_credentials_open_it_at_once(
    store: PostgresStore, now: datetime
) -> None:
    wait = Throttled("freshbooks", "429", 40)
    throttled = await store.call_failed("freshbooks", 1, wait, now=now, dice=0.3)
    assert throttled.open_until == now + timedelta(seconds=40)
    refused = Unauthorized("freshbooks", "the consent was withdrawn")
    breaker = await store.call_failed("freshbooks", 2, refused, now=now, dice=0.0)
    assert breaker.open_until == now + timedelta(seconds=20)
    assert breaker.reason == "the consent was withdrawn"
