"""FreshBooks' reports over HTTP: addresses, parameters, keys and kinds of value."""

from __future__ import annotations

from typing import Any

import pytest

YEAR = "?start_date=2026-01-01&end_date=2026-12-31"
KEYS = {
    "trial_balance": {
        "company_name", "currency_code", "data", "download_token", "end_date", "start_date",
    },
    "profitloss_entity": {
        "cash_based", "company_name", "currency_code", "dates", "download_token", "end_date",
        "expenses", "gross_margin", "income", "labels", "net_profit", "resolution", "start_date",
        "total_expenses", "total_income",
    },
    "payments_collected": {
        "clientids", "currency_codes", "download_token", "end_date", "payment_methods", "payments",
        "start_date", "summary_only", "totals",
    },
    "taxsummary": {
        "cash_based", "currency_code", "download_token", "end_date", "start_date", "taxes",
        "total_invoiced",
    },
    "general_ledger": {
        "company_name", "currency_code", "data", "download_token", "end_date", "start_date",
        "summary", "summary_only",
    },
    "accounts_aging": {
        "accounts", "company_name", "currency_code", "download_token", "end_date", "totals",
    },
}  # fmt: skip
ROWS = {
    "trial_balance": {
        "account_name", "account_number", "account_sub_name", "account_sub_number", "credit",
        "debit", "sub_accountid",
    },
    "profitloss_entity": {"children", "data", "description", "entry_type", "total"},
    "payments_collected": {
        "amount", "client", "clientid", "credit_number", "creditid", "date", "description",
        "from_credit", "invoice_number", "invoiceid", "method",
    },
    "taxsummary": {
        "net_tax", "net_taxable_amount", "tax_collected", "tax_name", "tax_paid",
        "taxable_amount_collected", "taxable_amount_paid",
    },
    "accounts_aging": {
        "0-30", "31-60", "61-90", "91+", "email", "fname", "lname", "organization", "total", "userid",
    },
    "general_ledger": {
        "account_name", "account_number", "accountid", "credit", "debit", "id",
        "net_movement_credit", "net_movement_debit", "sub_accounts",
    },
}  # fmt: skip
LISTS = {
    "trial_balance": "data", "profitloss_entity": "income", "payments_collected": "payments",
    "taxsummary": "taxes", "accounts_aging": "accounts", "general_ledger": "data",
}  # fmt: skip


async def report(api: Any, name: str, query: str = YEAR, key: str = "") -> Any:
    address = f"/accounting/account/{api.server.account_id}/reports/accounting/{name}"
    result = await api.result(await api.http.get(address + query))
    key = key or {"profitloss_entity": "profitloss"}.get(name, name)
    assert set(result) == {key}
    return result[key]


@pytest.fixture
async def busy(api: Any) -> Any:
    """An invoice with tax, partly paid, and an expense."""
    line = {"name": "Work", "qty": 1, "unit_cost": "100.00", "taxName1": "VAT", "taxAmount1": "20"}
    values = {"customerid": await api.client(organization="Ada Ltd"), "create_date": "2026-03-10"}
    invoice = await api.create("invoice", values | {"status": 2, "lines": [line]})
    await api.pay(invoice["id"], "50.00", note="Thanks")
    category = next(
        row.id for row in api.server.books.categories.table if row.wire.category == "Gas"
    )
    expense = {"categoryid": category, "staffid": 1, "amount": "12.00", "date": "2026-03-12"}
    await api.create("expense", expense | {"taxName1": "VAT", "taxPercent1": "20"})
    return api


@pytest.mark.parametrize("name", list(KEYS))
async def test_a_report_has_the_published_keys(busy: Any, name: str) -> None:
    found = await report(busy, name)
    assert set(found) == KEYS[name]
    rows = found[LISTS[name]]
    assert rows
    assert {frozenset(row) for row in rows} == {frozenset(ROWS[name])}
    assert isinstance(found["download_token"], str)
    if "company_name" in found:
        assert found["company_name"] == "Sandbox Trading Ltd"


async def test_money_in_reports_is_a_text_beside_its_currency(busy: Any) -> None:
    (row,) = (await report(busy, "taxsummary"))["taxes"]
    assert row["tax_collected"] == {"amount": "20.00", "code": "GBP"}
    rows = (await report(busy, "trial_balance"))["data"]
    assert rows[0]["debit"] == {"amount": "38.00", "code": "GBP"}
    assert rows[0]["credit"] == {"amount": "0.00", "code": "GBP"}
    totals = (await report(busy, "accounts_aging"))["totals"]
    assert totals["total"] == {"amount": "70.00", "code": "GBP"}
    (paid,) = (await report(busy, "payments_collected"))["payments"]
    assert (paid["method"], paid["client"], paid["description"]) == ("Cash", "Ada Ltd", "Thanks")
    margin = (await report(busy, "profitloss_entity"))["gross_margin"]
    assert (margin["total"], margin["entry_type"]) == ({"amount": "100.00", "code": "%"}, "none")


async def test_days_currency_and_basis_are_bare_parameters(busy: Any) -> None:
    late = await report(busy, "trial_balance", "?start_date=2026-04-01&end_date=2026-12-31")
    assert (late["data"], late["start_date"]) == ([], "2026-04-01")
    euros = await report(busy, "trial_balance", YEAR + "&currency_code=EUR")
    assert (euros["data"], euros["currency_code"]) == ([], "EUR")
    for truth in ("true", "True"):
        cash = await report(busy, "profitloss_entity", f"{YEAR}&cash_based={truth}")
        assert (cash["cash_based"], cash["total_income"]["total"]["amount"]) == (True, "41.67")
    ignored = await report(busy, "trial_balance", YEAR + "&search[currency_code]=EUR")
    assert ignored["currency_code"] == "GBP"
    today = await report(busy, "profitloss_entity", "")
    assert (today["start_date"], today["end_date"]) == ("2026-03-12", "2026-03-12")
    assert (today["resolution"], today["labels"], today["dates"]) == (None, [], [])
    older = await report(busy, "profitloss", key="profitloss")
    assert older == await report(busy, "profitloss_entity")


async def test_a_bad_parameter_is_refused(api: Any) -> None:
    root = f"/accounting/account/{api.server.account_id}/reports/accounting/trial_balance"
    for query, errno in (
        ("?start_date=soon", 1023),
        ("?start_date=2026-02-01&end_date=2026-01-01", 1007),
    ):
        answer = await api.http.get(root + query)
        error = answer.json()["response"]["errors"][0]
        assert (answer.status_code, error["errno"], error["field"]) == (422, errno, "start_date")
    assert (await api.http.get(root.replace("trial_balance", "nonsense"))).status_code == 404
