"""Authenticated calls to one FreshBooks account, and what its envelopes hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from tieout.connectors.budget import Budget
from tieout.connectors.freshbooks import errors
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.oauth import Consent, TokenStore
from tieout.connectors.http import Answer, Call, Http, Statuses
from tieout.core.failures import Forbidden, Refused, Unauthorized, Unintelligible

# Seen in FreshBooks' own headers: 600 requests a minute, 250 for what creates. A little below, where a server says nothing.
READS_PER_S, CREATES_PER_S = 8, 3

Params = Sequence[tuple[str, str]]


class _Result(msgspec.Struct):
    result: dict[str, msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


class _Envelope(msgspec.Struct):
    response: _Result | msgspec.UnsetType = msgspec.UNSET


class _Id(msgspec.Struct):
    id: int | None = None
    creditid: int | None = None
    updated: str | None = None


ENVELOPE = msgspec.json.Decoder(_Envelope)
ROWS = msgspec.json.Decoder(list[msgspec.Raw])
COUNT = msgspec.json.Decoder(int)
ID = msgspec.json.Decoder(_Id)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list: its id, when it was last changed (US/Eastern wall time, as sent) and its exact bytes."""

    id: str
    updated: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``pages`` and ``total`` as FreshBooks counts them at this moment."""

    rows: tuple[Row, ...]
    pages: int
    total: int


class FreshbooksApi:
    """Sends calls with a good access token, and once more with a new one if it is rejected."""

    def __init__(
        self,
        connection: FreshbooksConnection,
        store: TokenStore,
        http: Http,
        clock: Callable[[], datetime],
        reads: Budget | None = None,
    ) -> None:
        self.connection = connection
        self._consent = Consent(connection, store, http, clock)
        self._http = http
        self.reads = reads or Budget(READS_PER_S)
        self._creates = Budget(CREATES_PER_S)

    async def get(self, path: str, params: Params = ()) -> bytes | None:
        """The body of an answer; None if there is no such thing."""
        query = f"?{urlencode(params)}" if params else ""
        answer = await self._send("GET", path + query, b"", errors.READ)
        return None if answer.status in errors.READ.accepted else answer.content

    async def accounting(self, path: str, params: Params = ()) -> dict[str, msgspec.Raw] | None:
        """The result of reading something of the account; None if there is no such thing."""
        body = await self.get(f"/accounting/account/{self.connection.account_id}/{path}", params)
        return None if body is None else result_of(body)

    async def page(self, path: str, plural: str, params: Params) -> Page:
        """One page of a list of the account."""
        result = await self.accounting(path, params)
        if result is None:
            raise Unintelligible("freshbooks", f"the list {path} does not exist")
        return page_of(result, plural)

    async def write(self, method: str, path: str, body: Any) -> bytes:
        """Change something; the body of the answer. Raises Refused with FreshBooks' words, Outdated, OutcomeUnknown."""
        content = b"" if body is None else msgspec.json.encode(body)
        return (await self._send(method, path, content, errors.WRITE)).content

    async def _send(self, method: str, path: str, content: bytes, statuses: Statuses) -> Answer:
        token = await self._consent.access_token()
        try:
            return await self._http.send(self._call(method, path, content, token), statuses)
        except Forbidden:
            raise
        except Unauthorized:
            token = await self._consent.renewed(token)
        return await self._http.send(self._call(method, path, content, token), statuses)

    def _call(self, method: str, path: str, content: bytes, token: str) -> Call:
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        if content:
            headers["content-type"] = "application/json"
        return Call(
            system="freshbooks",
            method=method,
            url=self.connection.url + path,
            headers=headers,
            content=content,
            writes=method != "GET",
            budget=self._creates if method == "POST" else self.reads,
        )


def result_of(body: bytes) -> dict[str, msgspec.Raw]:
    """What is in an accounting envelope. FreshBooks may send errors with status 200."""
    try:
        envelope = ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unintelligible("freshbooks", f"the answer is no envelope: {error}") from None
    response = envelope.response
    if isinstance(response, _Result) and isinstance(response.result, dict):
        return response.result
    words = errors.words(body)
    if words:
        raise Refused("freshbooks", words)
    raise Unintelligible("freshbooks", "the answer has no result")


def page_of(result: dict[str, msgspec.Raw], plural: str) -> Page:
    """The rows of a list, each with its own bytes."""
    try:
        raws = ROWS.decode(result[plural])
        pages, total = COUNT.decode(result["pages"]), COUNT.decode(result["total"])
        return Page(tuple(row_of(raw) for raw in raws), pages, total)
    except KeyError as error:
        raise Unintelligible("freshbooks", f"a list without {error}") from None
    except msgspec.DecodeError as error:
        raise Unintelligible("freshbooks", f"the list of {plural}: {error}") from None


def row_of(raw: msgspec.Raw) -> Row:
    """One record of an answer."""
    head = ID.decode(raw)
    return Row(str(head.id or head.creditid), head.updated or "", bytes(raw))
