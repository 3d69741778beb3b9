"""FreshBooks' ledger over HTTP: accounts, journal entry details and entries by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.freshbooks_sandbox.test_consent import accepted, exchange

ACCOUNT_KEYS = {
    "account_name", "account_number", "account_type", "accountid", "balance", "created_at",
    "currency_code", "id", "sub_accounts",
}  # fmt: skip
SUB_ACCOUNT_KEYS = {
    "account_sub_name", "account_sub_number", "account_type", "balance", "created_at",
    "currency_code", "custom", "id", "parentid", "sub_accountid", "transaction_posted",
}  # fmt: skip
DETAIL_KEYS = {
    "account", "accounting_systemid", "balance", "credit", "debit", "description", "detail_type",
    "detailid", "entry", "id", "name", "sub_account", "user_entered_date",
}  # fmt: skip
ENTRY_KEYS = {
    "accounting_systemid", "categoryid", "clientid", "creditid", "entryid", "expenseid", "id",
    "incomeid", "invoiceid", "paymentid",
}  # fmt: skip
VAT = {"taxName1": "VAT", "taxAmount1": "20"}


def address(api: Any, name: str) -> str:
    root = f"/accounting/account/{api.server.account_id}"
    if name == "journal_entry_accounts":
        return f"{root}/journal_entry_accounts/{name}"
    return f"{root}/journal_entries/{name}"


async def listed(api: Any, name: str, query: str = "") -> Any:
    return await api.result(await api.http.get(address(api, name) + query))


async def details(api: Any, query: str = "") -> list[Any]:
    found: list[Any] = (await listed(api, "journal_entry_details", query))["journal_entry_details"]
    return found


async def accounts(api: Any, query: str = "") -> dict[str, Any]:
    page = await listed(api, "journal_entry_accounts", query)
    return {
        below["account_sub_name"]: below
        for account in page["journal_entry_accounts"]
        for below in account["sub_accounts"]
    }


async def by_hand(api: Any, *lines: dict[str, Any], **values: Any) -> Any:
    whole = {
        "name": "Correction", "description": "By the accountant", "currency_code": "GBP",
        "user_entered_date": "2026-03-10", "details": list(lines),
    }  # fmt: skip
    body = {"journal_entry": whole | values}
    return await api.http.post(address(api, "journal_entries"), json=body)


async def test_accounts_have_the_published_keys_on_one_page(api: Any) -> None:
    await api.invoice(await api.client(), "340.54")
    page = await listed(api, "journal_entry_accounts", "?per_page=2&page=3")
    found = page["journal_entry_accounts"]
    assert (page["page"], page["pages"], page["per_page"]) == (1, 1, len(found))
    assert page["total"] == len(found) == 13
    assert {frozenset(account) for account in found} == {frozenset(ACCOUNT_KEYS)}
    below = [each for account in found for each in account["sub_accounts"]]
    assert {frozenset(each) for each in below} == {frozenset(SUB_ACCOUNT_KEYS)}
    owed = next(account for account in found if account["account_number"] == "1200")
    assert (owed["account_name"], owed["account_type"]) == ("Accounts Receivable", "asset")
    assert [(each["balance"], each["transaction_posted"]) for each in owed["sub_accounts"]] == [
        ("340.54", True), ("0", False),
    ]  # fmt: skip
    sales = next(account for account in found if account["account_number"] == "4000")
    assert sales["balance"] == "340.54"


async def test_a_balance_has_no_needless_zeros(api: Any) -> None:
    await api.invoice(await api.client(), "500.00")
    assert (await accounts(api))["Sales"]["balance"] == "500"


async def test_filters_of_accounts_do_nothing_unless_assumed(api: Any) -> None:
    client = await api.client()
    await api.invoice(client, "5.00", create_date="2026-01-10")
    await api.invoice(client, "7.00", currency_code="EUR")
    query = "?search[start_date]=2026-03-01&search[end_date]=2026-03-31&search[currency_code]=EUR"
    assert (await accounts(api, query))["Sales"]["balance"] == "5"
    await api.switch(journal_accounts_filters=True)
    assert (await accounts(api, query))["Sales"]["balance"] == "7"
    assert (await accounts(api, "?search[start_date]=2026-03-01"))["Sales"]["balance"] == "0"
    wrong = await api.http.get(address(api, "journal_entry_accounts") + "?search[end_date]=never")
    assert (wrong.status_code, wrong.json()["response"]["errors"][0]["errno"]) == (422, 1023)


async def test_a_detail_names_its_account_and_its_document(api: Any) -> None:
    client = await api.client()
    invoice = await api.create(
        "invoice",
        {
            "customerid": client, "create_date": "2026-03-10", "status": 2,
            "lines": [{"name": "Work", "description": "Digging", "qty": 1, "unit_cost": "100", **VAT}],
        },
    )  # fmt: skip
    found = await details(api, "?search[start_date]=2026-03-10")
    assert {frozenset(detail) for detail in found} == {frozenset(DETAIL_KEYS)}
    owed = next(detail for detail in found if detail["account"]["account_number"] == "1200")
    assert set(owed["entry"]) == ENTRY_KEYS
    assert owed["entry"]["invoiceid"] == invoice["id"]
    assert (owed["entry"]["clientid"], owed["entry"]["paymentid"]) == (client, None)
    assert owed["debit"] == {"amount": "120.00", "code": "GBP"} == owed["balance"]
    assert owed["credit"] is None
    assert (owed["name"], owed["description"]) == ("Invoice 0000001", "Digging")
    assert (owed["user_entered_date"], owed["detail_type"]) == ("2026-03-10", "invoice")
    tax = next(detail for detail in found if detail["sub_account"]["account_sub_name"] == "VAT")
    assert (tax["credit"], tax["debit"]) == ({"amount": "20.00", "code": "GBP"}, None)
    assert tax["sub_account"]["parentid"] == tax["account"]["accountid"]
    await api.switch(journal_sales_type="sales")
    assert {detail["detail_type"] for detail in await details(api)} == {"sales"}


async def test_an_expense_shows_as_in_the_published_sample(api: Any) -> None:
    names = api.server.books.categories.table
    gas = next(row.id for row in names if row.wire.category == "Gas")
    expense = {"categoryid": gas, "staffid": 1, "amount": "70.56", "date": "2026-03-12"}
    made = await api.create("expense", expense | {"notes": "Gasoline for deliveries"})
    spent = next(detail for detail in await details(api) if detail["debit"])
    assert (spent["name"], spent["detail_type"]) == ("Expense", "expense")
    assert spent["description"] == "Gasoline for deliveries"
    assert spent["account"]["account_name"] == "Operating Expenses"
    assert spent["sub_account"]["account_sub_name"] == "Car & Truck Expenses"
    assert spent["balance"] == spent["debit"] == {"amount": "70.56", "code": "GBP"}
    assert spent["entry"]["expenseid"] == made["id"]


async def test_details_are_narrowed_by_days_and_account(api: Any) -> None:
    client = await api.client()
    for day, price in (("2026-03-01", "1.00"), ("2026-03-31", "2.00"), ("2026-04-01", "4.00")):
        await api.invoice(client, price, create_date=day)
    sales = (await accounts(api))["Sales"]["sub_accountid"]

    async def sold(query: str) -> list[str]:
        found = await details(api, f"?search[sub_accountid]={sales}{query}")
        return [detail["credit"]["amount"] for detail in found]

    month = "&search[start_date]=2026-03-01&search[end_date]=2026-03-31"
    assert await sold("") == ["4.00", "2.00", "1.00"]
    assert await sold(month) == ["2.00", "1.00"]
    await api.switch(journal_details_end="excluded", journal_details_order="oldest_first")
    assert await sold(month) == ["1.00"]
    assert await sold("") == ["1.00", "2.00", "4.00"]
    page = await listed(api, "journal_entry_details", "?per_page=2&page=2")
    assert (page["page"], page["pages"], page["per_page"], page["total"]) == (2, 3, 2, 6)
    wrong = await api.http.get(address(api, "journal_entry_details") + "?search[sub_accountid]=x")
    assert (wrong.status_code, wrong.json()["response"]["errors"][0]["errno"]) == (422, 1024)


async def test_a_balance_may_run(api: Any) -> None:
    client = await api.client()
    await api.invoice(client, "5.00", create_date="2026-03-02")
    await api.invoice(client, "2.00", create_date="2026-03-01")
    sales = (await accounts(api))["Sales"]["sub_accountid"]
    query = f"?search[sub_accountid]={sales}"
    own = [each["balance"]["amount"] for each in await details(api, query)]
    assert own == ["5.00", "2.00"]
    await api.switch(journal_details_balance="running")
    found = {
        each["user_entered_date"]: each["balance"]["amount"] for each in await details(api, query)
    }
    assert found == {"2026-03-01": "2.00", "2026-03-02": "7.00"}


async def test_an_edited_document_has_an_entry_of_its_own_again(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "10.00")
    before = {detail["entry"]["entryid"] for detail in await details(api)}
    lines = [{"name": "Work", "qty": 1, "unit_cost": "12.00"}]
    await api.put("invoice", invoice["id"], {"lines": lines})
    after = await details(api)
    assert [detail["debit"] or detail["credit"] for detail in after] == [
        {"amount": "12.00", "code": "GBP"}
    ] * 2
    assert before.isdisjoint(detail["entry"]["entryid"] for detail in after)
    await api.put("invoice", invoice["id"], {"vis_state": 1})
    assert await details(api) == []


async def test_what_was_reversed_shows_if_assumed(api: Any) -> None:
    await api.switch(journal_details="history", journal_details_order="oldest_first")
    invoice = await api.invoice(await api.client(), "10.00")
    await details(api)
    lines = [{"name": "Work", "qty": 1, "unit_cost": "12.00"}]
    await api.put("invoice", invoice["id"], {"lines": lines})
    owed = [each for each in await details(api) if each["account"]["account_number"] == "1200"]
    shown = [(each["debit"] or {}).get("amount") for each in owed]
    assert shown == ["10.00", None, "12.00"]
    assert owed[1]["credit"]["amount"] == "10.00"


async def test_an_accountant_books_an_entry_by_hand(api: Any) -> None:
    known = await accounts(api)
    bank, equity = known["Petty Cash"]["sub_accountid"], known["Common Stock"]["sub_accountid"]
    answer = await by_hand(
        api,
        {"sub_accountid": str(bank), "debit": "200"},
        {"sub_accountid": equity, "credit": "200"},
    )
    made = (await api.result(answer))["journal_entry"]
    assert {**made, "details": [], "id": 0, "entryid": 0} == {
        "currency_code": "GBP", "description": "By the accountant", "details": [], "entryid": 0,
        "id": 0, "name": "Correction", "user_entered_date": "2026-03-10",
    }  # fmt: skip
    first, second = made["details"]
    assert (first["debit"], first["credit"], first["sub_accountid"]) == ("200", None, bank)
    assert (second["debit"], second["credit"], second["categoryid"]) == (None, "200", None)
    found = await details(api)
    assert [detail["detailid"] for detail in found] == [second["detailid"], first["detailid"]]
    assert found[1]["debit"] == {"amount": "200.00", "code": "GBP"}
    assert found[1]["entry"]["entryid"] == made["entryid"]
    assert (await accounts(api))["Common Stock"]["balance"] == "200"


async def test_what_cannot_be_booked_by_hand(api: Any) -> None:
    known = await accounts(api)
    bank = {"sub_accountid": known["Petty Cash"]["sub_accountid"]}
    debit, credit = bank | {"debit": "200"}, bank | {"credit": "200"}
    for lines, errno in (
        ((debit, bank | {"credit": "199.99"}), 1004),
        ((), 1004),
        ((debit | credit, credit), 1004),
        ((bank | {"debit": "NaN"}, credit), 1004),
        ((bank | {"debit": "-5"}, bank | {"credit": "-5"}), 1004),
        (({"debit": "200"}, credit), 1001),
        (({"sub_accountid": 1, "debit": "200"}, credit), 1012),
    ):
        answer = await by_hand(api, *lines)
        found = answer.json()["response"]["errors"][0]["errno"]
        assert (answer.status_code, found) == (422, errno), lines
    assert (await by_hand(api, debit, credit, user_entered_date="soon")).status_code == 422
    assert await details(api) == []


async def test_the_ledger_has_scopes_of_its_own(api: Any) -> None:
    async def statuses(scope: str) -> list[int]:
        code = await accepted(api, scope=scope)
        token = (await exchange(api, code)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        read = [address(api, "journal_entry_accounts"), address(api, "journal_entry_details")]
        read.append(f"/accounting/account/{api.server.account_id}/reports/accounting/trial_balance")
        answers = [await api.http.get(each, headers=headers) for each in read]
        body = {"journal_entry": {}}
        answers.append(
            await api.http.post(address(api, "journal_entries"), json=body, headers=headers)
        )
        return [answer.status_code for answer in answers]

    assert await statuses("user:journal_entries:read") == [200, 200, 403, 403]
    assert await statuses("user:journal_entries:write") == [403, 403, 403, 422]
    assert await statuses("user:reports:read") == [403, 403, 200, 403]


@pytest.mark.parametrize("name", ["journal_entry_accounts", "journal_entry_details"])
async def test_nobody_reads_the_ledger_unasked(api: Any, name: str) -> None:
    answer = await api.http.get(address(api, name), headers={"Authorization": "Bearer none"})
    assert answer.status_code == 401
