"""Callbacks: the handshake, the signature, and deliveries that go astray when told to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest


@dataclass
class Receiver:
    """An address that writes down what it is told, and can be told to refuse."""

    uri: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = dict(line.lower().split(": ", 1) for line in head)
        signature = [line.split(": ", 1)[1] for line in head if "hmac" in line.lower()]
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        extra = {"signature": signature[0] if signature else "", "body": body}
        self.got.append((dict(parse_qsl(body)), headers | extra))
        closing = b"connection: close\r\ncontent-length: 0\r\n\r\n"
        writer.write(b"HTTP/1.1 %d X\r\n%b" % (self.status, closing))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def names(self) -> list[str]:
        return [f"{form['name']} {form['object_id']}" for form, _headers in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0)
    found.uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield found
    server.close()


async def register(api: Any, receiver: Receiver, event: str) -> int:
    made = await api.create("callback", {"event": event, "uri": receiver.uri})
    await api.control("flush_webhooks")
    form, _headers = receiver.got.pop()
    verified = {"verifier": form["verifier"]}
    assert (await api.put("callback", made["callbackid"], verified))["verified"] is True
    receiver.got.clear()
    return int(made["callbackid"])


async def test_the_handshake_carries_a_verifier(api: Any, receiver: Receiver) -> None:
    made = await api.create("callback", {"event": "client", "uri": receiver.uri})
    assert (made["verified"], made["event"], made["uri"]) == (False, "client", receiver.uri)
    await api.control("flush_webhooks")
    [(form, headers)] = receiver.got
    assert (form["name"], form["object_id"]) == ("client", str(made["callbackid"]))
    assert headers["user-agent"].startswith("freshhooks")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["signature"]
    await api.client()
    await api.control("flush_webhooks")
    assert len(receiver.got) == 1


async def test_the_handshake_as_assumed_otherwise(api: Any, receiver: Receiver) -> None:
    await api.switch(handshake_name="callback.verify", handshake_signed=False)
    await api.create("callback", {"event": "client", "uri": receiver.uri})
    await api.control("flush_webhooks")
    [(form, headers)] = receiver.got
    assert (form["name"], headers["signature"]) == ("callback.verify", "")


async def test_the_verifier_is_sent_again_on_request(api: Any, receiver: Receiver) -> None:
    made = await api.create("callback", {"event": "client", "uri": receiver.uri})
    await api.put("callback", made["callbackid"], {"resend": True})
    await api.control("flush_webhooks")
    verifiers = [form["verifier"] for form, _headers in receiver.got]
    assert len(verifiers) == 2
    assert len(set(verifiers)) == 1


async def test_a_wrong_verifier_verifies_nothing(api: Any, receiver: Receiver) -> None:
    made = await api.create("callback", {"event": "client", "uri": receiver.uri})
    address = api.address("callback", made["callbackid"])
    body = {"callback": {"verifier": "wrong"}}
    answer = await api.http.put(address, json=body)
    assert (answer.status_code, answer.json()["errno"]) == (422, 422)
    await api.switch(wrong_verifier="ignored")
    answer = await api.http.put(address, json=body)
    assert answer.json()["response"]["result"]["callback"]["verified"] is False


async def test_an_event_is_told_with_ids_only_and_signed(api: Any, receiver: Receiver) -> None:
    made = await api.create("callback", {"event": "client.create", "uri": receiver.uri})
    await api.control("flush_webhooks")
    verifier = receiver.got.pop()[0]["verifier"]
    await api.put("callback", made["callbackid"], {"verifier": verifier})
    client = await api.client()
    await api.control("flush_webhooks")
    [(form, headers)] = receiver.got
    assert set(form) == {
        "name",
        "object_id",
        "account_id",
        "business_id",
        "identity_id",
        "user_id",
    }
    assert (form["name"], form["object_id"]) == ("client.create", str(client))
    message = json.dumps(dict(parse_qsl(headers["body"]))).encode()
    digest = hmac.new(verifier.encode(), message, hashlib.sha256).digest()
    assert headers["signature"] == base64.b64encode(digest).decode()


async def test_the_order_of_the_fields_changes(api: Any, receiver: Receiver) -> None:
    await register(api, receiver, "client")
    for _ in range(12):
        await api.client()
    await api.control("flush_webhooks")
    assert len({tuple(form) for form, _headers in receiver.got}) > 1


async def test_which_events_there_are(api: Any, receiver: Receiver) -> None:
    await register(api, receiver, "all")
    client = await api.client()
    invoice = (await api.invoice(client, "5.00", status=1))["id"]
    await api.put("invoice", invoice, {"action_email": True})
    payment = (await api.pay(invoice, "5.00"))["id"]
    await api.put("payment", payment, {"vis_state": 1})
    await api.put("client", client, {"note": "x"})
    await api.control("flush_webhooks")
    assert receiver.names() == [
        f"client.create {client}",
        f"invoice.create {invoice}",
        f"invoice.sendByEmail {invoice}",
        f"invoice.update {invoice}",
        f"payment.create {payment}",
        f"invoice.update {invoice}",
        f"payment.delete {payment}",
        f"invoice.update {invoice}",
        f"client.update {client}",
    ]


async def test_which_events_there_are_as_assumed_otherwise(api: Any, receiver: Receiver) -> None:
    await api.switch(payment_emits_invoice_update=False, bump_emits_client_update=True)
    await register(api, receiver, "all")
    client = await api.client()
    invoice = (await api.invoice(client, "5.00"))["id"]
    payment = (await api.pay(invoice, "5.00"))["id"]
    await api.control("flush_webhooks")
    assert receiver.names() == [
        f"client.create {client}",
        f"invoice.create {invoice}",
        f"client.update {client}",
        f"payment.create {payment}",
    ]


async def test_an_unknown_event_is_refused(api: Any, receiver: Receiver) -> None:
    body = {"callback": {"event": "invoice.paid", "uri": receiver.uri}}
    answer = await api.http.post(api.address("callback"), json=body)
    assert answer.status_code == 422
    assert answer.json()["details"] == ["event: Value error, Unrecognized event."]
    await api.switch(event_all=False)
    body["callback"]["event"] = "all"
    assert (await api.http.post(api.address("callback"), json=body)).status_code == 422


async def test_callbacks_are_listed_changed_and_deleted(api: Any, receiver: Receiver) -> None:
    number = await register(api, receiver, "client.create")
    other = await api.create("callback", {"event": "invoice", "uri": receiver.uri})
    for query, expected in {
        "": [other["callbackid"], number],
        "?search[event]=client": [number],
        "?search[verified]=true": [number],
        "?search[uri]=http://elsewhere": [],
    }.items():
        page = await api.page("callback", query)
        assert [row["callbackid"] for row in page["callbacks"]] == expected, query
    await api.switch(callback_filters=False)
    assert (await api.page("callback", "?search[verified]=true"))["total"] == 2
    changed = await api.put("callback", number, {"event": "payment"})
    assert changed["event"] == "payment"
    assert (await api.http.delete(api.address("callback", number))).status_code == 204
    answer = await api.http.get(api.address("callback", number))
    assert answer.status_code == 404
    assert answer.json()["message"] == "Requested resource could not be found."


async def test_the_stamp_of_a_callback(api: Any, receiver: Receiver) -> None:
    values = {"event": "client", "uri": receiver.uri}
    assert (await api.create("callback", values))["updated_at"] == "2026-03-12T16:00:00Z"
    await api.switch(callback_stamp="space")
    assert (await api.create("callback", values))["updated_at"] == "2026-03-12 12:00:00"


async def test_a_delivery_is_tried_again_and_then_dropped(api: Any, receiver: Receiver) -> None:
    number = await register(api, receiver, "client")
    await api.switch(webhook_tries=3, webhook_retry_seconds=0.01)
    receiver.status = 500
    await api.client()
    await api.control("flush_webhooks")
    assert len(receiver.got) == 3
    assert (await api.page("callback"))["total"] == 1
    await api.switch(webhook_tries=1, webhook_after_tries="delete_callback")
    await api.client()
    await api.control("flush_webhooks")
    answer = await api.http.get(api.address("callback", number))
    assert (len(receiver.got), answer.status_code) == (4, 404)


async def test_a_delivery_may_take_its_time(api: Any, receiver: Receiver) -> None:
    await register(api, receiver, "client")
    await api.switch(webhook_delay_seconds=0.2)
    await api.client()
    await asyncio.sleep(0.05)
    assert receiver.got == []
    await asyncio.sleep(0.3)
    assert len(receiver.got) == 1


async def test_deliveries_are_lost_doubled_and_reordered(api: Any, receiver: Receiver) -> None:
    await register(api, receiver, "client")
    for kind in ("webhook_lose", "webhook_duplicate", "webhook_reorder"):
        await api.control("faults", kind=kind, path="client.create")
        one, two = await api.client(), await api.client()
        await api.control("flush_webhooks")
        expected = {
            "webhook_lose": [two],
            "webhook_duplicate": [one, one, two],
            "webhook_reorder": [two, one],
        }[kind]
        assert receiver.names() == [f"client.create {number}" for number in expected]
        receiver.got.clear()
        await api.http.delete("/_control/faults")


async def test_what_is_held_back_or_delayed_can_be_flushed(api: Any, receiver: Receiver) -> None:
    await register(api, receiver, "client")
    await api.control("faults", kind="webhook_delay", ms=60_000)
    await api.client()
    await api.control("faults", kind="webhook_reorder")
    await api.client()
    await asyncio.sleep(0.05)
    assert receiver.got == []
    await api.control("flush_webhooks")
    assert len(receiver.got) == 2
