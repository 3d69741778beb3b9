"""A small client for NAV's OData V4: reading lists to their end, creating and changing single records.

A list is read as the fields of a msgspec struct, which are also what is asked for (``$select``); numbers become Decimal, never float.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from tieout.connectors.http import READ_TIMEOUT_S, Answer, Call, Http, Statuses
from tieout.connectors.nav import errors
from tieout.connectors.nav.connection import NavConnection
from tieout.core.failures import Refused, Unintelligible

LONGEST_URL = 6000
WRITE_TIMEOUT_S = 120.0
ETAG = "@odata.etag"
BLANK_DATE = date.min  # NAV writes a blank date as 0001-01-01

Row = TypeVar("Row", bound=msgspec.Struct)
Value = str | int | bool | Decimal | date
Fields = dict[str, Any]
FIELDS = msgspec.json.Decoder(Fields, float_hook=Decimal)


class _Page(msgspec.Struct, Generic[Row]):
    value: list[Row]
    next: str = msgspec.field(default="", name="@odata.nextLink")


def literal(value: Value) -> str:
    """A value in a filter or a key.

    >>> literal("O'Neill"), literal(True), literal(date(2026, 3, 1)), literal(7)
    ("'O''Neill'", 'true', '2026-03-01', '7')
    """
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def eq(field: str, value: Value) -> str:
    """One condition of a filter.

    >>> eq("No", "C00010")
    "No eq 'C00010'"
    """
    return f"{field} eq {literal(value)}"


def none_of(field: str, values: Collection[Value]) -> str:
    """The field has none of these values.

    >>> none_of("No", ["1", "2"])
    "No ne '1' and No ne '2'"
    """
    return " and ".join(f"{field} ne {literal(value)}" for value in values)


def any_of(field: str, values: Collection[Value]) -> str:
    """The field has one of these values. NAV allows "or" over one field only."""
    return " or ".join(eq(field, value) for value in values)


class NavOData:
    """The entity sets of one company."""

    def __init__(
        self, connection: NavConnection, http: Http, write_timeout_s: float = WRITE_TIMEOUT_S
    ) -> None:
        self._connection, self._http = connection, http
        self._write_timeout_s = write_timeout_s

    def url(self, entity_set: str, key: Mapping[str, Value] | None = None, **options: str) -> str:
        """The address of a set or of one record of it; options without their dollar sign.

        >>> connection = NavConnection(odata_url="http://nav/ODataV4", soap_url="", company="A'B", user="u", key="k")
        >>> NavOData(connection, None).url("Customer", {"No": "C 1"}, select="No")
        "http://nav/ODataV4/Company('A''B')/Customer(No='C%201')?$select=No"
        """
        path = f"{self._connection.company_url}/{entity_set}"
        if key is not None:
            path += (
                "(" + ",".join(f"{k}={quote(literal(v), safe=SAFE)}" for k, v in key.items()) + ")"
            )
        query = "&".join(f"${k}={quote(v, safe=SAFE)}" for k, v in options.items() if v)
        return f"{path}?{query}" if query else path

    async def rows(
        self,
        entity_set: str,
        row: type[Row],
        *,
        where: str = "",
        orderby: str = "",
        top: int = 0,
    ) -> AsyncIterator[Row]:
        """All rows of a set that fit, over all pages; only the first ``top`` if given. Raises Refused if the set is not published."""
        limit = str(top) if top else ""
        url = self.url(entity_set, filter=where, select=_names(row), orderby=orderby, top=limit)
        while url:
            page = await self._page(url, entity_set, row)
            for found in page.value:
                yield found
            url = self._ours(page.next)

    async def rows_of(
        self,
        entity_set: str,
        row: type[Row],
        field: str,
        values: Collection[Value],
        *,
        also: str = "",
        orderby: str = "",
    ) -> AsyncIterator[Row]:
        """The rows whose field has one of these values, in as many requests as their addresses need; ``also`` is a further condition."""
        for some in self._chunks(entity_set, row, field, _sorted(values), also):
            where = any_of(field, some)
            where = f"({where}) and {also}" if also else where
            async for found in self.rows(entity_set, row, where=where, orderby=orderby):
                yield found

    async def get(self, entity_set: str, key: Mapping[str, Value]) -> Fields | None:
        """One record with its etag (``@odata.etag``), or None."""
        answer = await self._send("GET", self.url(entity_set, key), errors.READ)
        return None if answer.status in errors.READ.accepted else _fields(answer, entity_set)

    async def create(self, entity_set: str, values: Mapping[str, Any]) -> Fields:
        """Insert a record, its fields validated by NAV in the order given; the record as stored."""
        url = self.url(entity_set)
        answer = await self._send("POST", url, errors.WRITE, content=_body(values))
        return _fields(answer, entity_set)

    async def update(
        self, entity_set: str, key: Mapping[str, Value], values: Mapping[str, Any], etag: str
    ) -> Fields:
        """Change fields of a record that is as it was when read with this etag. Raises Outdated."""
        url = self.url(entity_set, key)
        answer = await self._send(
            "PATCH", url, errors.WRITE, content=_body(values), headers={"if-match": etag}
        )
        return _fields(answer, entity_set)

    async def delete(self, entity_set: str, key: Mapping[str, Value]) -> bool:
        """Delete a record, however it stands; False if it is not there."""
        answer = await self._send("DELETE", self.url(entity_set, key), errors.DELETE)
        return answer.status not in errors.DELETE.accepted

    async def _page(self, url: str, entity_set: str, row: type[Row]) -> _Page[Row]:
        answer = await self._send("GET", url, errors.READ)
        if answer.status in errors.READ.accepted:
            words = errors.words(answer.content) or "not found"
            raise Refused("nav", f"page {entity_set} is not published in this company: {words}")
        page: _Page[Row] = _decode(_decoder(row), answer, entity_set)
        return page

    async def _send(
        self,
        method: str,
        url: str,
        statuses: Statuses,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        writes = method != "GET"
        if writes:
            await self._about_to_write()
        more = {"content-type": "application/json"} if content else {}
        call = Call(
            system="nav",
            method=method,
            url=url,
            headers={
                **self._connection.headers,
                "accept": "application/json",
                **more,
                **(headers or {}),
            },
            content=content,
            writes=writes,
            timeout_s=self._write_timeout_s if writes else READ_TIMEOUT_S,
        )
        return await self._http.send(call, statuses)

    async def _about_to_write(self) -> None:
        """Whoever may not write any more raises here; a gateway keeps others out by itself."""

    def _ours(self, link: str) -> str:
        """A next link with our origin: NAV may know itself by another name (PublicODataBaseUrl)."""
        if not link:
            return ""
        origin = urlsplit(self._connection.odata_url)
        return urlsplit(link)._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()

    def _chunks(
        self, entity_set: str, row: type[Row], field: str, values: list[Value], also: str = ""
    ) -> Iterator[list[Value]]:
        room = LONGEST_URL - len(self.url(entity_set, filter=f"() and {also}", select=_names(row)))
        some: list[Value] = []
        used = 0
        for value in values:
            length = len(quote(f" or {eq(field, value)}", safe=SAFE))
            if some and used + length > room:
                yield some
                some, used = [], 0
            some.append(value)
            used += length
        if some:
            yield some


def _sorted(values: Collection[Value]) -> list[Value]:
    return sorted(set(values), key=literal)


# What need not be escaped inside a query or a key.
SAFE = "'(),:"


@lru_cache(maxsize=64)
def _names(row: type[msgspec.Struct]) -> str:
    """What is asked for: NAV's names of the fields."""
    return ",".join(field.encode_name for field in msgspec.structs.fields(row))


@lru_cache(maxsize=64)
def _decoder(row: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_Page[row])  # type: ignore[valid-type]


def _decode(decoder: msgspec.json.Decoder[Any], answer: Answer, entity_set: str) -> Any:
    try:
        return decoder.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unintelligible("nav", f"page {entity_set}: {error}") from None


def _fields(answer: Answer, entity_set: str) -> Fields:
    fields: Fields = _decode(FIELDS, answer, entity_set)
    return fields


def _body(values: Mapping[str, Any]) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(dict(values))
