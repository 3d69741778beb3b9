"""The owner's consent: the page, the answer, the way back, and what the consent then allows."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tieout_sandboxes.people import press

BACK = "https://example.com/back"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def address(api: Any, path: str = "/oauth/authorize/", **more: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": api.server.client_id,
        "redirect_uri": BACK,
        "scope": "user:clients:read user:credit_notes:write",
        "state": 'a "quoted" <state>',
    }
    return f"{path}?{urlencode({k: v for k, v in (asked | more).items() if v})}"


async def exchange(api: Any, code: str, redirect: str = BACK, **more: str) -> Any:
    body = {
        "grant_type": "authorization_code",
        "client_id": api.server.client_id,
        "client_secret": api.server.client_secret,
        "redirect_uri": redirect,
        "code": code,
    }
    return await api.http.post("/auth/oauth/token", data=body | more)


async def accepted(api: Any, **asked: str) -> str:
    answer = await press(api.http, address(api, **asked), "Accept")
    return str(parse_qs(urlsplit(answer.headers["location"]).query)["code"][0])


@pytest.mark.parametrize(
    "path", ["/oauth/authorize", "/oauth/authorize/", "/service/auth/oauth/authorize"]
)
async def test_the_owner_sees_what_is_asked_and_accepts(api: Any, path: str) -> None:
    page = await api.http.get(address(api, path))
    assert page.headers["content-type"].startswith("text/html")
    for shown in ("Sandbox Trading Ltd", "Olive Owner", "read your clients", "change your credit"):
        assert shown in page.text
    answer = await press(api.http, address(api, path), "Accept")
    back = urlsplit(answer.headers["location"])
    found = parse_qs(back.query)
    assert (answer.status_code, back.netloc, found["state"]) == (
        302,
        "example.com",
        ['a "quoted" <state>'],
    )
    granted = (await exchange(api, found["code"][0])).json()
    assert granted["scope"] == "user:clients:read user:credit_notes:write user:profile:read"


async def test_the_owner_declines(api: Any) -> None:
    answer = await press(api.http, address(api), "Decline")
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (found["error"], found["state"]) == (["access_denied"], ['a "quoted" <state>'])
    assert "code" not in found


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"client_id": "somebody"}, 401, "Client authentication failed"),
        ({"redirect_uri": ""}, 400, "redirect uri is not valid"),
        ({"response_type": "token"}, 400, "response type"),
        ({"scope": "user:dreams:read"}, 400, "scope is invalid, unknown, or malformed"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, 400, "S256"),
    ],
)
async def test_what_cannot_be_asked_is_told_on_the_page(
    api: Any, wrong: dict[str, str], status: int, words: str
) -> None:
    page = await api.http.get(address(api, **wrong))
    assert (page.status_code, "<form" in page.text) == (status, False)
    assert words in page.text
    asked = parse_qs(urlsplit(address(api, **wrong)).query)
    form = {name: values[0] for name, values in asked.items()} | {"decision": "allow"}
    sent = await api.http.post("/oauth/authorize/", data=form)
    assert (sent.status_code, "location" in sent.headers) == (status, False)


async def test_consent_wants_https_unless_assumed_otherwise(api: Any) -> None:
    asked = address(api, redirect_uri="http://localhost/back")
    assert (await api.http.get(asked)).status_code == 400
    await api.switch(redirect_rule="any")
    assert (await press(api.http, asked, "Accept")).status_code == 302
    asked = address(api, redirect_uri="http://localhost/back?a=b")
    assert (await api.http.get(asked)).status_code == 400


async def test_a_code_may_be_shown_on_a_page(api: Any) -> None:
    page = await press(api.http, address(api, redirect_uri=OUT_OF_BAND), "Accept")
    code = re.search(r'id="code">(\w+)<', page.text)
    assert code
    assert (await exchange(api, code[1], OUT_OF_BAND)).status_code == 200
    page = await press(api.http, address(api, redirect_uri=OUT_OF_BAND), "Decline")
    assert (page.status_code, "denied the request" in page.text) == (200, True)
    await api.switch(out_of_band="refused")
    assert (await api.http.get(address(api, redirect_uri=OUT_OF_BAND))).status_code == 400


async def test_a_code_belongs_to_its_redirect_address(api: Any) -> None:
    refused = await exchange(api, await accepted(api), "https://example.com/elsewhere")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_challenge_is_answered_by_its_verifier(api: Any) -> None:
    verifier = "the-verifier-of-this-very-request-0123456789"
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    for wrong in ({}, {"code_verifier": "another"}):
        assert (await exchange(api, await accepted(api, **asked), **wrong)).status_code == 400
    right = await exchange(api, await accepted(api, **asked), code_verifier=verifier)
    assert right.status_code == 200
    await api.switch(pkce="ignored")
    assert (await exchange(api, await accepted(api, **asked))).status_code == 200


async def test_the_metadata_lead_to_everything(api: Any) -> None:
    found = (await api.http.get("/.well-known/oauth-authorization-server")).json()
    assert found["issuer"] == api.server.url
    assert "user:invoices:read" in found["scopes_supported"]
    page = await api.http.get(found["authorization_endpoint"] + address(api, ""))
    assert page.status_code == 200
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        assert (await api.http.post(found[name], data={})).status_code == 401


async def test_a_token_can_be_asked_about(api: Any) -> None:
    own = {"client_id": api.server.client_id, "client_secret": api.server.client_secret}
    granted = (await exchange(api, await accepted(api))).json()

    async def told(token: str) -> Any:
        answer = await api.http.post("/auth/oauth/introspect", data=own | {"token": token})
        return answer.json()

    access = await told(granted["access_token"])
    assert (access["active"], access["scope"]) == (True, granted["scope"])
    assert access["exp"] - access["iat"] == granted["expires_in"]
    await api.control("clock", advance_s=43_200)
    assert await told(granted["access_token"]) == {"active": False}
    assert (await told(granted["refresh_token"]))["active"]
    await api.http.post("/auth/oauth/revoke", data=own | {"token": granted["refresh_token"]})
    assert await told(granted["refresh_token"]) == {"active": False}


RESOURCES = {
    "client": "clients",
    "item": "billable_items",
    "tax": "taxes",
    "invoice": "invoices",
    "payment": "payments",
    "credit_note": "credit_notes",
    "bill": "bills",
    "bill_payment": "bill_payments",
    "bill_vendor": "bill_vendors",
    "other_income": "other_income",
}


@pytest.mark.parametrize("kind", RESOURCES)
async def test_every_resource_and_verb_has_its_scope(api: Any, kind: str) -> None:
    statuses = {}
    for verb in ("read", "write"):
        code = await accepted(api, scope=f"user:{RESOURCES[kind]}:{verb}")
        token = (await exchange(api, code)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        listed = await api.http.get(api.address(kind), headers=headers)
        made = await api.http.post(api.address(kind), json={kind: {}}, headers=headers)
        changed = await api.http.put(api.address(kind, 1), json={kind: {}}, headers=headers)
        statuses[verb] = [answer.status_code for answer in (listed, made, changed)]
    assert statuses["read"] == [200, 403, 403]
    assert statuses["write"][0] == 403
    assert 403 not in statuses["write"][1:]


async def test_a_callback_needs_the_scope_of_what_it_tells(api: Any) -> None:
    token = (await exchange(api, await accepted(api, scope="user:invoices:read"))).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}

    async def register(event: str) -> Any:
        body = {"callback": {"event": event, "uri": "http://127.0.0.1:9/hook"}}
        return await api.http.post(api.address("callback"), json=body, headers=headers)

    assert (await register("invoice.create")).status_code == 200
    refused = await register("payment")
    assert (refused.status_code, refused.json()["errno"]) == (403, 403)
    await api.switch(callback_scope="nothing")
    assert (await register("payment")).status_code == 200
