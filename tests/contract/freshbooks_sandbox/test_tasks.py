"""Tasks: kinds of work that can be put on an invoice."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.freshbooks_sandbox.test_consent import accepted, exchange

GIVEN = {"name": "Walking", "rate": {"amount": "25.47", "code": "GBP"}}


async def test_a_task_has_two_names(api: Any) -> None:
    made = await api.create("task", GIVEN | {"tdesc": "Slowly"})
    assert (made["name"], made["tname"]) == ("Walking", "Walking")
    assert (made["description"], made["tdesc"]) == ("Slowly", "Slowly")
    assert made["rate"] == {"amount": "25.47", "code": "GBP"}
    assert (made["id"], made["updated"]) == (made["taskid"], "2026-03-12 12:00:00")
    assert (await api.put("task", made["id"], {"tname": "Running"}))["name"] == "Running"
    assert await api.refused("task", {"rate": {"amount": "1.00"}}) == (422, 1001)


@pytest.mark.parametrize("scope", ["projects", "billable_items"])
async def test_which_scope_tasks_need(api: Any, scope: str) -> None:
    code = await accepted(api, scope=f"user:{scope}:read")
    token = (await exchange(api, code)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    statuses = []
    for assumed in ("projects", "billable_items"):
        await api.switch(task_scope=assumed)
        answer = await api.http.get(api.address("task"), headers=headers)
        statuses.append((assumed == scope, answer.status_code))
    assert sorted(statuses) == [(False, 403), (True, 200)]


async def test_deleting_a_task(api: Any) -> None:
    number = (await api.create("task", GIVEN))["id"]
    assert (await api.put("task", number, {"visState": 1}))["vis_state"] == 0
    await api.switch(task_vis_state="both")
    assert (await api.put("task", number, {"visState": 1}))["vis_state"] == 1
    assert await api.ids("task") == []
    assert (await api.put("task", number, {"vis_state": 0}))["vis_state"] == 0


async def test_what_a_task_announces(api: Any) -> None:
    heard: list[str] = []
    api.server.books.core.announce = lambda event, _number: heard.append(event)
    await api.create("task", GIVEN)
    await api.switch(task_emits_service=False)
    await api.create("task", GIVEN)
    assert heard == ["service.create"]
