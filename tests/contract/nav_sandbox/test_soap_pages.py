"""Page web services, spoken to by an unmodified zeep."""

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

EVERYTHING = [{"Field": zeep.xsd.Nil, "Criteria": zeep.xsd.Nil}]  # the WSDL wants a filter


def client(nav: NavServer, path: str) -> zeep.Client:
    session = requests.Session()
    session.auth = (nav.user, nav.key)
    company = quote(nav.company)
    transport = zeep.Transport(session=session)
    return zeep.Client(f"{nav.soap_url}/{company}/{path}", transport=transport)


async def speak(nav: NavServer, path: str, talk: Callable[[Any], Any]) -> Any:
    """Runs what zeep, which blocks, has to say in a thread of its own."""

    def run() -> Any:
        with client(nav, path) as spoken:
            try:
                return talk(spoken.service)
            finally:
                spoken.transport.session.close()

    return await asyncio.to_thread(run)


async def test_companies(nav: NavServer) -> None:
    assert await speak(nav, "SystemService", lambda s: s.Companies()) == [nav.company]


async def test_create_read_and_update(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        made = service.Create(Customer={"Name": "Acme & Sons", "Blocked": "_blank_"})
        assert made.No == "C00010"
        assert made.Key.count(";") == 3
        assert service.Read(No="C00010").Name == "Acme & Sons"
        assert service.Read(No="C99999") is None
        assert service.GetRecIdFromKey(Key=made.Key) == "Customer: C00010"
        assert service.ReadByRecId(recId="Customer: C00010").Key == made.Key
        made.City = "Leeds"
        changed = service.Update(Customer=made)
        assert (changed.City, changed.Blocked) == ("Leeds", "_blank_")
        assert changed.Key != made.Key
        assert service.IsUpdated(Key=made.Key) is True
        assert service.IsUpdated(Key=changed.Key) is False
        assert service.Delete(Key=changed.Key) is True
        assert service.Read(No="C00010") is None

    await speak(nav, "Page/Customer", talk)


async def test_read_takes_the_key_as_a_filter(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        service.CreateMultiple(Customer_List={"Customer": [{"Name": "A"}, {"Name": "B"}]})
        wanted = ("C00020", "'C00020'", "C*20", ">C00010", "*", "C00010|C00020", "'C*20'", "")
        found = [service.Read(No=key) for key in wanted]
        assert [row and row.Name for row in found] == ["B", "B", "B", "B", "A", "A", None, None]

    await speak(nav, "Page/Customer", talk)


async def test_the_system_service_reads_what_it_is_asked(nav: NavServer) -> None:
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        answer = await http.post(f"{nav.soap_url}/SystemService", content=b"<not-soap>")
    assert answer.status_code == 500
    assert "NavNCLEvaluateException" in answer.text


async def test_a_change_with_an_old_key_is_a_fault(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        old = service.Create(Customer={"Name": "Acme"})
        service.Update(Customer={"Key": old.Key, "City": "Leeds"})
        with pytest.raises(zeep.exceptions.Fault, match="modified"):
            service.Update(Customer={"Key": old.Key, "City": "York"})

    await speak(nav, "Page/Customer", talk)


async def test_create_multiple_is_all_or_nothing(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        both = [{"Name": "Good"}, {"Name": "Bad", "Customer_Posting_Group": "NOWHERE"}]
        with pytest.raises(zeep.exceptions.Fault) as fault:
            service.CreateMultiple(Customer_List={"Customer": both})
        assert fault.value.code.endswith("NavCSideValidateTableRelationException")
        assert "NOWHERE" in fault.value.message
        assert not service.ReadMultiple(filter=EVERYTHING, setSize=0)
        made = service.CreateMultiple(Customer_List={"Customer": [{"Name": "A"}, {"Name": "B"}]})
        assert [customer.Name for customer in made] == ["A", "B"]

    await speak(nav, "Page/Customer", talk)


async def test_read_multiple_filters_and_walks_by_bookmark(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        names = [{"Name": name} for name in ("Acme", "Brown", "Able", "Adam", "Clark")]
        service.CreateMultiple(Customer_List={"Customer": names})

        def read(*criteria: tuple[str, str], size: int = 0, key: str | None = None) -> list[Any]:
            filters = [{"Field": field, "Criteria": text} for field, text in criteria]
            found = service.ReadMultiple(
                filter=filters or EVERYTHING, bookmarkKey=key, setSize=size
            )
            return found or []

        assert [c.Name for c in read(("Name", "A*"))] == ["Acme", "Able", "Adam"]
        assert [c.Name for c in read(("Name", "@a*m*"))] == ["Acme", "Adam"]
        assert [c.No for c in read(("No", "C00020..C00030"))] == ["C00020", "C00030"]
        assert [c.Name for c in read(("Name", "Brown|Clark"), ("No", ">C00020"))] == ["Clark"]
        assert [c.Name for c in read(("Name", "<>A*"))] == ["Brown", "Clark"]
        assert [c.Name for c in read(size=-1)] == ["Clark"]
        walked, key = [], None
        while found := read(size=2, key=key):
            walked += [c.Name for c in found]
            key = found[-1].Key
        assert walked == ["Acme", "Brown", "Able", "Adam", "Clark"]

    await speak(nav, "Page/Customer", talk)


async def test_a_filter_field_that_is_nil_is_no_filter(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        service.Create(Customer={"Name": "Acme"})
        assert len(service.ReadMultiple(filter=EVERYTHING, setSize=0)) == 1

    await speak(nav, "Page/Customer", talk)


async def test_a_journal_page_takes_its_batch_as_a_parameter(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        line = {
            "Posting_Date": "2026-01-31",
            "Document_No": "T1",
            "Account_Type": "G_L_Account",
            "Account_No": "4000",
            "Amount": "10.50",
        }
        batch = {"CurrentJnlBatchName": "FRESHBOOKS"}
        made = service.Create(**batch, GeneralJournal=line)
        assert (made.Account_No, str(made.Amount)) == ("4000", "10.50")
        assert len(service.ReadMultiple(**batch, filter=EVERYTHING, setSize=0)) == 1
        assert not service.ReadMultiple(CurrentJnlBatchName="OTHER", filter=EVERYTHING, setSize=0)

    await speak(nav, "Page/GeneralJournal", talk)


async def test_a_ledger_page_only_reads(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        assert not service.ReadMultiple(filter=EVERYTHING, setSize=0)
        assert not hasattr(service, "Create")

    await speak(nav, "Page/GeneralLedgerEntries", talk)


async def test_a_fault_is_http_500_and_names_navs_exception(nav: NavServer) -> None:
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        url = f"{nav.soap_url}/{quote(nav.company)}/Page/Customer"
        answer = await http.post(url, content=b"<not-soap>")
        assert answer.status_code == 500
        assert "a:Microsoft.Dynamics.Nav.Types.Exceptions.NavNCLEvaluateException" in answer.text
        assert (await http.get(url.replace("/Customer", "/Nowhere"))).status_code == 404
        assert (await http.get(url.replace("Tieout", "tieout"))).status_code == 404
        assert (await http.post(url, auth=("NOBODY", "x"))).status_code == 401


async def test_the_address_in_a_wsdl_may_name_another_host(
    nav: NavServer, control: httpx2.AsyncClient
) -> None:
    await control.post("switches", json={"public_soap_base_url": "https://erp.example/NAV/WS"})
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        answer = await http.get(f"{nav.soap_url}/{quote(nav.company)}/Page/Customer")
    address = "https://erp.example/NAV/WS/Tieout%20Demo%20%28GB%29%20Ltd./Page/Customer"
    assert f'location="{address}"' in answer.text


async def test_services_can_be_discovered(nav: NavServer, control: httpx2.AsyncClient) -> None:
    await control.post("switches", json={"unpublished": "Customer"})
    company = quote(nav.company)
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        every = (await http.get(f"{nav.soap_url}/{company}/services")).text
        assert f'ref="{nav.soap_url}/{company}/Page/CustomerList"' in every
        assert f'ref="{nav.soap_url}/{company}/Codeunit/TieoutGateway"' in every
        assert "/Page/Customer" + '"' not in every
        plain = (await http.get(f"{nav.soap_url}/Services")).text
        assert f'ref="{nav.soap_url}/SystemService"' in plain
        assert "/Page/" not in plain
        assert (await http.get(f"{nav.soap_url}/Nobody/services")).status_code == 404
