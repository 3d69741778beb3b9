"""``tieout sandbox``: servers that stand in for FreshBooks and NAV, and real invoices to fill them with.

The only module of the product that knows the sandboxes: it starts them, and nothing else does.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tieout.app.console import UNKNOWN, end, say, say_json, table, warn
from tieout.app.running import InputError, run

if TYPE_CHECKING:
    from tieout_sandboxes.freshbooks import FreshBooksServer
    from tieout_sandboxes.nav.server import NavServer
    from tieout_sandboxes.retail import Connection, Summary

Company = Literal["gb", "ca"]
Limits = Literal["real", "off"]
TIMEZONES = {"gb": "Europe/London", "ca": "America/Toronto"}

sandbox_app = typer.Typer(
    help="Run servers that stand in for FreshBooks and NAV; load real invoices into them.",
    invoke_without_command=True,
)


@asynccontextmanager
async def run_sandboxes(
    *,
    company: Company = "gb",
    empty: bool = False,
    limits: Limits = "real",
    freshbooks_port: int = 0,
    nav_odata_port: int = 0,
    nav_soap_port: int = 0,
    control: bool = False,
) -> AsyncIterator[dict[str, Any]]:
    """Runs both sandboxes in this process and yields how to connect; on leaving they stop.

    Ports of 0 are chosen. Without `empty`, FreshBooks starts with a small company. The value is what
    `tieout pair add --from` takes: {"freshbooks": {...}, "nav": {...}}.
    """
    from tieout_sandboxes.freshbooks import serve_freshbooks
    from tieout_sandboxes.nav.server import serve_nav
    from tieout_sandboxes.retail import PLACES, Connection, make_starter_company

    place = PLACES[company]
    async with AsyncExitStack() as running:
        with _ports_explained():
            freshbooks = await serve_freshbooks(
                port=freshbooks_port,
                limits=limits,
                currency=place.currency,
                timezone=TIMEZONES[company],
                control=control,
            )
            running.push_async_callback(freshbooks.stop)
            nav = await serve_nav(
                company=company,
                odata_port=nav_odata_port,
                soap_port=nav_soap_port,
                control=control,
            )
            running.push_async_callback(nav.stop)
        connection = _connection(freshbooks, nav)
        if not empty:
            today = datetime.now(UTC).date()
            await make_starter_company(Connection.read(connection), place, today)
        yield connection


@contextmanager
def _ports_explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"A port cannot be opened: {error.strerror}. Choose another, or 0 for any free one."
        raise InputError(text) from error


def _connection(freshbooks: FreshBooksServer, nav: NavServer) -> dict[str, Any]:
    return {
        "freshbooks": {
            "url": freshbooks.url,
            "client_id": freshbooks.client_id,
            "client_secret": freshbooks.client_secret,
            "access_token": freshbooks.access_token,
            "refresh_token": freshbooks.refresh_token,
            "account_id": freshbooks.account_id,
            "business_id": freshbooks.business_id,
        },
        "nav": {
            "odata_url": nav.odata_url,
            "soap_url": nav.soap_url,
            "company": nav.company,
            "user": nav.user,
            "key": nav.key,
        },
    }


Port = typer.Option(min=0, max=65535, help="0 takes any free port.")


@sandbox_app.callback()
def sandbox(
    context: typer.Context,
    company: Annotated[Company, typer.Option(help="Which NAV company to stand in for.")] = "gb",
    empty: Annotated[
        bool, typer.Option("--empty", help="Start FreshBooks without the small company.")
    ] = False,
    limits: Annotated[
        Limits, typer.Option(help="Whether FreshBooks refuses too many requests.")
    ] = "real",
    freshbooks_port: Annotated[int, Port] = 0,
    nav_odata_port: Annotated[int, Port] = 0,
    nav_soap_port: Annotated[int, Port] = 0,
    control: Annotated[
        bool, typer.Option("--control", help="Open the control API: clock, latency, faults.")
    ] = False,
) -> None:
    """Run both sandboxes until interrupted, and print one JSON line when they are ready: how to connect to them."""
    if context.invoked_subcommand is not None:
        return

    async def serve() -> None:
        async with run_sandboxes(
            company=company,
            empty=empty,
            limits=limits,
            freshbooks_port=freshbooks_port,
            nav_odata_port=nav_odata_port,
            nav_soap_port=nav_soap_port,
            control=control,
        ) as connection:
            say(json.dumps(connection))
            warn("Both sandboxes are ready; Ctrl-C stops them.")
            await _interrupted()

    run(serve())


async def _interrupted() -> None:
    """Returns on Ctrl-C or when the process is asked to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


@sandbox_app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="A .csv or .csv.gz file; see docs/guide/load.md.")],
    to: Annotated[
        Path, typer.Option("--to", help="The JSON line that `tieout sandbox` printed, saved.")
    ],
    seed: Annotated[
        int, typer.Option(help="Which payments are made up: same seed, same ones.")
    ] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for a program.")
    ] = False,
) -> None:
    """Load invoices in the UCI "Online Retail" layout into a FreshBooks server through its public API.

    Safe to run again: what exists is not made twice. Ends 0 if all was loaded, 1 if something was refused, 2 if the server failed, 64 if the file is of no use.
    """

    async def work() -> None:
        summary = await _load(file, to, seed)
        for issue in summary.notes:
            warn(f"note: {file}, {issue}")
        for issue in summary.refused:
            warn(f"refused: {file}, {issue}")
        if as_json:
            say_json(summary)
        else:
            say(_told(summary))
        end(true=not summary.refused)

    run(work())


async def _load(file: Path, to: Path, seed: int) -> Summary:
    from tieout_sandboxes.retail import LayoutError, LoadFailed, load_retail

    connection, keep_tokens = _saved_connection(to)
    try:
        return await load_retail(file, connection, seed=seed, keep_tokens=keep_tokens, say=warn)
    except LayoutError as error:
        raise InputError(str(error)) from error
    except LoadFailed as failure:
        warn(f"Not loaded to the end: {failure}")
        raise typer.Exit(UNKNOWN) from None


def _told(summary: Summary) -> str:
    rows = [
        ["clients", summary.clients, ""],
        ["items", summary.items, ""],
        ["invoices", summary.invoices, summary.existing_invoices],
        ["credit notes", summary.credit_notes, summary.existing_credit_notes],
        ["payments", summary.payments, ""],
        ["lines", summary.lines, ""],
        ["refused", len(summary.refused), ""],
    ]
    return f"{table(['', 'made', 'were there'], rows)}\n{summary.seconds} s"


def _saved_connection(path: Path) -> tuple[Connection, Callable[[str, str], None]]:
    """The connection of a file, and what keeps new tokens there: a refresh token works only once."""
    from tieout_sandboxes.retail import Connection, LoadFailed

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        connection = Connection.read(document)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, AttributeError) as error:
        raise InputError(f"{path} is not what `tieout sandbox` prints: {error}") from error

    def keep(access_token: str, refresh_token: str) -> None:
        document["freshbooks"] |= {"access_token": access_token, "refresh_token": refresh_token}
        try:
            _replace(path, json.dumps(document) + "\n")
        except OSError as error:
            raise LoadFailed(f"new tokens cannot be kept in {path}: {error.strerror}") from error

    return connection, keep


def _replace(path: Path, text: str) -> None:
    """Puts a file in another's place, whole or not at all, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
