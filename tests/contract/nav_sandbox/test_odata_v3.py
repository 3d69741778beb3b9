"""OData V3 as a client of those days speaks it: Atom read with ElementTree, JSON where it asks for it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import httpx2
import pytest

from tieout_sandboxes.nav.pages import PAGES
from tieout_sandboxes.nav.server import NavServer

ATOM = "{http://www.w3.org/2005/Atom}"
APP = "{http://www.w3.org/2007/app}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
EDM = "{http://schemas.microsoft.com/ado/2007/05/edm}"
XML = "{http://www.w3.org/XML/1998/namespace}"
RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
JSON = {"Accept": "application/json"}


@pytest.fixture
async def v3(nav: NavServer) -> AsyncIterator[httpx2.AsyncClient]:
    base = f"{nav.odata_v3_url}/Company('{quote(nav.company, safe='()')}')/"
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as client:
        yield client


def parsed(answer: httpx2.Response, status: int = 200) -> Element:
    assert answer.status_code == status, answer.text
    assert "xml" in answer.headers["content-type"]
    return ElementTree.fromstring(answer.content)


def properties(entry: Element) -> dict[str, str]:
    found = entry.find(f"{ATOM}content/{META}properties")
    assert found is not None
    return {each.tag.removeprefix(DATA): each.text or "" for each in found}


def entries(feed: Element) -> list[dict[str, str]]:
    return [properties(entry) for entry in feed.findall(f"{ATOM}entry")]


def link(entry: Element, rel: str) -> Element | None:
    return entry.find(f"{ATOM}link[@rel='{rel}']")


def body(**values: str | None) -> bytes:
    """An entry as WCF Data Services sends it."""
    entry = ElementTree.Element(f"{ATOM}entry")
    ElementTree.SubElement(entry, f"{ATOM}title")
    content = ElementTree.SubElement(entry, f"{ATOM}content", type="application/xml")
    inner = ElementTree.SubElement(content, f"{META}properties")
    for name, value in values.items():
        element = ElementTree.SubElement(inner, f"{DATA}{name}")
        if value is None:
            element.set(f"{META}null", "true")
        element.text = value
    return ElementTree.tostring(entry)


async def create(v3: httpx2.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await v3.post("Customer", json={"Name": "Acme Ltd", **values}, headers=JSON)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_the_service_document_is_a_workspace_of_collections(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    answer = await v3.get(nav.odata_v3_url)
    root = parsed(answer)
    hrefs = [each.get("href") for each in root.findall(f"{APP}workspace/{APP}collection")]
    assert hrefs == [*PAGES, "Company"]
    assert root.get(f"{XML}base") == nav.odata_v3_url + "/"
    assert answer.headers["dataserviceversion"] == "3.0;"
    told = (await v3.get(nav.odata_v3_url, params={"$format": "json"})).json()
    assert told["odata.metadata"] == nav.odata_v3_url + "/$metadata"
    assert [each["url"] for each in told["value"]] == [*PAGES, "Company"]


async def test_metadata_of_v3_has_datetimes_and_an_etag_on_every_page(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    root = parsed(await v3.get(nav.odata_v3_url + "/$metadata"))
    types = {each.get("Name"): each for each in root.iter(f"{EDM}EntityType")}
    assert list(types) == [*PAGES, "Company"]
    date = types["GeneralLedgerEntries"].find(f"{EDM}Property[@Name='Posting_Date']")
    assert date is not None
    assert dict(date.attrib) == {"Name": "Posting_Date", "Type": "Edm.DateTime"}
    for name in PAGES:
        last = types[name].findall(f"{EDM}Property")[-1]
        assert (last.get("Name"), last.get("ConcurrencyMode")) == ("ETag", "Fixed")
    assert "MaxLength" not in ElementTree.tostring(root, encoding="unicode")


async def test_a_set_is_a_feed_of_entries_unless_json_is_asked_for(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    made = await create(v3, Name="Smith & <Sons>", Credit_Limit_LCY="12.50")
    answer = await v3.get("Customer")
    assert answer.headers["content-type"] == "application/atom+xml;type=feed;charset=utf-8"
    (entry,) = parsed(answer).findall(f"{ATOM}entry")
    shown = properties(entry)
    assert (shown["No"], shown["Name"]) == ("C00010", "Smith & <Sons>")
    assert Decimal(shown["Credit_Limit_LCY"]) == Decimal("12.5")
    assert shown["Last_Date_Modified"].endswith("T00:00:00")
    assert (shown["Blocked"], shown["Allow_Line_Disc"]) == (" ", "true")
    limit = entry.find(f".//{DATA}Credit_Limit_LCY")
    assert limit is not None
    assert limit.get(f"{META}type") == "Edm.Decimal"
    category, edit = entry.find(f"{ATOM}category"), link(entry, "edit")
    assert category is not None
    assert edit is not None
    assert category.get("term") == "NAV.Customer"
    assert edit.get("href") == "Customer('C00010')"
    assert entry.findtext(f"{ATOM}id") == str(v3.base_url) + "Customer('C00010')"
    assert entry.get(f"{META}etag") == made["odata.etag"]
    for wanted in (
        await v3.get("Customer", params={"$format": "json"}),
        await v3.get("Customer", headers=JSON),
    ):
        told = wanted.json()
        assert told["odata.metadata"] == nav.odata_v3_url + "/$metadata#Customer"
        assert told["value"] == [{k: v for k, v in made.items() if k != "odata.metadata"}]


async def test_the_etag_is_the_key_of_soap_escaped(v3: httpx2.AsyncClient) -> None:
    """A client may take it from the header, or build it from the property `ETag`."""
    made = await create(v3)
    assert made["ETag"].startswith("28;")
    escaped = "W/\"'" + quote(made["ETag"], safe="") + "'\""
    answer = await v3.get("Customer('C00010')")
    assert answer.headers["etag"] == escaped == made["odata.etag"]
    assert properties(parsed(answer))["ETag"] == made["ETag"]
    change = {"City": "Leeds"}
    first = await v3.patch("Customer('C00010')", json=change, headers={"If-Match": escaped})
    assert (first.status_code, first.content) == (204, b"")
    assert first.headers["etag"] != escaped
    stale = await v3.patch("Customer('C00010')", json=change, headers={"If-Match": escaped})
    assert stale.status_code == 409


async def test_json_tells_amounts_and_blank_dates_as_v3_does(v3: httpx2.AsyncClient) -> None:
    """Edm.Decimal and Edm.Int64 are text in JSON of V3."""
    await create(v3, Credit_Limit_LCY="12.5")
    (row,) = (await v3.get("Customer", headers=JSON)).json()["value"]
    assert row["Credit_Limit_LCY"] == "12.5"
    batch = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}
    made = await v3.post("GeneralJournal", json={**batch, "Document_No": "T1"}, headers=JSON)
    assert made.json()["Document_Date"] == "0001-01-01T00:00:00"
    assert made.json()["Line_No"] == 10000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("substringof('cme',Name)", ["Acme"]),
        ("substringof('cme',Name) eq false", ["Brown"]),
        ("Credit_Limit_LCY ge 12.5M", ["Acme"]),
        ("Credit_Limit_LCY lt 5L and startswith(Name,'B')", ["Brown"]),
        ("Last_Date_Modified eq datetime'2026-01-31T00:00:00'", ["Acme", "Brown"]),
        ("Last_Date_Modified gt datetime'2026-01-31T00:00:00'", []),
        ("month(Last_Date_Modified) eq 1 and day(Last_Date_Modified) gt 30", ["Acme", "Brown"]),
        ("year(Last_Date_Modified) eq 2026 and length(Name) eq 4", ["Acme"]),
    ],
)
async def test_literals_and_functions_of_v3(
    nav: NavServer, v3: httpx2.AsyncClient, text: str, found: list[str]
) -> None:
    nav.state.clock.fixed = dt.datetime.fromisoformat("2026-01-31T12:00:00Z")
    await create(v3, Name="Acme", Credit_Limit_LCY="12.5")
    await create(v3, Name="Brown")
    answer = await v3.get("Customer", params={"$filter": text})
    assert [row["Name"] for row in entries(parsed(answer))] == found


@pytest.mark.parametrize(
    "text", ["contains(Name,'A')", "Last_Date_Modified eq 2026-01-31", "Name eq guid'1'", "Name eq"]
)
async def test_what_only_v4_understands_is_refused(v3: httpx2.AsyncClient, text: str) -> None:
    error = parsed(await v3.get("Customer", params={"$filter": text}), 400)
    assert error.tag == f"{META}error"
    assert error.findtext(f"{META}code") == "BadRequest"
    told = await v3.get("Customer", params={"$filter": text, "$format": "json"})
    assert told.json()["odata.error"]["message"] == {
        "lang": "en-US",
        "value": error.findtext(f"{META}message"),
    }


async def test_v4_does_not_understand_v3(odata: httpx2.AsyncClient) -> None:
    for options in (
        {"$filter": "substringof('A',Name)"},
        {"$filter": "Last_Date_Modified eq datetime'2026-01-31T00:00:00'"},
        {"$inlinecount": "allpages"},
    ):
        assert (await odata.get("Customer", params=options)).status_code == 400, options


async def test_pages_end_with_a_link_and_a_count(nav: NavServer, v3: httpx2.AsyncClient) -> None:
    nav.state.switches.set("page_size", 2)
    for name in ("A", "B", "C"):
        await create(v3, Name=name)
    options = {"$inlinecount": "allpages", "$orderby": "Last_Date_Modified desc,Name"}
    first = parsed(await v3.get("Customer", params=options))
    assert first.findtext(f"{META}count") == "3"
    assert [row["Name"] for row in entries(first)] == ["A", "B"]
    more = link(first, "next")
    assert more is not None
    second = parsed(await v3.get(more.get("href", "")))
    assert [row["Name"] for row in entries(second)] == ["C"]
    assert link(second, "next") is None
    told = (await v3.get("Customer", params=options, headers=JSON)).json()
    assert told["odata.count"] == "3"
    rest = (await v3.get(told["odata.nextLink"], headers=JSON)).json()
    assert [row["Name"] for row in rest["value"]] == ["C"]
    assert (await v3.get("Customer/$count")).text == "3"
    assert (await v3.get("Customer", params={"$count": "true"})).status_code == 400


async def test_an_entry_is_created_changed_and_deleted_in_atom(v3: httpx2.AsyncClient) -> None:
    kind = {"Content-Type": "application/atom+xml"}
    made = await v3.post(
        "Customer", content=body(Name="Acme", Allow_Line_Disc="false"), headers=kind
    )
    entry = parsed(made, 201)
    assert (properties(entry)["No"], properties(entry)["Allow_Line_Disc"]) == ("C00010", "false")
    assert made.headers["location"] == str(v3.base_url) + "Customer('C00010')"
    match = {**kind, "If-Match": made.headers["etag"]}
    for verb, name in (("PUT", "B"), ("MERGE", "C")):
        change = body(Name=name, City="Leeds" if verb == "PUT" else None)
        answer = await v3.request(verb, "Customer('C00010')", content=change, headers=match)
        assert answer.status_code == 204, answer.text
        match["If-Match"] = answer.headers["etag"]
        now = properties(parsed(await v3.get("Customer('C00010')")))
        assert (now["Name"], now["City"]) == (name, "Leeds" if verb == "PUT" else "")
    assert (await v3.delete("Customer('C00010')", headers=match)).status_code == 204
    gone = parsed(await v3.get("Customer('C00010')"), 404)
    assert "does not exist" in (gone.findtext(f"{META}message") or "")


@pytest.mark.parametrize(
    "raw",
    [b"", b"<entry/>", b"{}", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', body(Nickname="A")],
)
async def test_a_body_that_is_no_entry_is_refused(v3: httpx2.AsyncClient, raw: bytes) -> None:
    answer = await v3.post(
        "Customer", content=raw, headers={"Content-Type": "application/atom+xml"}
    )
    assert parsed(answer, 400).findtext(f"{META}message")


async def test_a_post_may_carry_another_verb(nav: NavServer, v3: httpx2.AsyncClient) -> None:
    made = await create(v3)
    match = {"If-Match": made["odata.etag"], "X-HTTP-Method": "MERGE"}
    answer = await v3.post("Customer('C00010')", json={"City": "Leeds"}, headers=match)
    assert answer.status_code == 204
    assert properties(parsed(await v3.get("Customer('C00010')")))["City"] == "Leeds"
    newer = await v3.post(f"{nav.odata_url}/Customer('C00010')", json={"City": "A"}, headers=match)
    assert newer.status_code == 405
    nav.state.switches.set("post_tunneling", False)
    answer = await v3.post("Customer('C00010')", json={"City": "York"}, headers=match)
    assert answer.status_code == 405


async def test_json_may_come_as_a_call(v3: httpx2.AsyncClient) -> None:
    await create(v3)
    answer = await v3.get("Customer", params={"$format": "json", "$callback": "shop.show"})
    assert answer.headers["content-type"].startswith("text/javascript")
    told = json.loads(answer.text.removeprefix("shop.show(").removesuffix(")"))
    assert [row["No"] for row in told["value"]] == ["C00010"]
    wrong = await v3.get("Customer", params={"$format": "json", "$callback": "alert(1)"})
    assert wrong.status_code == 400


@pytest.mark.parametrize("kind", ["xml", "JSON", "application/json;odata=verbose"])
async def test_a_format_of_another_name_is_415(v3: httpx2.AsyncClient, kind: str) -> None:
    assert parsed(await v3.get("Customer", params={"$format": kind}), 415).tag == f"{META}error"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "atom+xml"),
        ("application/json;odata=minimalmetadata", "json"),
        ("application/atom+xml,application/json;q=0.9", "atom+xml"),
        ("application/atom+xml;q=0.5, application/json;q=0.8, */*;q=0.1", "json"),
        ("application/json;odata=verbose, application/atom+xml;q=0.5", "atom+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "atom+xml"),
        ("application/json;odata=verbose", None),
        ("text/html", None),
    ],
)
async def test_atom_and_json_are_negotiated(
    v3: httpx2.AsyncClient, accept: str, kind: str | None
) -> None:
    answer = await v3.get("Customer", headers={"Accept": accept})
    assert answer.status_code == (415 if kind is None else 200)
    assert answer.headers["content-type"].partition(";")[0] == f"application/{kind or 'xml'}"


async def test_the_version_is_told_with_every_answer(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    nav.state.switches.set("page_size", 1)
    for name in ("A", "B"):
        await create(v3, Name=name)
    wanted = {
        "Customer('C00010')": "1.0;",
        "Customer": "2.0;",
        "PaymentTerms('30 DAYS')?$expand=": "1.0;",
        "Customer('C00010')?$format=json": "3.0;",
        "Customer('X')": "1.0;",
        nav.odata_v3_url + "/$metadata": "1.0;",
    }
    for form in ("3.0", "lowest"):
        nav.state.switches.set("data_service_version", form)
        for address, version in wanted.items():
            told = (await v3.get(address)).headers["dataserviceversion"]
            assert told == ("3.0;" if form == "3.0" else version), address


async def test_companies_and_keys_are_found_as_in_v4(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    await create(v3)
    companies = entries(parsed(await v3.get(nav.odata_v3_url + "/Company")))
    assert companies == [{"Name": nav.company}]
    assert properties(parsed(await v3.get(""))) == {"Name": nav.company}
    assert properties(parsed(await v3.get("Customer(No='C00010')")))["No"] == "C00010"
    periods = parsed(await v3.get("AccountingPeriods?$top=1")).find(f"{ATOM}entry")
    assert periods is not None
    edit = link(periods, "edit")
    assert edit is not None
    assert "datetime'" in edit.get("href", "")
    again = parsed(await v3.get(edit.get("href", "")))
    assert properties(again) == properties(periods)
    wrong = await v3.get(nav.odata_v3_url + "/Company('nobody')/Customer")
    assert parsed(wrong, 404).findtext(f"{META}code") == "Internal_CompanyNotFound"


async def test_select_leaves_out_and_keeps_key_and_etag_apart(v3: httpx2.AsyncClient) -> None:
    await create(v3)
    shown = properties(parsed(await v3.get("Customer('C00010')?$select=Name")))
    assert list(shown) == ["No", "Name"]
    shown = properties(parsed(await v3.get("Customer('C00010')?$select=ETag")))
    assert list(shown) == ["No", "ETag"]


@pytest.mark.parametrize(("name", "path"), [("v3_endpoint", "OData"), ("v4_endpoint", "ODataV4")])
async def test_an_endpoint_may_be_off(nav: NavServer, name: str, path: str) -> None:
    base = nav.odata_v3_url.removesuffix("OData")
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as client:
        other = "OData" if path == "ODataV4" else "ODataV4"
        nav.state.switches.set(name, False)
        for address in ("", "/$metadata", "/Customer"):
            assert (await client.get(path + address)).status_code == 405
            assert (await client.get(other + address)).status_code == 200
        nav.state.switches.set("endpoint_off_status", 404)
        assert (await client.get(path)).status_code == 404


async def test_the_arguments_of_substringof_may_stand_as_in_navs_help(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    await create(v3)
    text = {"$filter": "substringof(Name,'cme')"}
    assert entries(parsed(await v3.get("Customer", params=text))) == []
    nav.state.switches.set("substringof", "help")
    assert len(entries(parsed(await v3.get("Customer", params=text)))) == 1


async def test_what_v3_answers_to_a_change_and_how_it_writes_amounts_may_differ(
    nav: NavServer, v3: httpx2.AsyncClient
) -> None:
    made = await create(v3, Credit_Limit_LCY="12.5")
    nav.state.switches.set("v3_change_status", 200)
    nav.state.switches.set("v3_decimals", "numbers")
    match = {**JSON, "If-Match": made["odata.etag"]}
    answer = await v3.patch("Customer('C00010')", json={"City": "Leeds"}, headers=match)
    assert answer.status_code == 200
    assert (answer.json()["City"], answer.json()["Credit_Limit_LCY"]) == ("Leeds", 12.5)
