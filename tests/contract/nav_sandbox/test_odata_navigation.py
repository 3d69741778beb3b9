"""Where OData leads beside plain sets: links, `$expand`, FlowFilters, renamed records, `$batch`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx2
import pytest

from tieout_sandboxes.nav.odata.associations import LOOKUP_PAGES
from tieout_sandboxes.nav.odata.model import model_of
from tieout_sandboxes.nav.pages import PAGES
from tieout_sandboxes.nav.server import NavServer

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
EDM3 = "{http://schemas.microsoft.com/ado/2007/05/edm}"
EDM4 = "{http://docs.oasis-open.org/odata/ns/edm}"
RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
FACTS = Path(__file__).resolve().parents[4] / "shared/fixtures/nav/nav2018_tables.json"
ANY = {"If-Match": "*"}
CUSTOMER = {
    "Name": "Acme Ltd",
    "Gen. Bus. Posting Group": "DOMESTIC",
    "Customer Posting Group": "DOMESTIC",
    "Payment Terms Code": "30 DAYS",
}
REVENUE = {
    "account_type": "G/L Account",
    "account_no": "4000",
    "gen_posting_type": "Sale",
    "gen_bus_posting_group": "DOMESTIC",
    "gen_prod_posting_group": "SERVICES",
    "vat_bus_posting_group": "DOMESTIC",
    "vat_prod_posting_group": "VAT20",
}


@pytest.fixture
async def v3(nav: NavServer) -> AsyncIterator[httpx2.AsyncClient]:
    base = f"{nav.odata_v3_url}/Company('{quote(nav.company, safe='()')}')/"
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as client:
        yield client


async def order(control: httpx2.AsyncClient, name: str, **body: Any) -> None:
    answer = await control.post(name, json=body)
    assert answer.status_code == 200, answer.text


async def sell(control: httpx2.AsyncClient, number: str, amount: str, day: str) -> None:
    lines = [
        {"account_type": "Customer", "account_no": "C00010", "amount": amount},
        {**REVENUE, "amount": f"-{amount}"},
    ]
    head = {"document_type": "Invoice", "document_no": number, "posting_date": day}
    await order(control, "journal", **head, lines=lines)


@pytest.fixture
async def acme(control: httpx2.AsyncClient) -> None:
    """A customer with an invoice of 120.00 in January and one of 240.00 in March."""
    await order(control, "record", table="Customer", key=["C00010"], values=CUSTOMER)
    await sell(control, "INV-1", "120.00", "2026-01-20")
    await sell(control, "INV-2", "240.00", "2026-03-10")


async def get(client: httpx2.AsyncClient, address: str, **options: str) -> Any:
    answer = await client.get(address, params={f"${n}": v for n, v in options.items()} or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.skipif(not FACTS.is_file(), reason=f"no table facts: {FACTS} is absent")
def test_associations_are_those_of_the_relations_of_navs_tables() -> None:
    """Every plain TableRelation to a table whose lookup page is published, and no other."""
    known = {table["name"]: table["fields"] for table in json.loads(FACTS.read_text()).values()}
    model, compared = model_of("", associations=True), 0
    for page in (page for page in PAGES.values() if page.table in known):
        expected = []
        for column in page.columns:
            relation = known[page.table].get(column.field, {}).get("relation", "")
            if relation.strip('"') in LOOKUP_PAGES and not column.unbound:
                expected.append(f"{column.name}_Link")
        assert [link.name for link in model.links[page.service]] == expected, page.service
        compared += len(expected)
    assert compared > 50


def test_an_association_needs_both_pages() -> None:
    for unpublished in ("CustomerList", "PaymentTerms"):
        model = model_of(unpublished, associations=True)
        targets = {link.target.service for links in model.links.values() for link in links}
        assert unpublished not in targets
    entries = {
        link.name: link.target.number
        for link in model_of("", associations=True).links["CustomerLedgerEntries"]
    }
    assert entries["Customer_No_Link"] == 22


async def test_metadata_tells_what_leads_where(
    nav: NavServer, odata: httpx2.AsyncClient, v3: httpx2.AsyncClient
) -> None:
    old = ElementTree.fromstring((await v3.get(nav.odata_v3_url + "/$metadata")).content)
    name = "Customer_Payment_Terms_Code_Link"
    association = old.find(f".//{EDM3}Association[@Name='{name}']")
    assert association is not None
    ends = {each.get("Role"): (each.get("Type"), each.get("Multiplicity")) for each in association}
    assert ends == {
        "Customer": ("NAV.Customer", "*"),
        "Payment_Terms_Code_Link": ("NAV.PaymentTerms", "0..1"),
    }
    path = f".//{EDM4}EntityType[@Name='Customer']/{EDM4}NavigationProperty"
    for wanted in (True, False):
        nav.state.switches.set("v4_associations", wanted)
        new = ElementTree.fromstring((await odata.get(nav.odata_url + "/$metadata")).content)
        links = {each.get("Name"): each.get("Type") for each in new.findall(path)}
        assert links.get("Payment_Terms_Code_Link") == ("NAV.PaymentTerms" if wanted else None)
    assert (await odata.get("Customer?$expand=Payment_Terms_Code_Link")).status_code == 400


@pytest.mark.usefixtures("acme")
async def test_an_address_follows_a_link(odata: httpx2.AsyncClient, v3: httpx2.AsyncClient) -> None:
    terms = await get(odata, "Customer('C00010')/Payment_Terms_Code_Link")
    assert terms["Code"] == "30 DAYS"
    assert terms["@odata.context"].endswith("/PaymentTerms/$entity")
    (entry, *_) = (await get(odata, "CustomerLedgerEntries"))["value"]
    far = f"CustomerLedgerEntries({entry['Entry_No']})/Customer_No_Link/Payment_Terms_Code_Link"
    assert (await get(odata, far))["Code"] == "30 DAYS"
    nothing = await odata.get("Customer('C00010')/Currency_Code_Link")
    assert (nothing.status_code, nothing.content) == (204, b"")
    for wrong in ("Customer('C00010')/Nickname_Link", "Customer/Payment_Terms_Code_Link"):
        assert (await odata.get(wrong)).status_code == 404
    entity = ElementTree.fromstring((await v3.get("Customer('C00010')")).content)
    link = entity.find(f"{ATOM}link[@rel='{RELATED}Payment_Terms_Code_Link']")
    assert link is not None
    assert link.get("type") == "application/atom+xml;type=entry"
    end = ElementTree.fromstring((await v3.get(link.get("href", ""))).content)
    assert end.findtext(f".//{DATA}Code") == "30 DAYS"


@pytest.mark.usefixtures("acme")
async def test_expand_shows_what_stands_at_the_end_of_a_link(odata: httpx2.AsyncClient) -> None:
    links = "Payment_Terms_Code_Link($select=Description),Currency_Code_Link"
    (row,) = (await get(odata, "Customer", expand=links, select="Name"))["value"]
    assert set(row) == {
        "@odata.etag",
        "No",
        "Name",
        *links.replace("($select=Description)", "").split(","),
    }
    assert row["Currency_Code_Link"] is None
    assert set(row["Payment_Terms_Code_Link"]) == {"@odata.etag", "Code", "Description"}
    nested = "Customer_No_Link($select=No;$expand=Payment_Terms_Code_Link($select=Code))"
    entries = (await get(odata, "CustomerLedgerEntries", expand=nested, select="Entry_No"))["value"]
    ends = [entry["Customer_No_Link"]["Payment_Terms_Code_Link"]["Code"] for entry in entries]
    assert ends == ["30 DAYS", "30 DAYS"]
    one = await get(odata, "Customer('C00010')", expand="*", select="No")
    assert one["Customer_Posting_Group_Link"]["Code"] == "DOMESTIC"


@pytest.mark.usefixtures("acme")
async def test_a_company_expands_into_its_sets(nav: NavServer, odata: httpx2.AsyncClient) -> None:
    nav.state.switches.set("page_size", 1)
    inner = "CustomerLedgerEntries($select=Document_No;$orderby=Entry_No;$count=true)"
    company = await get(odata, nav.odata_url + "/Company", expand=f"Customer,{inner}")
    (row,) = company["value"]
    assert [each["No"] for each in row["Customer"]] == ["C00010"]
    assert [each["Document_No"] for each in row["CustomerLedgerEntries"]] == ["INV-1"]
    assert row["CustomerLedgerEntries@odata.count"] == 2
    more = await get(odata, row["CustomerLedgerEntries@odata.nextLink"])
    assert [each["Document_No"] for each in more["value"]] == ["INV-2"]


@pytest.mark.parametrize(
    "options",
    [
        {"$expand": "Nickname_Link"},
        {"$expand": "Payment_Terms_Code_Link($filter=Code eq 'A')"},
        {"$expand": "Payment_Terms_Code_Link($select=Nickname)"},
        {"$expand": "Payment_Terms_Code_Link($select=Code"},
        {"$expand": "Payment_Terms_Code_Link(Code)"},
        {"$expand": "Payment_Terms_Code_Link/Code"},
    ],
)
async def test_an_expansion_that_cannot_be_read_is_refused(
    odata: httpx2.AsyncClient, options: dict[str, str]
) -> None:
    answer = await odata.get("Customer", params=options)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.usefixtures("acme")
async def test_v3_expands_by_paths(nav: NavServer, v3: httpx2.AsyncClient) -> None:
    options = {
        "expand": "Customer_No_Link/Payment_Terms_Code_Link",
        "select": "Entry_No,Customer_No_Link/No,Customer_No_Link/Payment_Terms_Code_Link/Code",
    }
    rows = (await get(v3, "CustomerLedgerEntries", **options, format="json"))["value"]
    assert {name for row in rows for name in row} == {"odata.etag", "Entry_No", "Customer_No_Link"}
    inner = rows[0]["Customer_No_Link"]
    assert set(inner) == {"odata.etag", "No", "Payment_Terms_Code_Link"}
    assert inner["Payment_Terms_Code_Link"]["Code"] == "30 DAYS"
    address = "Customer('C00010')?$expand=Payment_Terms_Code_Link,Currency_Code_Link"
    entity = ElementTree.fromstring((await v3.get(address)).content)
    found = {}
    for link in entity.findall(f"{ATOM}link"):
        inline = link.find(f"{META}inline")
        if inline is not None:
            found[link.get("title")] = inline.findtext(f".//{DATA}Code")
    assert found == {"Payment_Terms_Code_Link": "30 DAYS", "Currency_Code_Link": None}
    company = nav.odata_v3_url + "/Company?$expand=Customer"
    feed = ElementTree.fromstring((await v3.get(company)).content)
    assert feed.findtext(f".//{META}inline/{ATOM}feed/{ATOM}entry//{DATA}No") == "C00010"
    wrong = await v3.get("Customer?$expand=Nickname_Link")
    assert wrong.status_code == 400


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("text", "change", "at_date"),
    [
        ("", -300, -300),
        ("Date_Filter eq '2026-01-01..2026-01-31'", -100, -100),
        ("Date_Filter eq '01/01/26..01/31/26'", -100, -100),
        ("Date_Filter eq '2026-03-01..2026-03-31'", -200, -300),
        ("Date_Filter eq '2026-02-01..'", -200, -300),
        ("Date_Filter eq '..2026-02-28'", -100, -100),
        ("Date_Filter eq '2026-01-20' and Global_Dimension_1_Filter eq ''''''", -100, -100),
        ("Date_Filter eq '2026-01-20' and Global_Dimension_1_Filter eq 'SALES'", 0, 0),
    ],
)
async def test_flow_filters_narrow_what_an_account_adds_up(
    odata: httpx2.AsyncClient, text: str, change: int, at_date: int
) -> None:
    """Net Change moves within the dates, Balance at Date up to the last, Balance not at all."""
    for address in ("ChartOfAccounts('4000')", "ChartOfAccounts"):
        whole = f"No eq '4000' and {text}" if text else "No eq '4000'"
        options = {"filter": whole} if address == "ChartOfAccounts" or text else {}
        found = await get(odata, address, **options)
        row = found["value"][0] if "value" in found else found
        assert (row["Net_Change"], row["Balance_at_Date"]) == (change, at_date)
        assert row["Balance"] == (0 if "SALES" in text else -300)


@pytest.mark.usefixtures("acme")
async def test_flow_filters_narrow_what_a_customer_owes(
    nav: NavServer,
    odata: httpx2.AsyncClient,
    v3: httpx2.AsyncClient,
    control: httpx2.AsyncClient,
) -> None:
    """INV-1 is due on 19 February, INV-2 on 9 April; what is due counts up to the last day."""
    for last, due in (("2026-02-18", 0), ("2026-03-31", 120), ("2026-04-30", 360)):
        text = f"Date_Filter eq '2026-01-01..{last}'"
        (row,) = (await get(odata, "CustomerList", filter=text))["value"]
        assert (row["Balance_Due_LCY"], row["Balance_LCY"]) == (due, 360)
    assert list(row)[-4:] == [
        "Global_Dimension_1_Filter",
        "Global_Dimension_2_Filter",
        "Currency_Filter",
        "Date_Filter",
    ]
    assert (row["Date_Filter"], row["Currency_Filter"]) == ("2026-01-01..2026-04-30", "")
    lines = [
        {"account_type": "Customer", "account_no": "C00010", "amount": "-50.00"},
        {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": "50.00"},
    ]
    head = {"document_type": "Payment", "document_no": "PAY-1", "posting_date": "2026-05-04"}
    await order(control, "journal", **head, lines=lines)
    for text, paid in (("..2026-05-03", "0"), ("2026-05-04..", "50.00")):
        old = await get(v3, "Customer('C00010')", filter=f"Date_Filter eq '{text}'", format="json")
        assert (old["Payments_LCY"], old["Date_Filter"]) == (paid, text)
        assert old["Balance_LCY"] == "310.00"
    euro = await get(odata, "Customer('C00010')", filter="Currency_Filter eq 'EUR'")
    assert euro["Balance_LCY"] == 0
    entries = (await get(odata, "CustomerLedgerEntries", filter="Date_Filter eq '..2026-02-01'"))[
        "value"
    ]
    assert [(e["Document_No"], e["Remaining_Amount"]) for e in entries] == [
        ("PAY-1", 0),
        ("INV-2", 0),
        ("INV-1", 120),
    ]
    owing = "Remaining_Amount gt 0 and Date_Filter eq '..2026-02-01'"
    entries = (await get(odata, "CustomerLedgerEntries", filter=owing))["value"]
    assert [entry["Document_No"] for entry in entries] == ["INV-1"]
    nav.state.switches.set("flow_filter_values", "blank")
    (row,) = (await get(odata, "CustomerList", filter="Date_Filter eq '..2026-03-31'"))["value"]
    assert (row["Balance_Due_LCY"], row["Date_Filter"]) == (120, "")


@pytest.mark.usefixtures("acme")
async def test_a_page_has_only_the_flow_filters_its_figures_use(
    odata: httpx2.AsyncClient,
) -> None:
    for text in (
        "Date_Filter gt '2026-01-01'",
        "Date_Filter eq '2026-01-01' or Date_Filter eq '2026-01-02'",
        "not (Date_Filter eq '2026-01-01')",
        "Date_Filter eq 2026-01-01",
        "Date_Filter eq 'January'",
        "Vendor_Filter eq 'A'",
    ):
        answer = await odata.get("CustomerList", params={"$filter": text})
        assert answer.status_code == 400, text
    account = await get(odata, "GLAccount('4000')")
    assert [name for name in account if name.endswith("_Filter")] == [
        "Business_Unit_Filter",
        "Global_Dimension_1_Filter",
        "Global_Dimension_2_Filter",
    ]
    assert not [name for name in await get(odata, "PaymentTerms('30 DAYS')") if "Filter" in name]
    hidden = await odata.get("Customer('C00010')", params={"$filter": "City eq 'Leeds'"})
    assert hidden.status_code == 404


@pytest.mark.usefixtures("acme")
async def test_a_changed_key_renames_the_record_and_what_names_it(
    nav: NavServer, odata: httpx2.AsyncClient, v3: httpx2.AsyncClient
) -> None:
    await odata.patch("NoSeries('CUST')", json={"Manual_Nos": True}, headers=ANY)
    batch = {"Journal_Template_Name": "GENERAL", "Journal_Batch_Name": "FRESHBOOKS"}
    line = {**batch, "Account_Type": "Customer", "Account_No": "C00010"}
    await odata.post("GeneralJournal", json=line)
    answer = await odata.patch(
        "Customer('C00010')", json={"No": "acme", "City": "Leeds"}, headers=ANY
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["No"], answer.json()["City"]) == ("ACME", "Leeds")
    assert (await odata.get("Customer('C00010')")).status_code == 404
    assert (await get(odata, "Customer('ACME')"))["Balance_LCY"] == 360
    entries = (await get(odata, "CustomerLedgerEntries"))["value"]
    assert {entry["Customer_No"] for entry in entries} == {"ACME"}
    (kept,) = (await get(odata, "GeneralJournal"))["value"]
    assert kept["Account_No"] == "ACME"
    terms = await v3.request(
        "MERGE", "PaymentTerms('30 DAYS')", json={"Code": "MONTH"}, headers=ANY
    )
    assert terms.status_code == 204
    assert (await get(odata, "Customer('ACME')"))["Payment_Terms_Code"] == "MONTH"
    renamed = {"Name": "WEB"}
    where = "GeneralJournalBatches(Journal_Template_Name='GENERAL',Name='FRESHBOOKS')"
    assert (await odata.patch(where, json=renamed, headers=ANY)).status_code == 200
    (kept,) = (await get(odata, "GeneralJournal"))["value"]
    assert kept["Journal_Batch_Name"] == "WEB"
    taken = await odata.patch("PaymentTerms('MONTH')", json={"Code": "14 DAYS"}, headers=ANY)
    assert taken.json()["error"]["code"] == "Internal_EntityWithSameKeyExists"
    nav.state.switches.set("rename", "refused")
    refused = await odata.patch("PaymentTerms('MONTH')", json={"Code": "SOON"}, headers=ANY)
    assert refused.status_code == 405


@pytest.mark.usefixtures("acme")
async def test_a_renamed_posting_group_and_account_still_post(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    for address, new in (
        ("GenBusinessPostingGroups('DOMESTIC')", "HOME"),
        ("VATBusinessPostingGroups('DOMESTIC')", "HOMEVAT"),
        ("CustomerPostingGroups('DOMESTIC')", "HOMECUST"),
        ("GLAccount('4000')", "4001"),
    ):
        answer = await odata.patch(
            address, json={"No" if address.startswith("GL") else "Code": new}, headers=ANY
        )
        assert answer.status_code == 200, answer.text
    sales = (await get(odata, "GeneralLedgerEntries", filter="G_L_Account_No eq '4001'"))["value"]
    assert {entry["Gen_Bus_Posting_Group"] for entry in sales} == {"HOME"}
    taxes = (await get(odata, "VATEntries"))["value"]
    assert {entry["VAT_Bus_Posting_Group"] for entry in taxes} == {"HOMEVAT"}
    customer = await get(odata, "Customer('C00010')")
    assert customer["Customer_Posting_Group"] == "HOMECUST"
    groups = {"gen_bus_posting_group": "HOME", "vat_bus_posting_group": "HOMEVAT"}
    lines = [
        {"account_type": "Customer", "account_no": "C00010", "amount": "60.00"},
        {**REVENUE, **groups, "account_no": "4001", "amount": "-60.00"},
    ]
    head = {"document_type": "Invoice", "document_no": "INV-3", "posting_date": "2026-03-12"}
    await order(control, "journal", **head, lines=lines)
    assert (await get(odata, "GLAccount('4001')"))["Balance"] == -350


@pytest.mark.usefixtures("acme")
async def test_a_number_series_without_manual_numbers_keeps_its_customers(
    odata: httpx2.AsyncClient,
) -> None:
    answer = await odata.patch("Customer('C00010')", json={"No": "ACME"}, headers=ANY)
    assert answer.status_code == 400
    assert "manually" in answer.json()["error"]["message"]
    assert (await get(odata, "Customer('C00010')"))["No"] == "C00010"


async def test_batches_are_absent_or_not_implemented(
    nav: NavServer, odata: httpx2.AsyncClient, v3: httpx2.AsyncClient
) -> None:
    addresses = (nav.odata_url, nav.odata_v3_url)
    for value, status in (("absent", 404), ("not_implemented", 501)):
        nav.state.switches.set("batch", value)
        for flavour in ("nav2016", "nav2018", "bc14"):
            nav.state.switches.set("flavour", flavour)
            answers = [await odata.post(f"{base}/$batch", content=b"--batch") for base in addresses]
            assert [answer.status_code for answer in answers] == [status, status]
