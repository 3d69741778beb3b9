"""A generated year of a service firm: the same seed does the same things, and all that can happen happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks
from tieout_sandboxes.people import browser
from tieout_sandboxes.retail import Connection, FreshBooksApi, LoadFailed
from tieout_sandboxes.service_firm import Played, ServiceFirm, load_service_firm
from tieout_sandboxes.service_firm.acts import Act
from tieout_sandboxes.service_firm.clients import MARKETS
from tieout_sandboxes.service_firm.year import acts_of

SMALL = ServiceFirm(seed=3, documents=200)


@pytest.fixture
async def server() -> AsyncIterator[FreshBooksServer]:
    running = await serve_freshbooks(limits="off", control=True)
    yield running
    await running.stop()


def connection(server: FreshBooksServer) -> Connection:
    names = Connection.__dataclass_fields__
    return Connection.read({"freshbooks": {n: getattr(server, n) for n in names}})


async def listed(server: FreshBooksServer, kind: str) -> list[dict[str, Any]]:
    """All records of a kind as FreshBooks shows them, the deleted ones too."""
    async with browser() as http:
        api = FreshBooksApi(connection(server), http)
        first = min((one["id"] for one in await api.every(kind)), default=0)
        last = max((one["id"] for one in await api.every(kind)), default=-1)
        return [await api.one(kind, number) for number in range(first, last + 1)]


def test_the_same_seed_does_the_same_things_and_another_does_not() -> None:
    assert acts_of(SMALL) == acts_of(SMALL)
    assert acts_of(SMALL) != acts_of(ServiceFirm(seed=4, documents=200))


@pytest.mark.parametrize("documents", [1, 13, 200, 1000])
def test_as_many_documents_as_asked_for_in_the_order_of_time(documents: int) -> None:
    acts = acts_of(ServiceFirm(documents=documents, year=2024))
    assert sum(act.makes_document for act in acts) == documents
    days = [act.day for act in acts]
    assert days == sorted(days)
    assert date(2024, 1, 1) <= days[0]
    assert days[-1] <= date(2024, 12, 31)


def test_every_market_is_served_and_no_number_is_given_twice() -> None:
    acts = acts_of(SMALL)
    served = Counter(act.fields["currency_code"] for act in acts if act.kind == "client")
    assert set(served) == {"GBP", "EUR", "USD"}
    assert sum(served.values()) >= len(MARKETS["gb"])
    numbers = [_number(act) for act in acts if act.makes_document]
    assert len(set(numbers)) == len(numbers)


def _number(act: Act) -> str:
    return str(act.fields.get("invoice_number") or act.fields["credit_number"])


def test_a_record_is_made_before_it_is_changed() -> None:
    made: set[str] = set()
    for act in acts_of(ServiceFirm(seed=2, documents=600)):
        assert (act.name in made) == (act.verb in ("change", "refund")), act
        made.add(act.name)


async def test_freshbooks_takes_the_whole_year_and_everything_happens_in_it(
    server: FreshBooksServer,
) -> None:
    months: list[date] = []

    async def month_ended(day: date) -> None:
        months.append(day)

    played = await load_service_firm(SMALL, connection(server), month_ended=month_ended)
    assert played.refused == ()
    assert played.made["invoice"] + played.made["credit_note"] == SMALL.documents
    assert [day.month for day in months] == list(range(1, 13))
    invoices, payments = await listed(server, "invoice"), await listed(server, "payment")
    notes = await listed(server, "credit_note")
    assert {one["vis_state"] for one in invoices} == {0, 1, 2}
    assert {one["payment_status"] for one in invoices} >= {"paid", "partial", "unpaid"}
    assert {one["currency_code"] for one in invoices} == {"GBP", "EUR", "USD"}
    assert {one["credit_type"] for one in notes} == {"goodwill", "prepayment", "overpayment"}
    assert any(one["from_credit"] for one in payments)
    assert any(one["overpaymentid"] for one in payments)
    given_back = [one for one in payments if one["note"] == "Refunded"]
    assert {one["gateway"] for one in given_back} == {"stripe"}
    assert any(one["discount_value"] not in ("0", "") for one in invoices)
    assert all(one["updated"].startswith("2025-") for one in invoices)


async def test_the_ledger_of_the_year_has_its_documents_and_no_others(
    server: FreshBooksServer,
) -> None:
    """Lists on one side, the general ledger on the other, both read as anybody would; per currency."""
    await load_service_firm(SMALL, connection(server))
    async with browser() as http:
        api = FreshBooksApi(connection(server), http)
        invoices, payments = await api.every("invoice"), await api.every("payment")
        notes = await api.every("credit_note")
        deleted = {one["id"] for one in await listed(server, "invoice") if one["vis_state"] == 1}
        for code in ("GBP", "EUR", "USD"):
            lines = await ledger_lines(server, http, code)
            sent = [one for one in invoices if one["currency_code"] == code]
            sent = [one for one in sent if one["v3_status"] != "draft"]
            paid = [one for one in payments if one["amount"]["code"] == code]
            given = [one for one in notes if one["currency_code"] == code]
            for kind, name, records in (
                ("invoice", "invoiceid", sent), ("payment", "paymentid", paid),
                ("credit", "creditid", given),
            ):  # fmt: skip
                told = {line[name] for _place, line in lines if line["entity_type"] == kind}
                assert told == {one["id"] for one in records if amount(one["amount"])}, (kind, code)
            owed = sum(amount(one["outstanding"]) for one in sent)
            owed -= sum(amount(one["amount"]) for one in paid if one["invoiceid"] in deleted)
            booked = [line for place, line in lines if place == "Accounts Receivable"]
            assert sum(amount(one["debit"]) - amount(one["credit"]) for one in booked) == owed


async def ledger_lines(server: FreshBooksServer, http: Any, code: str) -> list[tuple[str, Any]]:
    """Every line of the general ledger in a currency, with the name of its account."""
    business = server.books.core.business.business_uuid
    days = "start_date=2000-01-01&end_date=2099-12-31"
    answer = await http.get(
        f"{server.url}/accounting/businesses/{business}/reports/general_ledger?{days}&currency_code={code}",
        headers={"Authorization": f"Bearer {server.access_token}"},
    )
    assert answer.status_code == 200, answer.text
    accounts = answer.json()["response"]["result"]["general_ledger"]["data"]
    below = [each for account in accounts for each in account["sub_accounts"]]
    return [(each["sub_account_name"], line) for each in below for line in each["transactions"]]


def amount(money: dict[str, str]) -> Decimal:
    return Decimal(money["amount"])


async def test_the_same_year_is_the_same_in_freshbooks_to_the_last_id() -> None:
    shown = []
    for _ in range(2):
        server = await serve_freshbooks(limits="off", control=True)
        try:
            await load_service_firm(ServiceFirm(documents=40), connection(server))
            found = [one for kind in ("invoice", "payment") for one in await listed(server, kind)]
        finally:
            await server.stop()
        changing = {"uuid", "transaction_uuid", "accounting_systemid", "accountid"}
        shown.append([{n: v for n, v in one.items() if n not in changing} for one in found])
    assert shown[0] == shown[1]


async def test_a_firm_in_canada_has_two_taxes_on_a_line(server: FreshBooksServer) -> None:
    firm = ServiceFirm(documents=30, company="ca")
    assert (await load_service_firm(firm, connection(server))).refused == ()
    lines = [
        line
        for act in acts_of(firm)
        if act.verb == "create" and act.kind == "invoice"
        for line in act.fields["lines"]
    ]
    taxes = {(line.get("taxName1"), line.get("taxName2")) for line in lines}
    assert taxes == {("GST", "QST"), ("GST", None), (None, None)}


async def test_the_books_of_another_are_left_alone(server: FreshBooksServer) -> None:
    await load_service_firm(ServiceFirm(documents=1), connection(server))
    with pytest.raises(LoadFailed, match="has invoices already"):
        await load_service_firm(ServiceFirm(documents=1), connection(server))


async def test_a_server_whose_clock_cannot_be_moved_is_not_written_to() -> None:
    real = await serve_freshbooks(limits="off")
    try:
        with pytest.raises(LoadFailed, match="--control"):
            await load_service_firm(SMALL, connection(real))
        assert await listed(real, "client") == []
    finally:
        await real.stop()


async def test_what_freshbooks_refuses_is_told_and_what_depends_on_it_is_not_done(
    server: FreshBooksServer,
) -> None:
    server.books.core.switches.change({"overpayment": "refused"})
    played: Played = await load_service_firm(SMALL, connection(server))
    assert played.refused
    assert all("more than is outstanding" in text for text in played.refused)


def test_all_stories_are_told_in_a_small_year() -> None:
    """So that a test with a small firm meets everything that a large one does."""
    acts = acts_of(SMALL)
    changes = {name for act in acts if act.verb == "change" for name in act.fields}
    assert changes >= {"vis_state", "amount", "lines", "action_mark_as_sent"}
    makes = {name for act in acts if act.verb == "create" for name in act.fields}
    assert makes >= {"deposit_percentage", "creditid", "discount_value"}
