"""The processes that work: one ``tieout serve`` and as many ``tieout worker`` as wanted, each with its own way to the database."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chaos.namespaces import Host
from tieout.app.console import UNKNOWN
from tieout.app.demo import COMMAND

RESTART_S, READY_S = 1.0, 2.0
# Until then it is still starting, and may give up because the database is away.
STARTING_S = 10.0


@dataclass(frozen=True)
class Ending:
    """A worker ended by itself."""

    code: int
    lived_s: float

    @property
    def allowed(self) -> bool:
        """Whether it could not start because the database was away; one that works may never end."""
        return self.code == UNKNOWN and self.lived_s < STARTING_S


@dataclass
class Worker:
    """One process. A supervisor starts it again when it ends by itself, as systemd would."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    host: Host | None = None
    process: asyncio.subprocess.Process | None = None
    born: float = 0.0
    paused: bool = False
    unplugged: bool = False
    ended: list[Ending] = field(default_factory=list)
    _wanted: bool = False

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None else 0

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    @property
    def well(self) -> bool:
        """Whether it has had the time to begin, and nothing has been done to it."""
        gone = self.paused or self.unplugged
        return self.runs and not gone and time.monotonic() - self.born > READY_S

    async def start(self) -> None:
        with self.log.open("a") as log:
            command = (*COMMAND, *self.command)
            self.process = await asyncio.create_subprocess_exec(
                *(self.host.inside(*command) if self.host else command),
                env={**os.environ, **self.environment, "TIEOUT_LOG": "info", "TIEOUT_CRASH_AT": ""},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )
        self.born, self.paused, self._wanted = time.monotonic(), False, True

    async def kill(self) -> None:
        """kill -9; it stays dead until it is started."""
        self._wanted = False
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()

    def pause(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        self.paused = True

    def wake(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.paused = False

    def unplug(self) -> None:
        """Take its host off the network."""
        assert self.host is not None
        self.host.unplug()
        self.unplugged = True

    def plug(self) -> None:
        assert self.host is not None
        self.host.plug()
        self.unplugged = False

    async def watch_over(self) -> None:
        """Until cancelled: start it again when it has ended by itself."""
        while True:
            if self._wanted and self.process is not None and self.process.returncode is not None:
                lived_s = time.monotonic() - self.born
                self.ended.append(Ending(self.process.returncode, lived_s))
                self._wanted = False
                await asyncio.sleep(RESTART_S)
                await self.start()
            await asyncio.sleep(0.1)


def lasting_port() -> int:
    """A port that a server may leave and take again: not one of those that the system gives to whoever calls out."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
