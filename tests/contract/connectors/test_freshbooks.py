"""The connector against the FreshBooks sandbox, over real connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.webhooks import SIGNATURE_HEADER, is_signed, notification
from tieout.connectors.http import Http
from tieout.core.failures import Refused, Unauthorized, Unintelligible
from tieout.core.records.document import LineTax, Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import Money
from tieout_sandboxes.freshbooks import FreshBooksServer, serve_freshbooks

LATER = datetime(2099, 1, 1, tzinfo=UTC)


class Tokens:
    """The connection's tokens, in memory."""

    def __init__(self, access: str, refresh: str, expires_at: datetime = LATER) -> None:
        self.now = (access, refresh, expires_at)
        self.lock = asyncio.Lock()
        self.needs_consent = False

    async def read(self) -> tuple[str, str, datetime]:
        return self.now

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        async with self.lock:
            yield

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        if self.now[1] != spent:
            return False
        self.now = (access_token, refresh_token, expires_at)
        return True

    async def refused(self, refresh_token: str) -> bool:
        self.needs_consent = same = self.now[1] == refresh_token
        return same


class World:
    """A sandbox, the connector, and a plain client that does what a bookkeeper does."""

    def __init__(self, server: FreshBooksServer) -> None:
        self.server = server
        self.http = Http()
        self.tokens = Tokens(server.access_token, server.refresh_token)
        self.source = self.connector(self.tokens)
        self.plain = httpx2.AsyncClient(
            base_url=f"{server.url}/accounting/account/{server.account_id}",
            headers={"authorization": f"Bearer {server.access_token}"},
        )

    def connector(self, tokens: Tokens) -> FreshbooksSource:
        connection = FreshbooksConnection(
            url=self.server.url,
            client_id=self.server.client_id,
            client_secret=self.server.client_secret,
            account_id=self.server.account_id,
            business_id=str(self.server.business_id),
        )
        return FreshbooksSource(connection, tokens, self.http, lambda: datetime.now(UTC))

    async def write(self, method: str, path: str, single: str, body: dict[str, Any]) -> int:
        response = await self.plain.request(method, path, json={single: body})
        assert response.status_code == 200, response.text
        return int(response.json()["response"]["result"][single]["id"])

    async def client(self) -> int:
        body = {"organization": "Acme", "email": "a@example.org", "p_country": "France"}
        return await self.write("POST", "/users/clients", "client", body)

    async def invoice(self, client: int, **more: Any) -> int:
        return await self.write(
            "POST",
            "/invoices/invoices",
            "invoice",
            {
                "customerid": client,
                "create_date": "2026-03-01",
                "due_offset_days": 30,
                "status": 2,
                "lines": [line("Tea", "4", "50.00", "20")],
                **more,
            },
        )

    async def payment(self, invoice: int, amount: str) -> int:
        body = {"invoiceid": invoice, "amount": {"amount": amount}, "date": "2026-03-05"}
        return await self.write("POST", "/payments/payments", "payment", {**body, "type": "Cash"})

    async def poll(self, cursor: dict[str, Any]) -> tuple[set[Ref], dict[str, Any]]:
        seen: set[Ref] = set()
        async for page in self.source.changes(cursor):
            seen |= {observation.ref for observation in page.observations}
            cursor = dict(page.cursor)
        return seen, cursor

    async def record(self, kind: Kind, number: int) -> Any:
        ref = Ref(kind, str(number))
        observation = (await self.source.observe([ref]))[ref]
        return self.source.normalize(ref, observation.content)


def line(name: str, qty: str, cost: str, tax: str) -> dict[str, Any]:
    taxes = {"taxName1": "VAT", "taxAmount1": tax} if tax else {}
    return {"type": 0, "name": name, "qty": qty, "unit_cost": {"amount": cost}, **taxes}


def gbp(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    server = await serve_freshbooks(limits="off")
    world = World(server)
    yield world
    await world.plain.aclose()
    await world.http.close()
    await server.stop()


async def test_all_kinds_are_seen_and_read(world: World) -> None:
    client = await world.client()
    invoice = await world.invoice(client, discount_value="10", po_number="PO 7")
    payment = await world.payment(invoice, "100.00")
    credit = await world.write(
        "POST",
        "/credit_notes/credit_notes",
        "credit_note",
        {
            "clientid": client,
            "create_date": "2026-03-02",
            "credit_type": "goodwill",
            "lines": [line("Tea", "1", "50.00", "20")],
        },
    )
    seen, cursor = await world.poll({})
    assert {str(ref) for ref in seen} == {
        f"invoice/{invoice}",
        f"payment/{payment}",
        f"credit_note/{credit}",
    }
    assert set(cursor) == {"invoices", "credit_notes", "payments"}

    found = await world.record(Kind.INVOICE, invoice)
    assert (found.amount, found.outstanding) == (gbp("216.00"), gbp("116.00"))
    assert (found.discount, found.purchase_order) == (gbp("20.00"), "PO 7")
    assert (found.issued_on.isoformat(), found.due_on.isoformat()) == ("2026-03-01", "2026-03-31")
    assert found.lines[0].taxes == (LineTax(name="VAT", percent=Decimal(20)),)
    assert not found.draft

    paid = await world.record(Kind.PAYMENT, payment)
    assert (paid.invoice, paid.amount, paid.method) == (found.ref, gbp("100.00"), "Cash")
    noted = await world.record(Kind.CREDIT_NOTE, credit)
    assert (noted.amount, noted.used, noted.credit_type) == (gbp("60.00"), gbp("0.00"), "goodwill")
    customer = await world.record(Kind.CUSTOMER, client)
    assert (customer.name, customer.country, customer.currency) == ("Acme", "France", "GBP")


async def test_drafts_and_deleted_invoices(world: World) -> None:
    client = await world.client()
    draft = await world.invoice(client, status=1)
    gone = await world.invoice(client)
    path = f"/invoices/invoices/{gone}"
    await world.write("PUT", path, "invoice", {"vis_state": 1})
    assert (await world.record(Kind.INVOICE, draft)).draft
    assert (await world.record(Kind.INVOICE, gone)).visibility is Visibility.DELETED
    seen, _ = await world.poll({})
    assert Ref(Kind.INVOICE, str(gone)) in seen
    assert [r.ref.key async for r in world.source.full(Kind.INVOICE)] == [str(draft)]


async def test_an_overpayment_splits_into_a_payment_and_a_credit(world: World) -> None:
    invoice = await world.invoice(await world.client())
    paid = await world.record(Kind.PAYMENT, await world.payment(invoice, "300.00"))
    assert paid.amount == gbp("240.00")
    assert paid.overpayment is not None
    credit = await world.record(Kind.CREDIT_NOTE, int(paid.overpayment.key))
    assert (credit.amount, credit.credit_type) == (gbp("60.00"), "overpayment")


async def test_more_than_a_page_is_read_to_the_end(world: World) -> None:
    client = await world.client()
    numbers = [await world.invoice(client) for _ in range(105)]
    expected = {Ref(Kind.INVOICE, str(number)) for number in numbers}
    seen, cursor = await world.poll({})
    assert seen == expected
    assert {r.ref async for r in world.source.full(Kind.INVOICE)} == expected
    found = await world.source.observe([*expected, Ref(Kind.INVOICE, "999999")])
    assert set(found) == expected
    listed = {o.ref: o.hash async for p in world.source.changes({}) for o in p.observations}
    assert listed == {ref: observation.hash for ref, observation in found.items()}
    again, _ = await world.poll(cursor)
    assert again == expected, "a day's grain shows all of today again"


async def test_an_expired_token_is_renewed_and_the_old_one_is_used_up(world: World) -> None:
    access, refresh, _ = world.tokens.now
    world.tokens.now = (access, refresh, datetime.now(UTC) - timedelta(minutes=1))
    sources = [world.connector(world.tokens) for _ in range(4)]
    await asyncio.gather(*(source.identity() for source in sources))
    assert world.http.calls["freshbooks POST"] == 1
    assert world.tokens.now[1] != refresh

    late = Tokens(access, refresh, datetime.now(UTC))
    with pytest.raises(Unauthorized, match="connect FreshBooks again"):
        await world.connector(late).identity()
    assert late.needs_consent


async def test_a_rejected_token_is_renewed(world: World) -> None:
    source = world.connector(Tokens("wrong", world.tokens.now[1]))
    assert (await source.identity()).business(world.server.account_id)


async def test_whose_consent_it_is(world: World) -> None:
    business = (await world.source.identity()).business(world.server.account_id)
    assert business is not None
    assert business.business_id == str(world.server.business_id)
    assert business.timezone == "Europe/London"


async def test_what_is_unknown_is_absent_and_a_wrong_account_is_told(world: World) -> None:
    assert await world.source.observe([Ref(k, "999999") for k in Kind]) == {}
    world.server.account_id = "nobody"
    with pytest.raises((Unintelligible, Unauthorized)):
        await world.connector(world.tokens).observe([Ref(Kind.INVOICE, "1")])


class Receiver:
    """Takes notifications as a web server would, and keeps them."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        pairs = (row.split(": ", 1) for row in head.split("\r\n")[1:] if row)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await self.messages.put((headers, body))

    async def next(self) -> tuple[dict[str, str], bytes]:
        return await asyncio.wait_for(self.messages.get(), 5)


async def test_notifications_from_registration_to_a_signed_message(world: World) -> None:
    receiver = Receiver()
    server = await asyncio.start_server(receiver, "127.0.0.1", 0)
    uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    callback = await world.source.register_callback("invoice", uri)
    assert (callback.event, callback.uri, callback.verified) == ("invoice", uri, False)

    _, body = await receiver.next()
    handshake = notification(body)
    assert handshake.handshake
    assert handshake.object_id == callback.id
    assert (await world.source.verify_callback(callback.id, handshake.verifier)).verified
    assert [c.id for c in await world.source.list_callbacks()] == [callback.id]

    number = await world.invoice(await world.client())
    headers, body = await receiver.next()
    assert is_signed(handshake.verifier, body, headers[SIGNATURE_HEADER.lower()])
    assert notification(body).ref == Ref(Kind.INVOICE, str(number))
    assert notification(body).account_id == world.server.account_id

    await world.source.delete_callback(callback.id)
    assert await world.source.list_callbacks() == ()
    server.close()


async def test_an_event_that_does_not_exist_is_refused_with_freshbooks_words(
    world: World,
) -> None:
    with pytest.raises(Refused, match="Unrecognized event"):
        await world.source.register_callback("invoice.paid", "http://127.0.0.1:1/")
