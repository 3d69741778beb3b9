"""Crashes and pauses at the named commit points of the gateway (docs/protocols/gateway.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer

NAMESPACE = "urn:microsoft-dynamics-schemas/codeunit/TieoutGateway"


def call(function: str, inner: str) -> str:
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<{function} xmlns="{NAMESPACE}">{inner}<results/></{function}></e:Body></e:Envelope>'
    )


def customers(*keys: str, epoch: int = 3) -> str:
    some = "".join(
        f"<Customer><Key>{key}</Key><Hash>{'a' * 64}</Hash><Name>{key}</Name></Customer>"
        for key in keys
    )
    return call("CreateCustomers", f"<epoch>{epoch}</epoch><customers>{some}</customers>")


@pytest.fixture
async def gateway(nav: NavServer) -> AsyncIterator[httpx2.AsyncClient]:
    base = f"{nav.soap_url}/{quote(nav.company)}/Codeunit/"
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as client:
        yield client


async def names(odata: httpx2.AsyncClient) -> list[str]:
    rows = (await odata.get("Customer?$orderby=No")).json()["value"]
    return [row["Name"] for row in rows]


@pytest.mark.parametrize(
    ("point", "epoch", "created"),
    [
        ("call_received", "0", []),
        ("epoch_stored", "3", []),
        ("key_inserted", "3", []),
        ("lines_posted", "3", []),
        ("committed", "3", ["K1"]),
        ("answer_ready", "3", ["K1", "K2"]),
    ],
)
async def test_a_crash_at_each_point_leaves_what_the_contract_says(
    gateway: httpx2.AsyncClient,
    odata: httpx2.AsyncClient,
    control: httpx2.AsyncClient,
    point: str,
    epoch: str,
    created: list[str],
) -> None:
    await control.post("faults", json={"kind": "gateway_crash", "point": point})
    with pytest.raises(httpx2.TransportError):
        await gateway.post("TieoutGateway", content=customers("K1", "K2"))
    assert await names(odata) == created
    ping = await gateway.post("TieoutGateway", content=call("Ping", ""))
    assert f"epoch={epoch};" in ping.text
    again = await gateway.post("TieoutGateway", content=customers("K1", "K2", epoch=4))
    assert again.text.count("already") == len(created)
    assert await names(odata) == ["K1", "K2"]
    assert (await control.get("state")).json()["hits"]["gateway_crash"] == 1


async def reached(control: httpx2.AsyncClient, point: str) -> None:
    while not (await control.get("state")).json()["hits"].get(point):  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # what is awaited happens in the server


async def test_a_paused_posting_can_be_read_and_is_undone_by_a_crash(
    gateway: httpx2.AsyncClient, odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    point = "lines_posted"
    await control.post("faults", json={"kind": "gateway_pause", "point": point, "ms": 300})
    await control.post("faults", json={"kind": "gateway_crash", "point": point})
    sending = asyncio.create_task(gateway.post("TieoutGateway", content=customers("K1")))
    await asyncio.wait_for(reached(control, "gateway_pause"), 5)
    assert await names(odata) == ["K1"]
    with pytest.raises(httpx2.TransportError):
        await sending
    assert await names(odata) == []


@pytest.mark.parametrize(
    ("point", "answered", "created"),
    [
        ("call_received", "faultstring", []),
        ("epoch_stored", "faultstring", []),
        ("key_inserted", "refused", ["K2"]),
        ("lines_posted", "refused", ["K2"]),
        ("committed", "faultstring", ["K1"]),
        ("answer_ready", "faultstring", ["K1", "K2"]),
    ],
)
async def test_the_victim_of_a_deadlock_is_rolled_back_and_says_so(
    gateway: httpx2.AsyncClient,
    odata: httpx2.AsyncClient,
    control: httpx2.AsyncClient,
    point: str,
    answered: str,
    created: list[str],
) -> None:
    await control.post("faults", json={"kind": "gateway_deadlock", "point": point})
    answer = await gateway.post("TieoutGateway", content=customers("K1", "K2"))
    assert answered in answer.text
    assert "Your activity was deadlocked with another user." in answer.text
    assert await names(odata) == created
    again = await gateway.post("TieoutGateway", content=customers("K1", "K2", epoch=4))
    assert again.text.count("already") == len(created)


async def test_a_pause_of_some_milliseconds_ends_by_itself(
    gateway: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    fault = {"kind": "gateway_pause", "point": "committed", "ms": 30}
    await control.post("faults", json=fault)
    answer = await gateway.post("TieoutGateway", content=customers("K1"))
    assert "posted" in answer.text


async def test_a_write_gives_up_when_another_holds_the_lock(
    gateway: httpx2.AsyncClient, odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await control.post("switches", json={"lock_timeout_ms": 20, "lock_status": 500})
    await control.post("faults", json={"kind": "gateway_pause", "point": "lines_posted"})
    sending = asyncio.create_task(gateway.post("TieoutGateway", content=customers("K1")))
    await asyncio.wait_for(reached(control, "gateway_pause"), 5)
    refused = await odata.post("Customer", json={"Name": "Late"})
    assert refused.status_code == 500
    assert "was locked by another user" in refused.json()["error"]["message"]
    await control.delete("faults")
    await sending
    assert (await odata.post("Customer", json={"Name": "Late"})).status_code == 201
    assert await names(odata) == ["K1", "Late"]
