"""The gateway codeunit over SOAP, spoken to by an unmodified zeep (docs/protocols/gateway.md)."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import requests
import zeep

from tieout_sandboxes.nav.server import NavServer, serve_nav

EPOCHS = itertools.count(1)
GROUPS = {
    "GenBusPostingGroup": "DOMESTIC",
    "VATBusPostingGroup": "DOMESTIC",
    "CustomerPostingGroup": "DOMESTIC",
}


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def customer(key: str = "FB-CUS-1", **more: str) -> dict[str, Any]:
    return {"Key": key, "Hash": hash_of(key), "Name": "Acme & Sons", **GROUPS, **more}


def invoice(key: str, customer_no: str, number: str = "INV-1", **more: Any) -> dict[str, Any]:
    """120.00 to the customer, 100.00 of it revenue and 20.00 VAT."""
    revenue = {
        "AccountType": "G/L Account",
        "AccountNo": "4000",
        "Description": "Work",
        "Amount": "-120.00",
        "GenPostingType": "Sale",
        "GenBusPostingGroup": "DOMESTIC",
        "GenProdPostingGroup": "SERVICES",
        "VATBusPostingGroup": "DOMESTIC",
        "VATProdPostingGroup": "VAT20",
    }
    owed = {"AccountType": "Customer", "AccountNo": customer_no, "Amount": "120.00"}
    return {
        "Key": key,
        "Hash": hash_of(key + number),
        "TemplateName": "GENERAL",
        "BatchName": "FRESHBOOKS",
        "DocumentType": "Invoice",
        "DocumentNo": number,
        "PostingDate": "2026-01-31",
        "DocumentDate": "2026-01-31",
        "DueDate": "2026-03-02",
        "Line": [owed, revenue],
        **more,
    }


async def speak(nav: NavServer, talk: Callable[[Any], Any]) -> Any:
    def run() -> Any:
        session = requests.Session()
        session.auth = (nav.user, nav.key)
        url = f"{nav.soap_url}/{quote(nav.company)}/Codeunit/TieoutGateway"
        client = zeep.Client(url, transport=zeep.Transport(session=session))
        try:
            return talk(client.service)
        finally:
            session.close()

    return await asyncio.to_thread(run)


def create(service: Any, *customers: dict[str, Any], epoch: int | None = None) -> list[Any]:
    found = service.CreateCustomers(
        epoch=epoch or next(EPOCHS), customers={"Customer": list(customers)}, results={}
    )
    return list(found)


def post(service: Any, *documents: dict[str, Any], epoch: int | None = None) -> list[Any]:
    some = {"Document": list(documents)}
    return list(service.Post(epoch=epoch or next(EPOCHS), documents=some, results={}))


async def test_ping_says_who_is_there(nav: NavServer) -> None:
    text = await speak(nav, lambda service: service.Ping())
    told = dict(part.split("=", 1) for part in text.split(";"))
    assert (told["company"], told["lcy"], told["user"]) == (nav.company, "GBP", nav.user)
    assert told["epoch"] == "0"
    assert (told["posting_from"], told["posting_to"]) == ("", "")


async def test_zeep_creates_posts_finds_and_reads_back(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    def talk(service: Any) -> None:
        (made,) = create(service, customer())
        assert (made.Status, made.No, made.Key) == ("posted", "C00010", "FB-CUS-1")
        (posted,) = post(service, invoice("FB-INV-1", "C00010"))
        assert (posted.Status, posted.No, posted.Amount) == ("posted", "INV-1", Decimal(120))
        assert posted.RegisterNo > 0
        assert posted.EntryNo > 0
        (again,) = post(service, invoice("FB-INV-1", "C00010"))
        assert (again.Status, again.EntryNo) == ("already", posted.EntryNo)
        (other,) = post(service, invoice("FB-INV-1", "C00010", "INV-2"))
        assert other.Status == "conflict"
        found = service.Find(keys={"Key": ["FB-INV-1", "FB-INV-9", "FB-CUS-1"]}, results={})
        assert [(r.Key, r.Status) for r in found] == [
            ("FB-INV-1", "already"),
            ("FB-CUS-1", "already"),
        ]
        assert found[0].Text == hash_of("FB-INV-1INV-1")

    await speak(nav, talk)
    entries = (await odata.get("GeneralLedgerEntries?$orderby=Entry_No")).json()["value"]
    assert {(e["G_L_Account_No"], e["Amount"]) for e in entries} == {
        ("1200", 120),
        ("4000", -100),
        ("2200", -20),
    }
    assert {e["External_Document_No"] for e in entries} == {"FB-INV-1"}
    (open_item,) = (await odata.get("CustomerLedgerEntries")).json()["value"]
    assert (open_item["Remaining_Amount"], open_item["Due_Date"]) == (120, "2026-03-02")
    assert (await odata.get("Customer('C00010')")).json()["Balance_LCY"] == 120
    found = await odata.get("GeneralLedgerEntries?$filter=External_Document_No eq 'FB-INV-1'")
    assert len(found.json()["value"]) == 3


async def test_a_refused_document_does_not_disturb_the_others(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        create(service, customer())
        results = post(
            service,
            invoice("FB-INV-1", "C00010", "INV-1"),
            invoice("FB-INV-2", "C99999", "INV-2"),
            invoice("FB-INV-3", "C00010", "INV-3", DependsOn="FB-INV-2"),
            invoice("FB-INV-4", "C00010", "INV-4", DependsOn="FB-INV-1 FB-CUS-1"),
        )
        assert [r.Status for r in results] == ["posted", "refused", "skipped", "posted"]
        assert "C99999" in results[1].Text
        assert "FB-INV-2" in results[2].Text

    await speak(nav, talk)


async def test_a_payment_is_applied_and_unapplied(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    lines = [
        {"AccountType": "Customer", "AccountNo": "C00010", "Amount": "-50.00"},
        {"AccountType": "Bank Account", "AccountNo": "BANK-GBP", "Amount": "50.00"},
    ]
    payment = {
        "TemplateName": "CASHRCPT",
        "DocumentType": "Payment",
        "DueDate": "",
        "Line": lines,
    }
    applied = {
        "Key": "FB-APP-1",
        "Hash": hash_of("FB-APP-1"),
        "PostingDate": "2026-01-31",
        "DocumentNo": "PAY-1",
        "CustomerNo": "C00010",
        "FromDocumentType": "Payment",
        "FromDocumentNo": "PAY-1",
        "ToDocumentType": "Invoice",
        "ToDocumentNo": "INV-1",
    }

    def talk(service: Any) -> None:
        create(service, customer())
        post(service, invoice("FB-INV-1", "C00010"))
        (paid,) = post(service, invoice("FB-PAY-1", "C00010", "PAY-1", **payment))
        assert (paid.Status, paid.Amount) == ("posted", Decimal(-50)), paid.Text
        done = service.Apply(
            epoch=next(EPOCHS), applications={"Application": [applied]}, results={}
        )
        assert done[0].Status == "posted", done[0].Text

    await speak(nav, talk)
    open_items = "CustomerLedgerEntries?$filter=Document_No eq 'INV-1'"
    assert (await odata.get(open_items)).json()["value"][0]["Remaining_Amount"] == 70

    def undo(service: Any) -> None:
        back = {**applied, "Key": "FB-UNA-1", "Hash": hash_of("FB-UNA-1")}
        done = service.Unapply(epoch=next(EPOCHS), applications={"Application": [back]}, results={})
        assert done[0].Status == "posted", done[0].Text

    await speak(nav, undo)
    assert (await odata.get(open_items)).json()["value"][0]["Remaining_Amount"] == 120


async def test_an_epoch_that_is_not_higher_is_a_fault(nav: NavServer) -> None:
    def talk(service: Any) -> None:
        assert service.Claim(epoch=7) == 7
        assert service.Claim(epoch=5) == 7
        assert service.LastEntry() == 0
        with pytest.raises(zeep.exceptions.Fault, match=r"^TIEOUT-EPOCH.*7"):
            create(service, customer(), epoch=6)
        with pytest.raises(zeep.exceptions.Fault, match=r"^TIEOUT-EPOCH.*7"):
            create(service, customer(), epoch=7)

    await speak(nav, talk)


async def test_control_tells_what_was_carried_out_in_its_order_and_under_which_epoch(
    nav: NavServer, control: httpx2.AsyncClient
) -> None:
    def talk(service: Any) -> None:
        create(service, customer("FB-CUS-2"), epoch=3)
        create(service, customer("FB-CUS-1"), customer("FB-CUS-2"), epoch=5)
        assert service.Claim(epoch=9) == 9

    await speak(nav, talk)
    assert (await control.get("gateway")).json() == {
        "epoch": 9,
        "keys": [
            {"key": "FB-CUS-2", "kind": "Customer", "epoch": 3},
            {"key": "FB-CUS-1", "kind": "Customer", "epoch": 5},
        ],
    }


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("<Document><Colour>red</Colour></Document>", "Document[1]: unknown element Colour"),
        ("<Document><Hash/><Key/></Document>", "Document[1]: element Key is out of order"),
        ("<Customer/>", "documents[1]: Customer is not a Document"),
        ("<Document><PostingDate>31/01/26</PostingDate></Document>", "PostingDate: cannot read"),
        ("<Document><Line><Amount>x</Amount></Line></Document>", "Line[1]/Amount: cannot read"),
    ],
)
async def test_an_unreadable_request_says_what_and_where(
    nav: NavServer, inner: str, told: str
) -> None:
    namespace = "urn:microsoft-dynamics-schemas/codeunit/TieoutGateway"
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<Post xmlns="{namespace}"><epoch>1</epoch><documents>{inner}</documents></Post>'
        "</e:Body></e:Envelope>"
    )
    async with httpx2.AsyncClient(auth=(nav.user, nav.key)) as http:
        url = f"{nav.soap_url}/{quote(nav.company)}/Codeunit/TieoutGateway"
        answer = await http.post(url, content=envelope)
    assert answer.status_code == 500
    assert "TIEOUT-REQUEST" in answer.text
    assert told in answer.text


async def test_zeep_reverses_a_document_and_holds_an_entry(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    hold = {"Key": "FB-HLD-1", "Hash": hash_of("1"), "CustomerNo": "C00010", "OnHold": "FBD"}
    held = {**hold, "DocumentType": "Invoice", "DocumentNo": "INV-1"}
    back = {"Key": "FB-REV-1", "Hash": hash_of("2"), "DocumentKey": "FB-INV-1"}

    def talk(service: Any) -> None:
        create(service, customer())
        post(service, invoice("FB-INV-1", "C00010"))
        (done,) = service.SetOnHold(epoch=next(EPOCHS), holds={"Hold": [held]}, results={})
        assert (done.Status, done.No) == ("posted", "INV-1"), done.Text
        (done,) = service.Reverse(epoch=next(EPOCHS), reversals={"Reversal": [back]}, results={})
        assert (done.Status, done.Amount) == ("posted", Decimal(-120)), done.Text
        late = {"Key": "FB-DUE-1", "Hash": hash_of("3"), "CustomerNo": "C00010"}
        late |= {"DocumentType": "Invoice", "DocumentNo": "INV-1", "DueDate": "2026-06-30"}
        (closed,) = service.SetDueDate(epoch=next(EPOCHS), dates={"Date": [late]}, results={})
        assert (closed.Status, "Open: Yes" in closed.Text) == ("refused", True)
        (again,) = service.Reverse(epoch=next(EPOCHS), reversals={"Reversal": [back]}, results={})
        assert (again.Status, again.EntryNo) == ("already", done.EntryNo)

    await speak(nav, talk)
    entries = (await odata.get("CustomerLedgerEntries?$orderby=Entry_No")).json()["value"]
    assert [row["On_Hold"] for row in entries] == ["FBD", "FBD"]
    assert [row["Remaining_Amount"] for row in entries] == [0, 0]


async def test_zeep_posts_sales_tax_dimensions_and_a_posting_group() -> None:
    async with await serve_nav(company="ca") as nav:
        sale = invoice("FB-INV-1", "C00010")
        owed, revenue = sale["Line"]
        taxed = {"TaxAreaCode": "QC", "TaxGroupCode": "TAXABLE", "TaxLiable": "true"}
        bare = {"VATBusPostingGroup": "", "VATProdPostingGroup": "", "Amount": "-1149.75"}
        sale["Line"] = [
            {**owed, "Amount": "1149.75", "PostingGroup": "FOREIGN"},
            {**revenue, **bare, **taxed, "Dimensions": "DEPARTMENT=SALES;PROJECT=P-100"},
        ]

        def talk(service: Any) -> None:
            create(service, customer(TaxAreaCode="QC", TaxLiable="true"))
            (done,) = post(service, sale)
            assert done.Status == "posted", done.Text

        await speak(nav, talk)
        company = nav.state.company
        found = {r["G/L Account No."]: r["Amount"] for r in company.database.all("G/L Entry")}
        assert found == {
            "1205": Decimal("1149.75"),
            "4000": Decimal("-1000.00"),
            "2210": Decimal("-50.00"),
            "2220": Decimal("-99.75"),
        }
        made = company.database.existing("Customer", "C00010")
        assert (made["Tax Area Code"], made["Tax Liable"]) == ("QC", True)
        sets = [r["Dimension Value Code"] for r in company.database.all("Dimension Set Entry")]
        assert sets == ["SALES", "P-100"]


@pytest.mark.parametrize("given", ["PROJECT", "=A", "A=1;B"])
async def test_dimensions_are_pairs(nav: NavServer, given: str) -> None:
    def talk(service: Any) -> None:
        wrong = invoice("FB-INV-1", "C00010")
        wrong["Line"][1]["Dimensions"] = given
        with pytest.raises(zeep.exceptions.Fault, match=r"Line\[2\]/Dimensions: cannot read"):
            post(service, wrong)

    await speak(nav, talk)


async def test_page_25_takes_a_due_date_while_the_entry_is_open(
    nav: NavServer, odata: httpx2.AsyncClient
) -> None:
    sale = invoice("FB-INV-1", "C00010")

    def talk(service: Any) -> None:
        create(service, customer())
        post(service, sale)

    await speak(nav, talk)

    async def change(day: str) -> dict[str, Any]:
        address = "CustomerLedgerEntries?$filter=Document_Type eq 'Invoice'&$orderby=Entry_No"
        entry = (await odata.get(address)).json()["value"][0]
        address = f"CustomerLedgerEntries({entry['Entry_No']})"
        etag = {"If-Match": entry["@odata.etag"]}
        answer = await odata.patch(address, json={"Due_Date": day, "On_Hold": "FBD"}, headers=etag)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    assert (await change("2026-06-30"))["Due_Date"] == "2026-06-30"
    (detail,) = (await odata.get("DetailedCustLedgEntries")).json()["value"]
    assert detail["Initial_Entry_Due_Date"] == "2026-06-30"
    back = {"Key": "FB-REV-1", "Hash": "0" * 64, "DocumentKey": "FB-INV-1"}
    await speak(
        nav, lambda it: it.Reverse(epoch=next(EPOCHS), reversals={"Reversal": [back]}, results={})
    )
    closed = await change("2026-07-31")
    assert (closed["Due_Date"], closed["On_Hold"]) == ("2026-06-30", "FBD")
