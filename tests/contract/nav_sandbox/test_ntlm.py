"""A server with Windows credentials, spoken to over NTLM by clients that we did not write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import httpx_ntlm
import nav as nav_client
import pytest
import requests
import requests_ntlm

from tieout_sandboxes.nav.server import NavServer


@pytest.fixture
async def windows(nav: NavServer) -> NavServer:
    nav.state.switches.set("credential_type", "Windows")
    return nav


def customers(nav: NavServer) -> str:
    return f"{nav.odata_url}/Company('{quote(nav.company, safe='()')}')/Customer"


def login(nav: NavServer) -> str:
    return f"{nav.state.credentials.domain}\\{nav.user}"


async def in_thread(talk: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(talk)


async def test_requests_signs_in_once_per_connection(windows: NavServer) -> None:
    def talk() -> None:
        with requests.Session() as session:
            session.auth = requests_ntlm.HttpNtlmAuth(login(windows), windows.password)
            made = session.post(customers(windows), json={"Name": "Acme"})
            assert made.status_code == 201, made.text
            assert len(made.history) == 2
            read = session.get(customers(windows), auth=lambda request: request)
            assert [row["Name"] for row in read.json()["value"]] == ["Acme"]

    await in_thread(talk)


async def test_httpx_signs_in_as_well(windows: NavServer) -> None:
    auth = httpx_ntlm.HttpNtlmAuth(login(windows), windows.password)
    async with httpx.AsyncClient(auth=auth) as client:
        for _ in range(3):
            assert (await client.get(customers(windows))).status_code == 200


async def test_who_is_not_known_stays_outside(windows: NavServer) -> None:
    def status(user: str, secret: str) -> int:
        auth = requests_ntlm.HttpNtlmAuth(user, secret)
        return requests.get(customers(windows), auth=auth).status_code

    def talk() -> None:
        assert status(login(windows), windows.password) == 200
        assert status(windows.user, windows.password) == 200
        assert status(login(windows), "wrong") == 401
        assert status(login(windows), windows.key) == 401, "a web service key is no password"
        assert status("SOMEONE", windows.password) == 401
        assert status(f"ELSEWHERE\\{windows.user}", windows.password) == 401
        basic = requests.get(customers(windows), auth=(windows.user, windows.key))
        assert basic.status_code == 401
        assert basic.headers["www-authenticate"] == "Negotiate, NTLM"

    await in_thread(talk)


async def test_another_connection_is_nobody(windows: NavServer) -> None:
    async with httpx.AsyncClient() as stranger:
        auth = httpx_ntlm.HttpNtlmAuth(login(windows), windows.password)
        async with httpx.AsyncClient(auth=auth) as client:
            assert (await client.get(customers(windows))).status_code == 200
            assert (await stranger.get(customers(windows))).status_code == 401


async def test_the_nav_client_reads_and_writes_pages(windows: NavServer) -> None:
    """PyPI `nav`, which knows no other way of signing in."""

    def talk() -> None:
        base = f"{windows.soap_url}/{quote(windows.company)}"
        client = nav_client.NAV(base, login(windows), windows.password)
        client.page("Customer", "CreateMultiple", entries=[{"Name": "Acme"}, {"Name": "Brown"}])
        found = client.page("Customer", "ReadMultiple", filters={"Name": "B*"})
        assert [(row["No"], row["Name"]) for row in found] == [("C00020", "Brown")]
        everybody = client.page("Customer", "ReadMultiple", filters={"No": "*"}, num_results=0)
        assert [row["Name"] for row in everybody] == ["Acme", "Brown"]
        pong = client.codeunit("TieoutGateway", "Ping", {})
        assert windows.company in pong
        stranger = nav_client.NAV(base, login(windows), "wrong", cache_expiration=0)
        with pytest.raises(nav_client.exceptions.NAVHTTPError) as refused:
            stranger.page("Customer", "ReadMultiple")
        assert refused.value.response.status_code == 401

    await in_thread(talk)
