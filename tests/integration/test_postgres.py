"""The embedded database survives what happens to programs: neighbours, kill -9, a stale lock, another version.

Each scenario is a plain function of a home, so that root can run them a second time as a user without rights: a process that
has imported everything gives up its rights and goes on.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tieout.store.postgres import EmbeddedDatabaseError, EmbeddedPostgres, running
from tieout.store.postgres_place import find_place, usable_binaries

Make = Callable[[Path], EmbeddedPostgres]
IS_ROOT = os.geteuid() == 0
NEIGHBOUR = """
import sys
from pathlib import Path
from tieout.store.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.current_postmaster_pid(), flush=True)
sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tieout home's "))
    yield folder
    EmbeddedPostgres(folder).remove()
    shutil.rmtree(folder)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def kill_server(server: EmbeddedPostgres) -> int:
    pid = server.current_postmaster_pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    return pid


# ------------------------------------------------------------ scenarios


def settings_are_safe(home: Path, make: Make) -> None:
    server = make(home)
    url = server.start()
    assert ask(url, "SHOW fsync") == "on"
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SELECT current_database()") == "tieout"
    place = find_place(home.resolve())
    assert place
    assert place.sockets.stat().st_mode & 0o077 == 0 or place.directory.stat().st_mode & 0o077 == 0
    server.stop()
    assert server.current_postmaster_pid() is None


def the_last_one_out_stops_the_server(home: Path, make: Make) -> None:
    first, second = make(home), make(home)
    url = first.start()
    assert second.start() == url
    first.stop()
    assert ask(url, "SELECT 1") == 1
    second.stop()
    assert second.current_postmaster_pid() is None
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")


def a_killed_server_starts_again_with_its_data(home: Path, make: Make) -> None:
    server = make(home)
    url = server.start()
    ask(url, "CREATE TABLE kept (n int)")
    for n in range(3):
        ask(url, f"INSERT INTO kept VALUES ({n})")
        killed = kill_server(server)
        assert server.start() == url
        assert server.current_postmaster_pid() not in (None, killed)
    assert ask(url, "SELECT count(*) FROM kept") == 3
    server.stop()


def a_stale_lock_does_not_hinder(home: Path, make: Make) -> None:
    """The lock files of a dead server name a process that now is somebody else, of the same account."""
    server = make(home)
    url = server.start()
    place = find_place(home.resolve())
    assert place
    account = place.account.uid if place.account.switch else None
    with subprocess.Popen(["sleep", "60"], user=account) as stranger:
        dead = kill_server(server)
        for lock in (place.data / "postmaster.pid", place.sockets / ".s.PGSQL.5432.lock"):
            text = lock.read_text()
            assert text.startswith(f"{dead}\n")
            lock.write_text(text.replace(str(dead), str(stranger.pid), 1))
        assert server.current_postmaster_pid() is None
        assert server.start() == url
        assert stranger.poll() is None
        stranger.kill()
    assert ask(url, "SELECT 1") == 1
    server.stop()


def a_deep_home_gets_a_short_socket(home: Path, make: Make) -> None:
    deep = home / ("deep" * 30)
    server = make(deep)
    assert ask(server.start(), "SELECT 1") == 1
    server.remove()
    assert server.current_postmaster_pid() is None


SCENARIOS = (
    settings_are_safe,
    the_last_one_out_stops_the_server,
    a_killed_server_starts_again_with_its_data,
    a_stale_lock_does_not_hinder,
    a_deep_home_gets_a_short_socket,
)


# ------------------------------------------------------------ as whoever runs the tests


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_scenario(scenario: Callable[[Path, Make], None], home: Path) -> None:
    scenario(home, EmbeddedPostgres)


def test_two_processes_share_one_server_and_a_kill_leaves_no_trace(home: Path) -> None:
    command = [sys.executable, "-c", NEIGHBOUR, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as neighbour:
        assert neighbour.stdout
        shared = int(neighbour.stdout.readline())
        server = EmbeddedPostgres(home)
        url = server.start()
        assert server.current_postmaster_pid() == shared
        server.stop()
        assert ask(url, "SELECT 1") == 1, "the neighbour still uses it"
        neighbour.kill()
        neighbour.wait()
    assert ask(url, "SELECT 1") == 1, "the server outlives whoever started it"
    assert server.start() == url
    assert server.current_postmaster_pid() == shared
    server.stop()
    assert server.current_postmaster_pid() is None, "the killed neighbour no longer counts"


def test_removing_is_refused_while_another_uses_it(home: Path) -> None:
    with running(home) as url:
        with pytest.raises(EmbeddedDatabaseError, match="in use"):
            EmbeddedPostgres(home).remove()
        assert ask(url, "SELECT 1") == 1


def test_another_major_version_is_refused_with_advice(home: Path) -> None:
    with running(home):
        pass
    place = find_place(home.resolve())
    assert place
    (place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedDatabaseError, match=r"PostgreSQL 17.*runs 18.*pg_dump"):
        EmbeddedPostgres(home).start()


def test_a_lost_folder_is_told_and_not_replaced(home: Path) -> None:
    (home / "postgres").write_text("/nowhere/at/all\n")
    with pytest.raises(EmbeddedDatabaseError, match="there is nothing"):
        EmbeddedPostgres(home).start()
    (home / "postgres").unlink()


# ------------------------------------------------------------ as an ordinary user too


@pytest.mark.skipif(not IS_ROOT, reason="whoever runs the tests is an ordinary user already")
def test_scenarios_as_an_ordinary_user(home: Path) -> None:
    with running(home):
        place = find_place(home.resolve())
    assert place
    binaries = usable_binaries(None, place.account)
    done = subprocess.run(
        [sys.executable, __file__, str(binaries)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == [scenario.__name__ for scenario in SCENARIOS]


@pytest.mark.skipif(not IS_ROOT, reason="only root meets the databases of others")
def test_root_is_sent_to_the_user_whose_database_it_is(home: Path) -> None:
    (home / "postgres").mkdir()
    os.chown(home / "postgres", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(EmbeddedDatabaseError, match="Run Tieout as nobody"):
        EmbeddedPostgres(home).start()
    (home / "postgres").rmdir()


def _main(binaries: Path) -> None:
    """Give up root's rights and run every scenario; all that is needed is imported by now."""
    user = pwd.getpwnam("nobody")
    homes = [Path(tempfile.mkdtemp(prefix="tieout home's ")) for _ in SCENARIOS]
    for home in homes:
        os.chown(home, user.pw_uid, user.pw_gid)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    for home, scenario in zip(homes, SCENARIOS, strict=True):
        scenario(home, lambda folder: EmbeddedPostgres(folder, binaries=binaries))
        shutil.rmtree(home, ignore_errors=True)
        print(scenario.__name__)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
