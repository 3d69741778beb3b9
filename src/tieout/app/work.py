"""``tieout sync``, ``serve`` and ``worker``: doing the work once, or for good."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer

from tieout.app.agreement import keep_tying_out
from tieout.app.console import end, say, say_json
from tieout.app.installation import Installation, opened
from tieout.app.line import is_well, line_of, line_text
from tieout.app.listening import listening
from tieout.app.pairs import Json, Name
from tieout.app.progress import shown
from tieout.app.reports import status_of, status_text
from tieout.app.running import described, run
from tieout.app.settings import Settings
from tieout.app.webhooks import receiver, register_callbacks
from tieout.engine.jobs import Jobs
from tieout.engine.ports import Pair
from tieout.engine.schedule import keep_time
from tieout.engine.together import together

if TYPE_CHECKING:
    import uvicorn

log = structlog.get_logger()

PATIENCE = 30


def sync(name: Name, as_json: Json = False) -> None:
    """Look at both sides once and work everything that is due. Ends 0 if nothing is left held, dead or pending."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)

            async def so_far() -> str:
                counts = await status_of(installation, pair)
                return (
                    f"seen {counts['seen']}, pending {counts['pending']}, agreed {counts['agreed']}"
                )

            async with shown(so_far):
                await sync_once(installation, pair)
            status = await status_of(installation, pair)
            line = await line_of(installation, pair)
        if as_json:
            say_json({**status, "line": line})
        else:
            say("\n".join(filter(None, (status_text(status), line_text(name, line)))))
        settled = status["pending"] + status["held"] + status["dead"] == 0
        end(true=settled and is_well(line))

    run(work())


async def sync_once(installation: Installation, pair: Pair) -> None:
    """Poll, then settle until nothing is pending.

    While another worker has the company its turn is awaited; what has to wait a little for another
    try is awaited too, for half a minute at most.
    """
    await installation.poll(pair.id)
    for _ in range(PATIENCE):
        settled = await installation.settle(pair.company_id)
        if await installation.store.stop_of(pair):
            break
        status = await installation.store.status(pair)
        if settled and status.pending == status.awaiting_posting:
            break
        await asyncio.sleep(1.0)
    await installation.derive_overdue()


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any free one.")
    ] = 8383,
) -> None:
    """Run the API, the webhook receiver and a worker until interrupted."""

    async def work() -> None:
        with listening(host, port) as door:
            async with (
                opened(Settings.from_environment()) as installation,
                installation.jobs() as jobs,
            ):
                await serving(installation, jobs, door)

    run(work())


def worker() -> None:
    """Run one more worker until interrupted."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation, installation.jobs() as jobs:
            await until_interrupted(lambda: working(installation, jobs))

    run(work())


async def serving(installation: Installation, jobs: Jobs, door: socket.socket) -> None:
    """The HTTP server and a worker side by side; webhooks are registered once the server listens."""

    async def health() -> dict[str, Any]:
        await installation.store.all_pairs()  # names are for those who may see them
        return {"ok": True}

    def report(error: Exception) -> None:
        log.error("defect", **described(error))

    from tieout.api.server import application, server

    web = server(application(receiver(installation, jobs), health, report))
    host, port = door.getsockname()[:2]

    async def both() -> None:
        async with _listening(web, door):
            while not web.started:  # noqa: ASYNC110 - uvicorn tells by an attribute
                await asyncio.sleep(0.02)
            say(f"listening on http://{host}:{port}")
            await register_callbacks(installation)
            await working(installation, jobs)

    await until_interrupted(both)


async def working(installation: Installation, jobs: Jobs) -> None:
    """A worker: the jobs, the timers, somebody who watches over the database, and one who ties out."""
    asyncio.get_running_loop().set_exception_handler(_left_behind)
    await together(
        jobs.work(),
        keep_time(
            jobs,
            installation.store,
            installation.pace,
            installation.host.now,
            installation.derive_overdue,
        ),
        installation.guard_database(),
        keep_tying_out(installation),
    )


def _left_behind(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A task of the queue that nobody waits for failed, as when the database goes away; its work is taken up again."""
    error = context.get("exception")
    log.warning("task_failed", **(described(error) if error else {"kind": "unknown"}))


async def until_interrupted(work: Callable[[], Awaitable[None]]) -> None:
    """Run until SIGINT or SIGTERM; then all is ended in order, which takes a few seconds. What is cut short is found again by the next worker."""
    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def _listening(web: uvicorn.Server, door: socket.socket) -> AsyncIterator[None]:
    """The HTTP server listens meanwhile; in the end it answers what it has begun."""
    task = asyncio.ensure_future(web.serve(sockets=[door]))
    try:
        yield
    finally:
        web.should_exit = True
        await task
