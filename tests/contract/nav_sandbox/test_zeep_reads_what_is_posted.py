"""What the product reads over OData, read over SOAP by an unmodified zeep: the same records, the same amounts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import requests
import zeep

from tieout_sandboxes.nav.pages import PAGES
from tieout_sandboxes.nav.server import NavServer

LEDGERS = {
    "GeneralLedgerEntries": 5,
    "CustomerLedgerEntries": 2,
    "DetailedCustLedgEntries": 4,
    "VATEntries": 1,
    "BankAccountLedgerEntries": 1,
    "GLRegisters": 2,
}
GROUPS = {
    "GenBusPostingGroup": "DOMESTIC",
    "VATBusPostingGroup": "DOMESTIC",
    "CustomerPostingGroup": "DOMESTIC",
}
REVENUE = {
    "AccountType": "G/L Account",
    "AccountNo": "4000",
    "Amount": "-120.00",
    "GenPostingType": "Sale",
    "GenBusPostingGroup": "DOMESTIC",
    "GenProdPostingGroup": "SERVICES",
    "VATBusPostingGroup": "DOMESTIC",
    "VATProdPostingGroup": "VAT20",
}


def owed(amount: str, **more: str) -> dict[str, str]:
    return {"AccountType": "Customer", "AccountNo": "C00010", "Amount": amount, **more}


def document(key: str, kind: str, number: str, *lines: dict[str, str]) -> dict[str, Any]:
    return {
        "Key": key,
        "Hash": "a" * 64,
        "TemplateName": "GENERAL",
        "BatchName": "FRESHBOOKS",
        "DocumentType": kind,
        "DocumentNo": number,
        "PostingDate": "2026-01-31",
        "Line": list(lines),
    }


def post(service: Any) -> None:
    """A customer, his invoice, and a payment that is applied to it."""
    customer = {"Key": "FB-CUS-1", "Hash": "a" * 64, "Name": "Acme", **GROUPS}
    service.CreateCustomers(epoch=1, customers={"Customer": [customer]}, results={})
    paid = {"AccountType": "Bank Account", "AccountNo": "BANK-GBP", "Amount": "50.00"}
    applied = {"AppliesToDocType": "Invoice", "AppliesToDocNo": "INV-1"}
    documents = [
        document("FB-INV-1", "Invoice", "INV-1", owed("120.00"), REVENUE),
        document("FB-PAY-1", "Payment", "PAY-1", owed("-50.00", **applied), paid),
    ]
    results = service.Post(epoch=2, documents={"Document": documents}, results={})
    assert [result.Status for result in results] == ["posted", "posted"], results


JOURNALS = {name for name, page in PAGES.items() if page.journal}
"""They show the lines of one batch, which each call names."""


async def speak(nav: NavServer, path: str, talk: Callable[[Any], Any]) -> Any:
    """Runs what zeep, which blocks, has to say in a thread of its own."""

    def run() -> Any:
        with requests.Session() as session:
            session.auth = (nav.user, nav.key)
            url = f"{nav.soap_url}/{quote(nav.company)}/{path}"
            return talk(zeep.Client(url, transport=zeep.Transport(session=session)).service)

    return await asyncio.to_thread(run)


def read_all(service: Any) -> list[Any]:
    """Page by page, as the help tells clients to, whatever the WSDL asks of a filter."""
    nothing = [{"Field": zeep.xsd.Nil, "Criteria": zeep.xsd.Nil}]
    rows: list[Any] = []
    while True:
        mark = rows[-1].Key if rows else None
        found = service.ReadMultiple(filter=nothing, bookmarkKey=mark, setSize=100)
        if not found:
            return rows
        rows.extend(found)


@pytest.mark.parametrize("page", sorted(set(PAGES) - set(LEDGERS) - JOURNALS))
async def test_every_page_has_the_same_records_in_both(
    nav: NavServer, odata: httpx2.AsyncClient, page: str
) -> None:
    await speak(nav, "Codeunit/TieoutGateway", post)
    count = int((await odata.get(f"{page}/$count")).text)
    rows = await speak(nav, f"Page/{page}", read_all)
    assert len(rows) == len({row.Key for row in rows}) == count


@pytest.mark.parametrize("page", LEDGERS)
async def test_every_ledger_has_the_same_entries_in_both(
    nav: NavServer, odata: httpx2.AsyncClient, page: str
) -> None:
    await speak(nav, "Codeunit/TieoutGateway", post)
    shown = (await odata.get(page)).json(parse_float=Decimal)["value"]
    rows = await speak(nav, f"Page/{page}", read_all)
    assert len(rows) == len(shown) == LEDGERS[page]
    for row, entity in zip(rows, shown, strict=True):
        for name in ("Entry_No", "No", "Document_No", "Amount", "Amount_LCY", "Remaining_Amount"):
            if name in entity:
                assert row[name] == entity[name], name


async def test_update_multiple_is_all_or_nothing(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        made = service.CreateMultiple(Customer_List={"Customer": [{"Name": "A"}, {"Name": "B"}]})
        changes = [{"Key": made[0].Key, "City": "York"}, {"Key": made[1].Key, "City": "x" * 31}]
        with pytest.raises(zeep.exceptions.Fault, match="length of the string is 31"):
            service.UpdateMultiple(Customer_List={"Customer": changes})
        assert service.Read(No=made[0].No).City is None
        changes[1]["City"] = "Hull"
        changed = service.UpdateMultiple(Customer_List={"Customer": changes})
        assert [customer.City for customer in changed] == ["York", "Hull"]

    await speak(nav, "Page/Customer", talk)
