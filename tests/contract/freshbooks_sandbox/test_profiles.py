"""Recurring profiles: written like invoices, and making one every so often as the clock moves."""

from __future__ import annotations

from typing import Any

import pytest

RETAINER = {"name": "Retainer", "description": "Advice", "qty": 2, "unit_cost": "50.00",
            "taxName1": "VAT", "taxAmount1": "20"}  # fmt: skip


async def recurring(api: Any, **values: Any) -> Any:
    whole = {"customerid": await api.client(), "create_date": "2026-03-13", "frequency": "m",
             "lines": [RETAINER]}  # fmt: skip
    return await api.create("invoice_profile", whole | values, "?include[]=lines")


async def made(api: Any) -> list[Any]:
    page = await api.page("invoice", "?per_page=100&include[]=lines")
    return page["invoices"][::-1]


async def test_a_profile_is_priced_and_makes_nothing_before_its_day(api: Any) -> None:
    profile = await recurring(api, discount_value="10")
    assert profile["amount"] == {"amount": "108.00", "code": "GBP"}
    assert (profile["occurrences_to_date"], profile["numberRecurring"]) == (0, 0)
    assert profile["lines"][0]["profileid"] == profile["profileid"] == profile["id"]
    assert await made(api) == []


async def test_a_profile_has_the_published_keys(api: Any) -> None:
    profile = await recurring(api)
    published = {
        "accounting_systemid", "address", "amount", "auto_bill", "bill_gateway", "city", "code",
        "country", "create_date", "currency_code", "customerid", "description", "disable",
        "discount_total", "discount_value", "due_offset_days", "ext_archive", "fname", "frequency",
        "id", "include_unbilled_time", "language", "lname", "notes", "numberRecurring",
        "occurrences_to_date", "organization", "ownerid", "payment_details", "po_number",
        "profileid", "province", "require_auto_bill", "retainer_id", "send_email", "send_gmail",
        "street", "street2", "terms", "total_accrued_revenue", "updated", "vat_name", "vat_number",
        "vis_state",
    }  # fmt: skip
    assert set(profile) - {"lines"} == published


async def test_invoices_are_made_as_the_clock_moves(api: Any) -> None:
    profile = await recurring(
        api, create_date="2026-03-31", due_offset_days=14, notes="Thanks", numberRecurring=3
    )
    await api.control("clock", now="2026-05-31T12:00:00Z")
    invoices = await made(api)
    assert [one["create_date"] for one in invoices] == ["2026-03-31", "2026-04-30", "2026-05-31"]
    last = invoices[-1]
    assert (last["parent"], last["generation_date"]) == (profile["id"], "2026-05-31")
    assert (last["due_date"], last["notes"], last["status"]) == ("2026-06-14", "Thanks", 2)
    assert (last["amount"]["amount"], last["lines"][0]["taxName1"]) == ("120.00", "VAT")
    assert last["lines"][0]["invoiceid"] == last["id"]
    await api.control("clock", now="2026-09-01T12:00:00Z")
    assert len(await made(api)) == 3
    assert (await api.get("invoice_profile", profile["id"]))["occurrences_to_date"] == 3


async def test_what_is_not_sent_by_email_is_a_draft(api: Any) -> None:
    await recurring(api, create_date="2026-03-12", send_email=False)
    assert [one["v3_status"] for one in await made(api)] == ["draft"]


async def test_a_disabled_or_deleted_profile_makes_nothing(api: Any) -> None:
    first, second = await recurring(api), await recurring(api)
    await api.put("invoice_profile", first["id"], {"disable": True})
    await api.put("invoice_profile", second["id"], {"vis_state": 1})
    await api.control("clock", now="2026-03-20T12:00:00Z")
    assert await made(api) == []
    assert await api.ids("invoice_profile") == [first["id"]]
    await api.put("invoice_profile", second["id"], {"vis_state": 0})
    assert [one["parent"] for one in await made(api)] == [second["id"]]


async def test_days_that_have_passed_are_made_up_for_unless_assumed_otherwise(api: Any) -> None:
    await recurring(api, create_date="2026-02-12", frequency="2w")
    assert len(await made(api)) == 3
    await api.switch(recurring_catches_up=False)
    profile = await recurring(api, create_date="2026-02-12", frequency="2w")
    assert [one["create_date"] for one in await made(api)][3:] == ["2026-03-12"]
    assert (await api.get("invoice_profile", profile["id"]))["occurrences_to_date"] == 3


async def test_making_an_invoice_moves_its_profile_unless_assumed_otherwise(api: Any) -> None:
    first = await recurring(api)
    await api.control("clock", now="2026-03-13T16:00:00Z")
    assert (await api.get("invoice_profile", first["id"]))["updated"] == "2026-03-13 12:00:00"
    await api.switch(recurring_moves_profile=False)
    await api.control("clock", now="2026-04-13T16:00:00Z")
    after = await api.get("invoice_profile", first["id"])
    assert (after["updated"], after["occurrences_to_date"]) == ("2026-03-13 12:00:00", 2)


@pytest.mark.parametrize("frequency", ["daily", "0w", "m2", ""])
async def test_a_frequency_is_weeks_months_or_years(api: Any, frequency: str) -> None:
    values = {"customerid": await api.client(), "create_date": "2026-03-13"}
    status, errno = await api.refused("invoice_profile", values | {"frequency": frequency})
    assert (status, errno) == (422, 1004 if frequency else 1001)


async def test_profiles_are_found_by_what_is_documented(api: Any) -> None:
    first = await recurring(api, create_date="2026-04-30")
    second = await recurring(api, currency_code="EUR", include_unbilled_time=True)
    for query, found in (
        (f"profileid]={first['id']}", first),
        (f"profileids][]={second['id']}", second),
        (f"clientid]={first['customerid']}", first),
        (f"clientids][]={second['customerid']}", second),
        ("currency_code]=EUR", second),
        ("include_unbilled_time]=false", first),
    ):
        assert await api.ids("invoice_profile", f"?search[{query}") == [found["id"]]
    with_next = await api.get("invoice_profile", first["id"], "?include[]=next_issue_date")
    assert with_next["next_issue_date"] == "2026-04-30"


async def test_the_client_of_a_profile_must_be_there(api: Any) -> None:
    profile = await recurring(api)
    values = {"customerid": 7, "create_date": "2026-03-13", "frequency": "m"}
    assert await api.refused("invoice_profile", values) == (422, 1012)
    await api.put("client", profile["customerid"], {"vis_state": 1})
    await api.control("clock", now="2026-03-20T12:00:00Z")
    assert await made(api) == []


async def test_the_card_of_a_profile_is_charged_as_it_was_ordered(api: Any) -> None:
    profile = (await recurring(api, auto_bill=True))["id"]
    await api.control("autobill", invoice_profile=profile, outcome="retry")
    await api.control("clock", now="2026-03-13T12:00:00Z")
    await api.control("autobill", invoice_profile=profile, outcome="success")
    await api.control("clock", now="2026-04-13T12:00:00Z")
    await api.put("invoice_profile", profile, {"auto_bill": False})
    await api.control("clock", now="2026-05-13T12:00:00Z")
    told = [
        (one["auto_bill"], one["autobill_status"], one["payment_status"]) for one in await made(api)
    ]
    assert told == [
        (True, "retry", "unpaid"),
        (True, "success", "auto-paid"),
        (False, None, "unpaid"),
    ]
    order = {"invoice_profile": profile, "outcome": "failed"}
    answer = await api.http.post("/_control/autobill", json=order)
    assert f"invoice_profile {profile} has no auto_bill" in answer.json()["error"]
