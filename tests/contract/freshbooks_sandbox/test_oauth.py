"""Signing in: codes, rotating refresh tokens, expiry, scopes, revocation and who is signed in."""

from __future__ import annotations

from typing import Any

import pytest


def credentials(api: Any, **more: str) -> dict[str, str]:
    own = {"client_id": api.server.client_id, "client_secret": api.server.client_secret}
    return own | {"redirect_uri": "https://example.com/back"} | more


async def token(api: Any, **more: str) -> Any:
    return await api.http.post("/auth/oauth/token", data=credentials(api, **more))


async def code(api: Any, **more: str) -> str:
    redirect = {"redirect_uri": "https://example.com/back"}
    return str((await api.control("authorization_code", **redirect, **more))["code"])


async def me(api: Any, access_token: str) -> int:
    headers = {"Authorization": f"Bearer {access_token}"}
    return int((await api.http.get("/auth/api/v1/users/me", headers=headers)).status_code)


@pytest.mark.parametrize("encoding", ["form", "json", "multipart"])
async def test_a_code_is_exchanged_whatever_the_encoding(api: Any, encoding: str) -> None:
    body = credentials(api, grant_type="authorization_code", code=await code(api))
    encodings: dict[str, dict[str, Any]] = {
        "form": {"data": body},
        "json": {"json": body},
        "multipart": {"files": {name: (None, value) for name, value in body.items()}},
    }
    answer = await api.http.post("/auth/oauth/token", **encodings[encoding])
    found = answer.json()
    assert answer.status_code == 200
    assert (found["token_type"], found["expires_in"], len(found["refresh_token"])) == (
        "Bearer",
        43200,
        64,
    )
    assert found["created_at"] == 1773331200
    assert {"scope", "direct_buy_tokens"} < set(found)
    assert await me(api, found["access_token"]) == 200


async def test_a_code_is_good_once_for_five_minutes(api: Any) -> None:
    used, late = await code(api), await code(api)
    assert (await token(api, grant_type="authorization_code", code=used)).status_code == 200
    again = await token(api, grant_type="authorization_code", code=used)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    await api.control("clock", advance_s=300)
    assert (await token(api, grant_type="authorization_code", code=late)).status_code == 400


async def test_a_refresh_token_is_good_once(api: Any) -> None:
    old = api.server.refresh_token
    new = (await token(api, grant_type="refresh_token", refresh_token=old)).json()
    assert new["refresh_token"] != old
    assert await me(api, api.server.access_token) == 200
    loser = await token(api, grant_type="refresh_token", refresh_token=old)
    assert (loser.status_code, loser.json()["error"]) == (400, "invalid_grant")
    third = await token(api, grant_type="refresh_token", refresh_token=new["refresh_token"])
    assert third.status_code == 200


async def test_a_refresh_may_end_the_old_access_token(api: Any) -> None:
    await api.switch(refresh_revokes_access_token=True)
    await token(api, grant_type="refresh_token", refresh_token=api.server.refresh_token)
    assert await me(api, api.server.access_token) == 401


async def test_a_new_consent_may_end_earlier_tokens(api: Any) -> None:
    await token(api, grant_type="authorization_code", code=await code(api))
    assert await me(api, api.server.access_token) == 200
    await api.switch(reconsent_revokes=True)
    await token(api, grant_type="authorization_code", code=await code(api))
    assert await me(api, api.server.access_token) == 401


async def test_an_access_token_lives_twelve_hours(api: Any) -> None:
    made = await token(api, grant_type="refresh_token", refresh_token=api.server.refresh_token)
    access = made.json()["access_token"]
    await api.control("clock", advance_s=43_199)
    assert await me(api, access) == 200
    await api.control("clock", advance_s=1)
    assert await me(api, access) == 401


async def test_without_a_token_nothing_is_shown(api: Any) -> None:
    for address in (api.address("invoice"), "/auth/api/v1/users/me"):
        answer = await api.http.get(address, headers={"Authorization": "Bearer wrong"})
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated")
    answer = await api.http.get(api.address("callback"), headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["errno"]) == (401, 401)


async def test_a_wrong_secret_or_grant_type_is_refused(api: Any) -> None:
    body = credentials(api, grant_type="refresh_token", refresh_token=api.server.refresh_token)
    answer = await api.http.post("/auth/oauth/token", data=body | {"client_secret": "wrong"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    answer = await token(api, grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    assert (await token(api, grant_type="refresh_token")).json()["error"] == "invalid_grant"


async def test_the_secret_may_come_in_a_basic_header(api: Any) -> None:
    auth = (api.server.client_id, api.server.client_secret)
    body = {"grant_type": "refresh_token", "refresh_token": api.server.refresh_token}
    address = "/service/auth/oauth/token"
    assert (await api.http.post(address, data=body, auth=auth)).status_code == 200


async def test_a_revoked_token_is_dead_at_once(api: Any) -> None:
    body = credentials(api, token=api.server.access_token)
    answer = await api.http.post("/auth/oauth/revoke", data=body)
    assert (answer.status_code, answer.json()) == (200, {})
    assert await me(api, api.server.access_token) == 401


async def test_an_unknown_scope_spoils_the_whole_consent(api: Any) -> None:
    order = {"scope": "user:clients:read user:dreams:read"}
    assert (await api.http.post("/_control/authorization_code", json=order)).status_code == 422


async def test_a_token_can_do_what_its_scopes_say(api: Any) -> None:
    grant = await code(api, scope="user:clients:read")
    made = (await token(api, grant_type="authorization_code", code=grant)).json()
    headers = {"Authorization": f"Bearer {made['access_token']}"}
    assert made["scope"] == "user:clients:read user:profile:read"
    assert (await api.http.get(api.address("client"), headers=headers)).status_code == 200
    body = {"client": {"fname": "Ada"}}
    write = await api.http.post(api.address("client"), json=body, headers=headers)
    assert (write.status_code, write.json()["response"]["errors"][0]["errno"]) == (403, 1003)
    await api.switch(missing_scope_status=401)
    assert (await api.http.get(api.address("invoice"), headers=headers)).status_code == 401


async def test_another_account_is_out_of_reach(api: Any) -> None:
    assert (await api.http.get("/accounting/account/xxxxxx/users/clients")).status_code == 403
    await api.switch(foreign_account_status=404)
    assert (await api.http.get("/accounting/account/xxxxxx/users/clients")).status_code == 404


async def test_who_is_signed_in_and_for_which_business(api: Any) -> None:
    answer = (await api.http.get("/auth/api/v1/users/me")).json()["response"]
    [membership] = answer["business_memberships"]
    business = membership["business"]
    assert (business["account_id"], business["id"]) == (
        api.server.account_id,
        api.server.business_id,
    )
    assert membership["id"] != business["id"]
    assert (business["timezone"], membership["role"]) == ("Europe/London", "owner")
