from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from tieout_sandboxes.nav.pages import PAGES
from tieout_sandboxes.nav.server import NavServer

NEW = {"Name": "Acme Ltd", "E_Mail": "ap@acme.test", "City": "London"}
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


async def create(odata: httpx2.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await odata.post("Customer", json={**NEW, **values})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def message(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


async def test_the_service_document_names_company_and_every_page(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    body = (await odata.get(nav.odata_url)).json()
    assert body["@odata.context"] == f"{nav.odata_url}/$metadata"
    assert [entry["name"] for entry in body["value"]] == ["Company", *PAGES]
    assert (await odata.get("")).json()["Name"] == nav.company


async def test_metadata_has_a_type_and_a_sorted_key_for_every_page(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    root = ElementTree.fromstring((await odata.get(nav.odata_url + "/$metadata")).text)
    types = {entity.get("Name"): entity for entity in root.iter(f"{EDM}EntityType")}
    assert set(types) == {"Company", *PAGES}
    keys = [ref.get("Name") for ref in types["GeneralJournal"].iter(f"{EDM}PropertyRef")]
    assert keys == ["Journal_Batch_Name", "Journal_Template_Name", "Line_No"]
    amount = types["GeneralLedgerEntries"].find(f"{EDM}Property[@Name='Amount']")
    assert amount is not None
    assert amount.get("Type") == "Edm.Decimal"


async def test_the_company_set_names_the_company(nav: NavServer, odata: httpx2.AsyncClient) -> None:
    body = (await odata.get(nav.odata_url + "/Company")).json()
    assert [company["Name"] for company in body["value"]] == [nav.company]
    wrong = await odata.get(nav.odata_url + "/Company('tieout demo')/Customer")
    assert (await message(wrong))[:2] == (404, "Internal_CompanyNotFound")


async def test_who_does_not_say_who_he_is_gets_401(nav: NavServer) -> None:
    async with httpx2.AsyncClient() as stranger:
        for auth in (None, (nav.user, "wrong"), ("SOMEONE", nav.key)):
            answer = await stranger.get(nav.odata_url, auth=auth)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == 'Basic realm=""'
        password = nav.state.credentials.password
        assert (await stranger.get(nav.odata_url, auth=(nav.user, password))).status_code == 200


async def test_a_customer_is_created_read_changed_and_deleted(odata: httpx2.AsyncClient) -> None:
    answer = await odata.post("Customer", json=NEW)
    body = answer.json()
    assert answer.status_code == 201
    assert body["No"] == "C00010"
    assert answer.headers["location"].endswith("/Customer('C00010')")
    assert (await odata.get("Customer('C00010')")).json()["Name"] == "Acme Ltd"
    assert (await odata.get("Customer(No='C00010')")).json()["@odata.etag"] == body["@odata.etag"]
    headers = {"If-Match": body["@odata.etag"]}
    changed = await odata.patch("Customer('C00010')", json={"City": "Leeds"}, headers=headers)
    assert changed.status_code == 200
    assert changed.json()["City"] == "Leeds"
    assert changed.json()["Name"] == "Acme Ltd"
    assert changed.json()["@odata.etag"] != body["@odata.etag"]
    assert (await odata.delete("Customer('C00010')")).status_code == 204
    gone = await odata.get("Customer('C00010')")
    assert (await message(gone))[:2] == (404, "Internal_RecordNotFound")


async def test_the_next_customer_number_is_ten_further(odata: httpx2.AsyncClient) -> None:
    assert [(await create(odata))["No"] for _ in range(3)] == ["C00010", "C00020", "C00030"]


async def test_a_change_needs_the_current_etag(odata: httpx2.AsyncClient) -> None:
    old = (await create(odata))["@odata.etag"]
    without = await odata.patch("Customer('C00010')", json={"City": "Leeds"})
    assert (await message(without))[:2] == (400, "BadRequest_InvalidToken")
    for_any = await odata.patch(
        "Customer('C00010')", json={"City": "York"}, headers={"If-Match": "*"}
    )
    assert for_any.status_code == 200
    stale = await odata.patch(
        "Customer('C00010')", json={"City": "Leeds"}, headers={"If-Match": old}
    )
    assert await message(stale) == (
        409,
        "Request_EntityChanged",
        "Another user has already changed the record.",
    )
    assert (await odata.get("Customer('C00010')")).json()["City"] == "York"


async def test_prefer_return_no_content_answers_204(odata: httpx2.AsyncClient) -> None:
    answer = await odata.post("Customer", json=NEW, headers={"Prefer": "return-no-content"})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Nickname": "A"}, "BadRequest"),
        ({"Last_Date_Modified": "2026-01-31"}, "BadRequest_InvalidOperation"),
        ({"Blocked": "Sometimes"}, "Unknown"),
        ({"Name": "x" * 51}, "Application_StringExceededLength"),
        ({"Customer_Posting_Group": "NOWHERE"}, "Internal_InvalidTableRelation"),
        ({"Credit_Limit_LCY": "much"}, "BadRequest"),
        ({"Credit_Limit_LCY": {"much": 1}}, "BadRequest"),
        ({"Credit_Limit_LCY": 1e30}, "BadRequest"),
        ({"Credit_Limit_LCY": True}, "BadRequest"),
        ({"Invoice_Copies": 1.5}, "BadRequest"),
        ({"Invoice_Copies": 2**31}, "BadRequest"),
        ({"Name": ["A"]}, "BadRequest"),
        ({"Name": 7}, "BadRequest"),
    ],
)
async def test_what_a_page_refuses(
    odata: httpx2.AsyncClient, body: dict[str, Any], code: str
) -> None:
    answer = await odata.post("Customer", json={**NEW, **body})
    assert (await message(answer))[:2] == (400, code)
    assert (await odata.get("Customer/$count")).text == "0"


async def test_an_option_that_does_not_exist_is_told_with_those_that_do(
    odata: httpx2.AsyncClient,
) -> None:
    answer = await odata.post("Customer", json={**NEW, "Blocked": "Sometimes"})
    told = "'Sometimes' is not an option. The existing options are:  ,Ship,Invoice,All"
    assert answer.json()["error"]["message"] == told


async def test_a_refused_body_that_is_no_json(odata: httpx2.AsyncClient) -> None:
    answer = await odata.post("Customer", content=b"{Name")
    assert (await message(answer))[:2] == (400, "BadRequest")


async def test_ledgers_cannot_be_written_and_unknown_services_do_not_exist(
    odata: httpx2.AsyncClient,
) -> None:
    answer = await odata.post("GeneralLedgerEntries", json={"Amount": 1})
    assert (await message(answer))[:2] == (405, "BadRequest_MethodNotAllowed")
    answer = await odata.get("Nowhere")
    assert (await message(answer))[:2] == (404, "BadRequest_ResourceNotFound")


async def test_filters(odata: httpx2.AsyncClient) -> None:
    for name, city in (("Acme", "Leeds"), ("Brown's", "York"), ("Clark", "Leeds")):
        await create(odata, Name=name, City=city)
    expected = {
        "City eq 'Leeds'": ["Acme", "Clark"],
        "Name eq 'Brown''s'": ["Brown's"],
        "City ne 'Leeds'": ["Brown's"],
        "No gt 'C00010' and (City eq 'Leeds')": ["Clark"],
        "startswith(Name,'A') eq true": ["Acme"],
        "endswith(Name,'k')": ["Clark"],
        "contains(tolower(Name),'c')": ["Acme", "Clark"],
        "not contains(Name,'r')": ["Acme"],
        "No eq 'c00020' or No eq 'C00010'": ["Acme", "Brown's"],
        "Blocked eq ' ' and Credit_Limit_LCY lt 0.5": ["Acme", "Brown's", "Clark"],
        "Last_Date_Modified lt 2020-01-01": [],
    }
    for text, names in expected.items():
        answer = await odata.get("Customer", params={"$filter": text})
        assert [row["Name"] for row in answer.json()["value"]] == names, text


async def test_functions_in_filters(odata: httpx2.AsyncClient) -> None:
    for name, city, limit in (("Acme Ltd", "Leeds", 10.5), ("Brown", " York", 10.4)):
        await create(odata, Name=name, City=city, Credit_Limit_LCY=limit)
    acme = [
        "indexof(Name,'Ltd') eq 5",
        "substring(Name,5) eq 'Ltd'",
        "substring(Name,0,4) eq 'Acme'",
        "tolower(Name) eq 'acme ltd'",
        "tolower(No) eq 'c00010'",
        "concat(concat(City,', '),Name) eq 'Leeds, Acme Ltd'",
        "replace(Name,'Ltd','Inc') eq 'Acme Inc'",
        "startswith(toupper(Name),'ACME')",
        "contains(concat(Name,City),'LtdLeeds') eq true",
        "round(Credit_Limit_LCY) eq 11",
        "ceiling(Credit_Limit_LCY) eq 11 and floor(Credit_Limit_LCY) lt 11 and City eq 'Leeds'",
        "not (trim(City) eq 'York')",
        "length(Name) gt 5",
    ]
    for text in acme:
        answer = await odata.get("Customer", params={"$filter": text})
        assert answer.status_code == 200, text
        assert [row["Name"] for row in answer.json()["value"]] == ["Acme Ltd"], text
    wrong = ["round(Name) eq 1", "substring(Name) eq 'A'", "length(No,1) eq 4", "trim(Name) eq 5"]
    for text in [*wrong, "startswith(Name) eq true", "tolower(Name) eq City"]:
        answer = await odata.get("Customer", params={"$filter": text})
        assert (await message(answer))[:2] == (400, "BadRequest"), text


async def test_an_or_over_two_fields_is_refused(odata: httpx2.AsyncClient) -> None:
    answer = await odata.get("Customer", params={"$filter": "City eq 'A' or Name eq 'B'"})
    assert (await message(answer))[2] == (
        "The 'OR' operator is not supported on distinct fields on an OData filter."
    )


async def test_two_hundred_terms_over_one_field(odata: httpx2.AsyncClient) -> None:
    await create(odata)
    text = " or ".join(f"No eq 'C{number:05d}'" for number in range(10, 2010, 10))
    answer = await odata.get("Customer", params={"$filter": text})
    assert [row["No"] for row in answer.json()["value"]] == ["C00010"]


async def test_a_page_ends_with_a_link_to_the_next(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    for number in range(5):
        await create(odata, Name=f"Customer {number}")
    await control.post("switches", json={"page_size": 2})
    url, pages = "Customer?$orderby=Name desc&$select=Name&$count=true", []
    while url:
        body = (await odata.get(url)).json()
        assert body["@odata.count"] == 5
        pages.append([row["Name"][-1] for row in body["value"]])
        url = body.get("@odata.nextLink", "")
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


async def test_top_skip_and_the_callers_own_page_size(odata: httpx2.AsyncClient) -> None:
    for _ in range(5):
        await create(odata)
    some = (await odata.get("Customer?$top=2&$skip=1")).json()
    assert [row["No"] for row in some["value"]] == ["C00020", "C00030"]
    assert "@odata.nextLink" not in some
    headers = {"Prefer": "odata.maxpagesize=2"}
    first = (await odata.get("Customer?$top=3", headers=headers)).json()
    second = (await odata.get(first["@odata.nextLink"], headers=headers)).json()
    assert [row["No"] for row in second["value"]] == ["C00030"]
    assert "@odata.nextLink" not in second


async def test_blank_values_and_exact_numbers(odata: httpx2.AsyncClient) -> None:
    await create(odata, Credit_Limit_LCY=1234567890123.45)
    raw = (await odata.get("Customer('C00010')")).text
    body = json.loads(raw, parse_float=Decimal)
    assert body["Credit_Limit_LCY"] == Decimal("1234567890123.45")
    assert body["Blocked"] == " "
    assert "float" not in raw
    batch = (await odata.get("GeneralLedgerSetup")).json()["value"][0]
    assert batch["Allow_Posting_From"] == "0001-01-01"


async def test_select_keeps_the_key(odata: httpx2.AsyncClient) -> None:
    await create(odata)
    row = (await odata.get("Customer?$select=Name")).json()["value"][0]
    assert set(row) == {"@odata.etag", "No", "Name"}
    answer = await odata.get("Customer?$select=Nickname")
    assert (await message(answer))[0] == 400


async def test_journal_lines_are_numbered_in_steps(odata: httpx2.AsyncClient) -> None:
    batch = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}
    line = {"Posting_Date": "2026-01-31", "Document_No": "T1", "Amount": 10.5}
    for _ in range(2):
        answer = await odata.post("GeneralJournal", json={**batch, **line})
        assert answer.status_code == 201, answer.text
    rows = (await odata.get("GeneralJournal")).json()["value"]
    assert [row["Line_No"] for row in rows] == [10000, 20000]
    key = "GeneralJournal(Journal_Template_Name='GENERAL',Journal_Batch_Name='FRESHBOOKS',Line_No=10000)"
    assert (await odata.get(key)).json()["Amount"] == 10.5


async def test_fields_are_validated_in_the_order_of_the_body(
    odata: httpx2.AsyncClient, nav: NavServer
) -> None:
    batch = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}
    body = {**batch, "Description": "My words", "Account_No": "4000"}
    by_body = (await odata.post("GeneralJournal", json=body)).json()["Description"]
    nav.state.switches.set("validate_order", "page")
    by_page = (await odata.post("GeneralJournal", json=body)).json()["Description"]
    assert by_page == "My words"
    assert by_body != "My words", "the account's name has replaced what was typed before it"


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("Customer?$top=-1", 400, "BadRequest"),
        ("Customer?$skip=some", 400, "BadRequest"),
        ("Customer?$count=maybe", 400, "BadRequest"),
        ("Customer?$orderby=Nickname", 400, "BadRequest"),
        ("Customer?$expand=Lines", 400, "BadRequest"),
        ("Customer?$search=Acme", 400, "BadRequest"),
        ("Customer?$format=atom", 415, "BadRequest"),
        ("Customer(12)", 404, "BadRequest_NotFound"),
        ("Customer('A','B')", 404, "BadRequest_NotFound"),
        ("Customer('C00010')/Name", 404, "BadRequest_ResourceNotFound"),
        ("../$batch", 404, "BadRequest_ResourceNotFound"),
        ("../Customer?company=Nobody", 404, "Internal_CompanyNotFound"),
    ],
)
async def test_an_address_that_cannot_be_answered_says_so(
    odata: httpx2.AsyncClient, address: str, status: int, code: str
) -> None:
    answer = await odata.get(address)
    found = await message(answer)
    assert found[:2] == (status, code)
    assert found[2]


async def test_the_company_may_be_named_in_the_query_or_be_the_only_one(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    for address in ("Customer", f"Customer?company={nav.company}", "Customer?tenant=default"):
        answer = await odata.get(f"{nav.odata_url}/{address}")
        assert answer.json()["value"] == [], address
