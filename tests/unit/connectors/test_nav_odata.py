from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tieout.connectors.http import Http
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import LONGEST_URL, eq
from tieout.core.failures import (
    OutcomeUnknown,
    Outdated,
    Refused,
    Unauthorized,
    Unintelligible,
    Unreachable,
)

CONNECTION = NavConnection(
    odata_url="http://nav.test:7048/DynamicsNAV110/ODataV4",
    soap_url="http://nav.test:7047/DynamicsNAV110/WS",
    company="Tieout Demo (GB) Ltd.",
    user="TIEOUT",
    key="k3y",
)
ENTRY: dict[str, Any] = {
    "Entry_No": 1,
    "Document_Type": "Invoice",
    "Document_No": "0000001",
    "Customer_No": "C00010",
    "Currency_Code": "",
    "Posting_Date": "2026-03-01",
    "Amount": 216.10,
    "Remaining_Amount": 0,
    "Open": False,
    "Reversed": False,
    "Due_Date": "2026-04-09",
    "Reversed_by_Entry_No": 0,
}


class Nav:
    def __init__(self, *responses: httpx2.Response) -> None:
        self.responses = list(responses)
        self.requests: list[httpx2.Request] = []
        self.http = Http(transport=httpx2.MockTransport(self.answer))
        self.target = NavTarget(CONNECTION, self.http)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.responses.pop(0) if self.responses else httpx2.Response(200, json={"value": []})

    def query(self, number: int) -> dict[str, list[str]]:
        return parse_qs(urlsplit(str(self.requests[number].url)).query)


def rows(*found: dict[str, Any], link: str = "") -> httpx2.Response:
    body: dict[str, Any] = {"@odata.context": "x", "value": list(found)}
    return httpx2.Response(200, json=body | ({"@odata.nextLink": link} if link else {}))


async def test_a_row_of_the_customer_ledger() -> None:
    nav = Nav(rows({**ENTRY, "@odata.etag": "W/x"}))
    (entry,) = await nav.target.items(["0000001"])
    assert (entry.entry_no, entry.document_type, entry.document_no) == (1, "Invoice", "0000001")
    assert entry.posting_date == date(2026, 3, 1)
    assert entry.amount == Decimal("216.1")
    assert (entry.open, entry.reversed) == (False, False)
    assert nav.query(0)["$filter"] == ["Document_No eq '0000001'"]
    assert set(nav.query(0)["$select"][0].split(",")) == set(ENTRY)


async def test_amounts_are_exact() -> None:
    body = json.dumps({"value": [ENTRY]}).replace("216.1", "1234567890123456.78")
    nav = Nav(httpx2.Response(200, content=body.encode()))
    (entry,) = await nav.target.items(["x"])
    assert entry.amount == Decimal("1234567890123456.78")


async def test_the_address_names_the_company_as_nav_does() -> None:
    nav = Nav()
    await nav.target.taken(["1"])
    assert (
        nav.requests[0]
        .url.raw_path.decode()
        .startswith(
            "/DynamicsNAV110/ODataV4/Company('Tieout%20Demo%20(GB)%20Ltd.')/CustomerLedgerEntries?"
        )
    )


async def test_a_next_link_is_followed_at_our_origin() -> None:
    link = "https://nav.internal:443/DynamicsNAV110/ODataV4/Company('X')/CustomerLedgerEntries?$skiptoken=1"
    nav = Nav(rows(ENTRY, link=link), rows({**ENTRY, "Entry_No": 2}))
    found = [entry.entry_no async for entry in nav.target.customer_entries()]
    assert found == [1, 2]
    second = urlsplit(str(nav.requests[1].url))
    assert (second.scheme, second.netloc) == ("http", "nav.test:7048")
    assert second.query == "$skiptoken=1"
    assert nav.query(0)["$orderby"] == ["Entry_No"]


async def test_a_blank_document_type_is_empty() -> None:
    nav = Nav(rows({**ENTRY, "Document_Type": " "}))
    assert await nav.target.taken(["0000001"]) == {("", "0000001")}


async def test_many_numbers_are_asked_for_in_addresses_that_servers_accept() -> None:
    nav = Nav()
    numbers = [f"FB-INV-{n:06}'&" for n in range(700)]
    await nav.target.taken(numbers)
    assert 5 < len(nav.requests) < 30
    assert all(len(str(request.url)) <= LONGEST_URL for request in nav.requests)
    asked = [
        term for n in range(len(nav.requests)) for term in nav.query(n)["$filter"][0].split(" or ")
    ]
    assert asked == [eq("Document_No", number) for number in sorted(numbers)]


async def test_no_numbers_no_request() -> None:
    nav = Nav()
    assert await nav.target.taken([]) == frozenset()
    assert await nav.target.items([]) == ()
    assert [e async for e in nav.target.gl_entries([])] == []
    assert nav.requests == []


async def test_general_and_detailed_ledger() -> None:
    gl = {
        "Entry_No": 7,
        "G_L_Account_No": "1200",
        "Document_Type": "Invoice",
        "Document_No": "0000001",
        "External_Document_No": "FB-INV-1-1",
        "Posting_Date": "2026-03-01",
        "Amount": -5.5,
        "User_ID": "TIEOUT",
        "Reversed_Entry_No": 6,
        "Source_Code": "SALESJNL",
    }
    detailed = {
        **{k: ENTRY[k] for k in ENTRY if k not in ("Remaining_Amount", "Open", "Reversed")},
        "Cust_Ledger_Entry_No": 3,
        "Entry_Type": "Application",
        "Amount_LCY": 216.10,
        "Unapplied": True,
        "User_ID": "BERT",
    }
    nav = Nav(rows(gl), rows(detailed))
    (entry,) = [e async for e in nav.target.gl_entries({"1205", "1200"})]
    assert (entry.gl_account_no, entry.amount) == ("1200", Decimal("-5.5"))
    assert entry.external_document_no == "FB-INV-1-1"
    assert (entry.user, entry.reverses, entry.source) == ("TIEOUT", 6, "SALESJNL")
    assert nav.query(0)["$filter"] == ["G_L_Account_No eq '1200' or G_L_Account_No eq '1205'"]
    (item,) = [e async for e in nav.target.detailed_entries()]
    assert (item.customer_entry_no, item.entry_type) == (3, "Application")
    assert (item.amount_lcy, item.unapplied, item.user) == (Decimal("216.1"), True, "BERT")


async def test_keys_on_all_accounts_but_those_that_were_read_whole() -> None:
    nav = Nav(rows(), rows())
    assert not [e async for e in nav.target.keyed_entries("FB", but=["1205", "1200"])]
    keyed = "startswith(External_Document_No,'FB-')"
    others = "G_L_Account_No ne '1200' and G_L_Account_No ne '1205'"
    assert nav.query(0)["$filter"] == [f"{keyed} and {others}"]
    many = [str(number) for number in range(1000, 1400)]
    assert not [e async for e in nav.target.keyed_entries("FB", but=many)]
    assert nav.query(1)["$filter"] == [keyed], "no address can name so many"


async def test_nav_says_itself_what_its_accounts_come_to() -> None:
    bank = {"No": "BANK-GBP", "Balance_LCY": 12.5}
    nav = Nav(rows({"No": "1200", "Balance": -5.5}), rows(bank), rows({**bank, "No": "C1"}))
    found = await nav.target.balances()
    assert found.accounts == {"1200": Decimal("-5.5")}
    assert (found.banks, found.customers) == (
        {"BANK-GBP": Decimal("12.5")},
        {"C1": Decimal("12.5")},
    )


def refused(status: int, text: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"code": "Unknown", "message": text}})


@pytest.mark.parametrize(
    ("response", "kind", "text"),
    [
        (httpx2.Response(401, content=b"<html>"), Unauthorized, "401"),
        (refused(404, "No segment"), Refused, "CustomerLedgerEntries is not published"),
        (refused(400, "Bad. CorrelationId:  1-2."), Unintelligible, "Bad.$"),
        (
            refused(400, "Your activity was deadlocked with another user."),
            Unreachable,
            "deadlocked",
        ),
        (httpx2.Response(503, content=b"<html>"), Unreachable, "503"),
        (httpx2.Response(200, content=b"<html>"), Unintelligible, "malformed"),
        (rows({**ENTRY, "Amount": None}), Unintelligible, r"value\[0\]\.Amount"),
    ],
)
async def test_what_goes_wrong_when_reading(
    response: httpx2.Response, kind: type[Exception], text: str
) -> None:
    nav = Nav(*[response] * 3)
    with pytest.raises(kind, match=text):
        await nav.target.items(["1"])


async def test_a_record_is_read_with_its_etag_or_is_not_there() -> None:
    nav = Nav(httpx2.Response(200, json={"@odata.etag": 'W/"a"', "No": "C1"}), refused(404, "gone"))
    found = await nav.target.odata.get("Customer", {"No": "C1"})
    assert found == {"@odata.etag": 'W/"a"', "No": "C1"}
    assert await nav.target.odata.get("Customer", {"No": "C2"}) is None
    assert nav.requests[0].url.path.endswith("/Customer(No='C1')")


async def test_a_record_is_created_with_exact_amounts_in_the_order_given() -> None:
    nav = Nav(httpx2.Response(201, json={"No": "C1"}))
    await nav.target.odata.create("Customer", {"Name": "A", "Credit_Limit_LCY": Decimal("0.10")})
    assert nav.requests[0].content == b'{"Name":"A","Credit_Limit_LCY":0.10}'


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (refused(409, "Another user has already changed the record."), Outdated),
        (refused(412, "stale"), Outdated),
        (refused(400, "Another user has already changed the record."), Outdated),
        (refused(400, "Your activity was deadlocked with another user."), Unreachable),
        (refused(500, "A record was locked by another user."), Unreachable),
        (refused(400, "must have a value"), Refused),
        (httpx2.Response(502), OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_when_changing(
    response: httpx2.Response, kind: type[Exception]
) -> None:
    nav = Nav(response)
    with pytest.raises(kind):
        await nav.target.odata.update("Customer", {"No": "C1"}, {"Name": "B"}, 'W/"a"')
    assert nav.requests[0].headers["if-match"] == 'W/"a"'
    assert len(nav.requests) == 1


def test_the_connection_does_not_show_its_key() -> None:
    assert "k3y" not in repr(CONNECTION)
