"""``tieout sandbox``: servers that stand in for FreshBooks and NAV.

The only module of the product that starts the sandboxes.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tieout.app.console import say, warn
from tieout.app.running import InputError, run
from tieout.app.sandbox_load import load

if TYPE_CHECKING:
    from tieout_sandboxes.freshbooks import FreshBooksServer
    from tieout_sandboxes.nav.server import NavServer

Company = Literal["gb", "ca"]
Limits = Literal["real", "off"]
TIMEZONES = {"gb": "Europe/London", "ca": "America/Toronto"}

sandbox_app = typer.Typer(
    help="Run servers that stand in for FreshBooks and NAV; load real invoices into them.",
    invoke_without_command=True,
)
sandbox_app.command("load")(load)


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
