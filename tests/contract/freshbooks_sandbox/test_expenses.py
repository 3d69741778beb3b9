"""Expenses and their categories."""

from __future__ import annotations

from typing import Any


async def category(api: Any, name: str) -> int:
    page = await api.page("category", "?per_page=100")
    return next(one["id"] for one in page["categories"] if one["category"] == name)


async def spent(api: Any, amount: str = "54.00", **values: Any) -> Any:
    whole = {"staffid": 1, "categoryid": await category(api, "Airfare"), "date": "2026-03-11",
             "amount": {"amount": amount, "code": "GBP"}}  # fmt: skip
    return await api.create("expense", whole | values)


async def test_a_business_starts_with_59_categories_in_alphabetical_order(api: Any) -> None:
    page = await api.page("category")
    assert (page["total"], page["pages"]) == (59, 4)
    names = [one["category"] for one in page["categories"]]
    assert names == sorted(names)
    assert names[:2] == ["Accident Insurance", "Accounting"]
    answer = await api.http.post(api.address("category"), json={"category": {"category": "X"}})
    assert answer.status_code == 404


async def test_what_an_expense_needs(api: Any) -> None:
    whole = {"staffid": 1, "categoryid": await category(api, "Airfare"), "date": "2026-03-11",
             "amount": "5.00"}  # fmt: skip
    for name in whole:
        values = {one: value for one, value in whole.items() if one != name}
        assert await api.refused("expense", values) == (422, 1001)
    assert await api.refused("expense", whole | {"categoryid": 5}) == (422, 1012)
    assert await api.refused("expense", whole | {"clientid": 5}) == (422, 1012)
    assert await api.refused("expense", whole | {"amount": "-1"}) == (422, 1025)


async def test_tax_is_contained_in_the_amount(api: Any) -> None:
    one = await spent(api, taxName1="HST", taxPercent1="13")
    assert one["taxAmount1"] == {"amount": "6.21", "code": "GBP"}
    two = await spent(api, "112.00", taxName1="GST", taxPercent1="5", taxName2="PST",
                      taxPercent2="7", taxAmount1="5.01")  # fmt: skip
    assert (two["taxAmount1"]["amount"], two["taxAmount2"]["amount"]) == ("5.01", "7.00")


async def test_an_expense_for_a_client_is_outstanding(api: Any) -> None:
    client = await api.client()
    own, theirs = await spent(api), await spent(api, clientid=client, markup_percent="10")
    assert (own["status"], theirs["status"], theirs["markup_percent"]) == (0, 1, "10")
    placed = await api.control("place", expense={"id": theirs["id"], "status": 4})
    assert placed["expense"]["status"] == 4


async def test_equal_expenses_are_marked_and_not_refused(api: Any) -> None:
    first, second = await spent(api), await spent(api)
    assert (first["isduplicate"], second["isduplicate"]) == (False, True)
    await api.put("expense", first["id"], {"vis_state": 1})
    assert not (await api.get("expense", second["id"]))["isduplicate"]


async def test_an_expense_moves_its_category(api: Any) -> None:
    made = await spent(api)
    await api.control("clock", advance_s=60)
    await spent(api)
    told = await api.get("category", made["categoryid"])
    assert (told["transaction_posted"], told["updated_at"]) == (True, "2026-03-12 12:01:00")


async def test_expenses_are_found_by_what_is_documented(api: Any) -> None:
    client = await api.client()
    first = await spent(api, "10.00", vendor="Premier", clientid=client, has_receipt=True)
    second = await spent(api, "20.00", date="2026-03-12", projectid=3, staffid=2)
    for query, found in (
        (f"clientid]={client}", first), (f"clientids][]={client}", first),
        ("vendor]=Premier", first), ("has_receipt]=true", first), ("projectid]=3", second),
        ("projectids][]=3", second), ("staffids][]=2", second), ("staffid]=1", first),
        ("date_min]=2026-03-12", second), ("date_max]=2026-03-12", first),
        ("amount_min]=20", second), ("amount_max]=20", first),
        (f"expenseid]={first['id']}", first), (f"expenseids][]={second['id']}", second),
    ):  # fmt: skip
        assert await api.ids("expense", f"?search[{query}") == [found["id"]], query
    everything = f"?search[categoryid]={first['categoryid']}&search[updated_min]=2026-03-12"
    assert await api.ids("expense", everything) == [second["id"], first["id"]]
