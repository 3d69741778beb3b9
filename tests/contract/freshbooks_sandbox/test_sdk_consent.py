"""The vendor's own Python client, unmodified: the whole of OAuth, and refusals."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from freshbooks import Client, FreshBooksError

from tieout_sandboxes.people import press


def sdk(server: Any, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Client:
    monkeypatch.setenv("FRESHBOOKS_API_URL", server.url)
    monkeypatch.setenv("FRESHBOOKS_AUTH_URL", server.url)
    return Client(
        client_id=server.client_id,
        client_secret=server.client_secret,
        redirect_uri="https://example.com/back",
        auto_retry=False,
        **more,
    )


async def test_consent_from_the_page_to_the_last_scope(
    api: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.control("clock", real=True)
    client = sdk(server, monkeypatch)
    address = client.get_auth_request_url(["user:profile:read", "user:clients:read"])
    back = (await press(api.http, address, "Accept")).headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    granted = await asyncio.to_thread(client.get_access_token, code)
    assert len(granted.refresh_token) == 64
    listed = await asyncio.to_thread(client.clients.list, server.account_id)
    assert listed.pages.total == 0
    with pytest.raises(FreshBooksError) as denied:
        await asyncio.to_thread(client.invoices.list, server.account_id)
    assert (denied.value.status_code, denied.value.error_code) == (403, 1003)
    with pytest.raises(FreshBooksError) as used:
        await asyncio.to_thread(client.get_access_token, code)
    assert used.value.status_code == 400


async def test_refusals_and_faults(api: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sdk(server, monkeypatch, access_token=server.access_token)
    stranger = sdk(server, monkeypatch, access_token="wrong")
    account, statuses = server.account_id, []
    await api.control("faults", kind="status", status=429, retry_after=1, path="items/items")
    for work, arguments in (
        (stranger.clients.list, (account,)),
        (client.clients.list, ("xxxxxx",)),
        (client.clients.get, (account, 12345)),
        (client.invoices.create, (account, {"create_date": "2026-03-10"})),
        (client.items.list, (account,)),
    ):
        with pytest.raises(FreshBooksError) as refused:
            await asyncio.to_thread(work, *arguments)
        statuses.append(refused.value.status_code)
    assert statuses == [401, 403, 404, 422, 429]
