"""One installation: its database, its secrets, and everything that is done for its pairs."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

import structlog

from tieout.app.duties import Duties
from tieout.app.host import Host, this_host
from tieout.app.running import InputError
from tieout.app.settings import Settings
from tieout.connectors.http import Http
from tieout.engine.jobs import FIRST_TABLE, SCHEMA, Jobs, queue_tables
from tieout.store.database import watched
from tieout.store.errors import StoreError
from tieout.store.migrate import migrate
from tieout.store.postgres import EmbeddedPostgres
from tieout.store.queue import install_queue
from tieout.store.secrets import load_secrets
from tieout.store.store import PostgresStore

log = structlog.get_logger()

DATABASE_LOOK_S = 0.5


class Installation(Duties):
    """The opened installation; made by ``opened``."""

    def __init__(
        self,
        url: str,
        store: PostgresStore,
        http: Http,
        server: EmbeddedPostgres | None,
        host: Host,
    ) -> None:
        super().__init__(store, http, host)
        self.url, self._server = url, server

    def jobs(self) -> Jobs:
        """The queue, with what its jobs do."""
        return Jobs(self.url, settle=self.settle_job, poll=self.poll_job)

    async def guard_database(self) -> None:
        """Until cancelled: bring the embedded database back when it was killed; one given by address is its owner's."""
        while self._server is not None:
            if self._server.current_postmaster_pid() is None:
                log.warning("database_restarted")
                with suppress(StoreError):
                    await asyncio.to_thread(self._server.start)
            await asyncio.sleep(DATABASE_LOOK_S)

    @property
    def calls(self) -> Counter[str]:
        """How many requests were sent, by system and verb."""
        return self.http.calls


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Installation]:
    """Open the installation: start or find the database, bring it up to date, read the secret key. Everything is closed at the end."""
    async with AsyncExitStack() as stack:
        _check(settings)
        server = None if settings.database_url else EmbeddedPostgres(settings.home)
        url = settings.database_url
        if server is not None:
            stack.callback(server.stop)
            url = await asyncio.to_thread(server.start)
        url = watched(url)
        await asyncio.to_thread(migrate, url)
        await install_queue(url, SCHEMA, FIRST_TABLE, queue_tables())
        store = PostgresStore(
            url, load_secrets(settings.home), checkpoint=crash_point(settings.crash_at)
        )
        stack.push_async_callback(store.close)
        http = await stack.enter_async_context(Http())
        yield Installation(url, store, http, server, this_host())


def _check(settings: Settings) -> None:
    """What the environment says must be of use; the address of a database is never shown, since it may hold a password."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(settings.home, os.R_OK | os.W_OK | os.X_OK)
        reason = "" if usable else "you may not write there"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise InputError(
            f"TIEOUT_HOME {settings.home} cannot be used: {reason}. Choose a folder of yours."
        )
    if settings.database_url and not _is_postgres(settings.database_url):
        raise InputError("DATABASE_URL must look like postgresql://user:password@host:5432/name.")


def _is_postgres(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("postgresql", "postgres") and parts.port != 0
    except ValueError:
        return False


def crash_point(text: str) -> Callable[[str], None]:
    """The checkpoint that kills this process the nth time a named point is reached (``record.before_commit:3``); for tests of the machinery."""
    name, _, nth = text.partition(":")
    left = int(nth or 1)

    def checkpoint(reached: str) -> None:
        nonlocal left
        if reached != name:
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint
