"""Receiving FreshBooks' webhooks: the signature is verified and the inbox row committed before the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

# What a receiver is told: the name of the pair, the body as received and the signature. It answers a status and a word.
Receive = Callable[[str, bytes, str], Awaitable[tuple[int, str]]]

SIGNATURE = "X-FreshBooks-Hmac-SHA256"
LARGEST = 64 * 1024


def webhook_endpoint(receive: Receive) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint ``POST /webhooks/freshbooks/{pair}``."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            # Whoever sent it is gone, and sends it again; nobody reads this answer.
            return JSONResponse({"error": "the request ended early"}, status_code=400)
        if body is None:
            return JSONResponse({"error": "body too large"}, status_code=413)
        signature = request.headers.get(SIGNATURE, "")
        status, word = await receive(request.path_params["pair"], body, signature)
        return JSONResponse({"result": word}, status_code=status)

    return endpoint


async def _body(request: Request) -> bytes | None:
    """What was sent; None if it is too large, which is noticed before all of it is in memory."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    return bytes(body)
