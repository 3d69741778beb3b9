"""The disk of the database is full: said in words, nothing half written, and all goes on once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.acceptance.stories import WORK, client, invoice
from tests.acceptance.world import World

from tieout.app.running import ended
from tieout.core.failures import Unreachable, Unstorable
from tieout.store import spill

TABLES = ("observation", "command", "document", "inbox")
SIZE = "8m"


@pytest.fixture
def small_disk(database_url: str) -> Iterator[Path]:
    """A file system of a few megabytes on which the tables lie that grow."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    with psycopg.connect(database_url, autocommit=True) as connection:
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    if not Path(data).exists():
        pytest.skip("the database server is on another machine")
    folder = Path(tempfile.mkdtemp(dir="/var/lib", prefix="tieout-small-"))
    folder.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("this machine does not let a small file system be mounted")
    owner = Path(data).stat()
    space = folder / "space"
    space.mkdir(mode=0o700)
    os.chown(space, owner.st_uid, owner.st_gid)
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
            _move(connection, "small")
        yield folder
        with psycopg.connect(database_url, autocommit=True) as connection:
            _move(connection, "pg_default")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder)


def _move(connection: psycopg.Connection, space: str) -> None:
    for table in TABLES:
        connection.execute(f"ALTER TABLE tieout.{table} SET TABLESPACE {space}")


def fill(filler: Path) -> None:
    """Take all the room there is."""
    place = os.open(filler, os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while os.write(place, bytes(4096)):
            pass
    os.close(place)
    assert shutil.disk_usage(filler.parent).free < 4096


async def test_a_full_disk_is_told_and_loses_nothing(
    small_disk: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await client(world)
    for n in range(300):
        await invoice(world, WORK, id=36_000 + n, number=f"N{n:05d}")
    filler = small_disk / "filler"
    fill(filler)
    with pytest.raises(Unreachable, match="No room is left on the disk") as full:
        await world.sync()
    assert ended(full.value) == 2
    assert "Make room there" in capsys.readouterr().err
    filler.unlink()
    await world.sync()
    assert await world.states() == {"agreed": 300}
    assert (await world.tie_out()).agrees


async def test_a_tie_out_without_room_is_told_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    with monkeypatch.context() as small:
        small.setattr(spill, "PRAGMAS", (*spill.PRAGMAS, "max_page_count = 8"))
        with pytest.raises(Unstorable) as caught:
            await world.tie_out()
    assert ended(caught.value) == 2
    assert "what is read for a tie-out finds no room" in capsys.readouterr().err
    assert (await world.tie_out()).agrees
