"""Services and their rates, by HTTP and by the vendor's Python client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from freshbooks import Client


def address(api: Any, rest: str) -> str:
    return f"/comments/business/{api.server.business_id}/{rest}"


async def made(api: Any, name: str) -> dict[str, Any]:
    answer = await api.http.post(address(api, "service"), json={"service": {"name": name}})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["service"])


async def test_a_service_and_its_rate(api: Any) -> None:
    service = await made(api, "Consulting")
    assert set(service) == {"business_id", "id", "name", "billable", "vis_state"}
    rate = address(api, f"service/{service['id']}/rate")
    assert (await api.http.get(rate)).status_code == 404
    said = await api.http.post(rate, json={"service_rate": {"rate": "95"}})
    assert said.json()["service_rate"]["rate"] == "95.00"
    listed = (await api.http.get(address(api, "service_rates"))).json()
    assert listed["service_rates"] == [said.json()["service_rate"]]
    assert listed["meta"]["total"] == 1
    wrong = await api.http.put(rate, json={"service_rate": {"rate": "much"}})
    assert wrong.status_code == 422


async def test_services_that_are_deleted_are_not_listed(api: Any) -> None:
    kept, gone = await made(api, "Design"), await made(api, "Typing")
    one = address(api, f"service/{gone['id']}")
    put = await api.http.put(one, json={"service": {"vis_state": 1}})
    assert put.json()["service"]["vis_state"] == 1
    names = []
    for query in ("", "?vis_state=1"):
        body = (await api.http.get(address(api, "services") + query)).json()
        names.append([each["name"] for each in body["services"]])
        assert body["meta"]["per_page"] == 50
    assert names == [["Design"], ["Typing"]]
    assert (await api.http.get(address(api, f"service/{kept['id']}"))).status_code == 200


def work(sdk: Client, business: int) -> None:
    service = sdk.services.create(business, {"name": "Training"})
    rate = sdk.service_rates.create(business, service.id, {"rate": "80.00"})
    assert (rate.service_id, str(rate.rate)) == (service.id, "80.00")
    changed = sdk.service_rates.update(business, service.id, {"rate": "82.50"})
    assert str(changed.rate) == "82.50"
    assert [one.rate for one in sdk.service_rates.list(business)] == [changed.rate]
    assert sdk.services.update(business, service.id, {"billable": False}).billable is False
    assert [one.name for one in sdk.services.list(business)] == ["Training"]
    assert sdk.services.get(business, service.id).name == "Training"


async def test_services_by_the_python_client(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRESHBOOKS_API_URL", server.url)
    sdk = Client(client_id=server.client_id, access_token=server.access_token, auto_retry=False)
    await asyncio.to_thread(work, sdk, server.business_id)
