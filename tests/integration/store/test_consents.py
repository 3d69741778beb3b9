"""A consent that is given anew: it takes the place of the refused one, and what waited for it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tieout.core.failures import Unauthorized
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement
from tieout.store.errors import StoreError
from tieout.store.store import PostgresStore

INVOICE, SETTLED = Ref(Kind.INVOICE, "9"), Ref(Kind.INVOICE, "10")
GIVEN = {
    "client_id": "client-2",
    "client_secret": "another-secret",
    "access_token": "a2",
    "refresh_token": "r2",
}


async def renew(store: PostgresStore, pair: Pair, now: datetime, **given: str) -> int:
    connection = await store.freshbooks_connection(pair)
    return await store.renew_consent(
        pair,
        connection.id,
        GIVEN | given,
        expires_at=now + timedelta(hours=12),
        redirect_uri="https://tieout.test/back",
        now=now,
    )


async def test_a_refused_consent_is_asked_for_until_it_is_given(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    connection = await store.freshbooks_connection(pair)
    tokens = store.tokens(connection.id, "worker-1", lambda: now)
    assert not connection.needs_consent
    assert await tokens.refused((await tokens.read())[1])
    assert (await store.freshbooks_connection(pair)).needs_consent
    await renew(store, pair, now)
    renewed = await store.freshbooks_connection(pair)
    assert not renewed.needs_consent
    assert (renewed.id, renewed.client_id) == (connection.id, "client-2")
    assert renewed.client_secret == "another-secret"
    assert await tokens.read() == ("a2", "r2", now + timedelta(hours=12))
    settings = (await store.pair(pair.name)).settings
    assert settings == {**pair.settings, "redirect_uri": "https://tieout.test/back"}


async def test_the_refusal_of_a_token_that_is_not_the_stored_one_asks_nobody(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    """Who hears of it late, after the owner has given the consent anew."""
    connection = await store.freshbooks_connection(pair)
    tokens = store.tokens(connection.id, "worker-1", lambda: now)
    _, old, _ = await tokens.read()
    await renew(store, pair, now)
    assert not await tokens.refused(old)
    assert not (await store.freshbooks_connection(pair)).needs_consent


async def test_a_renewal_that_succeeds_needs_no_consent(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    connection = await store.freshbooks_connection(pair)
    tokens = store.tokens(connection.id, "worker-1", lambda: now)
    _, old, _ = await tokens.read()
    await tokens.refused(old)
    assert await tokens.write("a3", "r3", now, spent=old)
    assert not (await store.freshbooks_connection(pair)).needs_consent


async def test_tokens_that_come_after_a_new_consent_are_not_stored(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    """Who asked for them before and stood still since must not put the old consent in the place of the new one."""
    connection = await store.freshbooks_connection(pair)
    tokens = store.tokens(connection.id, "worker-1", lambda: now)
    _, old, _ = await tokens.read()
    await renew(store, pair, now)
    assert not await tokens.write("a3", "r3", now, spent=old)
    assert await tokens.read() == ("a2", "r2", now + timedelta(hours=12))


async def test_what_waited_for_the_consent_is_due_at_once(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    connection = await store.connection_id(pair, "freshbooks")
    await store.accept(pair, now=now, refs=[INVOICE, SETTLED])
    later = {INVOICE: (now + timedelta(hours=8), "freshbooks: no consent")}
    await store.record(pair, lease, Settlement(retry=later, settled={SETTLED: 1}))
    refused = Unauthorized("freshbooks", "withdrawn")
    for system, number in (("freshbooks", connection), ("nav", pair.company_id)):
        await store.call_failed(system, number, refused, now=now, dice=0.5)
    assert await store.due(pair, now=now, limit=9) == []

    assert await renew(store, pair, now) == 1

    (due,) = await store.due(pair, now=now, limit=9)
    assert (due.ref, due.attempts) == (INVOICE, 0)
    assert await store.breaker_of("freshbooks", connection) is None
    assert await store.breaker_of("nav", pair.company_id) is not None, "NAV has not changed"


async def test_one_application_reaches_a_business_once(
    store: PostgresStore,
    pair: Pair,
    now: datetime,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
) -> None:
    other = {**freshbooks, "client_id": "client-9"}
    second = await store.add_pair(
        "two", other, {**nav, "company": "Another Ltd."}, {"prefix": "FB"}, {}
    )
    with pytest.raises(StoreError, match="give another client_id"):
        await renew(store, pair, now, client_id="client-9")
    assert (await store.freshbooks_connection(pair)).client_id == freshbooks["client_id"]
    assert (await store.freshbooks_connection(second)).client_id == "client-9"
    await renew(store, pair, now, client_id=freshbooks["client_id"])
