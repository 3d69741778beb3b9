from __future__ import annotations

import asyncio
import base64
import time
from urllib.parse import urlsplit

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer, serve_nav


async def test_control_does_not_exist_unless_asked_for() -> None:
    async with await serve_nav() as nav, httpx2.AsyncClient() as client:
        assert (await client.get(f"{nav.control_url}/state")).status_code == 404


async def test_unknown_names_are_answered_with_those_that_exist(
    control: httpx2.AsyncClient,
) -> None:
    wrong = [
        await control.post("switches", json={"colour": "blue"}),
        await control.post("switches", json={"flavour": "nav2009"}),
        await control.post("faults", json={"kind": "flood"}),
        await control.post("faults", json={"kind": "gateway_crash", "point": "lunch"}),
        await control.post("faults", json={"kind": "delay", "length": 1}),
        await control.post("clock", json={"yesterday": True}),
        await control.get("everything"),
    ]
    assert [answer.status_code for answer in wrong] == [422] * len(wrong)
    assert "page_size" in wrong[0].json()["error"]
    assert "drop_after" in wrong[2].json()["error"]
    assert "lines_posted" in wrong[3].json()["error"]


async def test_a_caller_who_dies_in_the_middle_of_a_request_is_forgotten(
    nav: NavServer, caplog: pytest.LogCaptureFixture
) -> None:
    parts = urlsplit(nav.soap_url)
    allowed = base64.b64encode(f"{nav.user}:{nav.key}".encode()).decode()
    head = f"POST {parts.path}/x/Codeunit/TieoutGateway HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {allowed}\r\n"
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"{head}Content-Length: 1000\r\n\r\n<half".encode())
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    assert caplog.records == []


async def test_the_clock_stands_still_where_it_is_set(
    control: httpx2.AsyncClient, nav: NavServer
) -> None:
    await control.post("clock", json={"now": "2026-03-10T09:00:00Z"})
    await control.post("clock", json={"advance_s": 60})
    assert (await control.get("state")).json()["clock"] == "2026-03-10T09:01:00+00:00"
    await control.post("clock", json={"real": True})
    assert nav.state.clock.fixed is None


async def test_a_status_fires_as_often_as_it_was_asked_to(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 7, "after": 1, "times": 2}
    await control.post("faults", json={**fault, "path": "Customer", "method": "GET"})
    answers = [await odata.get("Customer") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["retry-after"] == "7"
    assert (await odata.get("GLRegisters")).status_code == 200


@pytest.mark.parametrize(("kind", "written"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_gives_no_answer(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, kind: str, written: int
) -> None:
    await control.post("faults", json={"kind": kind, "method": "POST"})
    with pytest.raises(httpx2.TransportError):
        await odata.post("Customer", json={"Name": "Acme"})
    assert int((await odata.get("Customer/$count")).text) == written
    assert (await control.get("state")).json()["hits"] == {kind: 1}


async def test_latency_and_counters(odata: httpx2.AsyncClient, control: httpx2.AsyncClient) -> None:
    await control.post("latency", json={"ms": 40})
    began = time.perf_counter()
    await odata.get("Customer")
    assert time.perf_counter() - began >= 0.04
    assert (await control.get("state")).json()["requests"] == {"GET": 1}
    await control.post("reset_counters")
    assert (await control.get("state")).json()["requests"] == {}


async def test_flavours_differ_in_codes_and_statuses(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await odata.post("Customer", json={"Name": "Acme"})
    seen = {}
    for flavour in ("nav2016", "nav2018", "bc14"):
        await control.post("switches", json={"flavour": flavour})
        answer = await odata.post(
            "GeneralJournalBatches",
            json={"Journal_Template_Name": "GENERAL", "Name": "FRESHBOOKS"},
        )
        seen[flavour] = (answer.status_code, answer.json()["error"]["code"])
    assert seen == {
        "nav2016": (400, ""),
        "nav2018": (400, "Internal_EntityWithSameKeyExists"),
        "bc14": (409, "Internal_EntityWithSameKeyExists"),
    }


async def test_a_message_over_a_megabyte_is_refused(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    assert (await odata.post("Customer", content=b" " * (1024 * 1024 + 1))).status_code == 413
    await control.post("switches", json={"oversize_status": 400})
    assert (await odata.post("Customer", content=b" " * (1024 * 1024 + 1))).status_code == 400


async def test_switches_change_what_the_wire_looks_like(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, nav: NavServer
) -> None:
    await control.post("switches", json={"count_bom": True, "challenge": 'Basic realm="NAV"'})
    assert (await odata.get("Customer/$count")).content == b"\xef\xbb\xbf0"
    async with httpx2.AsyncClient() as stranger:
        answer = await stranger.get(nav.odata_url)
        assert answer.headers["www-authenticate"] == 'Basic realm="NAV"'
    await control.post("switches", json={"public_odata_base_url": "https://erp.example/NAV"})
    body = (await odata.get(nav.odata_url)).json()
    assert body["@odata.context"] == "https://erp.example/NAV/$metadata"


@pytest.mark.parametrize("account", ["missing", "key_expired"])
async def test_a_user_whom_nav_does_not_know_or_whose_key_is_old(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, nav: NavServer, account: str
) -> None:
    await control.post("switches", json={"account": account})
    refused = await odata.get("Customer")
    assert (refused.status_code, refused.content) == (401, b"")
    soap = f"{nav.soap_url}/SystemService"
    assert (await odata.get(soap)).status_code == 401
    password = (nav.user, nav.password)
    again = (await odata.get("Customer", auth=password)).status_code
    assert again == (200 if account == "key_expired" else 401)


async def test_a_user_without_permissions(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, nav: NavServer
) -> None:
    told = {"nav2016": (401, ""), "nav2018": (401, "Authorization_RequestDenied")}
    told["bc14"] = (403, "Authorization_RequestDenied")
    for flavour, expected in told.items():
        values = {"account": "without_permissions", "flavour": flavour}
        await control.post("switches", json=values)
        answer = await odata.get("Customer")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == expected
        assert "permissions on TableData Customer: Read" in error["message"]
    envelope = b"""<E xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Ping/></Body></E>"""
    url = f"{nav.soap_url}/{nav.company}/Codeunit/TieoutGateway"
    fault = await odata.post(url, content=envelope)
    assert fault.status_code == 500
    assert "permissions on Codeunit TieoutGateway: Execute" in fault.text


async def test_a_service_that_is_not_published_is_nowhere(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, nav: NavServer
) -> None:
    await control.post("switches", json={"unpublished": "Customer,TieoutGateway"})
    answer = await odata.get("Customer")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "BadRequest_ResourceNotFound"
    names = [each["name"] for each in (await odata.get(nav.odata_url)).json()["value"]]
    assert "Customer" not in names
    assert "CustomerList" in names
    assert 'Name="Customer"' not in (await odata.get(f"{nav.odata_url}/$metadata")).text
    for path in ("Page/Customer", "Codeunit/TieoutGateway"):
        url = f"{nav.soap_url}/{nav.company}/{path}"
        assert (await odata.get(url)).status_code == 404
