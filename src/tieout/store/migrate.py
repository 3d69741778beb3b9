"""Bring a database to the shape that this version of Tieout needs."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import URL, create_engine, pool, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from tieout.core.failures import Unreachable
from tieout.store.database import database_url


def migrate(url: str) -> None:
    """Apply all missing migrations; none if there are none. Safe to call from several processes at once, and it blocks.

    Raises Unreachable when the server cannot be reached.
    """
    address = database_url(url)
    try:
        if _present(address) != _newest():
            _upgrade(address)
    except OperationalError as error:
        lines = str(error.orig).strip().splitlines() or ["no connection"]
        raise Unreachable("database", lines[0]) from None


def _present(address: URL) -> str:
    """The version of the database; empty before the first migration."""
    engine = create_engine(address, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM tieout.alembic_version"))
            return str(found.scalar() or "")
    except ProgrammingError:
        return ""


def _newest() -> str:
    """The version that the migrations lead to: the number that the last file's name begins with."""
    folder = files("tieout.store.migrations") / "versions"
    names = [file.name for file in folder.iterdir() if file.name[:4].isdigit()]
    return max(names)[:4]


def _upgrade(address: URL) -> None:
    # Loading Alembic takes a quarter of a second, and most starts need no migration.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "tieout.store:migrations")
    config.attributes["url"] = address
    command.upgrade(config, "head")
