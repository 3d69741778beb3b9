"""Getting the consent of FreshBooks' owner: a person opens an address, accepts, and brings back where the browser was sent.

The answer is pasted, or received where the redirect address leads here. What it gives is tried before it is kept.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tieout.app.console import say, warn
from tieout.app.host import utc_now
from tieout.app.running import InputError
from tieout.connectors.freshbooks.authorization import (
    AuthorizationRequest,
    WrongAnswer,
    authorization_request,
    code_in,
    code_of,
    exchanged,
)
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.identity import Business
from tieout.connectors.freshbooks.oauth import Tokens
from tieout.connectors.http import Http
from tieout.core.failures import Unauthorized

Answer = Callable[[AuthorizationRequest], Awaitable[str]]

OPEN = "Open this address in a browser, signed in to FreshBooks as the owner:"
RECEIVED = "Tieout has received the answer of FreshBooks. Its command line says what comes of it."


class KeptTokens:
    """Tokens that are only being tried: they live as long as the command (connectors.freshbooks.oauth.TokenStore)."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def read(self) -> tuple[str, str, datetime]:
        return self.tokens

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        yield

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        """Nobody else has them."""
        assert spent == self.tokens.refresh_token
        self.tokens = Tokens(access_token, refresh_token, expires_at)
        return True

    async def refused(self, refresh_token: str) -> bool:
        """The failure that follows says it."""
        return refresh_token == self.tokens.refresh_token


async def consented(
    connection: FreshbooksConnection, answer: Answer, http: Http
) -> tuple[Tokens, Business]:
    """Ask the owner and exchange the answer; the tokens, and the business they were tried on. Raises InputError, Unauthorized."""
    if not connection.redirect_uri:
        raise InputError(
            "settings.redirect_uri is missing: give the https address that is registered as redirect URI of your application in FreshBooks."
        )
    request = authorization_request(connection)
    code = await answer(request)
    return await tried(
        connection, await exchanged(connection, request, code, http, utc_now()), http
    )


async def tried(
    connection: FreshbooksConnection, tokens: Tokens, http: Http
) -> tuple[Tokens, Business]:
    """Tokens that work, and the business: the one of the connection, or the only one that the consent covers. Raises InputError, Unauthorized."""
    kept = KeptTokens(tokens)
    identity = await FreshbooksSource(connection, kept, http, utc_now).identity()
    covered = identity.businesses
    wanted = connection.account_id
    found = [b for b in covered if b.account_id == wanted or not wanted]
    if len(found) != 1:
        shown = ", ".join(f"{b.account_id} ({b.name})" for b in covered) or "no business at all"
        raise InputError(
            f"The consent covers {shown}; freshbooks.account_id is {wanted or 'not given'}."
            " Nothing was stored. Sign in to FreshBooks as somebody of the right business, or name the one you mean, and start again."
        )
    return kept.tokens, found[0]


async def pasted(request: AuthorizationRequest) -> str:
    """The code that a person pastes; what is no answer is asked for again."""
    say(f"{OPEN}\n\n{request.address}\n")
    say("Accept there. Then paste the address that the browser was sent to (or the code alone):")
    while line := await _line():
        try:
            return code_in(request, line)
        except WrongAnswer as wrong:
            warn(str(wrong))
    raise InputError("No answer was pasted; nothing was stored. Start again when you have one.")


def received(door: socket.socket, redirect_uri: str) -> Answer:
    """The code that a browser brings to this port, where the redirect address leads (through a proxy with a certificate)."""

    async def answer(request: AuthorizationRequest) -> str:
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def redirected(query: Mapping[str, str]) -> str:
            try:
                code = code_of(request, query)
            except WrongAnswer as wrong:
                return str(wrong)
            except Unauthorized as declined:
                if not found.done():
                    found.set_exception(declined)
                return RECEIVED
            if not found.done():
                found.set_result(code)
            return RECEIVED

        from tieout.api.consent import redirect_application
        from tieout.api.server import server

        web = server(redirect_application(urlsplit(redirect_uri).path, redirected))
        serving = asyncio.ensure_future(web.serve(sockets=[door]))
        try:
            host, port = door.getsockname()[:2]
            say(f"{OPEN}\n\n{request.address}\n")
            say(f"Accept there. Waiting on http://{host}:{port} for the browser to come back ...")
            return await found
        finally:  # the browser gets its page first
            web.should_exit = True
            await serving

    return answer


async def _line() -> str:
    """One line of standard input, empty at its end; a thread that nobody waits for, so that Ctrl-C ends the command at once."""
    loop = asyncio.get_running_loop()
    read: asyncio.Future[str] = loop.create_future()

    def keep(line: str) -> None:
        if not read.done():
            read.set_result(line)

    threading.Thread(
        target=lambda: loop.call_soon_threadsafe(keep, sys.stdin.readline()), daemon=True
    ).start()
    return await read


def tokens_of(given: Mapping[str, object]) -> Tokens | None:
    """The tokens in a document, None if it has none. Without a known end they count as ended, so that they are renewed before they are kept."""
    if not given.get("access_token") and not given.get("refresh_token"):
        return None
    return Tokens(
        str(given.get("access_token", "")),
        str(given.get("refresh_token", "")),
        datetime.fromtimestamp(0, UTC),
    )
