"""The pages that order to cash needs beside documents and ledgers: read, and written where NAV lets one."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

RATE = {
    "Currency_Code": "EUR",
    "Starting_Date": "2026-03-01",
    "Exchange_Rate_Amount": 1,
    "Relational_Exch_Rate_Amount": 0.85375,
}
RATE_ADDRESS = "CurrencyExchangeRates(Currency_Code='EUR',Starting_Date=2026-03-01)"


async def rows(odata: httpx2.AsyncClient, address: str) -> list[dict[str, Any]]:
    answer = await odata.get(address)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


async def test_an_exchange_rate_is_written_and_changed(odata: httpx2.AsyncClient) -> None:
    made = await odata.post("CurrencyExchangeRates", json=RATE)
    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith(RATE_ADDRESS)
    etag = made.json()["@odata.etag"]
    change = {"Relational_Exch_Rate_Amount": 0.86}
    changed = await odata.patch(RATE_ADDRESS, json=change, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.text
    day = "Currency_Code eq 'EUR' and Starting_Date eq 2026-03-01"
    (found,) = await rows(odata, f"CurrencyExchangeRates?$filter={day}")
    assert (found["Starting_Date"], found["Relational_Exch_Rate_Amount"]) == ("2026-03-01", 0.86)
    assert found["Fix_Exchange_Rate_Amount"] == "Currency"
    again = await odata.post("CurrencyExchangeRates", json=RATE)
    assert again.json()["error"]["code"] == "Internal_EntityWithSameKeyExists"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"Exchange_Rate_Amount": 0}, "Exchange Rate Amount must have a value"),
        ({"Relational_Exch_Rate_Amount": -1}, "must be greater than or equal to 0"),
        ({"Currency_Code": "XXX"}, "cannot be found in the related table (Currency)"),
        ({"Relational_Currency_Code": "EUR"}, "cannot be the same"),
        ({"Starting_Date": "0001-01-01"}, "Starting Date must have a value"),
    ],
)
async def test_an_exchange_rate_that_is_refused(
    odata: httpx2.AsyncClient, wrong: dict[str, Any], words: str
) -> None:
    before = await rows(odata, "CurrencyExchangeRates")
    answer = await odata.post("CurrencyExchangeRates", json={**RATE, **wrong})
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]
    assert await rows(odata, "CurrencyExchangeRates") == before


async def test_a_user_may_get_a_posting_window(odata: httpx2.AsyncClient) -> None:
    given = {"User_ID": "tieout", "Allow_Posting_From": "2026-01-01"}
    assert (await odata.post("UserSetup", json=given)).status_code == 201
    (user,) = await rows(odata, "UserSetup")
    assert (user["User_ID"], user["Allow_Posting_To"]) == ("TIEOUT", "0001-01-01")


async def test_accounting_periods_are_months_of_years(odata: httpx2.AsyncClient) -> None:
    text = "Starting_Date ge 2026-01-01 and Starting_Date lt 2027-01-01"
    found = await rows(odata, f"AccountingPeriods?$filter={text}")
    assert [period["New_Fiscal_Year"] for period in found] == [True] + [False] * 11
    assert {period["Closed"] for period in found} == {False}
    closing = {"Closed": True}
    answer = await odata.patch(
        "AccountingPeriods(2026-01-01)", json=closing, headers={"If-Match": "*"}
    )
    assert answer.json()["error"]["message"] == "Control 'Closed' is read-only"


async def test_a_cash_receipt_line_stands_in_its_own_template(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    line = {"Journal_Batch_Name": "FRESHBOOKS", "Account_No": "4000", "Amount": -10}
    for template in ("CASHRCPT", "GENERAL"):
        await control.post("switches", json={"cash_receipt_template": template})
        made = (await odata.post("CashReceiptJournal", json=line)).json()
        assert (made["Journal_Template_Name"], made["Line_No"]) == (template, 10000)


async def test_number_series_and_their_lines(odata: httpx2.AsyncClient) -> None:
    (line,) = await rows(odata, "NoSeriesLines?$filter=Series_Code eq 'CUST'")
    assert (line["Starting_No"], line["Increment_by_No"], line["Open"]) == ("C00010", 10, True)


async def test_pages_show_what_they_work_out(odata: httpx2.AsyncClient) -> None:
    """The newest rate of a currency, and the line of a series that is in force."""
    newest = {**RATE, "Starting_Date": "2039-03-01", "Relational_Exch_Rate_Amount": 0.8}
    assert (await odata.post("CurrencyExchangeRates", json=newest)).status_code == 201
    euro = (await odata.get("Currencies('EUR')")).json()
    shown = euro["ExchangeRateDate"], euro["ExchangeRateAmt"], euro["CurrencyFactor"]
    assert shown == ("2039-03-01", 0.8, 1.25)
    found = await rows(odata, "Currencies?$filter=ExchangeRateDate eq 2039-03-01&$select=Code")
    assert [row["Code"] for row in found] == ["EUR"]
    await odata.post("Customer", json={"Name": "Acme"})
    series = (await odata.get("NoSeries('CUST')")).json()
    assert (series["StartNo"], series["LastNoUsed"], series["IncrementByNo"]) == (
        "C00010",
        "C00010",
        10,
    )


async def test_a_service_may_not_be_allowed_to_enter_rates(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    await control.post("switches", json={"exchange_rate_currency": "read_only"})
    answer = await odata.post("CurrencyExchangeRates", json=RATE)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Control 'Currency Code' is read-only"


async def test_the_set_up_of_sales_asks_for_an_external_number(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    changed = await odata.patch(
        "SalesReceivablesSetup('')",
        json={"Ext_Doc_No_Mandatory": True},
        headers={"If-Match": "*"},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["Ext_Doc_No_Mandatory"] is True
    groups = ("Customer_Posting_Group", "Gen_Bus_Posting_Group", "VAT_Bus_Posting_Group")
    made = await odata.post("Customer", json={"Name": "Acme", **dict.fromkeys(groups, "DOMESTIC")})
    lines = [
        {"account_type": "Customer", "account_no": made.json()["No"], "amount": "-10.00"},
        {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": "10.00"},
    ]
    head = {"document_type": "Payment", "document_no": "R1", "posting_date": "2026-03-02"}
    refused = await control.post("journal", json={**head, "lines": lines})
    assert refused.status_code == 422
    assert "External Document No. must have a value" in refused.text
    numbered = {**head, "external_document_no": "BANK-1", "lines": lines}
    assert (await control.post("journal", json=numbered)).status_code == 200


async def test_dimensions_payment_methods_and_sales_tax_can_be_read(
    odata: httpx2.AsyncClient,
) -> None:
    assert [row["Code"] for row in await rows(odata, "Dimensions")] == ["DEPARTMENT", "PROJECT"]
    values = await rows(odata, "DimensionValues?$filter=Dimension_Code eq 'PROJECT'")
    assert [row["Code"] for row in values] == ["P-100", "P-200"]
    made = await odata.post("PaymentMethods", json={"Code": "bank", "Description": "By bank"})
    assert (made.status_code, made.json()["Code"]) == (201, "BANK")
    assert await rows(odata, "TaxAreas") == []
    new = {"Dimension_Code": "PROJECT", "Code": "P-300", "Name": "Third"}
    assert (await odata.post("DimensionValues", json=new)).status_code == 201
