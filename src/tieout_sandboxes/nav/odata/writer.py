"""Inserts, changes and deletes over OData, in any notation."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.lock import writing
from tieout_sandboxes.nav.odata import edm
from tieout_sandboxes.nav.odata.failure import (
    invalid_token,
    not_allowed,
    not_found,
    unknown_property,
)
from tieout_sandboxes.nav.odata.model import Companies
from tieout_sandboxes.nav.odata.notation import Notation
from tieout_sandboxes.nav.odata.path import Target, read_key
from tieout_sandboxes.nav.odata.places import KEY_SAFE
from tieout_sandboxes.nav.odata.query import Source
from tieout_sandboxes.nav.odata.reader import Reader
from tieout_sandboxes.nav.records import Records, Values
from tieout_sandboxes.nav.state import State

_NO_CONTENT = ("return-no-content", "return=minimal")
_CONTENT = ("return-content", "return=representation")


class Writer:
    """Inserts, changes and deletes."""

    def __init__(self, state: State, notation: Notation, reader: Reader) -> None:
        self.state, self.notation, self.reader = state, notation, reader

    async def answer(self, request: Request, source: Source, target: Target) -> Response:
        """Carries out one write as one transaction."""
        method = self._verb(request)
        records = _writable(method, source, target)
        values = [] if method == "DELETE" else await self._values(request, records)
        async with writing(self.state.company.lock, records.table.name, self.state.switches):
            if method == "POST":
                return self._created(request, records, values)
            key = read_key(records.page, target.key or "", self.notation.language)
            self._check_etag(request, method, records, key)
            if method == "DELETE":
                records.delete(key)
                return self.notation.empty()
            renames = self.state.switches["rename"] == "renamed"
            return self._changed(request, records, records.modify(key, values, renames=renames))

    def _verb(self, request: Request) -> str:
        """What the request does; a POST may carry another verb in its header."""
        method = request.method
        other = request.headers.get("x-http-method", "").upper()
        if method == "POST" and other and self.notation.tunnels:
            method = other
        return self.notation.verbs.get(method, method)

    def _changed(self, request: Request, records: Records, row: Row) -> Response:
        shape = self.reader.shape(records, {})
        wanted = request.headers.get("prefer", "").lower() in _CONTENT
        if self.notation.changed == 204 and not wanted:
            return self.notation.empty({"ETag": shape.etag(row)})
        return self.notation.entity(shape, row)

    def _created(self, request: Request, records: Records, values: Values) -> Response:
        row = records.create(values)
        shape = self.reader.shape(records, {})
        address = quote(shape.address(row), safe=KEY_SAFE)
        url = self.notation.places.around(records.page) + address
        if request.headers.get("prefer", "").lower() in _NO_CONTENT:
            return self.notation.empty({"Location": url})
        answer = self.notation.entity(shape, row, 201)
        answer.headers["Location"] = url
        return answer

    def _check_etag(
        self, request: Request, method: str, records: Records, key: tuple[Any, ...]
    ) -> None:
        given = request.headers.get("if-match")
        if given is None and method == "DELETE":
            return
        if given is None or not (given == "*" or given.startswith(('W/"', '"'))):
            raise invalid_token(self.state.switches)
        current = self.reader.shape(records, {}).etag(records.existing(key))
        if given != "*" and not self.notation.same(given, current):
            raise NavError("stale", "Another user has already changed the record.")

    async def _values(self, request: Request, records: Records) -> Values:
        kind = request.headers.get("content-type", "")
        given = self.notation.values(await request.body(), kind)
        columns = records.page.by_name
        for name in given:
            if name not in columns:
                raise unknown_property(name, records.page.service)
        names = list(given)
        if self.state.switches["validate_order"] == "page":
            names = [name for name in columns if name in given]
        return [(columns[name], edm.from_json(columns[name], given[name])) for name in names]


def _writable(method: str, source: Source, target: Target) -> Records:
    if isinstance(source, Companies):
        raise not_allowed(method, source.page.service)
    page = source.page
    allowed = {"POST": page.insert, "PATCH": page.modify, "DELETE": page.delete}
    if not allowed.get(method, False) or (method == "POST") != (target.key is None):
        raise not_allowed(method, page.service)
    if target.tail:
        raise not_found(target.tail[0])
    return source
