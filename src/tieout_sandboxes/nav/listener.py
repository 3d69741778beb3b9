"""One uvicorn listener on the loopback interface that can also hang up without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program that runs the sandbox."""
        yield


class Listener:
    """Serves an ASGI application; `port` 0 takes any free port."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._memories: dict[tuple[str, int], dict[str, Any]] = {}
        # asyncio switches Nagle's delay (40 ms an answer) off only where the protocol is named.
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((HOST, port))
        self.socket.listen(128)
        self.port: int = self.socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=cast(Any, self._protocol()),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    def _protocol(self) -> type[H11Protocol]:
        transports, memories = self._transports, self._memories

        class Protocol(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                transports[transport.get_extra_info("peername")[:2]] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                peer = self.transport.get_extra_info("peername")[:2]
                transports.pop(peer, None)
                memories.pop(peer, None)

        return Protocol

    async def start(self) -> None:
        """Returns when requests are accepted."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self.socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Ends the listener and closes its connections."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    def memory(self, scope: Scope) -> dict[str, Any]:
        """What is to be remembered of a connection until it ends."""
        return self._memories.setdefault(tuple(scope["client"]), {})

    async def hang_up(self, scope: Scope) -> None:
        """Closes the connection of a request; the client gets no answer."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
