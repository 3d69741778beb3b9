"""Stands in front of a listener: counts requests, adds latency and the faults a test asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.errors import REFUSALS, NavError
from tieout_sandboxes.nav.faults import Dropped, Fault, Faults

Handler = Callable[[Request], Awaitable[Response]]
_HTML = "<html><head><title>{0}</title></head><body><h1>{0} Proxy Error</h1></body></html>"


async def misbehaving(faults: Faults, request: Request, handler: Handler) -> Response:
    """The handler's answer, or what the fault in force makes of it; Dropped means hang up."""
    faults.requests[request.method] += 1
    if faults.latency_ms:
        await asyncio.sleep(faults.latency_ms / 1000)
    fault = faults.for_request(request.method, request.url.path)
    if fault is None:
        return await handler(request)
    if fault.kind == "status":
        return _status(fault)
    if fault.kind == "refuse":
        request.state.refusal = NavError(fault.error, REFUSALS[fault.error])
    if fault.kind == "drop_before":
        raise Dropped(fault.kind)
    if fault.kind == "delay":
        await asyncio.sleep((fault.ms or 0) / 1000)
    response = await handler(request)
    if fault.kind == "delay_after":
        await asyncio.sleep((fault.ms or 0) / 1000)
    if fault.kind == "drop_after":
        raise Dropped(fault.kind)
    return response


def refused(request: Request) -> None:
    """Raises the NavError that a fault has put on this request; called where NAV answers for itself."""
    error = getattr(request.state, "refusal", None)
    if error is not None:
        raise error


def _status(fault: Fault) -> Response:
    wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.html:
        return Response(_HTML.format(fault.status), fault.status, wait, "text/html")
    body = '{"error":{"code":"Internal_ServerError","message":"The server cannot answer now."}}'
    return Response(body, fault.status, wait, "application/json")
