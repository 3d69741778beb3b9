"""Invoices of a file in the "Online Retail" layout stand in FreshBooks as the file says, each once."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.acceptance.retail_oracle import Counts, expected

from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks
from tieout_sandboxes.retail import (
    Connection,
    FreshBooksApi,
    LayoutError,
    LoadFailed,
    Summary,
    load_retail,
)
from tieout_sandboxes.retail.bodies import Payer
from tieout_sandboxes.retail.credits import uses
from tieout_sandboxes.retail.documents import Customer, Document
from tieout_sandboxes.retail.rows import Row

REAL_MONTH = Path(__file__).parents[3] / "shared" / "data" / "online-retail" / "2010-12.csv.gz"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SMALL = """\
536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,"LANTERN, METAL",2,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536370,22728,ALARM CLOCK,24,2010-12-02 08:45:00,3.75,12583.0,France
536365,POST,,1,2010-12-01 08:26:00,0.02,17850.0,United Kingdom
C536379,85123A,WHITE HEART,-1,2010-12-03 09:41:00,2.55,17850.0,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
536544,21773,BOTTLE,3,2010-12-01 14:32:00,2.51,,EIRE
"""


@pytest.fixture
async def server() -> AsyncIterator[FreshBooksServer]:
    running = await serve_freshbooks(limits="off", control=True)
    yield running
    await running.stop()


@pytest.fixture
async def shop(server: FreshBooksServer, tmp_path: Path) -> AsyncIterator[Shop]:
    async with httpx2.AsyncClient(base_url=server.url) as http:
        yield Shop(server, http, tmp_path)


@dataclass
class Shop:
    """Loads files and looks at what stands in FreshBooks afterwards."""

    server: FreshBooksServer
    http: httpx2.AsyncClient
    folder: Path

    def connection(self) -> Connection:
        names = Connection.__dataclass_fields__
        return Connection.read({"freshbooks": {n: getattr(self.server, n) for n in names}})

    async def load(self, rows: str, **options: Any) -> Summary:
        path = self.folder / "sales.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        return await load_retail(path, self.connection(), **options)

    async def every(self, path: str, key: str) -> dict[str, dict[str, Any]]:
        """All records of a list by the value of one field; a repeated value fails."""
        address = f"/accounting/account/{self.server.account_id}/{path}"
        found: list[dict[str, Any]] = []
        page = pages = 1
        while page <= pages:
            asked = {"page": page, "per_page": 100, "include[]": "lines"}
            headers = {"Authorization": f"Bearer {self.server.access_token}"}
            answer = await self.http.get(address, params=asked, headers=headers)
            result = answer.json()["response"]["result"]
            found += result[path.rpartition("/")[2]]
            page, pages = page + 1, result["pages"]
        by_key = {str(record[key]): record for record in found}
        assert len(by_key) == len(found), f"{path}: some {key} stands twice"
        return by_key

    async def invoices(self) -> dict[str, dict[str, Any]]:
        return await self.every("invoices/invoices", "invoice_number")

    async def credit_notes(self) -> dict[str, dict[str, Any]]:
        return await self.every("credit_notes/credit_notes", "credit_number")

    async def order(self, name: str, body: dict[str, Any]) -> None:
        answer = await self.http.post(f"/_control/{name}", json=body)
        assert answer.status_code == 200, answer.text


def amounts(record: dict[str, Any], *names: str) -> list[str]:
    return [record[name]["amount"] for name in names]


async def test_an_invoice_stands_as_its_rows_say(shop: Shop) -> None:
    summary = await shop.load(SMALL)
    assert (summary.invoices, summary.credit_notes, summary.lines) == (4, 1, 7)
    assert (summary.clients, summary.items, summary.refused) == (4, 6, ())
    invoice = (await shop.invoices())["536365"]
    assert invoice["create_date"] == "2010-12-01"
    assert invoice["due_date"] == "2010-12-31"
    assert invoice["currency_code"] == "GBP"
    assert invoice["display_status"] == "sent"
    # 15.30 + 6.78 + 0.02 = 22.10 net; 4.42 VAT
    assert amounts(invoice, "amount") == ["26.52"]
    line = invoice["lines"][1]
    assert (line["name"], line["description"], line["qty"]) == ("71053", "LANTERN, METAL", "2")
    assert (line["taxName1"], line["taxAmount1"]) == ("VAT", "20")
    assert [each["name"] for each in invoice["lines"]] == ["85123A", "71053", "POST"]


async def test_only_lines_of_the_united_kingdom_carry_vat(shop: Shop) -> None:
    await shop.load(SMALL)
    invoices = await shop.invoices()
    assert amounts(invoices["536370"], "amount") == ["90.00"]
    assert not invoices["536370"]["lines"][0]["taxName1"]
    assert amounts(invoices["536544"], "amount") == ["7.53"]
    assert amounts(invoices["536414"], "amount", "outstanding") == ["0.00", "0.00"]


async def test_a_number_with_c_is_a_credit_note_with_positive_lines(shop: Shop) -> None:
    await shop.load(SMALL)
    notes = await shop.credit_notes()
    assert list(notes) == ["C536379"]
    note = notes["C536379"]
    assert (note["credit_type"], note["create_date"]) == ("goodwill", "2010-12-03")
    assert note["lines"][0]["qty"] == "1"
    assert amounts(note, "amount") == ["3.06"]


async def test_clients_and_items_come_from_the_rows(shop: Shop) -> None:
    await shop.load(SMALL)
    clients = await shop.every("users/clients", "organization")
    assert {name: one["p_country"] for name, one in clients.items()} == {
        "Customer 17850": "United Kingdom",
        "Customer 12583": "France",
        "Walk-in United Kingdom": "United Kingdom",
        "Walk-in EIRE": "EIRE",
    }
    assert clients["Customer 17850"]["email"] == "customer-17850@example.com"
    items = await shop.every("items/items", "name")
    assert items["22728"]["description"] == "ALARM CLOCK"
    assert amounts(items["22728"], "unit_cost") == ["3.75"]
    invoice = (await shop.invoices())["536365"]
    assert invoice["customerid"] == clients["Customer 17850"]["id"]


async def test_loading_again_makes_nothing_twice(shop: Shop) -> None:
    first = await shop.load(SMALL)
    payments = await shop.every("payments/payments", "id")
    again = await shop.load(SMALL)
    assert (again.clients, again.items, again.invoices, again.credit_notes) == (0, 0, 0, 0)
    assert (again.payments, again.lines) == (0, 0)
    assert (again.existing_invoices, again.existing_credit_notes) == (4, 1)
    assert first.payments == len(payments)
    assert await shop.every("payments/payments", "id") == payments


@pytest.mark.parametrize("path", ["users/clients", "invoices/invoices", "payments/payments"])
async def test_a_run_that_broke_off_is_completed_by_the_next(shop: Shop, path: str) -> None:
    fault = {"kind": "drop_after", "path": path, "method": "POST", "times": 1}
    await shop.order("faults", fault)
    with pytest.raises(LoadFailed, match="Load again"):
        await shop.load(SMALL)
    await shop.load(SMALL)
    invoices, clients = await shop.invoices(), await shop.every("users/clients", "organization")
    assert (len(invoices), len(await shop.credit_notes()), len(clients)) == (4, 1, 4)
    paid = await shop.every("payments/payments", "invoiceid")
    fresh = await _payments_of_an_unbroken_run(shop.folder / "sales.csv")
    assert {number: _paid(paid, one) for number, one in invoices.items()} == fresh


async def _payments_of_an_unbroken_run(path: Path) -> dict[str, str]:
    server = await serve_freshbooks(limits="off")
    try:
        async with httpx2.AsyncClient(base_url=server.url) as http:
            shop = Shop(server, http, path.parent)
            await load_retail(path, shop.connection())
            paid = await shop.every("payments/payments", "invoiceid")
            return {number: _paid(paid, one) for number, one in (await shop.invoices()).items()}
    finally:
        await server.stop()


def _paid(payments: dict[str, dict[str, Any]], invoice: dict[str, Any]) -> str:
    payment = payments.get(str(invoice["id"]))
    return f"{payment['date']} {payment['amount']['amount']} {payment['type']}" if payment else ""


async def test_a_row_that_cannot_be_read_is_told_and_leaves_its_document_out(shop: Shop) -> None:
    rows = SMALL.replace('METAL",2,', 'METAL",,').replace(",24,", ",two dozen,")
    summary = await shop.load(rows + "536600,22728,CLOCK\n,1,X,1,2010-12-01,1.00,,France\n")
    assert [str(issue) for issue in summary.refused] == [
        "line 2 (536365): left out with line 3 of the same document",
        "line 3 (536365): Quantity empty",
        "line 4 (536370): Quantity is not a number: two dozen",
        "line 5 (536365): left out with line 3 of the same document",
        "line 9 (536600): the row does not have as many fields as the header",
        "line 10: InvoiceNo empty",
    ]
    assert sorted(await shop.invoices()) == ["536414", "536544"]
    mended = await shop.load(SMALL)
    assert (mended.invoices, mended.existing_invoices, mended.refused) == (2, 2, ())


async def test_two_customers_in_one_document_are_told(shop: Shop) -> None:
    summary = await shop.load(
        "1,A,a,1,2010-12-01,1.00,11,France\n1,B,b,1,2010-12-01,1.00,12,France\n"
    )
    assert [issue.line for issue in summary.refused] == [2, 3]
    assert await shop.invoices() == {}


async def test_a_customer_of_two_countries_is_told_and_taxed_by_row(shop: Shop) -> None:
    summary = await shop.load(
        "1,A,a,1,2010-12-01,10.00,11,France\n2,A,a,1,2010-12-01,10.00,11,United Kingdom\n"
    )
    assert [str(note) for note in summary.notes] == [
        "line 3 (2): customer 11 is of United Kingdom here; the client keeps France"
    ]
    invoices = await shop.invoices()
    assert [amounts(invoices[n], "amount") for n in ("1", "2")] == [["10.00"], ["12.00"]]


async def test_a_price_finer_than_a_cent_keeps_the_money_right(shop: Shop) -> None:
    summary = await shop.load("1,A,a,300,2010-12-01,0.001,11,France\n")
    assert [note.line for note in summary.notes] == [2]
    assert amounts((await shop.invoices())["1"], "amount") == ["0.30"]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("1E+400,1.00,11,France", "Quantity is out of range: 1E+400"),
        ("1,NaN,11,France", "UnitPrice is not a number: NaN"),
        ("1,1.00,11,", "Country empty"),
    ],
)
async def test_values_that_are_of_no_use_are_told(shop: Shop, value: str, complaint: str) -> None:
    quantity, rest = value.split(",", 1)
    summary = await shop.load(f"1,A,a,{quantity},2010-12-01,{rest}\n")
    assert [issue.text for issue in summary.refused] == [complaint]


@pytest.mark.parametrize("day", ["9999-12-31", "13/13/2010 8:26", "yesterday"])
async def test_a_date_that_is_none_is_told(shop: Shop, day: str) -> None:
    summary = await shop.load(f"1,A,a,1,{day},1.00,11,France\n")
    assert len(summary.refused) == 1
    assert day in summary.refused[0].text


async def test_what_freshbooks_refuses_is_told_and_the_rest_is_loaded(shop: Shop) -> None:
    clients = shop.server.books.clients

    def delete_a_client(text: str) -> None:
        if text.startswith("clients"):
            (number,) = clients.table.having("email", "customer-12583@example.com")
            clients.set_visibility(clients.table[number], 1)

    summary = await shop.load(SMALL, say=delete_a_client)
    (issue,) = summary.refused
    refusal = "Client is deleted. (errno 1011, field clientid)"
    assert str(issue) == f"line 4 (536370): FreshBooks refused the invoice: {refusal}"
    assert sorted(await shop.invoices()) == ["536365", "536414", "536544"]


async def test_an_expired_token_is_refreshed_once_and_kept_first(shop: Shop) -> None:
    await shop.order("clock", {"advance_s": 13 * 3600})
    kept: list[tuple[str, str]] = []
    summary = await shop.load(SMALL, keep_tokens=lambda *pair: kept.append(pair))
    assert summary.invoices == 4
    assert len(kept) == 1
    assert kept[0][0] != shop.server.access_token
    with pytest.raises(LoadFailed, match="save a fresh connection"):
        await shop.load(SMALL)  # the old refresh token has been used


async def test_too_many_requests_are_waited_out(shop: Shop) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 1, "path": "invoices", "times": 2}
    await shop.order("faults", fault | {"method": "POST"})
    begun = time.monotonic()
    summary = await shop.load(SMALL)
    assert summary.invoices == 4
    assert time.monotonic() - begun >= 1


async def test_the_allowance_is_never_overdrawn() -> None:
    sent: list[float] = []

    def answer(_request: httpx2.Request) -> httpx2.Response:
        sent.append(time.monotonic())
        left = {"x-ratelimit-remaining": "3" if len(sent) == 1 else "200", "retry-after": "1"}
        body = {"response": {"result": {"item": {"id": len(sent)}}}}
        return httpx2.Response(200, headers=left, json=body)

    connection = Connection("http://sandbox.test", "Zy", "id", "secret", "access", "refresh")
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        api = FreshBooksApi(connection, http)
        for name in ("A", "B", "C"):
            await api.create("item", {"name": name})
    assert sent[1] - sent[0] >= 0.95
    assert sent[2] - sent[1] < 0.5


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "found: nothing"),
        (HEADER.replace("Quantity", "Qty").encode(), "column Quantity missing; found: InvoiceNo"),
        (HEADER.encode() + b"1,A,caf\xe9,1,2010-12-01,1.00,,France\n", "line 2: not UTF-8"),
        # The time in the header would name the test differently in each process that collects it.
        (gzip.compress(HEADER.encode(), mtime=0)[:-9], "damaged"),
    ],
)
async def test_another_layout_is_refused_as_a_whole(
    shop: Shop, content: bytes, complaint: str
) -> None:
    path = shop.folder / "other.csv"
    path.write_bytes(content)
    with pytest.raises(LayoutError, match=complaint):
        await load_retail(path, shop.connection())


async def test_columns_may_come_in_any_order_and_dates_month_first(shop: Shop) -> None:
    path = shop.folder / "swapped.csv"
    path.write_text(
        "\ufeffCountry,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo,Note\n"
        "France,12583,2.50,12/31/2010 8:26,2,clock,22728,7,x\n",
        encoding="utf-8",
    )
    summary = await load_retail(path, shop.connection())
    assert summary.refused == ()
    invoice = (await shop.invoices())["7"]
    assert (invoice["create_date"], amounts(invoice, "amount")) == ("2010-12-31", ["5.00"])


def test_most_invoices_are_paid_in_full_some_too_much_some_in_part_some_not() -> None:
    def outcome(number: int) -> str:
        row = Row(2, str(number), "A", "", Decimal(1), date(2010, 12, 1), Decimal(1), "", "France")
        document = Document(row.number, Customer("Walk-in France", "", row), (row,))
        body = Payer(1).payment_body(document, number, Decimal("10.00"))
        assert body == Payer(1).payment_body(document, number, Decimal("10.00"))
        if body is None:
            return "none"
        assert "2010-12-01" <= body["date"] <= "2010-12-31"
        paid = Decimal(body["amount"]["amount"])
        return "full" if paid == 10 else "too much" if paid > 10 else "part"

    found = Counter(outcome(number) for number in range(2000))
    assert 0.79 < found["full"] / 2000 < 0.85
    assert 0.02 < found["too much"] / 2000 < 0.04
    assert 0.06 < found["part"] / 2000 < 0.10
    assert 0.05 < found["none"] / 2000 < 0.09


def note(number: int, amount: str, day: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "credit_number": f"C{number}",
        "credit_type": "goodwill",
        "create_date": day,
        "amount": {"amount": amount, "code": "GBP"},
        "paid": {"amount": "0.00", "code": "GBP"},
        **fields,
    }


def open_invoice(number: int, outstanding: str, day: str) -> dict[str, Any]:
    return {
        "id": number,
        "invoice_number": str(number),
        "create_date": day,
        "currency_code": "GBP",
        "outstanding": {"amount": outstanding, "code": "GBP"},
    }


def test_a_credit_is_used_for_a_later_invoice_and_for_no_more_than_is_owed() -> None:
    older = open_invoice(1, "500.00", "2010-12-01")
    later = open_invoice(2, "30.00", "2010-12-09")
    notes = [note(number, "20.00", "2010-12-05") for number in range(100, 140)]
    found = list(uses(1, notes, [older, later]))
    assert {use.invoice_number for use in found} == {"2"}
    assert sum(Decimal(use.body["amount"]["amount"]) for use in found) == 30
    assert all(use.body["date"] >= "2010-12-09" for use in found)
    assert found == list(uses(1, reversed(notes), [later, older]))


def test_a_credit_that_was_used_before_is_left_alone() -> None:
    used = [
        note(number, "20.00", "2010-12-05", paid={"amount": "1.00", "code": "GBP"})
        for number in range(100, 140)
    ]
    assert list(uses(1, used, [open_invoice(2, "900.00", "2010-12-09")])) == []


async def test_a_payment_of_too_much_leaves_a_credit_and_loading_again_changes_nothing(
    shop: Shop,
) -> None:
    rows = "".join(
        f"{number},A,a,1,2010-{10 + number % 3}-{1 + number % 28:02d},10.00,11,France\n"
        for number in range(500, 650)
    )
    first = await shop.load(rows)
    assert first.overpayments > 0
    assert first.credits_used > 0
    given = await shop.credit_notes()
    assert {one["credit_type"] for one in given.values()} == {"overpayment"}
    assert len(given) == first.overpayments
    payments = await shop.every("payments/payments", "id")
    assert sum(one["from_credit"] for one in payments.values()) == first.credits_used
    again = await shop.load(rows)
    assert (again.payments, again.overpayments, again.credits_used) == (0, 0, 0)
    assert await shop.every("payments/payments", "id") == payments


async def test_without_credits_nobody_pays_too_much(shop: Shop) -> None:
    rows = "".join(f"{n},A,a,1,2010-12-01,10.00,11,France\n" for n in range(500, 600))
    summary = await shop.load(rows, credits_too=False)
    assert (summary.overpayments, summary.credits_used) == (0, 0)
    paid = [
        amounts(one, "amount")[0] for one in (await shop.every("payments/payments", "id")).values()
    ]
    assert paid.count("10.00") > 70
    assert await shop.credit_notes() == {}


@pytest.mark.skipif(not REAL_MONTH.exists(), reason="the shared data set is not here")
def test_the_oracle_knows_the_real_month() -> None:
    assert expected(REAL_MONTH).counts() == Counts(2025, 42481, 1559, 326, 140)


@pytest.mark.skipif(not REAL_MONTH.exists(), reason="the shared data set is not here")
async def test_a_hundred_real_documents_come_to_what_the_file_says(shop: Shop) -> None:
    wanted = expected(REAL_MONTH, first_documents=100)
    path = shop.folder / "first.csv"
    with gzip.open(REAL_MONTH, "rt", encoding="utf-8", newline="") as rows:
        kept = [row for row in rows if row.partition(",")[0] in {"InvoiceNo", *wanted.documents}]
    path.write_text("".join(kept), encoding="utf-8")
    summary = await load_retail(path, shop.connection())
    assert summary.refused == ()
    assert summary.lines == wanted.counts().lines
    assert (summary.overpayments, summary.credits_used) == (3, 0)
    given = await shop.credit_notes()
    assert sum(one["credit_type"] == "overpayment" for one in given.values()) == 3
    own = {number: one for number, one in given.items() if one["credit_type"] == "goodwill"}
    standing = await shop.invoices() | own
    found = {
        number: (one["organization"], Decimal(one["amount"]["amount"]), _net(one))
        for number, one in standing.items()
    }
    assert found == {
        number: (one.client, one.gross, one.net) for number, one in wanted.documents.items()
    }


def _net(document: dict[str, Any]) -> Decimal:
    return sum((Decimal(line["amount"]["amount"]) for line in document["lines"]), Decimal(0))
