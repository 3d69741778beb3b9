"""Receiving the browser that FreshBooks sends back after its owner answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

# What a receiver is told: the query of the redirect. It answers what the browser shall show.
Redirected = Callable[[Mapping[str, str]], str]


def redirect_application(path: str, redirected: Redirected) -> Starlette:
    """One address, the application's redirect address; the code in it is neither logged, stored by the browser nor passed on as a referrer."""

    async def endpoint(request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return PlainTextResponse(redirected(dict(request.query_params)), headers=headers)

    return Starlette(routes=[Route(path or "/", endpoint, methods=["GET"])])
