"""Runs the NAV sandbox: one OData and one SOAP listener over one company.

async with await serve_nav(company="gb") as nav:
    nav.odata_url, nav.soap_url, nav.company, nav.user, nav.key
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tieout_sandboxes.nav.auth import Credentials, Gate, Memory
from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.control import control
from tieout_sandboxes.nav.faults import Dropped
from tieout_sandboxes.nav.listener import HOST, Listener
from tieout_sandboxes.nav.misbehave import misbehaving
from tieout_sandboxes.nav.odata.service import V3_ENDPOINT, V4_ENDPOINT, ODataService
from tieout_sandboxes.nav.soap.service import SoapService
from tieout_sandboxes.nav.state import INSTANCE, Clock, State

MAX_MESSAGE = 1024 * 1024
"""SOAPServicesMaxMsgSize, 1,024 KB; it limits OData as well."""

Route = Callable[[Request], Awaitable[Response]]


class Door(Protocol):
    """Where an application listens: a socket (``Listener``), or a place in this process."""

    port: int

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def memory(self, scope: Scope) -> Memory: ...
    async def hang_up(self, scope: Scope) -> None: ...


class NavServer:
    """A running sandbox; stop it with `await stop()` or by leaving `async with`."""

    def __init__(
        self,
        state: State,
        odata_port: int,
        soap_port: int,
        *,
        controlled: bool,
        listen: Callable[[ASGIApp, int], Door] = Listener,
    ) -> None:
        self.state = state
        self._controlled = controlled
        self._odata_service = ODataService(state)
        self._soap_service = SoapService(state)
        self._odata = listen(self._app(self._odata_route, lambda: self._odata), odata_port)
        self._soap = listen(self._app(self._soap_route, lambda: self._soap), soap_port)
        state.odata_url = f"http://{HOST}:{self._odata.port}/{INSTANCE}/ODataV4"
        state.soap_url = f"http://{HOST}:{self._soap.port}/{INSTANCE}/WS"

    @property
    def odata_url(self) -> str:
        """`http://127.0.0.1:PORT/DynamicsNAV110/ODataV4`."""
        return self.state.odata_url

    @property
    def odata_v3_url(self) -> str:
        """`http://127.0.0.1:PORT/DynamicsNAV110/OData`."""
        return self.state.odata_url.removesuffix(V4_ENDPOINT) + V3_ENDPOINT

    @property
    def soap_url(self) -> str:
        """`http://127.0.0.1:PORT/DynamicsNAV110/WS`."""
        return self.state.soap_url

    @property
    def control_url(self) -> str:
        """`http://127.0.0.1:PORT/_control`; answers 404 unless started with control."""
        return f"http://{HOST}:{self._odata.port}/_control"

    @property
    def company(self) -> str:
        """The name of the company, unescaped."""
        return self.state.company.name

    @property
    def user(self) -> str:
        """The user who may call."""
        return self.state.credentials.user

    @property
    def key(self) -> str:
        """The web service access key of that user."""
        return self.state.credentials.key

    @property
    def password(self) -> str:
        """The password of that user, as Windows knows it too."""
        return self.state.credentials.password

    async def start(self) -> None:
        """Returns when both ports accept requests."""
        await self._odata.start()
        await self._soap.start()

    async def stop(self) -> None:
        """Releases whatever is paused and ends both listeners."""
        self.state.faults.clear()
        await asyncio.gather(self._odata.stop(), self._soap.stop())

    async def __aenter__(self) -> NavServer:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _app(self, route: Route, listener: Callable[[], Door]) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            try:
                response = await self._guarded(request, route, listener().memory(scope))
            except Dropped:
                await listener().hang_up(scope)
                return
            except ClientDisconnect:
                return  # whoever asked is gone before all was said: nothing was done
            await response(scope, receive, send)

        return app

    async def _guarded(self, request: Request, route: Route, memory: Memory) -> Response:
        if request.url.path.startswith("/_control/"):
            if self._controlled and route == self._odata_route:
                return await control(self.state, request)
            return Response(status_code=404)
        return await misbehaving(
            self.state.faults, request, lambda r: self._admitted(r, route, memory)
        )

    async def _admitted(self, request: Request, route: Route, memory: Memory) -> Response:
        gate = Gate(self.state.credentials, self.state.switches)
        wanted = gate.challenges(request.headers.get("authorization"), memory)
        if wanted:
            return await _unauthorized(request, wanted)
        size = request.headers.get("content-length", "0")
        if int(size) > MAX_MESSAGE or len(await request.body()) > MAX_MESSAGE:
            return Response("The message is too large.", self.state.switches["oversize_status"])
        return await route(request)

    async def _odata_route(self, request: Request) -> Response:
        for endpoint in (V4_ENDPOINT, V3_ENDPOINT):
            path = _behind(request, f"/{INSTANCE}/{endpoint}")
            if path is not None:
                return await self._odata_service.answer(request, path, endpoint)
        return Response(status_code=404)

    async def _soap_route(self, request: Request) -> Response:
        path = _behind(request, f"/{INSTANCE}/WS")
        return (
            Response(status_code=404)
            if path is None
            else await self._soap_service.answer(request, path)
        )


async def _unauthorized(request: Request, challenges: list[str]) -> Response:
    """The body is read and forgotten, so that the handshake goes on over the same connection."""
    async for _ in request.stream():
        pass
    response = Response(status_code=401)
    for challenge in challenges:
        response.headers.append("WWW-Authenticate", challenge)
    return response


def _behind(request: Request, prefix: str) -> str | None:
    """The escaped path behind the prefix, or None where the path does not begin with it."""
    raw = (request.scope.get("raw_path") or request.url.path.encode()).decode("latin-1")
    if raw == prefix or raw.startswith(prefix + "/"):
        return str(raw[len(prefix) :])
    return None


async def serve_nav(
    *,
    company: str = "gb",
    odata_port: int = 0,
    soap_port: int = 0,
    control: bool = False,
    page_size: int = 1000,
    credentials: Credentials | None = None,
) -> NavServer:
    """Starts a sandbox with a fresh company, `gb` or `ca`; ports of 0 are chosen."""
    clock = Clock()
    state = State(open_company(company, clock), clock, credentials or Credentials())
    state.switches.set("page_size", page_size)
    server = NavServer(state, odata_port, soap_port, controlled=control)
    await server.start()
    return server
