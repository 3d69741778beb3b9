from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx2
import pytest

from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.oauth import Consent, Tokens, granted
from tieout.connectors.http import Http
from tieout.core.failures import Unauthorized, Unintelligible, Unreachable

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CONNECTION = FreshbooksConnection(
    url="http://freshbooks.test",
    client_id="cid",
    client_secret="shh",
    account_id="acc",
    business_id="1",
    redirect_uri="https://tieout.example/back",
)


class Store:
    """Tokens in memory, as the database keeps them."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.turn = asyncio.Lock()
        self.needs_consent = False

    async def read(self) -> tuple[str, str, datetime]:
        return tuple(self.tokens)

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        async with self.turn:
            yield

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        await asyncio.sleep(0)
        if self.tokens.refresh_token != spent:
            return False
        self.tokens = Tokens(access_token, refresh_token, expires_at)
        return True

    async def refused(self, refresh_token: str) -> bool:
        self.needs_consent = same = self.tokens.refresh_token == refresh_token
        return same


class Server:
    """A token endpoint whose refresh tokens work once."""

    def __init__(self, refresh_token: str = "r0") -> None:
        self.valid = refresh_token
        self.forms: list[dict[str, list[str]]] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        form = parse_qs(request.content.decode())
        self.forms.append(form)
        await asyncio.sleep(0)
        if form["refresh_token"] != [self.valid]:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        number = len(self.forms)
        self.valid = f"r{number}"
        made = int(NOW.timestamp())
        body = {
            "access_token": f"a{number}",
            "token_type": "Bearer",
            "expires_in": 43200,
            "refresh_token": self.valid,
            "created_at": made,
            "direct_buy_tokens": {},
        }
        return httpx2.Response(200, json=body)


def tokens(life: timedelta = timedelta(hours=1)) -> Tokens:
    return Tokens("a0", "r0", NOW + life)


def consent(store: Store, server: object) -> Consent:
    http = Http(transport=httpx2.MockTransport(server))
    return Consent(CONNECTION, store, http, lambda: NOW)


async def test_a_fresh_token_is_used_as_it_is() -> None:
    server = Server()
    assert await consent(Store(tokens()), server).access_token() == "a0"
    assert server.forms == []


@pytest.mark.parametrize("minutes", [-60, 0, 5])
async def test_a_token_with_five_minutes_left_is_renewed_and_stored_first(minutes: int) -> None:
    store, server = Store(tokens(timedelta(minutes=minutes))), Server()
    assert await consent(store, server).access_token() == "a1"
    assert store.tokens == ("a1", "r1", NOW + timedelta(hours=12))
    assert server.forms == [
        {
            "grant_type": ["refresh_token"],
            "refresh_token": ["r0"],
            "client_id": ["cid"],
            "client_secret": ["shh"],
            "redirect_uri": ["https://tieout.example/back"],
        }
    ]


async def test_many_at_once_refresh_once() -> None:
    store, server = Store(tokens(timedelta(0))), Server()
    workers = [consent(store, server) for _ in range(5)]
    got = await asyncio.gather(*(w.access_token() for w in workers for _ in range(4)))
    assert set(got) == {"a1"}
    assert len(server.forms) == 1


async def test_who_is_stopped_while_renewing_stores_the_new_tokens_first() -> None:
    store, server = Store(tokens(timedelta(0))), Server()
    work = asyncio.create_task(consent(store, server).access_token())
    while not server.forms:  # noqa: ASYNC110 - the server has no event
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert store.tokens == ("a1", "r1", NOW + timedelta(hours=12))


async def test_a_rejected_token_that_another_has_renewed_is_read_again() -> None:
    store, server = Store(tokens()), Server()
    mine = consent(store, server)
    assert await mine.access_token() == "a0"
    store.tokens = Tokens("a9", "r9", NOW + timedelta(hours=9))
    assert await mine.renewed("a0") == "a9"
    assert server.forms == []


async def test_a_used_refresh_token_is_read_once_more_then_needs_a_person() -> None:
    store, server = Store(tokens(timedelta(0))), Server("another")
    with pytest.raises(Unauthorized, match="connect FreshBooks again"):
        await consent(store, server).access_token()
    assert store.needs_consent
    assert len(server.forms) == 1


async def test_a_token_stored_by_another_during_the_refusal_is_taken() -> None:
    store = Store(tokens(timedelta(0)))

    async def loses(request: httpx2.Request) -> httpx2.Response:
        store.tokens = Tokens("a7", "r7", NOW + timedelta(hours=9))
        return httpx2.Response(400, json={"error": "invalid_grant"})

    assert await consent(store, loses).access_token() == "a7"
    assert not store.needs_consent


async def test_new_tokens_do_not_take_the_place_of_a_consent_given_meanwhile() -> None:
    """Who stands still between FreshBooks' answer and the commit may wake after the owner has given the consent anew."""
    store, granting = Store(tokens(timedelta(0))), Server()

    async def slowly(request: httpx2.Request) -> httpx2.Response:
        answer = await granting(request)
        store.tokens = Tokens("a7", "r7", NOW + timedelta(hours=9))
        return answer

    assert await consent(store, slowly).access_token() == "a7"
    assert store.tokens.refresh_token == "r7"


async def test_a_wrong_client_secret_is_unauthorized_and_not_told() -> None:
    def refuses(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(401, json={"error": "invalid_client"})

    store = Store(tokens(timedelta(0)))
    with pytest.raises(Unauthorized, match="invalid_client") as caught:
        await consent(store, refuses).access_token()
    assert "shh" not in str(caught.value)
    assert store.needs_consent


async def test_the_refresh_itself_is_not_repeated() -> None:
    sent = []

    def breaks(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(503)

    with pytest.raises(Unreachable):
        await consent(Store(tokens(timedelta(0))), breaks).access_token()
    assert len(sent) == 1


async def test_nothing_is_used_that_could_not_be_stored() -> None:
    class Full(Store):
        async def write(self, *_: object, spent: str) -> bool:
            raise Unreachable("database", "gone")

    with pytest.raises(Unreachable, match="database"):
        await consent(Full(tokens(timedelta(0))), Server()).access_token()


def test_a_token_ends_after_its_making_not_after_its_arrival() -> None:
    body = b'{"access_token":"a","refresh_token":"r","expires_in":43199,"created_at":1000}'
    assert granted(body, NOW).expires_at == datetime.fromtimestamp(1000 + 43199, UTC)


def test_an_answer_without_tokens_is_unintelligible() -> None:
    with pytest.raises(Unintelligible):
        granted(b'{"access_token":"a"}', NOW)


def test_tokens_and_connection_do_not_show_secrets() -> None:
    shown = repr(Tokens("acc-secret", "ref-secret", NOW)) + repr(CONNECTION)
    assert "secret" not in shown.replace("client_secret", "")
    assert "shh" not in shown
