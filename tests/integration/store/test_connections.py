"""Pairs, and the credentials that nobody may read in the database."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tieout.engine.ports import Pair
from tieout.store.errors import StoreError
from tieout.store.secrets import Secrets
from tieout.store.store import PostgresStore
from tieout.store.tokens import LEASE_S, UNKNOWN_EXPIRY, ConnectionTokens


async def test_a_pair_is_found_again(
    store: PostgresStore, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    settings = {"prefix": "gb1", "limit": Decimal("0.050"), "start": "2026-01-01"}
    added = await store.add_pair("acme", freshbooks, nav, settings, {"accounts": {}})

    assert added == await store.pair("acme")
    assert (added.prefix, added.settings["limit"]) == ("GB1", Decimal("0.050"))
    assert isinstance(added.settings["limit"], Decimal)
    assert list(await store.all_pairs()) == list(await store.pairs(added.company_id)) == [added]
    assert list(await store.pairs(added.company_id + 1)) == []


async def test_an_unknown_pair_is_named(store: PostgresStore) -> None:
    with pytest.raises(StoreError, match="no pair named 'nobody'"):
        await store.pair("nobody")


async def test_a_name_can_be_asked_for_before_anything_is_stored(
    store: PostgresStore, pair: Pair
) -> None:
    await store.check_name("another-1")
    with pytest.raises(StoreError, match="'acme' is there already"):
        await store.check_name(pair.name)
    with pytest.raises(StoreError, match="cannot name a pair"):
        await store.check_name("no blanks")


async def test_both_connections_come_back_and_hide_their_secrets(
    store: PostgresStore, pair: Pair
) -> None:
    freshbooks = await store.freshbooks_connection(pair)
    nav = await store.nav_connection(pair)

    assert freshbooks.client_secret == "plain-client-secret"
    assert (freshbooks.url, freshbooks.account_id) == ("http://127.0.0.1:1", "ACM123")
    assert (freshbooks.business_id, freshbooks.needs_consent) == ("77", False)
    assert (nav.company, nav.user, nav.key) == ("CRONUS UK Ltd.", "TIEOUT", "plain-nav-key")
    assert "plain" not in repr(freshbooks) + repr(nav)


@pytest.mark.postgresql
async def test_no_secret_is_in_any_table(
    store: PostgresStore, pair: Pair, database_url: str, now: datetime
) -> None:
    tokens = _tokens(store, await _connection_id(store, pair), now)
    assert await tokens.write("plain-access-2", "plain-refresh-2", now, spent="plain-refresh-token")
    await store.set_verifier(pair, "17", "plain-verifier")
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT format('tieout.%I', tablename) FROM pg_tables WHERE schemaname = 'tieout'"
        ).fetchall()
        dumped = b""
        for (table,) in tables:
            for row in connection.execute(f"SELECT * FROM {table}").fetchall():
                dumped += b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    assert b"CRONUS" in dumped
    assert b"plain" not in dumped


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": "acme"}, "named 'acme' is there already"),
        ({"prefix": "FB"}, "Pair 'acme' uses prefix FB in this NAV company"),
        ({"account_id": "ACM123"}, "already feeds this NAV company"),
        ({"name": "two words"}, "cannot name a pair"),
        ({"name": ""}, "cannot name a pair"),
        ({"prefix": "MUCHTOOLONG"}, "1 to 8 letters and digits"),
        ({"prefix": "A-B"}, "1 to 8 letters and digits"),
        ({"account_id": ""}, r"lacks freshbooks\.account_id"),
        ({"nav_key": ""}, r"lacks nav\.key"),
        ({"expires_at": "2026-01-01T00:00:00"}, "has no time zone"),
    ],
)
async def test_a_pair_that_cannot_be_is_refused_with_what_to_do(
    store: PostgresStore,
    pair: Pair,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
    change: dict[str, str],
    text: str,
) -> None:
    given = {"name": "other", "prefix": "F2", "account_id": "OTHER", "nav_key": "k", **change}
    with pytest.raises(StoreError, match=text):
        await store.add_pair(
            given["name"],
            {
                **freshbooks,
                "account_id": given["account_id"],
                "expires_at": given.get("expires_at"),
            },
            {**nav, "key": given["nav_key"]},
            {"prefix": given["prefix"]},
            {},
        )
    assert list(await store.all_pairs()) == [pair]


async def test_two_businesses_may_feed_one_company_and_the_same_prefix_serve_two(
    store: PostgresStore, pair: Pair, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    beside = await store.add_pair(
        "beside", {**freshbooks, "account_id": "OTHER"}, nav, {"prefix": "F2"}, {}
    )
    elsewhere = await store.add_pair("elsewhere", freshbooks, {**nav, "company": "Second"}, {}, {})
    assert beside.company_id == pair.company_id
    assert elsewhere.company_id != pair.company_id
    assert elsewhere.prefix == pair.prefix == "FB"


async def test_one_company_has_one_route(
    store: PostgresStore, pair: Pair, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    other = {**freshbooks, "account_id": "OTHER"}
    pages = {"prefix": "F2", "route": "pages"}
    # Without the gateway the address of SOAP is never used, and may be anything.
    for address in (nav, {**nav, "soap_url": "https://nowhere.test/WS"}):
        with pytest.raises(
            StoreError, match=r"Pair 'acme' .* route gateway, .*\"route\": \"gateway\""
        ):
            await store.add_pair("beside", other, address, pages, {})
    beside = await store.add_pair("beside", other, nav, {"prefix": "F2", "route": "gateway"}, {})
    assert await store.change_settings(pair, {"route": "pages"}) == ["beside"]
    changed = await store.pair("beside")
    assert changed.settings == {"prefix": "F2", "route": "pages"}
    assert await store.change_settings(beside, {"poll_interval_s": 60}) == ["acme"]
    assert (await store.pair("acme")).settings["route"] == "gateway"
    elsewhere = await store.add_pair(
        "elsewhere", freshbooks, {**nav, "company": "Second"}, {"route": "pages"}, {}
    )
    assert await store.change_settings(elsewhere, {}) == []


async def test_one_business_has_one_set_of_tokens_whatever_a_file_says(
    store: PostgresStore,
    pair: Pair,
    freshbooks: dict[str, Any],
    nav: dict[str, Any],
    now: datetime,
) -> None:
    number = await _connection_id(store, pair)
    tokens = _tokens(store, number, now)
    assert await tokens.write("renewed", "renewed-too", now, spent=(await tokens.read())[1])

    second = await store.add_pair("second", freshbooks, {**nav, "company": "Second"}, {}, {})
    assert await _connection_id(store, second) == number
    assert (await tokens.read())[0] == "renewed"

    assert await tokens.refused("renewed-too")
    assert (await store.freshbooks_connection(pair)).needs_consent
    again = {**freshbooks, "access_token": "new consent"}
    await store.add_pair("third", again, {**nav, "company": "Third"}, {}, {})
    assert (await tokens.read())[0] == "new consent"
    assert not (await store.freshbooks_connection(pair)).needs_consent


async def test_posting_setups_are_versions_that_stay(store: PostgresStore, pair: Pair) -> None:
    assert await store.change_posting_setup(pair, {"accounts": {"sales": "6120"}}) == 2
    assert await store.posting_setups(pair) == {
        1: {"accounts": {"sales": "6110"}},
        2: {"accounts": {"sales": "6120"}},
    }


async def test_pairs_added_at_once_take_turns(
    store: PostgresStore, freshbooks: dict[str, Any], nav: dict[str, Any]
) -> None:
    outcomes = await asyncio.gather(
        *(
            store.add_pair(f"p{n}", {**freshbooks, "account_id": str(n)}, nav, {}, {})
            for n in range(4)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Pair", *["StoreError"] * 3]


async def test_tokens_are_read_as_last_written(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    tokens = _tokens(store, await _connection_id(store, pair), now)
    assert await tokens.read() == ("plain-access-token", "plain-refresh-token", UNKNOWN_EXPIRY)
    assert await tokens.write("a", "r", now + timedelta(hours=12), spent="plain-refresh-token")
    access, refresh, expires_at = await tokens.read()
    assert (access, refresh, expires_at) == ("a", "r", now + timedelta(hours=12))
    assert expires_at.tzinfo is UTC
    with pytest.raises(StoreError):
        await _tokens(store, 99, now).read()


async def test_one_refreshes_at_a_time(store: PostgresStore, pair: Pair, now: datetime) -> None:
    number = await _connection_id(store, pair)
    inside, most = 0, 0

    async def refresh(name: str) -> None:
        nonlocal inside, most
        tokens = _tokens(store, number, now, owner=name)
        async with tokens.refreshing():
            inside += 1
            most = max(most, inside)
            _, before, _ = await tokens.read()
            await asyncio.sleep(0.01)
            assert await tokens.write("a", before + "+", now, spent=before)
            inside -= 1

    # The same process may try twice at once, too.
    await asyncio.gather(refresh("one"), refresh("one"), refresh("two"))
    assert most == 1
    assert (await _tokens(store, number, now).read())[1] == "plain-refresh-token+++"


async def test_the_lease_of_a_dead_process_runs_out(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    number = await _connection_id(store, pair)
    dead = _tokens(store, number, now, owner="dead").refreshing()
    await dead.__aenter__()

    waiting = _tokens(store, number, now + timedelta(seconds=LEASE_S - 1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), waiting.refreshing():
            pytest.fail("the lease of another was ignored")
    async with (
        asyncio.timeout(5),
        _tokens(store, number, now + timedelta(seconds=LEASE_S)).refreshing(),
    ):
        # The dead one, awake again, does not give away what is no longer its own.
        await dead.__aexit__(None, None, None)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), waiting.refreshing():
                pytest.fail("the lease was given away")


async def test_callbacks_keep_their_verifier_whichever_comes_first(
    store: PostgresStore, pair: Pair
) -> None:
    await store.set_verifier(pair, "17", "plain-verifier")
    await store.add_callback(pair, "17", event="invoice.create", uri="https://books.example/w")
    await store.add_callback(pair, "18", event="payment.create", uri="https://books.example/w")
    await store.callback_verified(pair, "17")

    first, second = await store.callbacks(pair)

    assert (first.event, first.verifier, first.verified) == (
        "invoice.create",
        "plain-verifier",
        True,
    )
    assert (second.verifier, second.verified) == ("", False)
    assert "plain" not in repr(first)
    await store.drop_callback(pair, "17")
    assert [each.callback_id for each in await store.callbacks(pair)] == ["18"]


@pytest.mark.postgresql
async def test_another_key_opens_nothing(
    database_url: str, store: PostgresStore, pair: Pair
) -> None:
    stranger = PostgresStore(database_url, Secrets(os.urandom(32)))
    with pytest.raises(StoreError, match="encrypted with another key"):
        await stranger.nav_connection(pair)
    await stranger.close()


async def _connection_id(store: PostgresStore, pair: Pair) -> int:
    return (await store.freshbooks_connection(pair)).id


def _tokens(
    store: PostgresStore, number: int, now: datetime, owner: str = "me"
) -> ConnectionTokens:
    return store.tokens(number, owner, lambda: now)
