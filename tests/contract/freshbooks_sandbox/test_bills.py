"""Bills, their payments and vendors, and other income."""

from __future__ import annotations

from typing import Any

import pytest

KEYS = {
    "amount", "attachment", "bill_number", "bill_payments", "created_at", "currency_code", "due_date",
    "due_offset_days", "id", "issue_date", "language", "lines", "outstanding", "overall_category",
    "overall_description", "paid", "status", "tax_amount", "total_amount", "updated_at", "vendor",
    "vendorid", "vis_state",
}  # fmt: skip


async def values(api: Any, *prices: str, **more: Any) -> dict[str, Any]:
    vendor = await api.create("bill_vendor", {"vendor_name": "Timber Ltd"})
    category = (await api.page("category"))["categories"][0]["categoryid"]
    lines = [
        {
            "categoryid": category,
            "description": "Oak",
            "quantity": 2,
            "unit_cost": {"amount": price},
        }
        for price in prices
    ]
    start = {"vendorid": vendor["vendorid"], "issue_date": "2026-03-01", "due_offset_days": 30}
    return {**start, "currency_code": "GBP", "language": "en", "lines": lines, **more}


async def bill(api: Any, *prices: str, **more: Any) -> Any:
    return await api.create("bill", await values(api, *prices, **more))


async def pay(api: Any, number: int, amount: str) -> Any:
    given = {"billid": number, "amount": {"amount": amount}, "paid_date": "2026-03-05"}
    return await api.create("bill_payment", given | {"payment_type": "Check"})


async def test_a_bill_has_the_published_keys(api: Any) -> None:
    made = await bill(api, "15.00", "5.00")
    assert set(made) == KEYS
    assert [line["list_index"] for line in made["lines"]] == [1, 2]
    assert made["lines"][0]["quantity"] == "2"
    assert (made["due_date"], made["status"]) == ("2026-03-31", "unpaid")
    assert made["vendor"]["vendor_name"] == "Timber Ltd"
    denied = await api.http.put(
        api.address("bill", made["id"]), json={"bill": {"due_date": "2026-05-01"}}
    )
    assert (denied.status_code, denied.json()["response"]["errors"][0]["errno"]) == (403, 1038)
    changed = await api.put("bill", made["id"], {"due_offset_days": 10})
    assert (changed["due_date"], changed["total_amount"]["amount"]) == ("2026-03-11", "40.00")
    assert (await api.put("bill", made["id"], {"vis_state": 2}))["vis_state"] == 2
    assert await api.ids("bill") == [made["id"]]
    assert (await api.put("bill", made["id"], {"vis_state": 1}))["vis_state"] == 1
    assert await api.ids("bill") == []


async def test_what_a_bill_needs(api: Any) -> None:
    whole = await values(api, "10.00")
    for name in whole:
        without = {key: value for key, value in whole.items() if key != name}
        assert await api.refused("bill", without) == (422, 1001), name
    assert await api.refused("bill", whole | {"lines": [{"quantity": 1}]}) == (422, 1001)
    assert await api.refused("bill", whole | {"vendorid": 1}) == (422, 1012)
    assert await api.refused("bill", whole | {"lines": [{"categoryid": 1}]}) == (422, 1012)
    assert await api.refused("bill", whole | {"due_offset_days": -1}) == (422, 1030)


async def test_stamps_of_bills_are_utc_and_of_income_eastern(api: Any) -> None:
    made = await bill(api, "10.00")
    assert made["created_at"] == made["updated_at"] == "2026-03-12 16:00:00"
    assert made["vendor"]["updated_at"] == "2026-03-12 16:00:00"
    income = {"amount": {"amount": "113.00"}, "category_name": "rentals", "date": "2026-03-01"}
    assert (await api.create("other_income", income))["updated_at"] == "2026-03-12 12:00:00"


async def test_taxes_of_a_bill(api: Any) -> None:
    given = await values(api, "60.00")
    given["lines"][0] |= {"tax_name1": "VAT", "tax_percent1": "20"}

    async def figures() -> list[str]:
        made = await api.create("bill", given)
        assert made["lines"][0]["tax_amount1"] == made["tax_amount"]
        return [made[name]["amount"] for name in ("amount", "tax_amount", "total_amount")]

    assert await figures() == ["120.00", "24.00", "144.00"]
    await api.switch(bill_tax="contained")
    assert await figures() == ["100.00", "20.00", "120.00"]


async def test_a_bill_is_paid_in_parts(api: Any) -> None:
    number = (await bill(api, "50.00"))["id"]
    await pay(api, number, "30.00")
    part = await api.get("bill", number)
    assert (part["status"], part["outstanding"]["amount"]) == ("partial", "70.00")
    rest = await pay(api, number, "70.00")
    paid = await api.get("bill", number)
    assert (paid["status"], paid["paid"]["amount"]) == ("paid", "100.00")
    assert [each["amount"]["amount"] for each in paid["bill_payments"]] == ["30.00", "70.00"]
    await api.put("bill_payment", rest["id"], {"vis_state": 1})
    assert (await api.get("bill", number))["status"] == "partial"
    await api.control("clock", now="2026-06-01T12:00:00Z")
    other = (await bill(api, "50.00"))["id"]
    assert (await api.get("bill", other))["status"] == "overdue"


@pytest.mark.parametrize("word", ["overdue", "partial"])
async def test_a_partly_paid_bill_past_its_due_date(api: Any, word: str) -> None:
    number = (await bill(api, "50.00"))["id"]
    await pay(api, number, "30.00")
    await api.switch(bill_partial_past_due=word)
    await api.control("clock", now="2026-06-01T12:00:00Z")
    assert (await api.get("bill", number))["status"] == word


async def test_a_payment_of_more_than_the_bill(api: Any) -> None:
    number = (await bill(api, "50.00"))["id"]
    given = {"billid": number, "amount": {"amount": "100.01"}, "paid_date": "2026-03-05"}
    given |= {"payment_type": "Check"}
    assert await api.refused("bill_payment", given) == (422, 1030)
    await api.switch(bill_overpayment="accepted")
    await api.create("bill_payment", given)
    assert (await api.get("bill", number))["outstanding"]["amount"] == "-0.01"


async def test_a_vendor_knows_what_is_owed(api: Any) -> None:
    made = await bill(api, "50.00")
    await pay(api, made["id"], "30.00")
    vendor = await api.get("bill_vendor", made["vendorid"])
    assert vendor["outstanding_balance"] == [{"amount": {"amount": "70.00", "code": "GBP"}}]
    assert vendor["overdue_balance"] == []
    await api.control("clock", now="2026-06-01T12:00:00Z")
    vendor = await api.get("bill_vendor", made["vendorid"])
    assert vendor["overdue_balance"] == vendor["outstanding_balance"]


async def test_bills_are_found_by_what_is_documented(api: Any) -> None:
    first, second = await bill(api, "50.00"), await bill(api, "60.00", currency_code="USD")
    await pay(api, first["id"], "100.00")
    found = {
        f"?search[vendorid]={first['vendorid']}": [first["id"]],
        "?search[statuses][]=unpaid": [second["id"]],
        "?search[currency_code]=USD": [second["id"]],
        f"?search[ids][]={first['id']}": [first["id"]],
        "?search[issue_date_min]=2030-01-01": [second["id"], first["id"]],
    }
    assert {query: await api.ids("bill", query) for query in found} == found
    assert len(await api.ids("bill_payment", "?search[payment_type]=Cash")) == 1
    vendors = await api.page("bill_vendor", "?search[vendor_name]=Nobody")
    assert vendors["total"] == 2


async def test_deleted_bills_are_listed_unless_assumed_otherwise(api: Any) -> None:
    gone, kept = (await bill(api, "50.00"))["id"], (await bill(api, "50.00"))["id"]
    await api.put("bill", gone, {"vis_state": 1})
    assert await api.ids("bill", "?search[vis_state]=1") == [gone]
    await api.switch(bills_vis_state_filter=False)
    assert await api.ids("bill", "?search[vis_state]=1") == [kept]


async def test_other_income(api: Any) -> None:
    given = {"amount": {"amount": "113.00"}, "category_name": "rentals", "date": "2026-03-01"}
    given["taxes"] = [{"name": "HST", "amount": "13"}]
    made = await api.create("other_income", given)
    assert made["taxes"] == [{"amount": "13", "name": "HST"}]
    page = await api.page("other_income", f"?search[incomeid]={made['incomeid']}")
    assert [row["incomeid"] for row in page["other_income"]] == [made["incomeid"]]
    assert (await api.page("other_income", "?search[category_name]=other"))["total"] == 0
    assert await api.refused("other_income", given | {"category_name": "gifts"}) == (422, 1004)
    gone = await api.http.delete(api.address("other_income", made["incomeid"]))
    assert (gone.status_code, gone.json()) == (200, {"response": {}})
    assert (await api.page("other_income"))["total"] == 0
    assert (await api.page("other_income", "?search[vis_state]=1"))["total"] == 1


async def test_payments_of_bills_are_not_announced(api: Any) -> None:
    heard: list[str] = []
    api.server.books.core.announce = lambda event, _number: heard.append(event)
    await pay(api, (await bill(api, "50.00"))["id"], "30.00")
    assert heard == ["bill_vendor.create", "bill.create"]
