"""OData V4 as NAV writes it: JSON only."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
from starlette.responses import Response

from tieout_sandboxes.nav.bookmark import etag
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata.edm import BLANK_DATE, BLANK_DATETIME
from tieout_sandboxes.nav.odata.failure import (
    INVALID_BODY,
    ODataError,
    bad_request,
    unsupported_format,
)
from tieout_sandboxes.nav.odata.language import V4
from tieout_sandboxes.nav.odata.metadata import metadata, service_document
from tieout_sandboxes.nav.odata.model import COMPANY, Model
from tieout_sandboxes.nav.odata.notation import Headers, Notation
from tieout_sandboxes.nav.odata.places import Places
from tieout_sandboxes.nav.odata.shape import Feed, Shape, Style, utc
from tieout_sandboxes.nav.switches import Switches

ENCODER = msgspec.json.Encoder(decimal_format="number")
JSON = "application/json; odata.metadata=minimal"
STYLE = Style(
    etag="@odata.etag",
    tag=etag,
    key_property="",
    blanks={"Date": BLANK_DATE, "DateTime": BLANK_DATETIME},
    writers={"Date": dt.date.isoformat, "DateTime": utc},
)


class V4Json(Notation):
    """`/ODataV4`."""

    language = V4
    changed = 200
    tunnels = False

    def __init__(self, places: Places, switches: Switches) -> None:
        self.places = places
        self.headers = {"OData-Version": "4.0"}
        self.style = replace(STYLE, key_property="ETag") if switches["v4_etag_property"] else STYLE
        self.sizes = bool(switches["prefer_maxpagesize"])
        self.associations = bool(switches["v4_associations"])
        put = {"PUT": "PATCH"} if switches["put"] == "merged" else {}
        self.verbs = {"POST": "POST", "PATCH": "PATCH", "DELETE": "DELETE", **put}

    def feed(self, feed: Feed) -> Response:
        body: dict[str, Any] = {"@odata.context": self._context(feed.shape)}
        if feed.count is not None:
            body["@odata.count"] = feed.count
        body["value"] = [feed.shape.entity(row) for row in feed.rows]
        if feed.more is not None:
            body["@odata.nextLink"] = feed.more
        return self._json(body)

    def entity(self, shape: Shape, row: Row, status: int = 200) -> Response:
        context = f"{self._context(shape)}/$entity"
        entity = {"@odata.context": context, **shape.entity(row)}
        headers = {"ETag": tag} if (tag := shape.etag(row)) else {}
        return self._json(entity, status, headers)

    def _context(self, shape: Shape) -> str:
        return f"{self.places.base}/$metadata#{self.places.path(shape.page)}"

    def service_document(self, model: Model) -> Response:
        return self._json(service_document(self.places.base, (COMPANY.service, *model.pages)))

    def metadata(self, model: Model) -> Response:
        text = metadata(model, self.style.key_property)
        return Response(text, media_type="application/xml", headers=self.headers)

    def failure(self, error: ODataError, code: str) -> Response:
        body = {"error": {"code": code, "message": error.message}}
        return self._json(body, error.status)

    def values(self, raw: bytes, kind: str) -> dict[str, Any]:
        if "xml" in kind:
            raise unsupported_format()
        return {n: v for n, v in decode(raw).items() if "@" not in n and n != "ETag"}

    def same(self, given: str, tag: str) -> bool:
        return given == tag

    def _json(self, body: Any, status: int = 200, headers: Headers | None = None) -> Response:
        return Response(ENCODER.encode(body), status, {**self.headers, **(headers or {})}, JSON)


def decode(raw: bytes) -> dict[str, Any]:
    """A JSON object, amounts exact."""
    try:
        body = json.loads(raw, parse_float=Decimal)
    except ValueError:
        raise bad_request(INVALID_BODY) from None
    if not isinstance(body, dict):
        raise bad_request(INVALID_BODY)
    return body
