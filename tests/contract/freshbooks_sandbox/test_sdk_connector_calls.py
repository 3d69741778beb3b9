"""Every call that a connector and a loader make, made by the vendor's own unmodified client.

Lists to their end with lines; by day of change; by ids; the deleted ones; single records;
creating and changing each kind; callbacks. Tokens are in test_sdk.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from freshbooks import Client, FilterBuilder, FreshBooksError, IncludesBuilder, PaginateBuilder

LINES = IncludesBuilder().include("lines")
LINE = {"name": "Bowl", "qty": "2", "unit_cost": {"amount": "5.00", "code": "GBP"}}
NOTES = {"invoices": "notes", "payments": "note"}
DOCUMENTS = ("invoices", "credit_notes", "payments")


@pytest.fixture
def sdk(server: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("FRESHBOOKS_API_URL", server.url)
    return Client(
        client_id=server.client_id,
        client_secret=server.client_secret,
        redirect_uri="https://example.com/back",
        access_token=server.access_token,
        refresh_token=server.refresh_token,
        auto_retry=False,
    )


class Books:
    """A client with three invoices, three credit notes and three payments."""

    def __init__(self, sdk: Client, account: str) -> None:
        self.sdk, self.account = sdk, account
        self.client = int(sdk.clients.create(account, {"organization": "Engines Ltd"}).id)
        day = {"create_date": "2026-03-10", "lines": [LINE]}
        tax = {"taxName1": "VAT", "taxAmount1": "20"}
        bill = {**day, "customerid": self.client, "status": 2, "lines": [LINE | tax]}
        credit = {**day, "clientid": self.client, "credit_type": "goodwill"}
        self.ids = {
            "invoices": [int(sdk.invoices.create(account, bill).id) for _ in range(3)],
            "credit_notes": [int(sdk.credit_notes.create(account, credit).id) for _ in range(3)],
        }
        self.ids["payments"] = [self.pay(invoice) for invoice in self.ids["invoices"]]

    def pay(self, invoice: int) -> int:
        paid = {"amount": {"amount": "3.00", "code": "GBP"}, "date": "2026-03-11", "type": "Cash"}
        return int(self.sdk.payments.create(self.account, {"invoiceid": invoice, **paid}).id)

    def listed(self, kind: str, *builders: Any) -> list[Any]:
        """A list read to its end, one row a page, with lines where there are any."""
        rows: list[Any] = []
        extra = [*builders] if kind == "payments" else [*builders, LINES]
        number = pages = 1
        while number <= pages:
            part = getattr(self.sdk, kind).list(
                self.account, builders=[*extra, PaginateBuilder(number, 1)]
            )
            pages, number = part.pages.pages, number + 1
            rows.extend(part)
        return rows


async def run(sdk: Client, server: Any, work: Callable[[Books], None]) -> None:
    await asyncio.to_thread(lambda: work(Books(sdk, server.account_id)))


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_a_list_is_read_to_its_end(sdk: Client, server: Any, kind: str) -> None:
    def work(books: Books) -> None:
        rows = books.listed(kind)
        assert sorted(row.id for row in rows) == books.ids[kind]
        if kind != "payments":
            assert {row.lines[0].name for row in rows} == {"Bowl"}

    await run(sdk, server, work)


@pytest.mark.parametrize("kind", ["invoices", "payments"])
async def test_what_changed_since_a_day(sdk: Client, server: Any, kind: str) -> None:
    def work(books: Books) -> None:
        server.books.core.clock.advance(86_400 * 3)
        sdk.refresh_access_token()
        getattr(sdk, kind).update(books.account, books.ids[kind][0], {NOTES[kind]: "Later"})
        stamp = getattr(sdk, kind).get(books.account, books.ids[kind][0]).data["updated"]
        since = FilterBuilder().between("updated", min=stamp[:10])
        assert [row.id for row in books.listed(kind, since)] == books.ids[kind][:1]

    await run(sdk, server, work)


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_the_deleted_ones_are_listed_apart(sdk: Client, server: Any, kind: str) -> None:
    def work(books: Books) -> None:
        getattr(sdk, kind).delete(books.account, books.ids[kind][0])
        deleted = FilterBuilder().equals("vis_state", 1)
        assert [row.id for row in books.listed(kind, deleted)] == books.ids[kind][:1]
        assert len(books.listed(kind)) == 2

    await run(sdk, server, work)


async def test_records_are_found_by_their_ids(sdk: Client, server: Any) -> None:
    def work(books: Books) -> None:
        for kind, key in (("invoices", "invoiceid"), ("payments", "logid")):
            wanted = books.ids[kind][::2]
            found = books.listed(kind, FilterBuilder().in_list(key, wanted))
            assert sorted(row.id for row in found) == wanted
        some = FilterBuilder().in_list("userid", [books.client, 1])
        assert [row.id for row in sdk.clients.list(books.account, builders=[some])] == [
            books.client
        ]

    await run(sdk, server, work)


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_one_record_by_its_id(sdk: Client, server: Any, kind: str) -> None:
    def work(books: Books) -> None:
        resource, number = getattr(sdk, kind), books.ids[kind][0]
        includes = None if kind == "payments" else LINES
        assert resource.get(books.account, number, includes=includes).id == number
        resource.delete(books.account, number)
        assert resource.get(books.account, number, includes=includes).vis_state == 1
        with pytest.raises(FreshBooksError) as missing:
            resource.get(books.account, 999_999, includes=includes)
        assert (missing.value.status_code, missing.value.error_code) == (404, 1012)

    await run(sdk, server, work)


async def test_each_kind_is_changed(sdk: Client, server: Any) -> None:
    def work(books: Books) -> None:
        account = books.account
        renamed = sdk.clients.update(account, books.client, {"organization": "Mills Ltd"})
        assert renamed.organization == "Mills Ltd"
        more = [LINE, LINE]
        invoice = sdk.invoices.update(
            account, books.ids["invoices"][0], {"lines": more}, includes=LINES
        )
        assert (str(invoice.amount.amount), len(invoice.lines)) == ("20.00", 2)
        less = {"amount": {"amount": "1.00", "code": "GBP"}}
        assert str(sdk.payments.update(account, books.ids["payments"][0], less).amount.amount) == (
            "1.00"
        )
        note = sdk.credit_notes.update(account, books.ids["credit_notes"][0], {"notes": "Sorry"})
        assert note.notes == "Sorry"
        item = sdk.items.create(account, {"name": "Bowl"})
        assert sdk.items.update(account, item.id, {"sku": "B1"}).sku == "B1"
        tax = sdk.taxes.create(account, {"name": "VAT", "amount": 20})
        assert str(sdk.taxes.update(account, tax.id, {"amount": 5}).amount) == "5"

    await run(sdk, server, work)


async def test_callbacks_are_listed_page_by_page(sdk: Client, server: Any) -> None:
    def work(books: Books) -> None:
        for event in ("invoice", "payment", "credit_note"):
            sdk.callbacks.create(books.account, {"event": event, "uri": "http://127.0.0.1:9/x"})
        first = sdk.callbacks.list(books.account, builders=[PaginateBuilder(1, 2)])
        rest = sdk.callbacks.list(books.account, builders=[PaginateBuilder(2, 2)])
        assert (first.pages.pages, first.pages.total) == (2, 3)
        assert {row.event for row in [*first, *rest]} == {"invoice", "payment", "credit_note"}

    await run(sdk, server, work)
