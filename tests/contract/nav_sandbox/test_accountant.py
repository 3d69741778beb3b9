"""What people do in NAV itself, asked for over the control API and seen over OData."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer

Orders = Callable[..., Awaitable[dict[str, Any]]]
CUSTOMER = {
    "Name": "Acme Ltd",
    "Gen. Bus. Posting Group": "DOMESTIC",
    "Customer Posting Group": "DOMESTIC",
}


@pytest.fixture
async def order(control: httpx2.AsyncClient) -> Orders:
    """Gives an order; there is one customer, C00010, with an invoice of 960.00."""

    async def give(name: str, status: int = 200, /, **body: Any) -> dict[str, Any]:
        answer = await control.post(name, json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    await give("record", table="Customer", key=["C00010"], values=CUSTOMER)
    await give("journal", **sale("INV-1", "960.00"))
    return give


def sale(number: str, amount: str, **more: Any) -> dict[str, Any]:
    revenue = {
        "account_type": "G/L Account",
        "account_no": "4000",
        "amount": f"-{amount}",
        "gen_posting_type": "Sale",
        "gen_bus_posting_group": "DOMESTIC",
        "gen_prod_posting_group": "SERVICES",
        "vat_bus_posting_group": "DOMESTIC",
        "vat_prod_posting_group": "VAT20",
    }
    return {
        "document_type": "Invoice",
        "document_no": number,
        "posting_date": "2026-03-10",
        "lines": [customer(amount), revenue],
        **more,
    }


def customer(amount: str, **more: str) -> dict[str, str]:
    return {"account_type": "Customer", "account_no": "C00010", "amount": amount, **more}


def bank(amount: str, number: str = "BANK-GBP") -> dict[str, str]:
    return {"account_type": "Bank Account", "account_no": number, "amount": amount}


def receipt(number: str = "NAV-1", amount: str = "960.00", **more: str) -> dict[str, Any]:
    head = {"document_type": "Payment", "document_no": number, "posting_date": "2026-03-16"}
    return {**head, "lines": [customer(f"-{amount}", **more), bank(amount)]}


async def rows(odata: httpx2.AsyncClient, page: str) -> list[dict[str, Any]]:
    return list((await odata.get(page)).json()["value"])


async def test_a_receipt_is_keyed_by_hand(order: Orders, odata: httpx2.AsyncClient) -> None:
    applied = {"applies_to_doc_type": "Invoice", "applies_to_doc_no": "INV-1"}
    done = await order("journal", **receipt(**applied), user="anna")
    assert done["amount"] == "-960.00"
    entries = await rows(odata, "CustomerLedgerEntries?$orderby=Entry_No")
    assert [row["Open"] for row in entries] == [False, False]
    assert entries[1]["User_ID"] == "ANNA"


async def test_what_nav_refuses_is_told_in_its_words(order: Orders) -> None:
    told = await order("journal", 422, **receipt(applies_to_doc_no="INV-9"))
    assert told["error"].startswith("There is no Cust. Ledger Entry within the filter.")
    told = await order("journal", 422, **receipt(colour="red"))
    assert "unknown colour; there are: account_no" in told["error"]
    told = await order("reverse", 422, document_no="INV-9")
    assert told["error"] == "There is no G/L Entry with Document No. INV-9."


async def test_entries_are_applied_unapplied_and_reversed_by_hand(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    await order("journal", **receipt())
    pair = {
        "customer_no": "C00010",
        "from_document_type": "Payment",
        "from_document_no": "NAV-1",
        "to_document_type": "Invoice",
        "to_document_no": "INV-1",
        "document_no": "NAV-1",
        "posting_date": "2026-03-20",
    }
    await order("apply", **pair)
    told = await order("reverse", 422, document_no="NAV-1")
    assert "is either applied to an entry" in told["error"]
    await order("unapply", **pair)
    await order("reverse", document_no="NAV-1")
    entries = await rows(odata, "CustomerLedgerEntries?$filter=Document_No eq 'NAV-1'")
    assert [row["Reversed"] for row in entries] == [True, True]


@pytest.mark.parametrize(
    ("post", "words"),
    [(True, "because the entry is closed."), (False, "bank account reconciliation line")],
)
async def test_a_bank_line_is_reconciled(
    order: Orders, odata: httpx2.AsyncClient, post: bool, words: str
) -> None:
    await order("journal", **receipt())
    given = {"bank_account_no": "BANK-GBP", "statement_no": "2026-03", "post": post}
    done = await order("reconcile_bank", **given, document_nos=["NAV-1"])
    assert len(done["entries"]) == 1
    assert words in (await order("reverse", 422, document_no="NAV-1"))["error"]
    (line,) = await rows(odata, "BankAccountLedgerEntries")
    assert line["Open"] is not post


async def test_vat_is_settled_to_a_date(order: Orders, odata: httpx2.AsyncClient) -> None:
    await order("journal", **sale("INV-2", "120.00", posting_date="2026-04-02"))
    done = await order("settle_vat", to="2026-03-31")
    assert done["register_no"] == 3
    entries = await rows(odata, "VATEntries?$orderby=Entry_No")
    found = [(row["Type"], float(row["Amount"]), row["Closed"]) for row in entries]
    assert found == [("Sale", -160.0, True), ("Sale", -20.0, False), ("Settlement", 160.0, True)]
    gl = await rows(odata, "GeneralLedgerEntries?$filter=Document_No eq 'VATSETTLE'")
    assert {row["G_L_Account_No"]: float(row["Amount"]) for row in gl} == {
        "2200": 160.0,
        "2250": -160.0,
    }
    told = await order("reverse", 422, document_no="INV-1")
    assert told["error"] == "You cannot reverse VAT Entry No. 1 because the entry is closed."


async def test_open_euro_is_brought_to_the_rate_of_a_day(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    await order("journal", **sale("INV-E", "1000.00", currency_code="EUR"))
    done = await order("adjust_rates", currency_code="EUR", to="2026-04-30")
    assert done["register_no"] > 0
    (entry,) = await rows(odata, "CustomerLedgerEntries?$filter=Document_No eq 'INV-E'")
    assert (float(entry["Remaining_Amount"]), float(entry["Remaining_Amt_LCY"])) == (1000.0, 870.0)
    again = await order("adjust_rates", currency_code="EUR", to="2026-04-30")
    assert again["register_no"] == 0
    paid = receipt("NAV-E", "1000.00", applies_to_doc_type="Invoice", applies_to_doc_no="INV-E")
    await order("journal", **{**paid, "currency_code": "EUR", "posting_date": "2026-05-04"})
    gl = await rows(odata, "GeneralLedgerEntries")
    net = {row["G_L_Account_No"]: 0.0 for row in gl}
    for row in gl:
        net[row["G_L_Account_No"]] += float(row["Amount"])
    assert round(net["7000"], 2) == -20.0
    assert round(net["1200"], 2) == 960.0


async def test_a_bank_balance_in_euro_is_brought_to_the_rate_of_a_day(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    paid = receipt("NAV-E", "1000.00")
    lines = [paid["lines"][0], bank("1000.00", "BANK-EUR")]
    await order("journal", **{**paid, "lines": lines, "currency_code": "EUR"})
    await order("adjust_rates", currency_code="EUR", to="2026-04-30")
    entries = await rows(odata, "BankAccountLedgerEntries?$orderby=Entry_No")
    found = [(float(row["Amount"]), float(row["Amount_LCY"])) for row in entries]
    assert found == [(1000.0, 850.0), (0.0, 20.0)]
    gl = await rows(odata, "GeneralLedgerEntries?$filter=G_L_Account_No eq '1110'")
    assert sum(float(row["Amount"]) for row in gl) == 870.0


async def test_a_year_is_closed(order: Orders, odata: httpx2.AsyncClient) -> None:
    await order("journal", **sale("INV-0", "120.00", posting_date="2025-12-15"))
    await order("close_year", to="2025-12-31")
    late = sale("INV-L", "60.00", posting_date="2025-12-20")
    await order("journal", **late)
    gl = await rows(odata, "GeneralLedgerEntries?$filter=G_L_Account_No eq '4000'")
    by_number = {row["Document_No"]: float(row["Amount"]) for row in gl}
    assert by_number == {"INV-1": -800.0, "INV-0": -100.0, "CLOSE": 100.0, "INV-L": -50.0}


async def test_a_late_posting_into_a_closed_year_is_marked(nav: NavServer, order: Orders) -> None:
    await order("close_year", to="2025-12-31")
    await order("journal", **sale("INV-L", "60.00", posting_date="2025-12-20"))
    found = nav.state.company.database.all("G/L Entry")
    marked = {row["Document No."]: row["Prior-Year Entry"] for row in found}
    assert marked == {"INV-1": False, "INV-L": True}


async def test_set_up_is_changed_field_by_field(order: Orders, odata: httpx2.AsyncClient) -> None:
    blocked = {"table": "Customer", "key": ["C00010"], "values": {"Blocked": "Invoice"}}
    assert (await order("record", **blocked))["Blocked"] == "Invoice"
    told = await order("journal", 422, **sale("INV-2", "12.00"))
    assert told["error"].endswith("when Customer C00010 is blocked with type Invoice")
    await order("record", **{**blocked, "values": {"Blocked": " "}})
    window = {"Allow Posting From": "2026-04-01"}
    await order("record", table="User Setup", key=["ACCOUNTANT"], values=window)
    told = await order("journal", 422, **sale("INV-2", "12.00"))
    assert "is not within your range of allowed posting dates" in told["error"]
    await order("journal", **sale("INV-2", "12.00"), user="SOMEBODY")
    told = await order("record", 422, table="G/L Entry", key=[1], values={"Amount": "1"})
    assert "table 'G/L Entry' cannot be edited" in told["error"]
    told = await order("record", 422, table="Currency Exchange Rate", key=["EUR"])
    assert (
        told["error"] == "key of Currency Exchange Rate is a list of Currency Code, Starting Date"
    )


async def test_somebody_posts_directly_to_the_receivables(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    lines = [
        {"account_type": "G/L Account", "account_no": "1200", "amount": "55.00"},
        {"account_type": "G/L Account", "account_no": "4900", "amount": "-55.00"},
    ]
    direct = {"document_no": "NAV-D", "posting_date": "2026-03-16", "lines": lines}
    told = await order("journal", 422, **direct)
    assert "Direct Posting must be equal to 'Yes'" in told["error"]
    await order("record", table="G/L Account", key=["1200"], values={"Direct Posting": True})
    await order("journal", **direct)
    (account,) = await rows(odata, "ChartOfAccounts?$filter=No eq '1200'")
    assert float(account["Balance"]) == 1015.0


async def test_a_customer_is_renumbered_with_his_entries(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    await order("renumber_customer", no="C00010", to="C00012")
    assert [row["No"] for row in await rows(odata, "Customer")] == ["C00012"]
    (entry,) = await rows(odata, "CustomerLedgerEntries")
    assert entry["Customer_No"] == "C00012"
    told = await order("renumber_customer", 422, no="C00010", to="C00013")
    assert told["error"].startswith("The Customer does not exist.")


async def test_a_batch_with_a_number_series_takes_only_its_next_number(order: Orders) -> None:
    await order("record", table="No. Series", key=["GJNL"], values={"Description": "Journals"})
    line = {"Starting No.": "G00031", "Increment-by No.": 1}
    await order("record", table="No. Series Line", key=["GJNL", 10000], values=line)
    batch = {"table": "Gen. Journal Batch", "key": ["GENERAL", "DEFAULT"]}
    await order("record", **batch, values={"No. Series": "GJNL"})
    told = await order("journal", 422, **receipt("NAV-1"))
    assert told["error"] == (
        "Document No. must be equal to 'G00031' in Gen. Journal Line: Journal Template Name="
        "'GENERAL',Journal Batch Name='DEFAULT',Line No.='10000'. Current value is 'NAV-1'."
    )
    await order("journal", **receipt("G00031"))
    await order("journal", **receipt("G00032"))


async def test_an_order_that_is_refused_changes_nothing(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    lines = [customer("-10.00"), bank("9.00")]
    wrong = {**receipt("NAV-2"), "lines": lines}
    assert "out of balance" in (await order("journal", 422, **wrong))["error"]
    assert len(await rows(odata, "GLRegisters")) == 1


async def test_whoever_posts_waits_for_who_posts_already(
    nav: NavServer, order: Orders, control: httpx2.AsyncClient
) -> None:
    await control.post("switches", json={"lock_timeout_ms": 50})
    async with nav.state.company.lock:
        told = await order("journal", 422, **receipt())
    assert "was locked by another user" in told["error"]
    await order("journal", **receipt())


async def test_posting_may_be_slow(
    nav: NavServer, order: Orders, control: httpx2.AsyncClient
) -> None:
    await control.post("switches", json={"posting_ms": 150})
    line = "<Line><AccountType>G/L Account</AccountType><AccountNo>{}</AccountNo><Amount>{}</Amount></Line>"
    both = line.format("6600", "5.00") + line.format("1500", "-5.00")
    document = (
        f"<Document><Key>K1</Key><Hash>{'a' * 64}</Hash><TemplateName>GENERAL</TemplateName>"
        "<BatchName>FRESHBOOKS</BatchName><DocumentNo>J1</DocumentNo>"
        f"<PostingDate>2026-03-31</PostingDate>{both}</Document>"
    )
    namespace = "urn:microsoft-dynamics-schemas/codeunit/TieoutGateway"
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<Post xmlns="{namespace}"><epoch>1</epoch><documents>{document}</documents></Post>'
        "</e:Body></e:Envelope>"
    )
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        begun = time.monotonic()
        url = f"{nav.soap_url}/{quote(nav.company)}/Codeunit/TieoutGateway"
        answer = await http.post(url, content=envelope)
    assert "<Status>posted</Status>" in answer.text
    assert time.monotonic() - begun >= 0.15


def stored(number: str, account: str, amount: str, **more: Any) -> dict[str, Any]:
    kind = "Customer" if account == "C00010" else "G/L Account"
    names = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}
    told = {"Posting_Date": "2026-03-20", "Document_Type": "Invoice", "Document_No": number}
    return {**names, **told, "Account_Type": kind, "Account_No": account, **more} | {
        "Amount": float(amount)
    }


async def keyed(odata: httpx2.AsyncClient, *lines: dict[str, Any]) -> None:
    for line in lines:
        answer = await odata.post("GeneralJournal", json=line)
        assert answer.status_code == 201, answer.text


BATCH = {"template_name": "GENERAL", "batch_name": "FRESHBOOKS"}


async def test_a_batch_is_posted_whole_with_one_register(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    await keyed(
        odata,
        stored("INV-2", "C00010", "100.00"),
        stored("INV-2", "4000", "-100.00"),
        stored("INV-3", "C00010", "50.00"),
        stored("INV-3", "4000", "-50.00"),
    )
    told = await order("post_batch", **BATCH)
    assert len(await rows(odata, "GLRegisters")) == told["register_no"] == 2
    entries = [e for e in await rows(odata, "CustomerLedgerEntries") if e["Document_No"] != "INV-1"]
    assert {e["Document_No"]: e["Amount"] for e in entries} == {"INV-2": 100, "INV-3": 50}
    assert (await order("post_batch", 422, **BATCH))["error"] == "There is nothing to post."


async def test_one_document_out_of_balance_stops_the_batch(
    order: Orders, odata: httpx2.AsyncClient
) -> None:
    await keyed(
        odata,
        stored("INV-2", "C00010", "100.00"),
        stored("INV-2", "4000", "-100.00"),
        stored("INV-3", "C00010", "50.00", External_Document_No="KEY-3"),
    )
    told = await order("post_batch", 422, **BATCH)
    assert told["error"].startswith("Invoice INV-3 is out of balance by 50.")
    lax = {"table": "Gen. Journal Template", "key": ["GENERAL"]}
    await order("record", **lax, values={"Force Doc. Balance": False})
    told = await order("post_batch", 422, **BATCH)
    assert told["error"].startswith("The lines in 20-03-26 are out of balance by 50.")
    assert len(await rows(odata, "GLRegisters")) == 1
    assert await order("delete_lines", **BATCH, external_document_no="KEY-3") == {"lines": 1}
    await order("post_batch", **BATCH)


async def test_what_posting_leaves_in_a_batch(order: Orders, odata: httpx2.AsyncClient) -> None:
    await keyed(odata, stored("INV-2", "C00010", "1.00"), stored("INV-2", "4000", "-1.00"))
    await order("post_batch", **BATCH)
    (left,) = await rows(odata, "GeneralJournal")
    assert (left["Line_No"], left["Account_No"], left["Amount"]) == (10000, "", 0)
    await order("record", table="Gen. Journal Batch", key=["GENERAL", "FB09"], values={})
    numbered = {"Journal_Batch_Name": "FB09"}
    await keyed(
        odata,
        stored("INV-3", "C00010", "1.00", **numbered),
        stored("INV-3", "4000", "-1.00", **numbered),
    )
    await order("post_batch", template_name="GENERAL", batch_name="FB09")
    names = {row["Name"] for row in await rows(odata, "GeneralJournalBatches")}
    assert ("FB10" in names, "FB09" in names) == (True, False)
