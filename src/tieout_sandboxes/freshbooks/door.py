"""The front door: every request passes here, is counted, delayed, refused or let down as ordered, and
every answer leaves with the version and rate headers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tieout_sandboxes.freshbooks.faults import REQUEST_KINDS, Fault, Faults
from tieout_sandboxes.freshbooks.limits import Allowance, Headers, Limits
from tieout_sandboxes.freshbooks.switches import Switches

API_VERSION = b"2023-02-20"
CONTROL = "/_control/"
PROXY_PAGE = b"<html><head><title>%d</title></head><body><h1>%d</h1><hr>proxy</body></html>"


class Door:
    """Wraps the application; the control API passes through untouched."""

    def __init__(self, app: ASGIApp, faults: Faults, limits: Limits, switches: Switches) -> None:
        self._app = app
        self._faults = faults
        self._limits = limits
        self._switches = switches
        self.latency_ms = 0
        self.requests: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self.requests[method] += 1
        if self.latency_ms:
            await asyncio.sleep(self.latency_ms / 1000)
        allowance = self._limits.take(method, path, _token(scope))
        outward = _with_headers(send, allowance)
        faults = {one.kind: one for one in self._faults.firing(REQUEST_KINDS, method, path)}
        if "delay" in faults:
            await asyncio.sleep(faults["delay"].ms / 1000)
        if "drop_before" in faults:
            await _drop(send, receive)
        elif "status" in faults:
            await _answer_fault(outward, faults["status"])
        elif allowance.exceeded:
            await self._answer_exceeded(outward)
        else:
            await self._work(scope, receive, send, outward, faults)

    async def _work(
        self, scope: Scope, receive: Receive, send: Send, outward: Send, faults: dict[str, Fault]
    ) -> None:
        if not faults:
            await self._app(scope, receive, outward)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        if "delay_after" in faults:
            await asyncio.sleep(faults["delay_after"].ms / 1000)
        if "drop_after" in faults:
            await _drop(send, receive)
            return
        if "rewrite" in faults:
            held = _rewritten(held, faults["rewrite"])
        if "cut" in faults:
            await _cut(held, outward)
            await _drop(send, receive)
            return
        for message in held:
            await outward(message)

    async def _answer_exceeded(self, send: Send) -> None:
        body = {
            "json": msgspec.json.encode({"message": "API rate limit exceeded"}),
            "text": b"Too Many Requests",
            "empty": b"",
        }[self._switches.limit_body]
        kind = b"application/json" if self._switches.limit_body == "json" else b"text/plain"
        await _answer(send, 429, kind, body, [])


def _token(scope: Scope) -> str:
    return next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"),
        "",
    )


def _with_headers(send: Send, allowance: Allowance) -> Send:
    extra: Headers = [(b"x-api-version", API_VERSION), *allowance.headers()]

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            names = {name.lower() for name, _value in own}
            message["headers"] = own + [pair for pair in extra if pair[0] not in names]
        await send(message)

    return outward


async def _answer_fault(send: Send, fault: Fault) -> None:
    headers: Headers = []
    if fault.retry_after is not None:
        headers.append((b"retry-after", b"%d" % fault.retry_after))
    if fault.html:
        await _answer(send, fault.status, b"text/html", PROXY_PAGE % ((fault.status,) * 2), headers)
    else:
        body = msgspec.json.encode({"message": "The service is not available."})
        await _answer(send, fault.status, b"application/json", body, headers)


async def _answer(send: Send, status: int, kind: bytes, body: bytes, headers: Headers) -> None:
    own = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


def _rewritten(held: list[Message], fault: Fault) -> list[Message]:
    """The answer with other words in its body."""
    body = b"".join(message.get("body", b"") for message in held[1:])
    body = body.replace(fault.find.encode(), fault.put.encode())
    own = [pair for pair in held[0]["headers"] if pair[0].lower() != b"content-length"]
    start = {**held[0], "headers": [*own, (b"content-length", b"%d" % len(body))]}
    return [start, {"type": "http.response.body", "body": body}]


async def _cut(held: list[Message], send: Send) -> None:
    """Sends the head and half of the body."""
    body = b"".join(message.get("body", b"") for message in held[1:])
    await send(held[0])
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _drop(send: Send, receive: Receive) -> None:
    """Cuts the connection without a word.

    ASGI has no message for this, so the transport is reached through uvicorn's own `send`, a method
    of the request that holds it; that is why this class has to be the outermost application.
    """
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
