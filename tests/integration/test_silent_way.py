"""The way to the database over a network: the kernel is told to give a silent one up within seconds."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url

from tieout.app.installation import opened
from tieout.app.settings import Settings
from tieout.store.database import watched


@pytest.fixture
async def over_tcp(database_url: str) -> AsyncIterator[str]:
    """The address of the database behind a port of the loopback, as if it were on another machine."""
    address = make_url(database_url)
    if address.host:
        yield database_url
        return
    path = f"{address.query['host']}/.s.PGSQL.{address.query.get('port', '5432')}"

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        sink.close()

    relays: list[asyncio.Task[None] | None] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.append(asyncio.current_task())
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = address.set(host="127.0.0.1", port=port, query={})
    yield url.render_as_string(hide_password=False)
    server.close()
    await asyncio.gather(*filter(None, relays))


def options_of_connections_to(port: int) -> Iterator[tuple[int, ...]]:
    """What the kernel was told of this process's own connections to a port: milliseconds and seconds."""
    for each in psutil.Process().net_connections("tcp"):
        if each.raddr and each.raddr.port == port:
            with socket.socket(fileno=os.dup(each.fd)) as found:
                yield (
                    found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                    found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
                    found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                    found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
                )


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux can be told how long silence lasts"
)
async def test_every_connection_to_the_database_is_given_up_when_it_is_silent(
    over_tcp: str, tmp_path: Path
) -> None:
    port = make_url(over_tcp).port
    assert port is not None
    settings = Settings(home=tmp_path / "home", database_url=over_tcp, crash_at="")
    async with opened(settings) as installation, installation.jobs() as jobs:
        work = asyncio.create_task(jobs.work())
        await installation.store.all_pairs()
        await asyncio.sleep(0.5)
        found = list(options_of_connections_to(port))
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
    assert len(found) >= 3, "the store's, the queue's and one that listens"
    assert set(found) == {(1, 5_000, 5, 1)}


def test_what_an_address_says_itself_stays() -> None:
    given = "postgresql://u:p%40ss@db.test:5432/books?tcp_user_timeout=60000&sslmode=require"
    query = make_url(watched(given)).query
    assert (query["tcp_user_timeout"], query["sslmode"]) == ("60000", "require")
    assert query["keepalives_idle"] == "5"
    assert make_url(watched(given)).password == "p@ss"
    assert watched(watched(given)) == watched(given)
