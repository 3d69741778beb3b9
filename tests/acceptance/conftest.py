"""One living world, or one command line, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.acceptance.command_line import CommandLine
from tests.acceptance.world import World, living

from tieout.store.postgres import running


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with living(database_url, tmp_path) as alive:
        yield alive


@pytest.fixture
def tieout(tmp_path: Path) -> Iterator[CommandLine]:
    """The command line; its embedded database is kept up between two commands."""
    with running(tmp_path / "home"):
        yield CommandLine(tmp_path / "home")
