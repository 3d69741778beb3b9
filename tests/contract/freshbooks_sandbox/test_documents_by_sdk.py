"""Estimates, expenses, recurring profiles, projects and time entries through the vendor's own Python client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from freshbooks import Client, FilterBuilder, FreshBooksError, IncludesBuilder, PaginateBuilder

LINE = {"name": "Work", "qty": 2, "unit_cost": {"amount": "5.00", "code": "GBP"}}
LINES = IncludesBuilder().include("lines")


@pytest.fixture
async def sdk(api: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("FRESHBOOKS_API_URL", server.url)
    await api.control("clock", real=True)
    return Client(client_id=server.client_id, access_token=server.access_token, auto_retry=False)


async def run(work: Any, *args: Any) -> Any:
    return await asyncio.to_thread(work, *args)


def customer(sdk: Client, account: str) -> int:
    return int(sdk.clients.create(account, {"organization": "Engines Ltd"}).id)


def an_estimate(sdk: Client, account: str) -> tuple[Any, Any, int]:
    values = {"customerid": customer(sdk, account), "create_date": "2026-03-10", "lines": [LINE]}
    made = sdk.estimates.create(account, values, includes=LINES)
    accepted = sdk.estimates.update(account, made.id, {"action_accept": True})
    sdk.estimates.delete(account, made.id)
    return made, accepted, sdk.estimates.list(account).pages.total


async def test_an_estimate_is_made_accepted_and_deleted(sdk: Client, server: Any) -> None:
    made, accepted, left = await run(an_estimate, sdk, server.account_id)
    assert (made.amount.amount, made.lines[0].amount.amount) == ("10.00", "10.00")
    assert (accepted.ui_status, accepted.accepted, left) == ("accepted", True, 0)


def an_expense(sdk: Client, account: str) -> tuple[int, Any, Any]:
    categories = sdk.expenses_categories.list(account, builders=[PaginateBuilder(1, 100)])
    values = {"staffid": 1, "categoryid": categories[0].id, "date": "2026-03-10"}
    made = sdk.expenses.create(account, values | {"amount": {"amount": "54.00", "code": "GBP"}})
    return len(list(categories)), made, sdk.expenses.delete(account, made.id)


async def test_an_expense_is_made_and_deleted(sdk: Client, server: Any) -> None:
    categories, made, deleted = await run(an_expense, sdk, server.account_id)
    assert (categories, made.amount.amount, deleted.vis_state) == (59, "54.00", 1)


def a_profile(sdk: Client, account: str) -> tuple[Any, Any]:
    values = {"customerid": customer(sdk, account), "create_date": "2035-01-31", "lines": [LINE]}
    made = sdk.invoice_profiles.create(account, values | {"frequency": "m"}, includes=LINES)
    return made, sdk.invoice_profiles.update(account, made.id, {"disable": True})


async def test_a_recurring_profile_is_made_and_disabled(sdk: Client, server: Any) -> None:
    made, stopped = await run(a_profile, sdk, server.account_id)
    assert (made.frequency, made.amount.amount, stopped.disable) == ("m", "10.00", True)


def a_project(sdk: Client, business: int) -> tuple[Any, ...]:
    made = sdk.projects.create(business, {"title": "Site"})
    changed = sdk.projects.update(business, made.id, {"title": "Shop"})
    open_ones = FilterBuilder().equals("complete", False)
    found = sdk.projects.list(business, builders=[open_ones, PaginateBuilder(1, 30)])
    sdk.projects.delete(business, made.id)
    with pytest.raises(FreshBooksError) as gone:
        sdk.projects.get(business, made.id)
    with pytest.raises(FreshBooksError) as nameless:
        sdk.projects.create(business, {"client_id": 7})
    return changed.title, [one.id for one in found] == [made.id], gone.value, nameless.value


async def test_a_project_is_made_changed_listed_and_deleted(sdk: Client, server: Any) -> None:
    title, found, gone, nameless = await run(a_project, sdk, server.business_id)
    assert (title, found, gone.status_code) == ("Shop", True, 404)
    assert (nameless.status_code, nameless.error_code) == (422, 2001)


def a_time_entry(sdk: Client, business: int) -> tuple[Any, int, int]:
    values = {"is_logged": True, "duration": 60, "started_at": "2026-03-10T10:00:00Z"}
    made = sdk.time_entries.create(business, values)
    total = sdk.time_entries.list(business).pages.total
    sdk.time_entries.delete(business, made.id)
    return made, total, sdk.time_entries.list(business).pages.total


async def test_a_time_entry_is_made_and_deleted(sdk: Client, server: Any) -> None:
    made, before, after = await run(a_time_entry, sdk, server.business_id)
    assert (made.started_at.isoformat(), made.duration) == ("2026-03-10T10:00:00+00:00", 60)
    assert (before, after) == (1, 0)
