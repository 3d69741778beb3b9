"""The database of the arena and what can happen to it: killed, restarted, its disk full, its commits slow."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from tieout.store.errors import StoreError
from tieout.store.postgres import EmbeddedPostgres
from tieout.store.postgres_place import PORT, embedded_directory, find_place, make_place

DISK = "1g"
SLOW_COMMIT_US = 100_000
ENDS = (signal.SIGKILL, signal.SIGQUIT, signal.SIGINT)


class ArenaDatabase:
    """One PostgreSQL for all workers. Where root may mount, its files lie on a file system of their own that can be filled."""

    def __init__(self, home: Path) -> None:
        self.home, self.url = home, ""
        self._server = EmbeddedPostgres(home)
        self._disk: Path | None = None
        self.no_disk = ""

    async def open(self) -> None:
        self.no_disk = await asyncio.to_thread(self._mount)
        self.url = await asyncio.to_thread(self._server.start)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    @property
    def socket(self) -> str:
        place = find_place(self.home)
        assert place is not None
        return str(place.sockets / f".s.PGSQL.{PORT}")

    def _mount(self) -> str:
        """Put the files on a small disk; why not, if that cannot be."""
        if os.geteuid() != 0:
            return "only root may mount a small file system"
        place = make_place(self.home)
        options = f"size={DISK},mode=0755,uid={place.account.uid},gid={place.account.gid}"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place.directory)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return "this machine does not let a small file system be mounted"
        self._disk = place.directory
        return ""

    def _close(self) -> None:
        with suppress(StoreError):
            self._server.stop()
        directory = embedded_directory(self.home)
        if self._disk is not None:
            subprocess.run(["umount", "--lazy", str(self._disk)], check=False)
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    async def end(self, how: signal.Signals) -> bool:
        """End the server: at once and without a word (SIGKILL), at once (SIGQUIT), or in order (SIGINT)."""
        pid = self._server.current_postmaster_pid()
        if pid is None:
            return False
        os.kill(pid, how)
        for _ in range(50):
            if self._server.current_postmaster_pid() is None:
                return True
            await asyncio.sleep(0.05)
        return False

    async def start(self) -> None:
        """Bring it back, whatever ended it."""
        await asyncio.to_thread(self._server.start)

    async def runs(self) -> bool:
        return self._server.current_postmaster_pid() is not None

    async def fill_disk(self) -> None:
        await asyncio.to_thread(self._fill)

    def _fill(self) -> None:
        """Take all the room there is."""
        assert self._disk is not None
        place = os.open(self._disk / "filler", os.O_CREAT | os.O_WRONLY)
        with suppress(OSError):
            while os.write(place, bytes(1 << 20)):
                pass
        with suppress(OSError):
            while os.write(place, bytes(4096)):
                pass
        os.close(place)

    async def need_room(self) -> None:
        """Let the log of transactions begin a new file, which a full disk does not have: PostgreSQL ends itself."""
        with suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as there:
                for _ in range(3):
                    await there.execute("CREATE TABLE full_disk (n int)")
                    await there.execute("DROP TABLE full_disk")
                    await there.execute("SELECT pg_switch_wal()")

    async def make_room(self) -> None:
        """Room again; what a full disk has ended is started again."""
        assert self._disk is not None
        (self._disk / "filler").unlink()
        await self.start()

    async def slow_commits(self, *, slow: bool) -> float:
        """Let every commit take a tenth of a second longer, or no longer so; what a commit takes now, in seconds."""
        return await asyncio.to_thread(self._slow, slow=slow)

    def _slow(self, *, slow: bool) -> float:
        to = {"commit_delay": SLOW_COMMIT_US, "commit_siblings": 0} if slow else {}
        with psycopg.connect(self.url, autocommit=True) as connection:
            for name in ("commit_delay", "commit_siblings"):
                value = f"SET {name} = {to[name]}" if name in to else f"RESET {name}"
                connection.execute(f"ALTER SYSTEM {value}".encode())
            connection.execute("SELECT pg_reload_conf()")
        with psycopg.connect(self.url) as connection:
            connection.execute("CREATE TEMP TABLE probe (n int)")
            connection.execute("SELECT pg_current_xact_id()")
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            connection.commit()
            end = connection.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        assert end is not None
        return float((end[0] - row[0]).total_seconds())


def an_end(dice: random.Random) -> signal.Signals:
    return dice.choice(ENDS)
