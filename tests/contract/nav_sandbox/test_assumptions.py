"""What no source says of NAV, the one way and the other: each assumption is a switch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import requests
import zeep

from tieout_sandboxes.nav.server import NavServer

EVERYTHING = [{"Field": zeep.xsd.Nil, "Criteria": zeep.xsd.Nil}]
GUESSED = "NavCSideRecordChangedException"


async def speak(nav: NavServer, path: str, talk: Callable[[Any], Any]) -> Any:
    """Runs what zeep, which blocks, has to say in a thread of its own."""

    def run() -> Any:
        with requests.Session() as session:
            session.auth = (nav.user, nav.key)
            url = f"{nav.soap_url}/{quote(nav.company)}/{path}"
            return talk(zeep.Client(url, transport=zeep.Transport(session=session)).service)

    return await asyncio.to_thread(run)


async def switch(control: httpx2.AsyncClient, **values: Any) -> None:
    (await control.post("switches", json=values)).raise_for_status()


@pytest.mark.parametrize("form", ["literals", "opaque"])
async def test_a_skip_token_may_be_opaque(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, form: str
) -> None:
    await switch(control, skiptoken=form, page_size=2)
    for name in ("Zoë's", "Adam", "Bob", "Carl", "Dora"):
        await odata.post("Customer", json={"Name": name})
    found, url = [], "Customer?$orderby=Name&$select=Name"
    while url:
        body = (await odata.get(url)).json()
        found += [row["Name"] for row in body["value"]]
        url = body.get("@odata.nextLink", "")
        assert ("'" in url.partition("skiptoken=")[2]) == (form == "literals" and url != "")
    assert found == ["Adam", "Bob", "Carl", "Dora", "Zoë's"]
    wrong = await odata.get("Customer?$orderby=Name&$skiptoken=%25")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "BadRequest")


async def test_unchanged_fields_may_be_validated_again(
    nav: NavServer, odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    """A group that was since removed shows whether a value that stays is looked at again."""
    await odata.post("PaymentTerms", json={"Code": "SOON"})
    made = (await odata.post("Customer", json={"Name": "A", "Payment_Terms_Code": "SOON"})).json()
    terms = (await odata.get("PaymentTerms('SOON')")).json()["@odata.etag"]
    await odata.delete("PaymentTerms('SOON')", headers={"If-Match": terms})
    change = {"Payment_Terms_Code": "SOON", "City": "Leeds"}
    address, etag = f"Customer('{made['No']}')", {"If-Match": "*"}
    assert (await odata.patch(address, json=change, headers=etag)).status_code == 200
    await switch(control, unchanged_fields="validated")
    refused = await odata.patch(address, json={**change, "City": "York"}, headers=etag)
    assert refused.json()["error"]["code"] == "Internal_InvalidTableRelation"

    def whole(service: Any) -> None:
        """A client that sends all it has read, read-only fields included, is still served."""
        read = service.Read(No=made["No"])
        read.Payment_Terms_Code, read.City = "30 DAYS", "York"
        assert service.Update(Customer=read).City == "York"

    await speak(nav, "Page/Customer", whole)


async def test_the_journal_page_may_show_another_template(
    nav: NavServer, control: httpx2.AsyncClient, odata: httpx2.AsyncClient
) -> None:
    batch = {"CurrentJnlBatchName": "FRESHBOOKS"}

    def create(service: Any) -> None:
        service.Create(**batch, GeneralJournal={"Account_No": "4000", "Amount": "1"})

    def count(service: Any) -> int:
        return len(service.ReadMultiple(**batch, filter=EVERYTHING, setSize=0) or [])

    await speak(nav, "Page/GeneralJournal", create)
    await switch(control, journal_template="CASHRCPT")
    assert await speak(nav, "Page/GeneralJournal", count) == 0
    await speak(nav, "Page/GeneralJournal", create)
    rows = (await odata.get("GeneralJournal")).json()["value"]
    assert {row["Journal_Template_Name"] for row in rows} == {"GENERAL", "CASHRCPT"}
    await switch(control, journal_template="NOWHERE")
    with pytest.raises(zeep.exceptions.Fault, match="NOWHERE"):
        await speak(nav, "Page/GeneralJournal", create)


async def stale(nav: NavServer) -> zeep.exceptions.Fault:
    def talk(service: Any) -> zeep.exceptions.Fault:
        old = service.Create(Customer={"Name": "Acme"})
        service.Update(Customer={"Key": old.Key, "City": "Leeds"})
        with pytest.raises(zeep.exceptions.Fault) as fault:
            service.Update(Customer={"Key": old.Key, "City": "York"})
        return fault.value

    found: zeep.exceptions.Fault = await speak(nav, "Page/Customer", talk)
    return found


async def test_exception_types_that_were_guessed_may_be_general(
    nav: NavServer, control: httpx2.AsyncClient
) -> None:
    assert (await stale(nav)).code.endswith(GUESSED)
    await switch(control, guessed_faults="dialog")
    assert (await stale(nav)).code.endswith("NavNCLDialogException")


async def test_a_stale_key_is_told_in_either_wording(
    nav: NavServer, control: httpx2.AsyncClient
) -> None:
    assert (await stale(nav)).message == "Other user has modified Customer."
    await switch(control, stale_words="long")
    long = (await stale(nav)).message
    assert long.startswith("Another user has modified the record for this Customer after")


@pytest.mark.parametrize("form", ["qualified", "unqualified"])
async def test_the_elements_of_xmlports_may_have_no_namespace(
    nav: NavServer, control: httpx2.AsyncClient, form: str
) -> None:
    """The client takes the form from the WSDL, for what it sends and what it reads."""
    await switch(control, xmlport_elements=form)
    customer = {
        "Key": "FB-CUS-1",
        "Hash": "a" * 64,
        "Name": "Acme",
        "GenBusPostingGroup": "DOMESTIC",
        "VATBusPostingGroup": "DOMESTIC",
        "CustomerPostingGroup": "DOMESTIC",
    }

    def talk(service: Any) -> None:
        some = {"Customer": [customer]}
        (made,) = service.CreateCustomers(epoch=1, customers=some, results={})
        assert (made.Status, made.No) == ("posted", "C00010"), made.Text
        (found,) = service.Find(keys={"Key": ["FB-CUS-1"]}, results={})
        assert found.Status == "already"

    await speak(nav, "Codeunit/TieoutGateway", talk)


@pytest.mark.parametrize("status", [400, 409, 412])
async def test_a_stale_etag_may_have_another_status(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient, status: int
) -> None:
    await switch(control, stale_status=status)
    old = (await odata.post("Customer", json={"Name": "A"})).json()["@odata.etag"]
    change = {"If-Match": old}
    first = await odata.patch("Customer('C00010')", json={"City": "York"}, headers=change)
    again = await odata.patch("Customer('C00010')", json={"City": "Hull"}, headers=change)
    assert (first.status_code, again.status_code) == (200, status)
    gone = await odata.delete("Customer('C00010')", headers=change)
    assert gone.status_code == status
    assert gone.json()["error"]["message"] == "Another user has already changed the record."


async def test_put_changes_what_is_given_or_is_not_allowed(
    odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    made = (await odata.post("Customer", json={"Name": "A", "City": "York"})).json()
    etag = {"If-Match": made["@odata.etag"]}
    put = await odata.put("Customer('C00010')", json={"Name": "B"}, headers=etag)
    assert (put.status_code, put.json()["Name"], put.json()["City"]) == (200, "B", "York")
    without = await odata.put("Customer('C00010')", json={"Name": "C"})
    assert without.status_code == 400
    await switch(control, put="not_allowed")
    refused = await odata.put("Customer('C00010')", json={"Name": "C"}, headers={"If-Match": "*"})
    assert refused.status_code == 405


async def test_v4_may_show_the_key_in_a_property(
    nav: NavServer, odata: httpx2.AsyncClient, control: httpx2.AsyncClient
) -> None:
    made = (await odata.post("Customer", json={"Name": "Acme"})).json()
    assert "ETag" not in made
    await switch(control, v4_etag_property=True)
    shown = (await odata.get("Customer('C00010')")).json()
    assert list(shown)[-1] == "ETag"
    assert shown["ETag"].startswith("28;")
    assert shown["@odata.etag"] == made["@odata.etag"]
    assert '<Property Name="ETag"' in (await odata.get(nav.odata_url + "/$metadata")).text
    change = {"City": "Leeds", "ETag": shown["ETag"]}
    match = {"If-Match": made["@odata.etag"]}
    assert (await odata.patch("Customer('C00010')", json=change, headers=match)).status_code == 200
