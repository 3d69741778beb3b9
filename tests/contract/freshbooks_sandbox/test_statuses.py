"""What an invoice says of itself when more than one thing could be said."""

from __future__ import annotations

from typing import Any

import pytest


async def sent(api: Any, price: str = "100.00", **values: Any) -> Any:
    return await api.invoice(await api.client(), price, due_offset_days=30, **values)


async def told(api: Any, invoice: Any) -> tuple[str, str, int]:
    row = await api.get("invoice", invoice["id"])
    return row["v3_status"], row["deposit_status"], row["status"]


@pytest.mark.parametrize(
    "asked", [{"deposit_amount": {"amount": "40.00"}}, {"deposit_percentage": "40"}]
)
async def test_a_deposit_shows_how_far_it_is_paid(api: Any, asked: dict[str, Any]) -> None:
    invoice = await sent(api, **asked)
    assert await told(api, invoice) == ("sent", "unpaid", 2)
    await api.pay(invoice["id"], "15.00")
    assert await told(api, invoice) == ("deposit-partial", "partial", 2)
    await api.pay(invoice["id"], "25.00")
    assert await told(api, invoice) == ("deposit-paid", "paid", 2)
    assert (await api.get("invoice", invoice["id"]))["payment_status"] == "partial"
    await api.switch(deposit_shows="partial")
    assert (await told(api, invoice))[0] == "partial"
    await api.switch(deposit_shows="deposit")
    await api.pay(invoice["id"], "10.00")
    assert await told(api, invoice) == ("partial", "paid", 2)
    await api.pay(invoice["id"], "50.00")
    assert await told(api, invoice) == ("paid", "paid", 4)


async def test_a_deposit_that_is_taken_back_is_none(api: Any) -> None:
    invoice = await sent(api, deposit_amount={"amount": "40.00", "code": "GBP"})
    assert invoice["deposit_amount"] == {"amount": "40.00", "code": "GBP"}
    changed = await api.put("invoice", invoice["id"], {"deposit_amount": None})
    assert (changed["deposit_amount"], changed["deposit_status"]) == (None, "none")
    refused = {"customerid": invoice["customerid"], "create_date": "2026-03-10"}
    assert await api.refused("invoice", refused | {"deposit_amount": "-1.00"}) == (422, 1025)
    assert await api.refused("invoice", refused | {"deposit_percentage": "101"}) == (422, 1018)


@pytest.mark.parametrize("tried", [{"autobill_status": "retry"}, {"last_order_status": "declined"}])
async def test_what_is_shown_of_a_part_paid_invoice(api: Any, tried: dict[str, str]) -> None:
    invoice = await sent(api)
    await api.pay(invoice["id"], "10.00")
    await api.control("place", invoice={"id": invoice["id"], **tried})
    assert (await told(api, invoice))[0] == "partial"
    await api.switch(part_paid_shows="attempt")
    assert (await told(api, invoice))[0] == next(iter(tried.values()))


async def test_a_dispute_ends_when_the_invoice_is_sent_again(api: Any) -> None:
    invoice = await sent(api)
    disputed = await api.put("invoice", invoice["id"], {"status": 0})
    assert (disputed["v3_status"], disputed["dispute_status"]) == ("disputed", "disputed")
    cleared = await api.put("invoice", invoice["id"], {"status": 2})
    assert (cleared["v3_status"], cleared["dispute_status"]) == ("sent", None)
    await api.switch(dispute_ended="resolved")
    await api.put("invoice", invoice["id"], {"status": 0})
    resolved = await api.put("invoice", invoice["id"], {"status": 2})
    assert (resolved["v3_status"], resolved["status"]) == ("resolved", 2)
