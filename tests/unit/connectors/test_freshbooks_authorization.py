"""The question to FreshBooks' owner, and which answers count."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tieout.connectors.freshbooks.authorization import (
    SCOPES,
    WrongAnswer,
    authorization_request,
    challenge,
    code_in,
    exchanged,
)
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Http
from tieout.core.failures import Unauthorized

BACK = "https://tieout.example/back"


def connection(url: str = "https://api.freshbooks.com") -> FreshbooksConnection:
    return FreshbooksConnection(
        url=url,
        client_id="cid",
        client_secret="shh",
        account_id="",
        business_id="",
        redirect_uri=BACK,
    )


REQUEST = authorization_request(connection(), iter(["state", "one", "two"]).__next__)


@pytest.mark.parametrize(
    ("api", "asked"),
    [
        ("https://api.freshbooks.com", "https://auth.freshbooks.com"),
        ("https://proxy.example/freshbooks", "https://proxy.example/freshbooks"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_where_people_consent(api: str, asked: str) -> None:
    address = authorization_request(connection(api)).address
    assert address.startswith(f"{asked}/oauth/authorize/?response_type=code&")


def test_the_question_binds_the_answer() -> None:
    asked = parse_qs(urlsplit(REQUEST.address).query)
    assert (asked["state"], asked["redirect_uri"]) == (["state"], [BACK])
    assert asked["code_challenge"] == [challenge("onetwo")]
    assert asked["code_challenge_method"] == ["S256"]
    assert "shh" not in REQUEST.address
    assert "onetwo" not in REQUEST.address + repr(REQUEST)
    one, other = authorization_request(connection()), authorization_request(connection())
    assert one.state != other.state
    assert len(one.verifier) >= 43  # RFC 7636, section 4.1


def test_we_ask_for_what_we_read_and_no_more() -> None:
    asked = parse_qs(urlsplit(REQUEST.address).query)["scope"][0].split(" ")
    assert tuple(asked) == SCOPES
    assert {"user:profile:read", "user:clients:read", "user:invoices:read"} < set(asked)
    assert {"user:payments:read", "user:credit_notes:read"} < set(asked)
    assert all(scope.endswith(":read") for scope in asked)


@pytest.mark.parametrize(
    "text",
    ["abc123", "  abc123\n", f"{BACK}?code=abc123&state=state\n", "code=abc123&state=state"],
)
def test_an_address_or_the_code_alone_may_be_pasted(text: str) -> None:
    assert code_in(REQUEST, text) == "abc123"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither"),
        ("I accepted", "neither"),
        (BACK, "neither"),
        (f"{BACK}?code=abc123", "state differs"),
        (f"{BACK}?code=abc123&state=other", "state differs"),
        (f"{BACK}?error=access_denied", "state differs"),
        (f"{BACK}?state=state", "no code"),
    ],
)
def test_what_is_no_answer_is_told(text: str, words: str) -> None:
    with pytest.raises(WrongAnswer, match=words):
        code_in(REQUEST, text)


def test_a_no_is_a_no() -> None:
    with pytest.raises(Unauthorized, match="access_denied"):
        code_in(REQUEST, f"{BACK}?error=access_denied&state=state")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, "invalid_grant", "works once"),
        (401, "invalid_client", "no token for the code: invalid_client"),
    ],
)
async def test_a_code_that_gets_no_token_says_why(status: int, error: str, words: str) -> None:
    answer = httpx2.Response(status, json={"error": error})
    http = Http(transport=httpx2.MockTransport(lambda _: answer))
    with pytest.raises(Unauthorized, match=words):
        await exchanged(connection(), REQUEST, "abc123", http, datetime(2026, 3, 10, tzinfo=UTC))


async def test_a_code_is_exchanged_with_its_verifier() -> None:
    sent = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(parse_qs(request.content.decode()))
        tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 43200}
        return httpx2.Response(200, json=tokens)

    http, now = Http(transport=httpx2.MockTransport(answer)), datetime(2026, 3, 10, tzinfo=UTC)
    found = await exchanged(connection(), REQUEST, "abc123", http, now)
    assert (found.access_token, found.refresh_token) == ("a", "r")
    (form,) = sent
    assert (form["grant_type"], form["code"]) == (["authorization_code"], ["abc123"])
    assert (form["code_verifier"], form["redirect_uri"]) == (["onetwo"], [BACK])
