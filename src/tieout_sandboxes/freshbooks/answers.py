"""JSON answers, made of bytes that are already rendered or of plain values."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

CONTENT_TYPE = "application/json"


def bytes_answer(body: bytes, status: int = 200) -> Response:
    """An answer whose JSON is already rendered."""
    return Response(body, status, media_type=CONTENT_TYPE)


def json_answer(value: object, status: int = 200) -> Response:
    """An answer rendered from plain values."""
    return bytes_answer(msgspec.json.encode(value), status)
