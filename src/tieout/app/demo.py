"""``./dev demo``: both sandboxes, a database, a pair and a worker, each a process of its own; a month is played and tied out."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from tieout.app.console import FALSE, TRUE, say, warn
from tieout.app.installation import Installation, opened
from tieout.app.pairs import add_pair
from tieout.app.reconcile import reconcile
from tieout.app.reports import status_of, status_text
from tieout.app.running import set_up_logs
from tieout.app.settings import Settings
from tieout.app.tie_out import tieout_text
from tieout.app.work import sync_once
from tieout.engine.ports import Pair
from tieout.store.postgres import EmbeddedPostgres
from tieout_sandboxes.audit import audit_books
from tieout_sandboxes.people import FreshbooksPerson, NavReader, browser
from tieout_sandboxes.retail import Connection
from tieout_sandboxes.retail.audit import audit
from tieout_sandboxes.service_firm import ServiceFirm, load_service_firm
from tieout_sandboxes.story import month

COMMAND = (sys.executable, "-m", "tieout.app.cli")
PATIENCE_S, LONG_PATIENCE_S = 60.0, 1800.0


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="play, tie out and end: 0 if both books agree"
    )
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="load invoices from CSV files",
    )
    parser.add_argument(
        "--service-firm",
        action="store_true",
        help="generate a year of a service firm instead, synced while it is written",
    )
    parser.add_argument("--documents", type=int, default=20_000, help="of the service firm")
    parser.add_argument("--seed", type=int, default=1, help="of the service firm")
    parser.add_argument("--company", choices=("gb", "ca"), default="gb", help="of the service firm")
    arguments = parser.parse_args()
    if arguments.service_firm and arguments.data:
        parser.error("give either --data or --service-firm")
    firm = ServiceFirm(arguments.seed, arguments.documents, company=arguments.company)
    os.environ.setdefault("TIEOUT_LOG", "warning")
    set_up_logs()
    try:
        agree = asyncio.run(
            demo(
                arguments.data,
                firm if arguments.service_firm else None,
                stay=not arguments.check,
            )
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        agree = True
    sys.exit(TRUE if agree else FALSE)


async def demo(files: Sequence[Path], firm: ServiceFirm | None, *, stay: bool) -> bool:
    """Whether both books agreed in the end."""
    async with AsyncExitStack() as stack:
        home = stack.enter_context(_home())
        limits = "off" if files or firm else "real"
        company = firm.company if firm else "gb"
        connection = await stack.enter_async_context(sandbox(limits, "--company", company))
        say(
            f"sandboxes ready: FreshBooks {connection['freshbooks']['url']}, NAV {connection['nav']['odata_url']}"
        )
        installation = await stack.enter_async_context(
            opened(
                Settings(home=home, database_url=os.environ.get("DATABASE_URL", ""), crash_at="")
            )
        )
        say("database ready")
        http = await stack.enter_async_context(browser())
        port = free_port()
        await _add_pair(installation, connection, port)
        pair = await installation.store.pair("demo")
        if files:
            await _load(files, connection)
        await stack.enter_async_context(_serve(home, port))
        say(f"worker ready: http://127.0.0.1:{port}")
        person = FreshbooksPerson(connection["freshbooks"], http)
        if files:
            await _settled(installation, pair, patience_s=LONG_PATIENCE_S)
        elif firm:
            await _year(installation, pair, firm, connection, NavReader(connection["nav"], http))
        else:
            await _play(installation, pair, person)
        agree = await _show(installation, pair)
        nav = NavReader(connection["nav"], http)
        agree &= await _audit(files, person, nav)
        agree &= await _writes_nothing(installation, pair, nav)
        if stay:
            say("Everything stays up; press Ctrl-C to end.")
            await asyncio.Event().wait()
        return agree


async def _play(installation: Installation, pair: Pair, person: FreshbooksPerson) -> None:
    async for done in month(person):
        begun = time.monotonic()
        await asyncio.sleep(0.3)
        await _settled(installation, pair, patience_s=PATIENCE_S)
        say(f"  {done:<55} agreed after {time.monotonic() - begun:.1f} s")


async def _settled(installation: Installation, pair: Pair, patience_s: float) -> None:
    """Wait until a poll has seen everything and nothing is pending; show what is going on."""
    await installation.poll(pair.id)
    until, shown = time.monotonic() + patience_s, ""
    while time.monotonic() < until:
        found = await status_of(installation, pair)
        text = f"  seen {found['seen']}, agreed {found['agreed']}, pending {found['pending']}"
        if found["pending"] == 0:
            return
        if found["seen"] > 100 and text != shown:
            say(text)
            shown = text
        await asyncio.sleep(0.2 if found["seen"] < 100 else 1.0)
    warn("it takes longer than expected; see the status below")


async def _show(installation: Installation, pair: Pair) -> bool:
    say()
    status = await status_of(installation, pair)
    say(status_text(status))
    await _show_held(installation, pair)
    say()
    result = await reconcile(installation, pair, None)
    say(tieout_text(result))
    return result.agrees and status["pending"] + status["held"] + status["dead"] == 0


async def _year(
    installation: Installation,
    pair: Pair,
    firm: ServiceFirm,
    connection: dict[str, Any],
    nav: NavReader,
) -> None:
    """The firm's year, written while the worker works; after each month both books are given the time to settle."""

    async def month_ended(_day: date) -> None:
        await _settled(installation, pair, patience_s=LONG_PATIENCE_S)

    begun = time.monotonic()
    played = await load_service_firm(
        firm, Connection.read(connection), nav=nav, say=say, month_ended=month_ended
    )
    for refusal in played.refused:
        warn(f"refused: {refusal}")
    say(
        f"made {dict(played.made)}, changed {dict(played.changed)}, {len(played.refused)} refused; "
        f"{played.seconds:.0f} s to write, {time.monotonic() - begun:.0f} s with settling"
    )


async def _show_held(installation: Installation, pair: Pair) -> None:
    """How many documents are held for which reason, with one of each."""
    by_rule: dict[str, list[str]] = {}
    for one in await installation.store.held(pair):
        by_rule.setdefault(one.reason.partition(":")[0], []).append(f"{one.ref}: {one.reason}")
    for texts in sorted(by_rule.values(), key=len, reverse=True):
        warn(f"held {len(texts):>5}, for example {texts[0]}")


async def _audit(files: Sequence[Path], person: FreshbooksPerson, nav: NavReader) -> bool:
    """The second opinion: both servers' own answers against each other, and NAV's ledger against the files."""
    say()
    differences = await audit_books(person, nav)
    findings = await audit(files, nav) if files else []
    for found in (*differences, *findings):
        warn(str(found))
    say(f"the audit of both books, per document and per client: {len(differences)} differences")
    if files:
        names = ", ".join(file.name for file in files)
        say(f"net per document and per customer against {names}: {len(findings)} differences")
    return not differences and not findings


async def _writes_nothing(installation: Installation, pair: Pair, nav: NavReader) -> bool:
    """A second sync must find nothing left to do."""
    before = await nav.last_entry()
    await sync_once(installation, pair)
    written = await nav.last_entry() - before
    say(f"a second sync: {written} new entries in NAV's general ledger")
    return written == 0


async def _add_pair(installation: Installation, connection: dict[str, Any], port: int) -> None:
    settings = {"webhook_url": f"http://127.0.0.1:{port}", "poll_interval_s": 5}
    await add_pair(installation, "demo", {**connection, "settings": settings})


async def _load(files: Sequence[Path], connection: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as told:
        json.dump(connection, told)
        told.flush()
        for file in files:
            say(f"loading {file.name} ...")
            loading = await asyncio.create_subprocess_exec(
                *COMMAND, "sandbox", "load", str(file), "--to", told.name
            )
            if await loading.wait():
                raise SystemExit(f"loading {file} failed")


@asynccontextmanager
async def sandbox(limits: str, *options: str) -> AsyncIterator[dict[str, Any]]:
    """Both sandboxes in a process of their own; the connection that they print."""
    command = (*COMMAND, "sandbox", "--empty", "--control", "--limits", limits, *options)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        first = await process.stdout.readline()
        if not first:
            raise SystemExit("the sandboxes did not start")
        yield json.loads(first)
    finally:
        await _end(process)


@asynccontextmanager
async def _serve(home: Path, port: int) -> AsyncIterator[None]:
    """``tieout serve`` in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "serve",
        "--port",
        str(port),
        env={**os.environ, "TIEOUT_HOME": str(home)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


@contextmanager
def _home() -> Iterator[Path]:
    """A folder for the state of this demonstration, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="tieout-demo-"))
    try:
        yield path
    finally:
        EmbeddedPostgres(path).remove()
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
