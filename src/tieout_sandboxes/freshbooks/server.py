"""Starts and stops a FreshBooks sandbox in the running event loop, on the loopback address only."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvicorn

from tieout_sandboxes.freshbooks.app import build
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.faults import Faults
from tieout_sandboxes.freshbooks.switches import Switches
from tieout_sandboxes.freshbooks.webhooks import Webhooks

HOST = "127.0.0.1"


class _Listener(uvicorn.Server):
    """A server that leaves the process's signals to whoever runs the event loop, and stops at once."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

    async def main_loop(self) -> None:
        """Renews the Date header every second until it is time to leave."""
        while not self.leaving.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), 1.0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class FreshBooksServer:
    """A running sandbox and what an application needs to connect to it."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    account_id: str
    business_id: int
    books: Books = field(repr=False)
    _listener: _Listener = field(repr=False)
    _serving: asyncio.Task[None] = field(repr=False)
    _webhooks: Webhooks = field(repr=False)

    async def stop(self) -> None:
        """Closes the port, and ends deliveries."""
        self._listener.leaving.set()
        await self._serving
        await self._webhooks.stop()


async def serve_freshbooks(
    *,
    port: int = 0,
    limits: str = "real",
    seed_empty: bool = True,
    currency: str = "GBP",
    timezone: str = "Europe/London",
    control: bool = False,
    switches: Switches | None = None,
) -> FreshBooksServer:
    """Starts a sandbox of one business; port 0 takes any free one.

    `limits` is "real" or "off" (rate limits are told but not enforced). With `seed_empty` there is
    nothing but the owner; otherwise there is a tax "VAT" of 20 %. `switches` are the assumptions of
    FIDELITY.md; `limits` stands over the switch of the same name.
    """
    assumed = switches or Switches()
    assumed.change({"limits": limits})
    core = Core(Clock(), assumed, Business(currency, timezone))
    books = Books(core)
    faults = Faults()
    webhooks = Webhooks(core, books.callbacks, faults)
    core.announce = webhooks.announce
    books.callbacks.shake_hands = webhooks.shake_hands
    if not seed_empty:
        books.seed()
    listening = _bound(port)
    listener = _Listener(_config(books, faults, webhooks, control=control))
    serving = asyncio.create_task(listener.serve([listening]))
    await _started(listener, serving)
    webhooks.start()
    pair = books.grants.issue()
    return FreshBooksServer(
        url=f"http://{HOST}:{listening.getsockname()[1]}",
        client_id=books.grants.client_id,
        client_secret=books.grants.client_secret,
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        account_id=core.business.account_id,
        business_id=core.business.business_id,
        books=books,
        _listener=listener,
        _serving=serving,
        _webhooks=webhooks,
    )


def _config(books: Books, faults: Faults, webhooks: Webhooks, *, control: bool) -> uvicorn.Config:
    return uvicorn.Config(
        build(books, faults, webhooks, control=control),
        access_log=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )


def _bound(port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only on sockets that say they are TCP: 40 ms an answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as problem:
        listening.close()
        message = f"port {port} of {HOST} cannot be used ({problem.strerror}): choose another"
        raise OSError(problem.errno, message) from None
    return listening


async def _started(listener: _Listener, serving: asyncio.Task[None]) -> None:
    while not listener.started:
        if serving.done():
            await serving
            raise RuntimeError("the FreshBooks sandbox ended before it had started")
        await asyncio.sleep(0.01)
