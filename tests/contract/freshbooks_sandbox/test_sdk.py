"""The vendor's own Python client, unmodified, against the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from freshbooks import (
    Client,
    FilterBuilder,
    FreshBooksError,
    IncludesBuilder,
    PaginateBuilder,
    SortBuilder,
)


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


def bill(sdk: Client, account: str) -> tuple[int, int]:
    client = sdk.clients.create(account, {"organization": "Engines Ltd", "email": "a@example.com"})
    line = {"name": "Bowl", "qty": 4, "unit_cost": {"amount": "5.00", "code": "GBP"}}
    tax = {"taxName1": "VAT", "taxAmount1": "20"}
    values = {"customerid": client.id, "create_date": "2026-03-10", "lines": [line | tax]}
    invoice = sdk.invoices.create(account, values)
    return int(client.id), int(invoice.id)


async def run(work: Any, *args: Any) -> Any:
    return await asyncio.to_thread(work, *args)


async def test_who_am_i(sdk: Client, server: Any) -> None:
    me = await run(sdk.current_user)
    [membership] = me.business_memberships
    assert membership.business.account_id == server.account_id
    assert me.full_name == "Olive Owner"


async def test_create_read_change_and_delete(sdk: Client, server: Any) -> None:
    def work(account: str) -> None:
        client, invoice = bill(sdk, account)
        lines = IncludesBuilder().include("lines")
        found = sdk.invoices.get(account, invoice, includes=lines)
        assert (str(found.amount.amount), found.lines[0].name) == ("24.00", "Bowl")
        changed = sdk.invoices.update(account, invoice, {"notes": "Thanks"})
        assert changed.notes == "Thanks"
        payment = {"invoiceid": invoice, "amount": {"amount": "24.00"}, "date": "2026-03-11"}
        made = sdk.payments.create(account, payment | {"type": "Cash"})
        assert sdk.invoices.get(account, invoice).payment_status == "paid"
        sdk.payments.delete(account, made.id)
        sdk.invoices.delete(account, invoice)
        assert sdk.invoices.get(account, invoice).vis_state == 1
        sdk.clients.delete(account, client)
        assert sdk.clients.list(account).pages.total == 0

    await run(work, server.account_id)


async def test_lists_are_paged_filtered_and_sorted(sdk: Client, server: Any) -> None:
    def work(account: str) -> None:
        pairs = [bill(sdk, account) for _ in range(3)]
        wanted = FilterBuilder().in_list("invoiceid", [pairs[0][1], pairs[2][1]])
        pages = PaginateBuilder(1, 1)
        found = sdk.invoices.list(account, builders=[wanted, pages])
        assert (found.pages.total, found.pages.pages, len(found)) == (2, 2, 1)
        assert found[0].id == pairs[2][1]
        like = FilterBuilder().like("email_like", "example").between("updated", None, None)
        order = SortBuilder().ascending("updated")
        assert len(sdk.clients.list(account, builders=[like, order])) == 3
        nobody = FilterBuilder().equals("email", "nobody@example.com")
        assert len(sdk.clients.list(account, builders=[nobody])) == 0

    await run(work, server.account_id)


async def test_credit_notes_items_and_taxes(sdk: Client, server: Any) -> None:
    def work(account: str) -> None:
        client, _invoice = bill(sdk, account)
        line = {"name": "Credit", "qty": 1, "unit_cost": {"amount": "9.00", "code": "GBP"}}
        values = {"clientid": client, "create_date": "2026-03-10", "lines": [line]}
        assert str(sdk.credit_notes.create(account, values).amount.amount) == "9.00"
        item = sdk.items.create(account, {"name": "Bowl"})
        sdk.items.delete(account, item.id)
        tax = sdk.taxes.create(account, {"name": "VAT", "amount": 20})
        sdk.taxes.delete(account, tax.id)
        assert sdk.taxes.list(account).pages.total == 0

    await run(work, server.account_id)


async def test_callbacks_are_registered_and_verified(sdk: Client, server: Any) -> None:
    def work(account: str) -> None:
        values = {"event": "invoice.create", "uri": "http://127.0.0.1:9/hook"}
        made = sdk.callbacks.create(account, values)
        assert made.verified is False
        sdk.callbacks.resend_verification(account, made.callbackid)
        verifier = server.books.callbacks.verifiers[made.callbackid]
        assert sdk.callbacks.verify(account, made.callbackid, verifier).verified is True
        with pytest.raises(FreshBooksError, match="semantic errors"):
            sdk.callbacks.create(account, values | {"event": "invoice.paid"})
        sdk.callbacks.delete(account, made.callbackid)
        assert sdk.callbacks.list(account).pages.total == 0

    await run(work, server.account_id)


async def test_tokens_are_refreshed_once(sdk: Client, server: Any) -> None:
    fresh = await run(sdk.refresh_access_token)
    assert fresh.access_token != server.access_token
    assert (await run(sdk.current_user)).email == "owner@example.com"
    with pytest.raises(FreshBooksError):
        await run(sdk.refresh_access_token, server.refresh_token)


async def test_errors_are_understood(sdk: Client, server: Any) -> None:
    with pytest.raises(FreshBooksError) as missing:
        await run(sdk.clients.get, server.account_id, 12345)
    assert (missing.value.status_code, missing.value.error_code) == (404, 1012)
    assert str(missing.value) == "Client not found."
