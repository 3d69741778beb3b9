"""What tests of several folders share: a real PostgreSQL, started once, emptied before each test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tieout.store.database import database_url as driver_url
from tieout.store.migrate import migrate

EMPTY = """
DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('tieout.%I', tablename), ', ') || ' RESTART IDENTITY CASCADE'
           FROM pg_tables WHERE schemaname = 'tieout' AND tablename <> 'alembic_version');
END $$
"""


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this test process: on the server of TIEOUT_TEST_DATABASE_URL, or else on an embedded one."""
    given = os.environ.get("TIEOUT_TEST_DATABASE_URL")
    if given:
        with _fresh_database(given) as url:
            yield url
        return
    from tieout.store.postgres import running

    with running(tmp_path_factory.mktemp("tieout-home"), discard=True) as url:
        yield url


@contextmanager
def _fresh_database(server: str) -> Iterator[str]:
    name = f"tieout_test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        url = driver_url(server).set(drivername="postgresql", database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="session")
def migrated_database(database_server: str) -> str:
    migrate(database_server)
    return database_server


@pytest.fixture
def database_url(migrated_database: str) -> str:
    """The URL of a database with all tables and no rows."""
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute(EMPTY)
    return migrated_database
