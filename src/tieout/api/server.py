"""The HTTP server of Tieout: webhooks inwards, health outwards. Loopback unless told otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tieout.api.webhooks import Receive, webhook_endpoint
from tieout.core.failures import Failure

Health = Callable[[], Awaitable[dict[str, Any]]]
Report = Callable[[Exception], None]
# Seconds for requests that have begun when the server is to end.
GRACE_S = 3


def application(receive: Receive, health: Health, report: Report) -> Starlette:
    """The routes. A failure of the outside world (the database is away) is a 503, so that the sender tries again.

    A stranger who asks learns which system is away and no more; a defect goes to ``report``.
    """

    async def healthy(_: Request) -> Response:
        return JSONResponse(await health())

    async def failed(_: Request, failure: Exception) -> Response:
        system = failure.system if isinstance(failure, Failure) else "tieout"
        return JSONResponse({"error": f"{system} cannot be reached"}, status_code=503)

    async def defective(_: Request, error: Exception) -> Response:
        report(error)
        return JSONResponse({"error": "a defect of Tieout"}, status_code=500)

    return Starlette(
        routes=[
            Route("/webhooks/freshbooks/{pair}", webhook_endpoint(receive), methods=["POST"]),
            Route("/health", healthy),
        ],
        exception_handlers={Failure: failed, Exception: defective},
    )


def server(app: Starlette) -> uvicorn.Server:
    """A server to be awaited in the caller's own event loop, on the caller's socket.

    It logs nothing by itself: its tracebacks quote what was sent, and a defect has been reported by then.
    """
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
        )
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the caller's affair; uvicorn would take them, and raise them once more when it has ended."""
        yield
