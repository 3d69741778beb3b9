"""How lists are paged, narrowed, sorted and filled out."""

from __future__ import annotations

from typing import Any

import pytest


async def test_a_page_has_15_rows_newest_first(api: Any) -> None:
    made = [await api.client() for _ in range(17)]
    page = await api.page("client")
    assert [row["id"] for row in page["clients"]] == made[:1:-1]
    assert (page["page"], page["pages"], page["per_page"], page["total"]) == (1, 2, 15, 17)


async def test_a_page_never_has_more_than_100_rows(api: Any) -> None:
    assert (await api.page("client", "?per_page=2000"))["per_page"] == 100


async def test_page_0_is_page_1_and_past_the_end_is_empty(api: Any) -> None:
    made = await api.client()
    assert await api.ids("client", "?page=0") == [made]
    beyond = await api.page("client", "?page=9")
    assert (beyond["clients"], beyond["page"], beyond["total"]) == ([], 9, 1)


async def test_an_empty_list_has_no_pages(api: Any) -> None:
    page = await api.page("payment")
    assert page == {"payments": [], "page": 1, "pages": 0, "per_page": 15, "total": 0}


async def test_lists_lack_records_only_if_ordered(api: Any) -> None:
    made = [await api.client() for _ in range(3)]
    assert await api.ids("client") == made[::-1]
    await api.switch(lists_lack=100)
    assert (await api.page("client"))["total"] == 0
    answer = await api.http.get(f"{api.address('client')}/{made[0]}")
    assert answer.status_code == 200, "by its id it is still there"


@pytest.mark.parametrize(
    ("query", "errno"), [("?page=x", 1014), ("?page=-1", 1014), ("?per_page=0", 1013)]
)
async def test_a_page_that_is_no_number_is_refused(api: Any, query: str, errno: int) -> None:
    answer = await api.http.get(api.address("client") + query)
    assert (answer.status_code, answer.json()["response"]["errors"][0]["errno"]) == (422, errno)
    await api.switch(query_error_status=400)
    assert (await api.http.get(api.address("client") + query)).status_code == 400


async def test_an_unknown_search_key_narrows_nothing(api: Any) -> None:
    made = [await api.client(), await api.client()]
    for query in ("?search[fname]=Nobody", "?search[updated_since]=2030-01-01", "?fname=Nobody"):
        assert await api.ids("client", query) == made[::-1]


async def test_records_are_found_by_ids(api: Any) -> None:
    client = await api.client()
    first, second, third = [(await api.invoice(client, "1.00"))["id"] for _ in range(3)]
    both = f"?search[invoiceids][]={first}&search[invoiceids][]={third}&search[invoiceids][]=1"
    assert await api.ids("invoice", both) == [third, first]
    assert await api.ids("invoice", f"?search%5Binvoiceid%5D={second}") == [second]
    payment = (await api.pay(first, "1.00"))["logid"]
    assert await api.ids("payment", f"?search[logids][]={payment}&search[logids][]=5") == [payment]
    assert await api.ids("client", f"?search[userids][]={client}&search[userids][]=5") == [client]


async def test_clients_are_found_by_text(api: Any) -> None:
    ada = await api.client(email="ada@example.com", organization="Engines Ltd", note="VIP")
    await api.client(fname="Bob", email="bob@example.com")
    for query in (
        "search[email]=ada@example.com",
        "search[email_like]=ADA@",
        "search[fname_like]=ad",
        "search[organization_like]=engine",
        "search[note_like]=vip",
        "search[username]=adabuyer",
        "search[user_like]=engines",
    ):
        assert await api.ids("client", f"?{query}") == [ada], query


async def test_clients_are_found_by_balance(api: Any) -> None:
    owing, idle = await api.client(), await api.client()
    await api.invoice(owing, "5.00", create_date="2026-01-01")
    assert await api.ids("client", "?search[has_outstanding]=true") == [owing]
    assert await api.ids("client", "?search[has_overdue]=true") == [owing]
    assert await api.ids("client", "?search[has_outstanding]=false") == [idle]
    assert await api.ids("client", "?search[has_draft]=true") == []


async def test_invoices_are_found_by_what_is_documented(api: Any) -> None:
    one, two = await api.client(), await api.client()
    paid = (await api.invoice(one, "5.00", invoice_number="A-1", create_date="2026-03-10"))["id"]
    await api.pay(paid, "5.00")
    due = (await api.invoice(two, "5.00", create_date="2026-03-12"))["id"]
    for query, expected in {
        f"search[customerid]={one}": [paid],
        f"search[customerids][]={two}&search[customerids][]=9": [due],
        "search[invoice_number]=A-1": [paid],
        "search[date_min]=2026-03-11": [due],
        "search[date_min]=2026-03-10&search[date_max]=2026-03-12": [paid],
        "search[paid]=true": [paid],
        "search[outstanding]=true": [due],
        "search[v3_status]=paid": [paid],
        "search[payment_status]=paid": [due, paid],
        "search[status]=4": [due, paid],
        "search[create_date_min]=2026-03-11": [due, paid],
    }.items():
        assert await api.ids("invoice", f"?{query}") == expected, query


async def test_payments_are_found_by_what_is_documented(api: Any) -> None:
    client = await api.client(organization="Engines Ltd")
    invoice = await api.invoice(client, "50.00", invoice_number="A-7")
    small = (await api.pay(invoice["id"], "5.00", note="deposit"))["id"]
    large = (await api.pay(invoice["id"], "20.00", date="2026-03-12", type="Check"))["id"]
    for query, expected in {
        f"search[invoiceid]={invoice['id']}": [large, small],
        f"search[clientids][]={client}": [large, small],
        "search[amount_min]=5&search[amount_max]=20": [small],
        "search[date_min]=2026-03-12": [large],
        "search[type]=Check": [large],
        "search[notes]=depos": [small],
        "search[client_name]=engines": [large, small],
        "search[number]=A-8": [],
        "search[from_credit]=true": [],
        "search[payment_or_credit]=invoice": [large, small],
    }.items():
        assert await api.ids("payment", f"?{query}") == expected, query


async def test_updated_is_judged_by_whole_eastern_days(api: Any) -> None:
    await api.control("clock", now="2026-03-13T03:30:00Z")
    late_on_the_12th = await api.client()
    await api.control("clock", now="2026-03-13T04:30:00Z")
    early_on_the_13th = await api.client()
    assert await api.ids("client", "?search[updated_min]=2026-03-13") == [early_on_the_13th]
    assert await api.ids("client", "?search[updated_max]=2026-03-13") == [late_on_the_12th]
    assert await api.ids("client", "?search[updated_min]=2026-03-14") == []


async def test_updated_finds_items_and_credit_notes_only_if_assumed(api: Any) -> None:
    client = await api.client()
    await api.create("item", {"name": "Bowl"})
    await api.create("credit_note", {"clientid": client, "create_date": "2026-03-10"})
    for kind in ("item", "credit_note"):
        assert len(await api.ids(kind, "?search[updated_min]=2026-12-01")) == 1
    await api.switch(items_updated_filter=True, credit_notes_updated_filter=True)
    for kind in ("item", "credit_note"):
        assert await api.ids(kind, "?search[updated_min]=2026-12-01") == []
        assert len(await api.ids(kind, "?search[updated_min]=2026-03-12")) == 1


@pytest.mark.parametrize(
    ("query", "errno"),
    [
        ("search[updated_min]=yesterday", 1023),
        ("search[customerid]=Ada", 1024),
        ("search[paid]=perhaps", 1032),
        ("search[invoiceids]=1", 1034),
        ("search[invoiceid][]=1", 1037),
    ],
)
async def test_a_bad_value_of_a_known_key_is_refused(api: Any, query: str, errno: int) -> None:
    answer = await api.http.get(api.address("invoice") + f"?{query}")
    assert (answer.status_code, answer.json()["response"]["errors"][0]["errno"]) == (422, errno)


async def test_deleted_records_are_hidden_and_archived_ones_are_not(api: Any) -> None:
    live, archived, deleted = [await api.client() for _ in range(3)]
    await api.put("client", archived, {"vis_state": 2})
    await api.put("client", deleted, {"vis_state": 1})
    assert await api.ids("client") == [archived, live]
    assert await api.ids("client", "?search[vis_state]=1") == [deleted]
    assert await api.ids("client", "?search[vis_state]=2") == [archived]
    assert await api.ids("client", f"?search[userids][]={deleted}") == []
    assert (await api.get("client", deleted))["vis_state"] == 1


async def test_sorts_that_work_and_sorts_that_do_not(api: Any) -> None:
    zoe, amy = await api.client(email="z@example.com"), await api.client(email="a@example.com")
    await api.control("clock", advance_s=5)
    await api.put("client", zoe, {"note": "moved"})
    assert await api.ids("client", "?sort=updated_desc") == [zoe, amy]
    assert await api.ids("client", "?sort=email_asc") == [amy, zoe]
    assert await api.ids("client", "?sort=updated:asc") == [zoe, amy]
    assert await api.ids("client", "?sort=colour_asc") == [amy, zoe]
    await api.switch(unsupported_sort="direction")
    assert await api.ids("client", "?sort=colour_asc") == [zoe, amy]


async def test_invoices_sort_by_date(api: Any) -> None:
    client = await api.client()
    late = (await api.invoice(client, "1.00", create_date="2026-03-12"))["id"]
    early = (await api.invoice(client, "1.00", create_date="2026-03-01"))["id"]
    assert await api.ids("invoice", "?sort=invoice_date_asc") == [early, late]
    assert await api.ids("invoice", "?sort=invoice_date_desc") == [late, early]


async def test_lines_come_only_when_asked_for(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "1.00", "2.00")
    assert "lines" not in invoice
    assert "lines" not in await api.get("invoice", invoice["id"])
    lines = (await api.get("invoice", invoice["id"], "?include[]=lines"))["lines"]
    assert [line["lineid"] for line in lines] == [1, 2]
    page = await api.page("invoice", "?include%5B%5D=lines")
    assert page["invoices"][0]["lines"] == lines
    put = await api.put("invoice", invoice["id"], {"notes": "x"}, "?include[]=lines")
    assert [line["name"] for line in put["lines"]] == ["Work", "Work"]


async def test_a_payment_can_bring_its_client_and_invoice(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "5.00")
    payment = await api.pay(invoice["id"], "5.00")
    found = await api.get("payment", payment["id"], "?include[]=client&include[]=invoice")
    assert (found["client"]["id"], found["invoice"]["payment_status"]) == (client, "paid")


async def test_a_client_can_bring_its_balances(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "5.00", create_date="2026-01-01")
    await api.pay(invoice["id"], "2.00")
    await api.invoice(client, "7.00", status=1)
    query = "?include[]=outstanding_balance&include[]=draft_balance&include[]=overdue_balance"
    found = await api.get("client", client, query)
    for name, amount in (("outstanding", "3.00"), ("draft", "7.00"), ("overdue", "3.00")):
        assert found[f"{name}_balance"] == [{"amount": {"amount": amount, "code": "GBP"}}]
