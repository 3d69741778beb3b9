"""``tieout pair``: which FreshBooks business is kept in agreement with which NAV company."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from tieout.app.connect import Listen, connect, door_at, first_consent, keep
from tieout.app.consent import tokens_of
from tieout.app.console import UNKNOWN, end, say, say_json, table
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pair_check import check_pair
from tieout.app.pair_document import check_connections, read_document, settings_of
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.app.setups import default_setup, read_setup
from tieout.app.systems import by_pages
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection

pair_app = typer.Typer(
    help="Add, list and check pairs, and change their posting setup.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The name of the pair.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for a program.")]


pair_app.command("connect")(connect)


@pair_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A name of your choice, for example main.")],
    source: Annotated[
        str,
        typer.Option("--from", help="A JSON file with both connections, or - for standard input."),
    ],
    listen: Listen = "",
) -> None:
    """Add a pair from a JSON document with "freshbooks" and "nav" (as `tieout sandbox` prints it) and optional "settings".

    Without tokens in "freshbooks" its owner is asked for consent, as by `tieout pair connect`. Settings: prefix (FB), posting_setup (an object; a complete one
    for GBP or CAD comes with Tieout), poll_interval_s (300), webhook_url (none: polling only), redirect_uri.
    """
    document = read_document(source)

    async def work() -> None:
        with door_at(listen) as door:
            async with opened(Settings.from_environment()) as installation:
                await add_pair(installation, name, document, door)
                say(f"Pair {name} added. Next: tieout pair check {name}")

    run(work())


async def add_pair(
    installation: Installation,
    name: str,
    document: Mapping[str, Any],
    door: socket.socket | None = None,
) -> None:
    """Store a pair; its posting setup is the given one, which must be in NAV's local currency, or the one that comes for that.

    The owner is asked for consent last, when all else is known to be good.
    """
    check_connections(document)
    settings = settings_of(document)
    pages = settings.get("route") == "pages"
    lcy = await _local_currency(installation, document["nav"], pages=pages)
    setup = settings.pop("posting_setup", None) or default_setup(lcy)
    _check_setup(setup, lcy)
    store, given = installation.store, document["freshbooks"]
    if tokens_of(given) is not None:
        await store.add_pair(name, given, document["nav"], settings, setup)
        return
    await store.check_name(name)
    redirect_uri = str(settings.get("redirect_uri", ""))
    connection, tokens = await first_consent(installation.http, given, redirect_uri, door)
    given = {**given, **asdict(connection), **tokens._asdict()}
    pair = await store.add_pair(name, given, document["nav"], settings, setup)
    # The business may be connected already; the consent just given is the one to go on with.
    await keep(installation, pair, connection, tokens)


@pair_app.command("list")
def list_pairs(as_json: Json = False) -> None:
    """List all pairs."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            rows = []
            for pair in await installation.store.all_pairs():
                freshbooks = await installation.store.freshbooks_connection(pair)
                nav = await installation.store.nav_connection(pair)
                rows.append(
                    {
                        "name": pair.name,
                        "prefix": pair.prefix,
                        "freshbooks": freshbooks.account_id,
                        "nav": nav.company,
                        "consent": "refused" if freshbooks.needs_consent else "given",
                    }
                )
        if as_json:
            say_json(rows)
        else:
            headings = ["name", "prefix", "freshbooks", "nav", "consent"]
            say(table(headings, [list(r.values()) for r in rows]))

    run(work())


@pair_app.command("check")
def check(name: Name, as_json: Json = False) -> None:
    """Check that both systems can be reached and that NAV's set-up fits the posting setup. Ends 0 if all is well, 1 if not."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            results = await check_pair(installation, pair)
        if as_json:
            say_json(results)
        else:
            say(
                table(
                    ["", "checked", "found"],
                    [[r.mark, r.what, r.found] for r in results],
                )
            )
        if any(r.unreachable for r in results):
            raise typer.Exit(UNKNOWN)
        end(true=all(r.ok for r in results))

    run(work())


@pair_app.command("setup")
def setup(
    name: Name,
    source: Annotated[
        str, typer.Option("--from", help="A JSON file with a new posting setup, or -.")
    ] = "",
) -> None:
    """Show the posting setup in force as JSON, or put a new one in force for what is posted from now on.

    What is posted already keeps the version that it was posted with. Held documents are looked at again.
    """

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            if not source:
                setups = await installation.store.posting_setups(pair)
                say_json(setups[max(setups)])
                return
            content = read_document(source)
            target = await installation.target(pair)
            _check_setup(content, await _lcy(target, pages=by_pages(pair)))
            version = await installation.store.change_posting_setup(pair, content)
            again = await installation.store.retry(pair, None, now=utc_now())
            say(f"Version {version} is in force; {again} held documents are looked at again.")

    run(work())


@pair_app.command("settings")
def settings(
    name: Name,
    source: Annotated[
        str, typer.Option("--from", help="A JSON file with all settings as they shall be, or -.")
    ] = "",
) -> None:
    """Show the settings of a pair as JSON, or change them: paces, limits, addresses; the prefix stays as it is.

    A worker that runs takes them over with its next look.
    """

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            if not source:
                say_json({**pair.settings, "prefix": pair.prefix})
                return
            given = settings_of({"settings": read_document(source)})
            if given.get("prefix", pair.prefix) != pair.prefix or "posting_setup" in given:
                raise InputError(
                    "The prefix cannot be changed, and the setup is: tieout pair setup."
                )
            others = await installation.store.change_settings(pair, given)
            say(f"The settings of {name} are in force.")
            if others:
                say(f"So is its route for the same NAV company's {', '.join(others)}.")

    run(work())


def _check_setup(setup: Mapping[str, Any], lcy: str) -> None:
    """A setup that can be read and is in NAV's local currency: in another one, amounts would be posted as what they are not."""
    rules = read_setup(setup, 1)
    if rules.lcy != lcy:
        raise InputError(
            f"The posting setup is for {rules.lcy}, and NAV's local currency is {lcy}."
            " Give one for this company, or check nav.company."
        )


async def _local_currency(
    installation: Installation, nav: Mapping[str, Any], *, pages: bool
) -> str:
    fields = ("odata_url", "soap_url", "company", "user", "key")
    missing = [field for field in fields if not nav.get(field)]
    if missing:
        raise InputError(f'"nav" lacks {", ".join(missing)}.')
    connection = NavConnection(**{field: str(nav[field]) for field in fields})
    return await _lcy(NavTarget(connection, installation.http), pages=pages)


async def _lcy(target: NavTarget, *, pages: bool) -> str:
    """NAV's local currency: from the gateway, or where there is none from NAV's set-up."""
    return (await target.setup()).lcy if pages else (await target.ping()).lcy
