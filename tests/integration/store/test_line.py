"""Breakers: three failures in a row open one, one caller at a time tries again, success closes it. Lines that stand still, and how much was written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout.core.decision.plan import Command, Receipt, Role, Status
from tieout.core.failures import Throttled, Unauthorized, Unreachable
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement, Volume
from tieout.store.line import Stop
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


async def test_a_breaker_is_kept_for_a_consent_and_for_a_company(
    store: PostgresStore, pair: Pair, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    elsewhere = {**nav, "company": "Another Ltd."}
    second = await store.add_pair("two", freshbooks, elsewhere, {"prefix": "FB"}, {})
    consents = {await store.connection_id(each, "freshbooks") for each in (pair, second)}
    assert consents == {(await store.freshbooks_connection(pair)).id}
    assert [await store.connection_id(each, "nav") for each in (pair, second)] == [
        pair.company_id,
        second.company_id,
    ]
    assert pair.company_id != second.company_id


async def test_a_line_stands_still_for_the_first_reason_until_it_is_released(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.stop_of(pair) is None
    await store.stop_line(pair, cause="absence", reason="six are missing", now=now)
    later = now + timedelta(minutes=1)
    await store.stop_line(pair, cause="volume", reason="too much", now=later)
    stop = await store.stop_of(pair)
    assert stop == Stop(cause="absence", reason="six are missing", since=now)
    assert await store.release_line(pair) == stop
    assert await store.stop_of(pair) is None
    assert await store.release_line(pair) is None


async def test_the_volume_is_what_was_set_out_to_be_posted_or_reversed(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, posting: Callable[..., Command]
) -> None:
    def owing(number: int, amount: str, currency: str | None, role: Role = Role.POST) -> Command:
        lines = [
            {"account_type": "Customer", "amount": amount},
            {"account_type": "G/L Account", "amount": "1000.00"},
        ]
        payload = {"lines": lines} | ({} if currency is None else {"currency_code": currency})
        return posting(Ref(Kind.INVOICE, str(number)), role=role, payload=payload)

    bare = posting(Ref(Kind.PAYMENT, "8"), role=Role.APPLY)
    none = posting(Ref(Kind.INVOICE, "7"), payload={"lines": []})
    refused, abandoned = owing(5, "7.00", "USD"), owing(6, "8.00", "USD")
    commands = [
        owing(1, "120.00", ""),
        owing(2, "-20.10", None, Role.REVERSE),
        owing(3, "50.00", "USD"),
        *(none, bare, refused, abandoned),
    ]
    await store.intend(pair, lease, commands)
    no = Receipt(key=refused.key, status=Status.REFUSED)
    await store.record(pair, lease, Settlement(receipts=[no]))
    await store.abandon(pair, lease, [abandoned.key])

    since = now - timedelta(days=1)
    found = sorted(await store.intended_since(pair, since), key=lambda each: each.currency)
    assert found == [
        Volume(currency="", documents=3, amount=Decimal("140.10")),
        Volume(currency="USD", documents=1, amount=Decimal("50.00")),
    ]
    assert list(await store.intended_since(pair, now + timedelta(days=10_000))) == []
