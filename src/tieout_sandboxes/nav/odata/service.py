"""Answers OData requests: sets, entities, counts, links, inserts, changes, deletes.

One service for V3 and V4; how an answer looks is the notation's affair (notation.py).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.misbehave import refused
from tieout_sandboxes.nav.odata.associations import Link
from tieout_sandboxes.nav.odata.failure import (
    ODataError,
    check_default_company,
    from_nav,
    not_allowed,
    not_found,
    not_implemented,
    unsupported_format,
)
from tieout_sandboxes.nav.odata.model import Companies, Model, model_of
from tieout_sandboxes.nav.odata.notation import Notation
from tieout_sandboxes.nav.odata.path import Target, company_of, read_key, read_path
from tieout_sandboxes.nav.odata.places import Places
from tieout_sandboxes.nav.odata.query import Source
from tieout_sandboxes.nav.odata.reader import Reader
from tieout_sandboxes.nav.odata.v3 import V3Atom, v3_notation
from tieout_sandboxes.nav.odata.v4 import V4Json
from tieout_sandboxes.nav.odata.writer import Writer
from tieout_sandboxes.nav.state import State

V4_ENDPOINT, V3_ENDPOINT = "ODataV4", "OData"
_AROUND = ("company", "tenant", "$callback")


class ODataService:
    """The OData endpoints of one company."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def answer(self, request: Request, path: str, endpoint: str = V4_ENDPOINT) -> Response:
        """`path` is what follows the name of the endpoint, still escaped."""
        notation = self._plain(endpoint)
        try:
            self._check_endpoint(endpoint)
            notation = self._notation(request, endpoint)
            refused(request)
            return await self._dispatch(request, path, notation)
        except NavError as error:
            return self._refusal(from_nav(error, self.state.switches), notation)
        except ODataError as error:
            return self._refusal(error, notation)

    def _plain(self, endpoint: str) -> Notation:
        """How a request is answered that cannot say how it wants to be."""
        if endpoint == V3_ENDPOINT:
            return V3Atom(self._places(endpoint), self.state)
        return V4Json(self._places(endpoint), self.state.switches)

    def _notation(self, request: Request, endpoint: str) -> Notation:
        if endpoint == V3_ENDPOINT:
            return v3_notation(request, self._places(endpoint), self.state)
        wanted = request.query_params.get("$format", "json").partition(";")[0]
        if wanted not in ("json", "application/json"):
            raise unsupported_format()
        return V4Json(self._places(endpoint), self.state.switches)

    def _places(self, endpoint: str) -> Places:
        url = str(self.state.switches["public_odata_base_url"] or self.state.odata_url)
        if endpoint == V3_ENDPOINT:
            url = f"{url.removesuffix('/' + V4_ENDPOINT)}/{V3_ENDPOINT}"
        return Places(url, self.state.company.name)

    def _check_endpoint(self, endpoint: str) -> None:
        name = "v4_endpoint" if endpoint == V4_ENDPOINT else "v3_endpoint"
        if not self.state.switches[name]:
            status = self.state.switches["endpoint_off_status"]
            raise ODataError(status, "BadRequest_MethodNotAllowed", "The endpoint is not enabled.")

    def _refusal(self, error: ODataError, notation: Notation) -> Response:
        named = self.state.switches["flavour"] != "nav2016"
        return notation.failure(error, error.code if named else "")

    async def _dispatch(self, request: Request, path: str, notation: Notation) -> Response:
        switches = self.state.switches
        model = model_of(switches["unpublished"], associations=notation.associations)
        if path.strip("/") == "$batch":
            raise not_implemented() if switches["batch"] != "absent" else not_found("$batch")
        if path.strip("/") in ("", "$metadata"):
            return _document(request, path.strip("/"), notation, model)
        target = read_path(path)
        self._check_company(target, request)
        return await self._records(request, target, notation, model)

    def _check_company(self, target: Target, request: Request) -> None:
        name = target.company or request.query_params.get("company")
        if name is None and target.name != "Company":
            check_default_company(self.state.switches)
        if name is not None and name != self.state.company.name:
            text = f"Cannot find the Company '{name}'. The name is case-sensitive."
            raise ODataError(404, "Internal_CompanyNotFound", text)

    async def _records(
        self, request: Request, target: Target, notation: Notation, model: Model
    ) -> Response:
        reader = Reader(self.state, model, notation, self._page_size(request, notation))
        source = reader.open(model.page(target.name))
        if request.method == "GET":
            return self._read(request, reader, source, target, notation)
        return await Writer(self.state, notation, reader).answer(request, source, target)

    def _read(
        self, request: Request, reader: Reader, source: Source, target: Target, notation: Notation
    ) -> Response:
        options = {n: v for n, v in request.query_params.items() if n not in _AROUND}
        if target.key is not None:
            path = _links(reader.model, source, target.tail)
            row = source.existing(key_of(source, target.key, notation))
            return self._follow(reader, source, row, path, options, notation)
        if target.tail == ("$count",):
            mark = "\ufeff" if self.state.switches["count_bom"] else ""
            return notation.number(f"{mark}{reader.query(source, options).count()}")
        if target.tail:
            raise not_found(target.tail[0])
        return notation.feed(reader.feed(source, options))

    def _follow(
        self,
        reader: Reader,
        source: Source,
        row: Row | None,
        path: list[Link],
        options: dict[str, str],
        notation: Notation,
    ) -> Response:
        """The entity, or what stands at the end of the links behind it; 204 where that is nothing."""
        for link in path:
            source = reader.open(link.target)
            row = row and reader.follow(link, source)(row)
        if row is None:
            return notation.empty()
        return notation.entity(*reader.one(source, row, options))

    def _page_size(self, request: Request, notation: Notation) -> int:
        size = int(self.state.switches["page_size"])
        for part in request.headers.get("prefer", "").split(","):
            name, _, value = part.strip().partition("=")
            wanted = name.lower() == "odata.maxpagesize" and value.isdigit() and int(value) > 0
            if wanted and notation.sizes:
                size = min(size, int(value))
        return size


def _document(request: Request, name: str, notation: Notation, model: Model) -> Response:
    """The service document or the metadata, which are only read."""
    if request.method != "GET":
        raise not_allowed(request.method, name)
    return notation.metadata(model) if name else notation.service_document(model)


def _links(model: Model, source: Source, names: tuple[str, ...]) -> list[Link]:
    """The navigation properties behind an entity, one after another."""
    path, page = [], source.page
    for name in names:
        link = model.link(page, name)
        if link is None or link.many:
            raise not_found(name)
        path.append(link)
        page = link.target
    return path


def key_of(source: Source, text: str, notation: Notation) -> tuple[Any, ...]:
    """The key in a URL; that of a company is a name as it is written."""
    if isinstance(source, Companies):
        return (company_of(text),)
    return read_key(source.page, text, notation.language)
