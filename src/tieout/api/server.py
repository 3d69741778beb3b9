"""The HTTP server of Tieout: webhooks inwards, health outwards. Loopback unless told otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tieout.api.webhooks import Receive, webhook_endpoint
from tieout.core.failures import Failure

Report = Callable[[], Awaitable[dict[str, Any]]]


def application(receive: Receive, health: Report) -> Starlette:
    """The routes. A failure of the outside world (the database is away) is a 503, so that the sender tries again."""

    async def healthy(_: Request) -> Response:
        return JSONResponse(await health())

    async def failed(_: Request, failure: Exception) -> Response:
        return JSONResponse({"error": str(failure)}, status_code=503)

    return Starlette(
        routes=[
            Route("/webhooks/freshbooks/{pair}", webhook_endpoint(receive), methods=["POST"]),
            Route("/health", healthy),
        ],
        exception_handlers={Failure: failed},
    )


def server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """A server to be awaited in the caller's own event loop; it leaves signals to the caller."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, lifespan="off"
    )
    return uvicorn.Server(config)
