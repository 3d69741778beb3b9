"""The consent that FreshBooks' owner gave us, kept alive.

An access token lives twelve hours; the refresh token that renews it can be used once and brings the next one. Whoever refreshes with a used one has lost the
consent until a person gives it again. Therefore one refresher at a time for a connection (the store's lease), who reads the stored tokens again, refreshes,
has the new ones committed, and only then uses them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import msgspec

from tieout.connectors.freshbooks import errors
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Call, Http
from tieout.core.failures import Unauthorized, Unintelligible

MARGIN = timedelta(minutes=5)


class Tokens(NamedTuple):
    """An access token, the refresh token that can be used once, and when the access token ends (UTC, aware)."""

    access_token: str
    refresh_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Tokens(expires_at={self.expires_at:%Y-%m-%d %H:%M:%S%z})"

    def fresh(self, now: datetime) -> bool:
        return self.expires_at - now > MARGIN


class TokenStore(Protocol):
    """Where the tokens of one connection are kept; any tuple of the three parts of Tokens will do."""

    async def read(self) -> tuple[str, str, datetime]:
        """The tokens as last committed."""
        ...

    def refreshing(self) -> AbstractAsyncContextManager[object]:
        """The exclusive right to refresh, for as long as the block lasts; waits for its turn."""
        ...

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        """Commit the tokens for which ``spent`` was given; when this returns they are durable. False if another than that is stored by now."""
        ...

    async def refused(self, refresh_token: str) -> bool:
        """Note that FreshBooks refused this token or the application: only a person can help. False if it is not the stored one any more."""
        ...


class _Granted(msgspec.Struct, kw_only=True):
    access_token: str
    refresh_token: str
    expires_in: int
    created_at: int | None = None


class _NotGranted(msgspec.Struct, kw_only=True):
    error: str = ""


def refresh_form(connection: FreshbooksConnection, refresh_token: str) -> bytes:
    """The body of a refresh (RFC 6749, section 6; FreshBooks wants the client's secret and its redirect address too)."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
        "redirect_uri": connection.redirect_uri,
    }
    return urlencode(form).encode()


def granted(body: bytes, now: datetime) -> Tokens:
    """The tokens in an answer. They end ``expires_in`` after their making, which may have been before this answer."""
    try:
        wire = msgspec.json.decode(body, type=_Granted)
    except msgspec.DecodeError as error:
        raise Unintelligible("freshbooks", f"the token answer: {error}") from None
    made = now if wire.created_at is None else datetime.fromtimestamp(wire.created_at, UTC)
    return Tokens(wire.access_token, wire.refresh_token, made + timedelta(seconds=wire.expires_in))


class Consent:
    """Hands out an access token that is good now."""

    def __init__(
        self,
        connection: FreshbooksConnection,
        store: TokenStore,
        http: Http,
        clock: Callable[[], datetime],
    ) -> None:
        self._connection, self._store, self._http, self._clock = connection, store, http, clock
        self._tokens: Tokens | None = None

    async def access_token(self) -> str:
        """The access token; refreshed first if less than five minutes of it remain. Raises Unauthorized."""
        tokens = self._tokens or Tokens(*await self._store.read())
        if not tokens.fresh(self._clock()):
            return await self.renewed(tokens.access_token)
        self._tokens = tokens
        return tokens.access_token

    async def renewed(self, rejected: str) -> str:
        """Another access token than this one, which ended or was rejected. Raises Unauthorized if only a person can help."""
        async with self._store.refreshing():
            tokens = Tokens(*await self._store.read())
            if tokens.access_token == rejected or not tokens.fresh(self._clock()):
                tokens = await _to_the_end(self._refreshed(tokens))
            self._tokens = tokens
        return tokens.access_token

    async def _refreshed(self, old: Tokens) -> Tokens:
        tokens = await self._grant(old.refresh_token)
        if tokens is not None:
            if await self._store.write(*tokens, spent=old.refresh_token):
                return tokens
        elif await self._store.refused(old.refresh_token):
            raise Unauthorized(
                "freshbooks",
                "the consent has ended (it was withdrawn, another program used it, or the answer to a renewal was lost); connect FreshBooks again",
            )
        # The owner has given the consent anew while we asked or stood still.
        return Tokens(*await self._store.read())

    async def _grant(self, refresh_token: str) -> Tokens | None:
        """New tokens, or None if the refresh token is not valid (any more)."""
        call = Call(
            system="freshbooks",
            method="POST",
            url=f"{self._connection.url}/auth/oauth/token",
            headers={"content-type": "application/x-www-form-urlencoded"},
            content=refresh_form(self._connection, refresh_token),
            retries=0,
        )
        answer = await self._http.send(call, errors.TOKEN)
        if answer.status < 400:
            return granted(answer.content, self._clock())
        if refusal_of(answer.content) == "invalid_grant":
            return None
        await self._store.refused(refresh_token)
        raise Unauthorized(
            "freshbooks",
            f"no new token: {errors.words(answer.content)}; connect FreshBooks again with the right client_id and client_secret",
        )


async def _to_the_end(work: Coroutine[Any, Any, Tokens]) -> Tokens:
    """Once FreshBooks has been asked, the old refresh token is spent: who is stopped meanwhile stores the new one first."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def refusal_of(body: bytes) -> str:
    """The word of OAuth in a refusal (``invalid_grant``), empty if there is none."""
    try:
        return msgspec.json.decode(body, type=_NotGranted).error
    except msgspec.DecodeError:
        return ""
