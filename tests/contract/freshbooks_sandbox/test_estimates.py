"""Estimates: numbered, priced, sent, accepted and turned into invoices."""

from __future__ import annotations

from typing import Any

import pytest

WEBSITE = {"name": "Website", "qty": 1, "unit_cost": "1000.00", "taxName1": "VAT",
           "taxAmount1": "20"}  # fmt: skip


async def offered(api: Any, **values: Any) -> Any:
    client = await api.client(organization="Engines", p_city="Bath")
    whole = {"customerid": client, "create_date": "2026-03-10", "lines": [WEBSITE]}
    return await api.create("estimate", whole | values, "?include[]=lines")


def words(estimate: Any) -> tuple[int, str, str, bool, bool]:
    return (
        estimate["status"],
        estimate["ui_status"],
        estimate["display_status"],
        estimate["accepted"],
        estimate["invoiced"],
    )


async def test_an_estimate_starts_as_a_priced_draft(api: Any) -> None:
    estimate = await offered(api, discount_value="10")
    assert words(estimate) == (1, "draft", "draft", False, False)
    assert (estimate["estimate_number"], estimate["city"]) == ("0000001", "Bath")
    assert estimate["amount"] == {"amount": "1080.00", "code": "GBP"}
    assert estimate["discount_total"]["amount"] == "-100.00"
    assert estimate["lines"][0]["estimateid"] == estimate["id"]
    assert "lines" not in await api.get("estimate", estimate["id"])
    assert await api.refused("estimate", {"customerid": estimate["customerid"]}) == (422, 1001)


async def test_an_estimate_is_sent_and_accepted_by_actions(api: Any) -> None:
    estimate = (await offered(api))["id"]
    sent = await api.put("estimate", estimate, {"action_email": True, "notes": "lost"})
    assert (words(sent), sent["notes"]) == ((2, "sent", "sent", False, False), "")
    accepted = await api.put("estimate", estimate, {"action_accept": True})
    assert words(accepted) == (5, "accepted", "accepted", True, False)


async def test_an_estimate_may_be_marked_as_sent_only_if_assumed(api: Any) -> None:
    first, second = await offered(api), await offered(api)
    marked = await api.put("estimate", first["id"], {"action_mark_as_sent": True})
    assert marked["ui_status"] == "sent"
    await api.switch(estimate_mark_as_sent=False)
    left = await api.put("estimate", second["id"], {"action_mark_as_sent": True})
    assert left["ui_status"] == "draft"


async def test_an_estimate_is_invoiced_once_its_invoice_is_sent(api: Any) -> None:
    estimate = await offered(api)
    made = await api.invoice(estimate["customerid"], "1000.00", estimateid=estimate["id"], status=1)
    assert not (await api.get("estimate", estimate["id"]))["invoiced"]
    await api.put("invoice", made["id"], {"action_mark_as_sent": True})
    assert await api.ids("estimate", "?search[statusid]=6") == [estimate["id"]]
    assert words(await api.get("estimate", estimate["id"]))[:2] == (6, "invoiced")


async def test_estimates_are_found_by_what_is_documented(api: Any) -> None:
    first, second = await offered(api, notes="Spring"), await offered(api, estimate_number="Q-7")
    assert await api.ids("estimate", "?search[estimate_number]=Q-7") == [second["id"]]
    assert await api.ids("estimate", "?search[estimate_number_like]=q-") == [second["id"]]
    assert await api.ids("estimate", "?search[notes]=spring") == [first["id"]]
    assert await api.ids("estimate", f"?search[estimateid]={first['id']}") == [first["id"]]
    await api.put("estimate", second["id"], {"action_email": True})
    assert await api.ids("estimate", "?search[statusids][]=2&search[statusids][]=5") == [
        second["id"]
    ]


async def test_updated_finds_estimates_only_if_assumed(api: Any) -> None:
    estimate = await offered(api)
    assert await api.ids("estimate", "?search[updated_min]=2026-03-13") == [estimate["id"]]
    await api.switch(estimates_updated_filter=True)
    assert await api.ids("estimate", "?search[updated_min]=2026-03-13") == []


async def test_an_estimate_is_deleted_by_put_or_by_delete(api: Any) -> None:
    first, second = await offered(api), await offered(api)
    await api.put("estimate", first["id"], {"vis_state": 1})
    assert (await api.http.delete(api.address("estimate", second["id"]))).status_code == 200
    assert await api.ids("estimate") == []
    assert (await api.put("estimate", first["id"], {"vis_state": 0}))["vis_state"] == 0


@pytest.mark.parametrize(("number", "word"), [(3, "viewed"), (4, "replied"), (5, "accepted")])
async def test_every_state_of_an_estimate_can_be_placed(api: Any, number: int, word: str) -> None:
    estimate = await offered(api)
    placed = await api.control("place", estimate={"id": estimate["id"], "status": number})
    assert words(placed["estimate"])[:3] == (number, word, word)
    again = await api.control("place", estimate={"id": estimate["id"], "ui_status": word})
    assert again["estimate"]["status"] == number
    answer = await api.http.post("/_control/place", json={"estimate": {"id": 1, "status": 9}})
    assert "no status 9" in answer.json()["error"]
