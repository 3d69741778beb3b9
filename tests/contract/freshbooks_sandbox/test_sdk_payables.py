"""Bills, bill payments, vendors, tasks and other income by the vendor's own Python client, unmodified."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from freshbooks import Client


@pytest.fixture
def sdk(server: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("FRESHBOOKS_API_URL", server.url)
    return Client(client_id=server.client_id, access_token=server.access_token, auto_retry=False)


def work(sdk: Client, account: str, category: int) -> None:
    vendor = sdk.bill_vendors.create(account, {"vendor_name": "Timber Ltd"})
    renamed = sdk.bill_vendors.update(account, vendor.vendorid, {"vendor_name": "Oak Ltd"})
    assert renamed.vendor_name == "Oak Ltd"
    line = {"categoryid": category, "quantity": 3, "unit_cost": {"amount": "20.00"}}
    values = {"vendorid": vendor.vendorid, "issue_date": "2026-03-01", "due_offset_days": 30}
    values |= {"currency_code": "GBP", "language": "en", "lines": [line]}
    bill = sdk.bills.create(account, values)
    assert str(bill.total_amount.amount) == "60.00"
    payment = {"billid": bill.id, "amount": {"amount": "60.00"}, "paid_date": "2026-03-05"}
    paid = sdk.bill_payments.create(account, payment | {"payment_type": "Check"})
    assert sdk.bill_payments.update(account, paid.id, {"note": "By hand"}).note == "By hand"
    assert sdk.bills.get(account, bill.id).status == "paid"
    sdk.bill_payments.delete(account, paid.id)
    assert sdk.bill_payments.list(account).pages.total == 0
    assert sdk.bills.update(account, bill.id, {"bill_number": "B-1"}).bill_number == "B-1"
    sdk.bills.delete(account, bill.id)
    assert sdk.bills.list(account).pages.total == 0
    sdk.bill_vendors.delete(account, vendor.vendorid)
    assert sdk.bill_vendors.get(account, vendor.vendorid).vis_state == 1
    task = sdk.tasks.create(account, {"name": "Walking"})
    assert sdk.tasks.update(account, task.id, {"name": "Running"}).tname == "Running"
    sdk.tasks.delete(account, task.id)
    assert sdk.tasks.list(account).pages.total == 0
    income = {"amount": {"amount": "9.00"}, "category_name": "other", "date": "2026-03-01"}
    made = sdk.other_income.create(account, income)
    assert len(sdk.other_income.list(account)) == 1
    assert sdk.other_income.update(account, made.incomeid, {"note": "Tip"}).note == "Tip"
    sdk.other_income.delete(account, made.incomeid)
    assert sdk.other_income.list(account).pages.total == 0


async def test_payables_by_the_python_client(sdk: Client, server: Any) -> None:
    category = next(iter(server.books.categories.table)).id
    await asyncio.to_thread(work, sdk, server.account_id, category)
