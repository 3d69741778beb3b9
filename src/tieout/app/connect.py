"""``tieout pair connect``: the consent of FreshBooks' owner for a pair, given for the first time or anew."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer

from tieout.app.consent import Answer, consented, pasted, received, tokens_of, tried
from tieout.app.console import say
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.listening import listening
from tieout.app.pair_document import read_document
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.oauth import Tokens
from tieout.connectors.http import Http
from tieout.engine.ports import Pair

REPLACED = ("client_id", "client_secret")

Listen = Annotated[
    str,
    typer.Option(
        "--listen",
        help="Receive the browser at this HOST:PORT, where the redirect address leads, instead of asking for its address.",
    ),
]


def connect(
    name: Annotated[str, typer.Argument(help="The name of the pair.")],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="A JSON file, or -, with what changes: a new secret, or tokens."
        ),
    ] = "",
    listen: Listen = "",
) -> None:
    """Renew the consent of FreshBooks' owner for a pair; nothing else of it changes.

    Prints the address where the owner accepts, and takes the address that the browser is sent to (or the code in it). --from may replace
    client_id and client_secret in "freshbooks" and redirect_uri in "settings"; with access_token and refresh_token there nobody is asked.
    """
    document = read_document(source) if source else {}

    async def work() -> None:
        with door_at(listen) as door:
            async with opened(Settings.from_environment()) as installation:
                pair = await installation.store.pair(name)
                shown, waited = await renew(installation, pair, document, door)
        say(f"Pair {name} is connected to {shown}; {waited} documents that waited are due.")

    run(work())


async def renew(
    installation: Installation, pair: Pair, document: Mapping[str, Any], door: socket.socket | None
) -> tuple[str, int]:
    """Get a consent, try it and store it; the business it is for, and how many documents waited for it."""
    connection = changed(await installation.freshbooks(pair), document)
    given = tokens_of(document.get("freshbooks", {}))
    if given is not None:
        tokens, business = await tried(connection, given, installation.http)
    else:
        answer = answer_by(door, connection.redirect_uri)
        tokens, business = await consented(connection, answer, installation.http)
    return business.name, await keep(installation, pair, connection, tokens)


async def keep(
    installation: Installation, pair: Pair, connection: FreshbooksConnection, tokens: Tokens
) -> int:
    """Store a consent in its turn, so that no renewal of the old tokens overtakes it; how many documents waited for it."""
    stored = await installation.store.freshbooks_connection(pair)
    async with installation.tokens(stored.id).refreshing():
        return await installation.store.renew_consent(
            pair,
            stored.id,
            {
                "client_id": connection.client_id,
                "client_secret": connection.client_secret,
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
            },
            expires_at=tokens.expires_at,
            redirect_uri=connection.redirect_uri,
            now=utc_now(),
        )


async def first_consent(
    http: Http, given: Mapping[str, Any], redirect_uri: str, door: socket.socket | None
) -> tuple[FreshbooksConnection, Tokens]:
    """Ask for the consent of a pair that is to be added; account and business are learned from it where the document does not name them."""
    missing = [name for name in ("url", "client_id", "client_secret") if not given.get(name)]
    if missing:
        raise InputError(f'"freshbooks" lacks {", ".join(missing)}.')
    connection = FreshbooksConnection(
        url=str(given["url"]).strip().rstrip("/"),
        client_id=str(given["client_id"]),
        client_secret=str(given["client_secret"]),
        account_id=str(given.get("account_id") or ""),
        business_id="",
        redirect_uri=redirect_uri,
    )
    tokens, business = await consented(connection, answer_by(door, redirect_uri), http)
    ids = {"account_id": business.account_id, "business_id": business.business_id}
    return replace(connection, **ids), tokens


def changed(connection: FreshbooksConnection, document: Mapping[str, Any]) -> FreshbooksConnection:
    """The connection with what a document replaces of it. Raises InputError for what cannot be replaced."""
    given, settings = document.get("freshbooks", {}), document.get("settings", {})
    if not isinstance(given, Mapping) or not isinstance(settings, Mapping):
        raise InputError('"freshbooks" and "settings" must be objects with named values.')
    for name, kept in (("account_id", connection.account_id), ("url", connection.url)):
        if str(given.get(name) or kept).rstrip("/") != kept:
            raise InputError(
                f"freshbooks.{name} is {given[name]!r}, and the pair is for {kept!r}: another business is another pair (tieout pair add)."
            )
    fields = {name: str(given[name]) for name in REPLACED if given.get(name)}
    redirect = str(settings.get("redirect_uri") or connection.redirect_uri)
    return replace(connection, redirect_uri=redirect, **fields)


def answer_by(door: socket.socket | None, redirect_uri: str) -> Answer:
    """How the owner's answer gets here: received at an open port, or pasted."""
    return pasted if door is None else received(door, redirect_uri)


@contextmanager
def door_at(address: str) -> Iterator[socket.socket | None]:
    """The opened port of ``HOST:PORT``; None if no address is given."""
    if not address:
        yield None
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise InputError(f"--listen {address!r} is no address; write it as 127.0.0.1:8384.")
    with listening(host.strip("[]"), int(port)) as door:
        yield door
