"""The door for webhooks, on a real server: who goes away in the middle of a sentence is no defect of ours."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tieout.api.server import application, server

HEAD = "POST /webhooks/freshbooks/main HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n"


class Door:
    """A running server that notes what reaches it."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[bytes] = []
        self.defects: list[Exception] = []

    async def receive(self, _name: str, body: bytes, _signature: str) -> tuple[int, str]:
        self.received.append(body)
        return 200, "noted"

    async def health(self) -> dict[str, Any]:
        return {"ok": True}


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    web = server(application(made.receive, made.health, made.defects.append))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        made.port = listener.getsockname()[1]
        running = asyncio.create_task(web.serve(sockets=[listener]))
        while not web.started:  # noqa: ASYNC110 - uvicorn tells by an attribute
            await asyncio.sleep(0.01)
        yield made
        web.should_exit = True
        await running


async def test_a_caller_who_dies_in_the_middle_of_a_webhook_is_no_defect(door: Door) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(HEAD.format(1000).encode() + b"name=invoice.cr")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    assert door.received == []
    assert door.defects == []


async def test_a_whole_webhook_is_received(door: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(HEAD.format(4).encode() + b"name")
    assert b"200 OK" in await reader.readuntil(b"\r\n")
    writer.close()
    assert door.received == [b"name"]
