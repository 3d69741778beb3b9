"""Bring a database to the shape that this version of Tieout needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from tieout.core.failures import Unreachable
from tieout.store.database import database_url


def migrate(url: str) -> None:
    """Apply all missing migrations; none if there are none. Safe to call from several processes at once, and it blocks.

    Raises Unreachable when the server cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", "tieout.store:migrations")
    config.attributes["url"] = database_url(url)
    try:
        command.upgrade(config, "head")
    except OperationalError as error:
        lines = str(error.orig).strip().splitlines() or ["no connection"]
        raise Unreachable("database", lines[0]) from None
