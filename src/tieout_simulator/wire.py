"""The wire between programs of one process: an HTTP request is handed to the application that listens there. No socket, no thread, no wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx2

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class HungUp(Exception):
    """The server closed the connection without an answer."""


class Wire:
    """Which application listens at which host and port."""

    def __init__(self) -> None:
        self.listening: dict[str, Application] = {}

    async def carry(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the application that listens at the request's address. Raises HungUp, or ConnectError where nobody listens."""
        application = self.listening.get(request.url.netloc.decode())
        if application is None:
            raise httpx2.ConnectError("nobody listens there")
        return await _Exchange(request).with_(application)


class _Exchange:
    """One request and its answer, as ASGI sees them."""

    def __init__(self, request: httpx2.Request) -> None:
        self._request = request
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._sent = False

    async def with_(self, application: Application) -> httpx2.Response:
        await application(self._scope(), self._receive, self._send)
        if not self._status:
            raise HungUp
        return httpx2.Response(
            self._status, headers=self._headers, content=bytes(self._body), request=self._request
        )

    def _scope(self) -> Message:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }

    async def _receive(self) -> Message:
        if self._sent:
            return {"type": "http.disconnect"}
        self._sent = True
        return {"type": "http.request", "body": self._request.content, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")


class Undisturbed(httpx2.AsyncBaseTransport):
    """The wire as people and checkers use it: nothing ever goes wrong."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        return await self._wire.carry(request)
