"""The connector against the NAV sandbox, over real connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tieout.connectors.http import Http
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.wire.gateway import CUSTOMERS
from tieout.core.decision.plan import Command, Role, Status
from tieout.core.failures import Refused, Superseded, Unauthorized, Unreachable
from tieout.core.records.identity import Kind, Ref

server = pytest.importorskip(
    "tieout_sandboxes.nav.server",
    reason="the NAV sandbox is not complete",
    exc_type=ImportError,
)

LINE = {
    "account_type": "Customer",
    "account_no": "",
    "description": "Invoice & more",
    "amount": "",
    "amount_lcy": "",
    "gen_posting_type": "",
    "gen_bus_posting_group": "",
    "gen_prod_posting_group": "",
    "vat_bus_posting_group": "",
    "vat_prod_posting_group": "",
    "vat_amount": "",
    "applies_to_doc_type": "",
    "applies_to_doc_no": "",
}
DOCUMENT = {
    "template_name": "GENERAL",
    "batch_name": "FRESHBOOKS",
    "document_type": "Invoice",
    "document_no": "",
    "posting_date": "2026-03-01",
    "document_date": "2026-03-01",
    "due_date": "2026-03-31",
    "currency_code": "",
    "currency_factor": "",
    "reason_code": "",
}


def command(key: str, role: Role, payload: dict[str, Any], *after: str) -> Command:
    ref = Ref(Kind.INVOICE, "1")
    return Command(key=key, ref=ref, revision=1, role=role, payload=payload, depends_on=after)


def customer(key: str, **more: str) -> Command:
    payload = dict.fromkeys((name for _, name in CUSTOMERS.elements), "") | {
        "name": "Acme & Sons",
        "country_region_code": "GB",
        "gen_bus_posting_group": "DOMESTIC",
        "vat_bus_posting_group": "DOMESTIC",
        "customer_posting_group": "DOMESTIC",
        "block_payment_tolerance": "true",
    }
    return command(key, Role.CREATE_CUSTOMER, payload | more)


def invoice(key: str, number: str, customer_no: str, *after: str) -> Command:
    sale = {
        "account_type": "G/L Account",
        "account_no": "4000",
        "amount": "-120.00",
        "gen_posting_type": "Sale",
        "gen_bus_posting_group": "DOMESTIC",
        "gen_prod_posting_group": "SERVICES",
        "vat_bus_posting_group": "DOMESTIC",
        "vat_prod_posting_group": "VAT20",
        "vat_amount": "-20.00",
    }
    lines = [LINE | {"account_no": customer_no, "amount": "120.00"}, LINE | sale]
    return command(key, Role.POST, DOCUMENT | {"document_no": number, "lines": lines}, *after)


@pytest.fixture
async def connection() -> AsyncIterator[NavConnection]:
    nav = await server.serve_nav(page_size=2)
    yield NavConnection(
        odata_url=nav.odata_url,
        soap_url=nav.soap_url,
        company=nav.company,
        user=nav.user,
        key=nav.key,
    )
    await nav.stop()


@pytest.fixture
async def target(connection: NavConnection) -> AsyncIterator[NavTarget]:
    async with Http() as http:
        yield NavTarget(connection, http)


async def test_ping_and_epochs(target: NavTarget, connection: NavConnection) -> None:
    pong = await target.ping()
    assert (pong.company, pong.lcy) == (connection.company, "GBP")
    assert await target.claim(5) == 5
    assert await target.claim(3) == 5
    with pytest.raises(Superseded, match="TIEOUT-EPOCH"):
        await target.execute(5, [customer("FB-CUS-1-1")])


async def test_a_document_is_posted_once_and_read_back(target: NavTarget) -> None:
    await target.claim(1)
    (created,) = await target.execute(2, [customer("FB-CUS-1-1")])
    assert (created.status, bool(created.no)) == (Status.POSTED, True)
    first = invoice("FB-INV-1-1", "0000001", created.no, "FB-CUS-1-1")
    waits = invoice("FB-INV-2-1", "0000002", created.no, "FB-CUS-9-1")
    posted, skipped = await target.execute(3, [first, waits])
    assert (posted.status, posted.no, posted.amount) == (
        Status.POSTED,
        "0000001",
        Decimal("120.00"),
    )
    assert (skipped.status, "FB-CUS-9-1" in skipped.text) == (Status.SKIPPED, True)
    (again,) = await target.execute(4, [first])
    assert (again.status, again.entry_no) == (Status.ALREADY, posted.entry_no)
    other = replace(first, payload={**first.payload, "due_date": ""})
    assert (await target.execute(5, [other]))[0].status is Status.CONFLICT

    found = await target.find([first, waits])
    assert set(found) == {"FB-INV-1-1"}
    assert found["FB-INV-1-1"].text == first.hash

    assert await target.taken(["0000001", "0000002"]) == {("Invoice", "0000001")}
    (entry,) = await target.items(["0000001"])
    assert (entry.customer_no, entry.amount, entry.remaining) == (
        created.no,
        Decimal("120.00"),
        Decimal("120.00"),
    )
    assert (entry.open, entry.entry_no) == (True, posted.entry_no)
    assert [e.entry_no async for e in target.customer_entries()] == [posted.entry_no]
    assert [d.entry_type async for d in target.detailed_entries()] == ["Initial Entry"]
    ledger = [
        (e.gl_account_no, e.amount) async for e in target.gl_entries({"1200", "4000", "2200"})
    ]
    assert sorted(ledger) == [
        ("1200", Decimal("120.00")),
        ("2200", Decimal("-20.00")),
        ("4000", Decimal("-100.00")),
    ]


async def test_navs_own_refusal_comes_with_its_words(target: NavTarget) -> None:
    await target.claim(1)
    wrong = invoice("FB-INV-1-1", "0000001", "NOBODY")
    (refused,) = await target.execute(2, [wrong])
    assert (refused.status, bool(refused.text)) == (Status.REFUSED, True)
    assert await target.taken(["0000001"]) == frozenset()


async def test_the_setup_of_the_company_is_read(target: NavTarget) -> None:
    setup = await target.setup()
    assert setup.lcy == "GBP"
    assert setup.accounts["1200"].direct_posting is False
    assert setup.customer_groups["DOMESTIC"] == "1200"
    assert setup.vat["DOMESTIC", "VAT20"].percent == 20
    assert ("DOMESTIC", "SERVICES") in setup.general
    assert setup.batches["GENERAL", "FRESHBOOKS"].no_series == ""
    assert setup.batches["GENERAL", "FRESHBOOKS"].allow_vat_difference
    assert setup.max_vat_difference == Decimal("0.05")
    assert {"GB", "FR"} <= setup.countries
    assert "BANK-GBP" in setup.banks
    assert (setup.posting_from, setup.posting_to) == (None, None)


async def test_wrong_credentials_company_and_address(connection: NavConnection) -> None:
    async with Http() as http:
        with pytest.raises(Unauthorized):
            await NavTarget(replace(connection, key="wrong"), http).ping()
        with pytest.raises(Unauthorized):
            await NavTarget(replace(connection, key="wrong"), http).taken(["1"])
        with pytest.raises(Refused):
            await NavTarget(replace(connection, company="Nobody"), http).taken(["1"])
        nowhere = replace(connection, soap_url="http://127.0.0.1:9/WS")
        with pytest.raises(Unreachable):
            await NavTarget(nowhere, http).execute(1, [customer("FB-CUS-1-1")])
