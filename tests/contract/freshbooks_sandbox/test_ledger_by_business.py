"""The newer addresses of the ledger: ledger accounts, the general ledger and the chart of accounts by business."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from freshbooks import Client
from freshbooks.errors import FreshBooksError
from tests.contract.freshbooks_sandbox.test_consent import accepted, exchange

YEAR = "?start_date=2026-01-01&end_date=2026-12-31"
LEDGER_ACCOUNT_KEYS = {
    "auto_created", "category_id", "description", "jea_id", "jesa_id", "name", "number",
    "parent_account", "state", "sub_accounts", "sub_type", "system_account_name", "type",
    "updated_at", "uuid",
}  # fmt: skip
CHART_KEYS = {
    "account_name", "account_number", "account_sub_type", "account_type", "account_uuid",
    "auto_created", "balance", "currency_code", "state", "sub_accounts", "system_account_name",
}  # fmt: skip
TRANSACTION_KEYS = {
    "bill_paymentid", "billid", "client_name", "clientid", "credit", "creditid", "date", "debit",
    "description", "entity_type", "expenseid", "incomeid", "invoiceid", "paymentid", "reference",
}  # fmt: skip


def root(api: Any) -> str:
    return f"/accounting/businesses/{api.server.books.core.business.business_uuid}"


async def ledger_accounts(api: Any) -> list[Any]:
    answer = await api.http.get(f"{root(api)}/ledger_accounts/accounts")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["data"]
    return found


async def ledger(api: Any, query: str = YEAR) -> Any:
    answer = await api.http.get(f"{root(api)}/reports/general_ledger{query}")
    return (await api.result(answer))["general_ledger"]


async def chart(api: Any, query: str = "") -> Any:
    answer = await api.http.get(f"{root(api)}/reports/chart_of_accounts{query}")
    return (await api.result(answer))["journal_entry_accounts"]


def balances(found: list[Any]) -> dict[str, str]:
    below = [each for account in found for each in account["sub_accounts"]]
    return {each["account_name"]: each["balance"] for each in below}


async def test_ledger_accounts_are_flat_and_lead_to_the_older_ids(api: Any) -> None:
    found = await ledger_accounts(api)
    assert {frozenset(account) for account in found} == {frozenset(LEDGER_ACCOUNT_KEYS)}
    cash, petty = found[:2]
    assert (cash["name"], cash["number"], cash["sub_type"]) == ("Cash", "1000", "Cash & Bank")
    assert (petty["name"], petty["number"]) == ("Petty Cash", "1000-1")
    assert cash["sub_accounts"] == [petty["uuid"]]
    assert petty["parent_account"] == cash["uuid"]
    assert (cash["parent_account"], cash["jesa_id"], petty["jea_id"]) == (None, None, None)
    older = f"/accounting/account/{api.server.account_id}/journal_entry_accounts"
    page = await api.result(await api.http.get(f"{older}/journal_entry_accounts"))
    first = page["journal_entry_accounts"][0]
    assert (cash["jea_id"], petty["jesa_id"]) == (
        first["accountid"], first["sub_accounts"][0]["sub_accountid"],
    )  # fmt: skip
    assert [account["uuid"] for account in await ledger_accounts(api)] == [
        account["uuid"] for account in found
    ]
    types = (await api.http.get("/accounting/ledger_accounts/types")).json()
    assert {"name": "income"} in types["data"]
    assert {account["type"] for account in found} == {each["name"] for each in types["data"]}


async def test_a_ledger_account_that_does_not_exist(api: Any) -> None:
    answer = await api.http.get(f"{root(api)}/ledger_accounts/accounts/nonsense")
    assert answer.status_code == 404
    assert answer.json()["errors"] == {
        "message": "Request failed with status code 404", "status": 404,
        "details": [
            {"reason": "Not found.", "metadata": {"message": "Not found.", "field": None}}
        ],
    }  # fmt: skip
    other = await api.http.get("/accounting/businesses/other/ledger_accounts/accounts")
    assert other.status_code == 403


async def test_ledger_accounts_by_the_python_client(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRESHBOOKS_API_URL", api.server.url)
    token, business = api.server.access_token, api.server.books.core.business.business_uuid
    sdk = Client(client_id=api.server.client_id, access_token=token, auto_retry=False)

    def work() -> None:
        found = list(sdk.ledger_accounts.list(business))
        assert found[0].name == "Cash"
        assert sdk.ledger_accounts.get(business, found[1].uuid).name == "Petty Cash"
        with pytest.raises(FreshBooksError) as refused:
            sdk.ledger_accounts.get(business, "nonsense")
        assert (refused.value.status_code, str(refused.value)) == (404, "Not found.")

    await asyncio.to_thread(work)


@pytest.mark.parametrize("scope", ["journal_entries", "reports"])
async def test_which_scope_ledger_accounts_need(api: Any, scope: str) -> None:
    code = await accepted(api, scope=f"user:{scope}:read")
    token = (await exchange(api, code)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    statuses = {}
    for assumed in ("journal_entries", "reports"):
        await api.switch(ledger_accounts_scope=assumed)
        answer = await api.http.get(f"{root(api)}/ledger_accounts/accounts", headers=headers)
        statuses[assumed == scope] = answer.status_code
    assert statuses == {True: 200, False: 403}
    answer = await api.http.get(f"{root(api)}/reports/chart_of_accounts", headers=headers)
    assert answer.status_code == (200 if scope == "reports" else 403)


async def test_the_general_ledger_names_the_document_of_each_line(api: Any) -> None:
    client = await api.client(organization="Ada Ltd")
    invoice = await api.invoice(client, "100.00")
    payment = await api.pay(invoice["id"], "40.00", note="Thanks")
    found = await ledger(api)
    assert set(found) == {
        "company_name", "currency_code", "data", "download_token", "end_date", "locale",
        "start_date", "summary", "summary_only",
    }  # fmt: skip
    assert found["summary"] == {"total_credit": {"amount": "140.00", "code": "GBP"}}
    assert [account["account_name"] for account in found["data"]] == [
        "Cash", "Accounts Receivable", "Revenue",
    ]  # fmt: skip
    owed = found["data"][1]
    figures = {name: owed[name]["amount"] for name in ("debit", "credit", "net_movement_debit")}
    assert figures == {"debit": "100.00", "credit": "40.00", "net_movement_debit": "60.00"}
    assert owed["net_movement_credit"] == {"amount": "0.00", "code": "GBP"}
    (below,) = owed["sub_accounts"]
    assert (below["sub_account_name"], below["sub_account_number"]) == (
        "Accounts Receivable", "1200-1",
    )  # fmt: skip
    paid, sold = sorted(below["transactions"], key=lambda line: line["date"])
    assert set(paid) == set(sold) == TRANSACTION_KEYS
    assert (sold["entity_type"], sold["invoiceid"]) == ("invoice", invoice["id"])
    assert (sold["client_name"], sold["clientid"]) == ("Ada Ltd", client)
    assert (paid["entity_type"], paid["paymentid"], paid["invoiceid"]) == (
        "payment", payment["id"], None,
    )  # fmt: skip
    assert (paid["credit"]["amount"], paid["debit"]["amount"]) == ("40.00", "0.00")
    assert paid["description"] == "Thanks"


async def test_the_general_ledger_of_one_account(api: Any) -> None:
    await api.invoice(await api.client(), "100.00")
    uuids = {account["number"]: account["uuid"] for account in await ledger_accounts(api)}
    for number in ("1200", "1200-1"):
        found = await ledger(api, f"{YEAR}&accountid={uuids[number]}")
        assert [account["account_number"] for account in found["data"]] == ["1200"]
    assert (await ledger(api, f"{YEAR}&accountid={uuids['1000']}"))["data"] == []
    assert (await ledger(api, f"{YEAR}&currency_code=EUR"))["data"] == []


async def test_an_entry_by_hand_is_an_adjustment(api: Any) -> None:
    known = {each["number"]: each["jesa_id"] for each in await ledger_accounts(api)}
    lines = [
        {"sub_accountid": known["1000-1"], "debit": "25"},
        {"sub_accountid": known["3000-1"], "credit": "25"},
    ]
    entry = {"name": "Opening", "user_entered_date": "2026-03-01", "currency_code": "GBP"}
    body = {"journal_entry": entry | {"details": lines}}
    address = f"/accounting/account/{api.server.account_id}/journal_entries"
    assert (await api.http.post(f"{address}/journal_entries", json=body)).status_code == 200
    (line,) = (await ledger(api))["data"][0]["sub_accounts"][0]["transactions"]
    assert (line["entity_type"], line["reference"]) == ("adjustment", "Opening")
    details = await api.result(await api.http.get(f"{address}/journal_entry_details"))
    kinds = {detail["detail_type"] for detail in details["journal_entry_details"]}
    assert kinds == {"adjustment"}


async def test_the_chart_of_accounts_has_balances_of_three_decimals(api: Any) -> None:
    client = await api.client()
    await api.invoice(client, "1265.60")
    await api.invoice(client, "7.00", currency_code="EUR")
    found = await chart(api)
    assert {frozenset(account) for account in found} == {frozenset(CHART_KEYS)}
    below = {frozenset(each) for account in found for each in account["sub_accounts"]}
    assert below == {frozenset({*CHART_KEYS, "parent_account_uuid"} - {"sub_accounts"})}
    assert balances(found)["Accounts Receivable"] == "1265.600"
    assert balances(found)["Sales"] == "1265.600"
    assert balances(found)["Petty Cash"] == "0.000"
    euros = await chart(api, "?currency_code=EUR")
    assert balances(euros)["Accounts Receivable"] == "7.000"


@pytest.mark.parametrize(("period", "owed"), [("movements", "2.000"), ("balances", "3.000")])
async def test_what_the_chart_of_accounts_adds_up(api: Any, period: str, owed: str) -> None:
    await api.switch(chart_of_accounts_period=period)
    client = await api.client()
    for day, price in (("2026-01-10", "1.00"), ("2026-02-10", "2.00"), ("2026-03-10", "4.00")):
        await api.invoice(client, price, create_date=day)
    month = await chart(api, "?start_date=2026-02-01&end_date=2026-02-28")
    assert balances(month)["Accounts Receivable"] == owed
    assert balances(await chart(api))["Accounts Receivable"] == "7.000"
