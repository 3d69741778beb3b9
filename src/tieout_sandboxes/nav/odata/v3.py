"""OData V3 as NAV writes it: Atom unless JSON is asked for, by `$format` or by `Accept`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata import atom, language
from tieout_sandboxes.nav.odata.edm import BLANK_DATE
from tieout_sandboxes.nav.odata.failure import ODataError, bad_request, unsupported_format
from tieout_sandboxes.nav.odata.metadata_v3 import metadata
from tieout_sandboxes.nav.odata.model import COMPANY, Model
from tieout_sandboxes.nav.odata.notation import Headers, Notation
from tieout_sandboxes.nav.odata.places import Places
from tieout_sandboxes.nav.odata.shape import Feed, Shape, Style, utc
from tieout_sandboxes.nav.odata.v4 import decode
from tieout_sandboxes.nav.state import State
from tieout_sandboxes.nav.switches import Switches

JSON = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
ENCODERS = {
    "text": msgspec.json.Encoder(decimal_format="string"),
    "numbers": msgspec.json.Encoder(decimal_format="number"),
}
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]*")
_QUALITY = re.compile(r";\s*q=(\d(?:\.\d+)?)")
_ATOM = "application/atom+xml"
_XML = (_ATOM, "application/xml", "text/xml", "application/atomsvc+xml", "application/*", "*/*")
_BLANK = f"{BLANK_DATE}T00:00:00"


def tag(key: str) -> str:
    """The ETag around a Key, escaped as a client does it with the property `ETag`."""
    return f"W/\"'{quote(key, safe='')}'\""


STYLE = Style(
    etag="odata.etag",
    tag=tag,
    key_property="ETag",
    blanks={"Date": _BLANK, "DateTime": _BLANK},
    writers={
        "Date": lambda day: f"{day.isoformat()}T00:00:00",
        "DateTime": utc,
        "BigInteger": str,
    },
)


class V3(Notation):
    """What Atom and JSON have in common."""

    style = STYLE
    lowest = "1.0;"
    associations = True
    sizes = False

    def __init__(self, places: Places, switches: Switches) -> None:
        self.places = places
        self._lowest = switches["data_service_version"] == "lowest"
        self.headers = {"DataServiceVersion": self.lowest if self._lowest else "3.0;"}
        self.language = language.v3(switches["substringof"])
        self.tunnels = bool(switches["post_tunneling"])
        self.changed = int(switches["v3_change_status"])
        change = dict.fromkeys(("PUT", "MERGE", "PATCH"), "PATCH")
        self.verbs = {"POST": "POST", "DELETE": "DELETE", **change}

    def metadata(self, model: Model) -> Response:
        return Response(metadata(model), media_type="application/xml", headers=self.headers)

    def values(self, raw: bytes, kind: str) -> dict[str, Any]:
        body = atom.properties(raw) if "xml" in kind else decode(raw)
        return {n: v for n, v in body.items() if "@" not in n and "." not in n and n != "ETag"}

    def same(self, given: str, tag: str) -> bool:
        return unquote(given) == unquote(tag)


class V3Json(V3):
    """JSON with minimal metadata, which no version before 3.0 knows; `callback` makes it JSON-P."""

    lowest = "3.0;"

    def __init__(self, places: Places, switches: Switches, callback: str = "") -> None:
        super().__init__(places, switches)
        self.encoder = ENCODERS[switches["v3_decimals"]]
        self.callback = callback

    def feed(self, feed: Feed) -> Response:
        body: dict[str, Any] = {"odata.metadata": self._context(feed.shape)}
        if feed.count is not None:
            body["odata.count"] = str(feed.count)
        body["value"] = [feed.shape.entity(row) for row in feed.rows]
        if feed.more is not None:
            body["odata.nextLink"] = feed.more
        return self._json(body)

    def entity(self, shape: Shape, row: Row, status: int = 200) -> Response:
        body = {"odata.metadata": f"{self._context(shape)}/@Element", **shape.entity(row)}
        return self._json(body, status, {"ETag": etag} if (etag := shape.etag(row)) else {})

    def service_document(self, model: Model) -> Response:
        sets = [{"name": name, "url": name} for name in (*model.pages, COMPANY.service)]
        return self._json({"odata.metadata": f"{self.places.base}/$metadata", "value": sets})

    def failure(self, error: ODataError, code: str) -> Response:
        message = {"lang": "en-US", "value": error.message}
        return self._json({"odata.error": {"code": code, "message": message}}, error.status)

    def _context(self, shape: Shape) -> str:
        return f"{self.places.base}/$metadata#{shape.page.service}"

    def _json(self, body: Any, status: int = 200, headers: Headers | None = None) -> Response:
        raw, kind = self.encoder.encode(body), JSON
        if self.callback:
            raw, kind = self.callback.encode() + b"(" + raw + b")", "text/javascript"
        return Response(raw, status, {**self.headers, **(headers or {})}, kind)


class V3Atom(V3):
    """Atom feeds and entries."""

    def __init__(self, places: Places, state: State) -> None:
        super().__init__(places, state.switches)
        self.now = utc(state.clock())

    def feed(self, feed: Feed) -> Response:
        if self._lowest and (feed.count is not None or feed.more is not None):
            self.headers = {"DataServiceVersion": "2.0;"}
        return self._xml(atom.Writer(self.places, self.now).feed(feed), "feed")

    def entity(self, shape: Shape, row: Row, status: int = 200) -> Response:
        answer = self._xml(atom.Writer(self.places, self.now).entry(shape, row), "entry", status)
        if etag := shape.etag(row):
            answer.headers["ETag"] = etag
        return answer

    def service_document(self, model: Model) -> Response:
        text = atom.service_document(self.places.base, (*model.pages, COMPANY.service))
        kind = "application/atomsvc+xml;charset=utf-8"
        return Response(text, headers=self.headers, media_type=kind)

    def failure(self, error: ODataError, code: str) -> Response:
        text = atom.failure(code, error.message)
        return Response(text, error.status, self.headers, "application/xml;charset=utf-8")

    def _xml(self, text: str, kind: str, status: int = 200) -> Response:
        media = f"application/atom+xml;type={kind};charset=utf-8"
        return Response(text, status, self.headers, media)


def v3_notation(request: Request, places: Places, state: State) -> V3:
    """The notation a request asks for; raises ODataError 415 for one that NAV does not have."""
    wanted = request.query_params.get("$format")
    form = _negotiated(request) if wanted is None else _form({"atom": _ATOM}.get(wanted, wanted))
    if form == "json" or wanted == "json":
        return V3Json(places, state.switches, _callback(request))
    if form is None:
        raise unsupported_format()
    return V3Atom(places, state)


def _negotiated(request: Request) -> str | None:
    """The first form that both know, by the weights of `Accept`; without that header Atom."""
    accept = request.headers.get("accept") or "*/*"
    items = [item.strip().lower() for item in accept.split(",")]
    return next((form for item in sorted(items, key=_weight) if (form := _form(item))), None)


def _weight(item: str) -> float:
    found = _QUALITY.search(item)
    return -float(found[1]) if found else -1.0


def _form(media: str) -> str | None:
    """`json` or `atom`; None for another, also for the verbose JSON of earlier versions."""
    name = media.partition(";")[0].strip()
    if name == "application/json":
        return None if "odata=verbose" in media.replace(" ", "") else "json"
    return "atom" if name in _XML else None


def _callback(request: Request) -> str:
    name = request.query_params.get("$callback", "")
    if name and not _CALLBACK.fullmatch(name):
        raise bad_request(f"'{name}' is not the name of a function.")
    return name
