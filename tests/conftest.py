"""What tests of several folders share: a real PostgreSQL, started once, emptied before each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from tieout.store.migrate import migrate

EMPTY = """
DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('tieout.%I', tablename), ', ') || ' RESTART IDENTITY CASCADE'
           FROM pg_tables WHERE schemaname = 'tieout' AND tablename <> 'alembic_version');
END $$
"""


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server: that of TIEOUT_TEST_DATABASE_URL (its schema ``tieout`` is emptied!), or else the embedded one."""
    given = os.environ.get("TIEOUT_TEST_DATABASE_URL")
    if given:
        yield given
        return
    from tieout.store.postgres import running

    with running(tmp_path_factory.mktemp("tieout-home")) as url:
        yield url


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
