"""Answers OData V4 requests: sets, entities, counts, inserts, changes, deletes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.lock import writing
from tieout_sandboxes.nav.odata import edm
from tieout_sandboxes.nav.odata.failure import (
    ODataError,
    bad_request,
    from_nav,
    not_allowed,
    not_found,
    unknown_property,
)
from tieout_sandboxes.nav.odata.metadata import metadata, service_document
from tieout_sandboxes.nav.odata.path import Target, key_text, page_of, read_key, read_path
from tieout_sandboxes.nav.odata.query import Query, link
from tieout_sandboxes.nav.odata.shape import Shape, etag_of
from tieout_sandboxes.nav.pages import Page, published
from tieout_sandboxes.nav.records import Records, Values
from tieout_sandboxes.nav.state import State

ENCODER = msgspec.json.Encoder(decimal_format="number")
JSON = "application/json; odata.metadata=minimal"
VERSION = {"OData-Version": "4.0"}
NO_IF_MATCH = (
    "Could not validate the client concurrency token required by the service. Please verify "
    "that you have specified the If-Match header."
)


class ODataService:
    """The OData endpoint of one company."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def answer(self, request: Request, path: str) -> Response:
        """`path` is what follows `/ODataV4`, still escaped."""
        try:
            return await self._dispatch(request, path)
        except NavError as error:
            return _refusal(from_nav(error, self.state.switches), named=self._named())
        except ODataError as error:
            return _refusal(error, named=self._named())

    @property
    def _pages(self) -> dict[str, Page]:
        return published(self.state.switches["unpublished"])

    def _named(self) -> bool:
        return bool(self.state.switches["flavour"] != "nav2016")

    async def _dispatch(self, request: Request, path: str) -> Response:
        if path.strip("/") == "$metadata":
            return Response(metadata(self._pages), media_type="application/xml", headers=VERSION)
        target = read_path(path)
        self._check_company(target, request)
        if target.name in ("", "Company"):
            return self._about(target)
        records = Records(
            self.state.company, page_of(target.name, self._pages), self.state.switches
        )
        if request.method == "GET":
            return self._read(request, records, target)
        return await self._write(request, records, target)

    def _check_company(self, target: Target, request: Request) -> None:
        name = target.company or request.query_params.get("company")
        if name is not None and name != self.state.company.name:
            text = f"Cannot find the Company '{name}'. The name is case-sensitive."
            raise ODataError(404, "Internal_CompanyNotFound", text)

    def _about(self, target: Target) -> Response:
        name = self.state.company.name
        if target.name == "":
            return _json(service_document(self.base, self._pages))
        context = f"{self.base}/$metadata#Company"
        if target.key is not None:
            return _json({"@odata.context": f"{context}/$entity", "Name": name})
        return _json({"@odata.context": context, "value": [{"Name": name}]})

    @property
    def base(self) -> str:
        """The base of the URLs in answers; may name another host than the one called."""
        return str(self.state.switches["public_odata_base_url"] or self.state.odata_url)

    def _context(self, records: Records) -> str:
        company = _company(self.state.company.name)
        return f"{self.base}/$metadata#{company}/{records.page.service}"

    def _url(self, records: Records) -> str:
        return f"{self.base}/{_company(self.state.company.name)}/{records.page.service}"

    def _read(self, request: Request, records: Records, target: Target) -> Response:
        options = dict(request.query_params)
        options.pop("company", None)
        options.pop("tenant", None)
        if target.key is not None:
            row = records.existing(read_key(records.page, target.key))
            shape = Shape(records, options.get("$select", ""))
            return self._entity(records, shape.entity(row), 200)
        opaque = self.state.switches["skiptoken"] == "opaque"
        query = Query(records, options, opaque=opaque)
        if target.tail == "$count":
            mark = "\ufeff" if self.state.switches["count_bom"] else ""
            return Response(f"{mark}{query.count()}", media_type="text/plain", headers=VERSION)
        return self._set(request, records, query)

    def _set(self, request: Request, records: Records, query: Query) -> Response:
        shape = Shape(records, query.options.get("$select", ""))
        result = query.run(self._page_size(request))
        body: dict[str, Any] = {"@odata.context": self._context(records)}
        if query.options.get("$count") == "true":
            body["@odata.count"] = result.count
        body["value"] = [shape.entity(row) for row in result.rows]
        if result.more is not None:
            body["@odata.nextLink"] = link(self._url(records), result.more)
        return _json(body)

    def _page_size(self, request: Request) -> int:
        size = int(self.state.switches["page_size"])
        for part in request.headers.get("prefer", "").split(","):
            name, _, value = part.strip().partition("=")
            wanted = name.lower() == "odata.maxpagesize" and value.isdigit() and int(value) > 0
            if wanted and self.state.switches["prefer_maxpagesize"]:
                size = min(size, int(value))
        return size

    def _entity(self, records: Records, entity: dict[str, Any], status: int) -> Response:
        body = {"@odata.context": f"{self._context(records)}/$entity", **entity}
        return _json(body, status, {"ETag": entity["@odata.etag"]})

    async def _write(self, request: Request, records: Records, target: Target) -> Response:
        method = request.method
        if method == "PUT" and self.state.switches["put"] == "merged":
            method = "PATCH"
        _check_verb(method, records, target)
        values = [] if request.method == "DELETE" else await self._values(request, records)
        async with writing(self.state.company.lock, records.table.name, self.state.switches):
            if request.method == "POST":
                return self._created(request, records, values)
            key = read_key(records.page, target.key or "")
            self._check_etag(request, records, key)
            if request.method == "DELETE":
                records.delete(key)
                return Response(status_code=204, headers=VERSION)
            row = records.modify(key, values)
            return self._entity(records, Shape(records).entity(row), 200)

    def _created(self, request: Request, records: Records, values: Values) -> Response:
        row = records.create(values)
        key = key_text(records.page, [row[name] for name in records.page.key])
        place = {"Location": f"{self._url(records)}({quote(key, safe=_KEY_SAFE)})"}
        if request.headers.get("prefer", "").lower() in ("return-no-content", "return=minimal"):
            return Response(status_code=204, headers={**VERSION, **place})
        answer = self._entity(records, Shape(records).entity(row), 201)
        answer.headers.update(place)
        return answer

    def _check_etag(self, request: Request, records: Records, key: tuple[Any, ...]) -> None:
        given = request.headers.get("if-match")
        if given is None and request.method == "DELETE":
            return
        if given is None or not (given == "*" or given.startswith(('W/"', '"'))):
            raise ODataError(400, "BadRequest_InvalidToken", NO_IF_MATCH)
        current = etag_of(records)(records.existing(key))
        if given not in ("*", current):
            raise NavError("stale", "Another user has already changed the record.")

    async def _values(self, request: Request, records: Records) -> Values:
        body = _decode(await request.body())
        given = {n: v for n, v in body.items() if "@" not in n and n != "ETag"}
        columns = records.page.by_name
        for name in given:
            if name not in columns:
                raise unknown_property(name, records.page.service)
        names = list(given)
        if self.state.switches["validate_order"] == "page":
            names = [name for name in columns if name in given]
        return [(columns[name], edm.from_json(columns[name], given[name])) for name in names]


def _check_verb(method: str, records: Records, target: Target) -> None:
    page = records.page
    allowed = {"POST": page.insert, "PATCH": page.modify, "DELETE": page.delete}
    if not allowed.get(method, False) or (method == "POST") != (target.key is None):
        raise not_allowed(method, page.service)
    if target.tail:
        raise not_found(target.tail)


def _decode(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw, parse_float=Decimal)
    except ValueError as error:
        raise bad_request(f"The request body is not valid JSON: {error}") from None
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object.")
    return body


_KEY_SAFE = "(),='"


def _company(name: str) -> str:
    return f"Company('{quote(name.replace(chr(39), 2 * chr(39)), safe=_KEY_SAFE)}')"


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(ENCODER.encode(body), status, {**VERSION, **(headers or {})}, JSON)


def _refusal(error: ODataError, *, named: bool) -> Response:
    code = error.code if named else ""
    return _json({"error": {"code": code, "message": error.message}}, error.status)
