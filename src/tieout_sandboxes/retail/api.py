"""Speaks to a FreshBooks server as any application does: with a token, within the limits, never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import msgspec

IN_FLIGHT = 4
PER_PAGE = 100
TRIES = 6
LONGEST_WAIT_S = 60.0
PATHS = {
    "client": "users/clients",
    "item": "items/items",
    "tax": "taxes/taxes",
    "invoice": "invoices/invoices",
    "payment": "payments/payments",
    "credit_note": "credit_notes/credit_notes",
}
Wire = dict[str, Any]
KeepTokens = Callable[[str, str], None]


class LoadFailed(Exception):
    """The server cannot be used; the text says what happened and what to do."""


class Refused(Exception):
    """FreshBooks says no to one record; the text is its own."""


@dataclass
class Connection:
    """Where the server is and who we are there. A refresh replaces both tokens, for good."""

    url: str
    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Connection:
        """Takes the "freshbooks" part of the line that `tieout sandbox` prints."""
        part = document.get("freshbooks")
        names = tuple(cls.__dataclass_fields__)
        given = part if isinstance(part, Mapping) else {}
        missing = [name for name in names if not given.get(name)]
        if missing:
            raise ValueError(f'"freshbooks" lacks {", ".join(missing)}')
        return cls(**{name: str(given[name]) for name in names})


def forget(_access_token: str, _refresh_token: str) -> None:
    """Keeps no tokens: for a server that does not outlive the caller."""


class FreshBooksApi:
    """The few calls that loading needs. `keep_tokens` is told a new pair before it is first used."""

    def __init__(
        self,
        connection: Connection,
        http: httpx2.AsyncClient,
        keep_tokens: KeepTokens = forget,
    ) -> None:
        self._connection = connection
        self._http = http
        self._keep_tokens = keep_tokens
        self._refreshing = asyncio.Lock()
        self._resume: dict[bool, float] = {}

    async def create(self, kind: str, body: Wire) -> Wire:
        """Makes one record and returns it as the server shows it; Refused carries its complaint."""
        found = await self._result("POST", kind, json=msgspec.json.encode({kind: body}))
        record: Wire = found[kind]
        return record

    async def change(self, kind: str, number: int, body: Wire) -> Wire:
        """Changes what is given of a record and returns it as the server shows it; Refused carries its complaint."""
        json = msgspec.json.encode({kind: body})
        found = await self._result("PUT", kind, json=json, number=number)
        record: Wire = found[kind]
        return record

    async def one(self, kind: str, number: int) -> Wire:
        """A record as it is now."""
        record: Wire = (await self._result("GET", kind, number=number))[kind]
        return record

    async def every(self, kind: str) -> list[Wire]:
        """All records of a kind that are not deleted, without their lines, oldest first."""
        plural = PATHS[kind].rpartition("/")[2]
        records: dict[int, Wire] = {}
        page = pages = 1
        while page <= pages:
            found = await self._result("GET", kind, {"page": page, "per_page": PER_PAGE})
            records.update({record["id"]: record for record in found[plural]})
            page, pages = page + 1, found["pages"]
        return [records[number] for number in sorted(records)]

    async def _result(
        self,
        method: str,
        kind: str,
        params: Wire | None = None,
        json: bytes | None = None,
        number: int | None = None,
    ) -> Wire:
        path = PATHS[kind] if number is None else f"{PATHS[kind]}/{number}"
        answer = await self._sent(method, path, params, json)
        try:
            body = msgspec.json.decode(answer.content)["response"]
            if "errors" not in body:
                result: Wire = body["result"]
                return result
            complaints = body["errors"]
        except (msgspec.DecodeError, KeyError, TypeError):
            raise LoadFailed(_unusable(answer)) from None
        if method == "GET" or answer.status_code in (401, 403):
            raise LoadFailed(f"FreshBooks refuses {method} {path}: {_worded(complaints)}")
        raise Refused(_worded(complaints))

    async def _sent(
        self, method: str, path: str, params: Wire | None, json: bytes | None
    ) -> httpx2.Response:
        """Sends until there is an answer. A POST whose answer was lost is not sent again: it may have been done."""
        url = f"{self._connection.url}/accounting/account/{self._connection.account_id}/{path}"
        for tried in range(TRIES):
            await self._pause(method)
            token = self._connection.access_token
            headers = {"Authorization": f"Bearer {token}"}
            if json is not None:
                headers["Content-Type"] = "application/json"
            try:
                answer = await self._http.request(
                    method, url, params=params, content=json, headers=headers
                )
            except httpx2.TransportError as error:
                await self._after_silence(method, error, tried)
                continue
            self._note_allowance(method, answer)
            if answer.status_code == 401:
                await self._refresh(token)
            elif answer.status_code >= 500 and method == "GET":
                await asyncio.sleep(2**tried / 10)
            elif answer.status_code != 429:
                return answer
        raise LoadFailed(f"FreshBooks did not accept {method} {path} in {TRIES} tries")

    async def _after_silence(self, method: str, error: httpx2.TransportError, tried: int) -> None:
        reached = not isinstance(error, httpx2.ConnectError)
        if (reached and method != "GET") or tried + 1 == TRIES:
            raise LoadFailed(
                f"{self._connection.url} gave no answer ({type(error).__name__}). "
                "Is it running? Load again: what exists is not made twice"
            ) from None
        await asyncio.sleep(2**tried / 10)

    async def _pause(self, method: str) -> None:
        """Waits until this class of requests has an allowance again."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(self._resume.get(method == "POST", 0.0) - now, 0.0))

    def _note_allowance(self, method: str, answer: httpx2.Response) -> None:
        """Stops before the limit is met: what is left must do for the requests that are under way.

        `retry-after` stands on every answer and tells the seconds until the window ends.
        """
        left = int(answer.headers.get("x-ratelimit-remaining", IN_FLIGHT))
        if answer.status_code == 429 or left < IN_FLIGHT:
            wait = float(answer.headers.get("retry-after", 1))
            until = asyncio.get_running_loop().time() + min(max(wait, 1.0), LONGEST_WAIT_S)
            self._resume[method == "POST"] = until

    async def _refresh(self, refused_token: str) -> None:
        """Exchanges the refresh token once, however many requests were refused with the old one."""
        async with self._refreshing:
            mine = self._connection
            if mine.access_token != refused_token:
                return
            form = {
                "grant_type": "refresh_token",
                "refresh_token": mine.refresh_token,
                "client_id": mine.client_id,
                "client_secret": mine.client_secret,
            }
            try:
                answer = await self._http.post(f"{mine.url}/auth/oauth/token", data=form)
                pair = msgspec.json.decode(answer.content)
                access, renewed = str(pair["access_token"]), str(pair["refresh_token"])
            except (httpx2.TransportError, msgspec.DecodeError, KeyError, TypeError):
                raise LoadFailed(
                    "FreshBooks accepts neither the access token nor the refresh token; "
                    "save a fresh connection and load again"
                ) from None
            self._keep_tokens(access, renewed)
            mine.access_token, mine.refresh_token = access, renewed


def _worded(complaints: Any) -> str:
    listed = complaints if isinstance(complaints, list) else [complaints]
    return "; ".join(
        f"{one.get('message', one)} (errno {one.get('errno')}, field {one.get('field')})"
        if isinstance(one, Mapping)
        else str(one)
        for one in listed
    )


def _unusable(answer: httpx2.Response) -> str:
    return (
        f"FreshBooks answered {answer.status_code} to {answer.request.method} "
        f"{answer.request.url.path} with something that is not its own; "
        "check the address, then load again: what exists is not made twice"
    )
