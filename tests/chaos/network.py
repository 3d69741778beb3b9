"""The network between workers and everything else: each connection passes a crossing that knows whose it is, so that one's way can be cut, stalled or slow.

It needs no right of an administrator: a crossing listens on the loopback and asks the kernel which process holds the other end.
Who has a host of his own is known by its address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import psutil

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Far = Callable[[], Awaitable[Streams]]
SLOW_S = 0.15
LOOK_S = 0.05


class Way(StrEnum):
    """How the way from one worker to one system is: a cut one resets what is under way and refuses what is new, a stalled one swallows it all in silence."""

    OPEN = "open"
    CUT = "cut"
    STALLED = "stalled"
    SLOW = "slow"


@dataclass
class Network:
    """The ways of all workers, by the worker's name and the system's.

    ``whose`` tells the name of a process, ``hosts`` the names by address, ``address`` is where crossings listen.
    """

    whose: Callable[[int], str]
    pids: Callable[[], list[int]]
    hosts: Callable[[], dict[str, str]]
    address: str = "127.0.0.1"
    _ways: dict[tuple[str, str], Way] = field(default_factory=dict)
    _relays: dict[asyncio.Task[None], tuple[str, str]] = field(default_factory=dict)

    def way(self, worker: str, system: str) -> Way:
        return self._ways.get((worker, system), Way.OPEN)

    def set(self, worker: str, system: str, way: Way) -> None:
        """From now on it is so; a cut ends what is under way."""
        self._ways[worker, system] = way
        if way is Way.CUT:
            self.reset(worker, system)

    def heal(self) -> None:
        self._ways.clear()

    def reset(self, worker: str, system: str) -> None:
        """End every connection between the two."""
        for task, between in list(self._relays.items()):
            if between == (worker, system):
                task.cancel()

    @asynccontextmanager
    async def crossing(self, system: str, far: Far) -> AsyncIterator[int]:
        """A port behind which that system is; ``far`` opens a connection to it."""

        async def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            worker = self._caller(writer.get_extra_info("peername"))
            self._relays[task] = (worker, system)
            try:
                if self.way(worker, system) is not Way.CUT:
                    await self._relay((reader, writer), far, worker, system)
            except (asyncio.CancelledError, OSError):
                pass  # cut, or one end is gone
            finally:
                self._relays.pop(task, None)
                writer.transport.abort()

        server = await asyncio.start_server(arrived, self.address, 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for task in list(self._relays):
                task.cancel()

    def _caller(self, address: tuple[str, int]) -> str:
        """The worker that the other end of a connection belongs to; empty if it is none of them."""
        if name := self.hosts().get(address[0]):
            return name
        for pid in self.pids():
            with suppress(psutil.Error, OSError):
                connections = psutil.Process(pid).net_connections("tcp")
                if address in {tuple(connection.laddr) for connection in connections}:
                    return self.whose(pid)
        return ""

    async def _relay(self, near: Streams, far: Far, worker: str, system: str) -> None:
        await self._passed(worker, system)
        there = await far()
        ways = (
            asyncio.ensure_future(self._carry(near[0], there[1], worker, system)),
            asyncio.ensure_future(self._carry(there[0], near[1], worker, system)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # First of all: whoever waits below may be cancelled a second time.
            there[1].transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        worker: str,
        system: str,
    ) -> None:
        while data := await reader.read(65536):
            await self._passed(worker, system)
            writer.write(data)
            await writer.drain()

    async def _passed(self, worker: str, system: str) -> None:
        """Wait until something may pass."""
        if self.way(worker, system) is Way.SLOW:
            await asyncio.sleep(SLOW_S)
        while self.way(worker, system) is Way.STALLED:  # noqa: ASYNC110 - whoever sets a way need not know who waits
            await asyncio.sleep(LOOK_S)


def by_port(host: str, port: int) -> Far:
    """The way to a server that listens on a port."""
    return lambda: asyncio.open_connection(host, port)


def by_socket(path: str) -> Far:
    """The way to a server that listens on a socket of this machine."""
    return lambda: asyncio.open_unix_connection(path)
