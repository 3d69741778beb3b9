"""What the database itself refuses, whatever a program asks; and how it gets its shape."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, pool

from tieout.core.failures import Unreachable
from tieout.engine.ports import Pair
from tieout.store import database
from tieout.store.migrate import migrate
from tieout.store.tables import SCHEMA, metadata

SRC = str(Path(__file__).resolve().parents[3] / "src")
CHECKS = """SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'tieout'::regnamespace"""
DOCUMENT = "INSERT INTO tieout.document (pair_id, kind, key, state, since, reason) VALUES "
INBOX = (
    """INSERT INTO tieout.inbox (pair_id, kind, key, due_at, version, settled_version) VALUES """
)
COMMAND = """INSERT INTO tieout.command (company_id, command_key, pair_id, kind, key, revision, role, payload, hash,
  depends_on, setup_version, epoch, state) VALUES """
LINK = "INSERT INTO tieout.link (pair_id, kind, key, nav_kind, nav_no) VALUES "
POSTED = f"{COMMAND} (1, 'K', 1, 'invoice', '1', 1, 'post', '{{}}', 'h', '{{}}', 1, 1, 'intended')"

# What is tried here, only a real database has.
pytestmark = pytest.mark.postgresql


@pytest.fixture
def raw(database_url: str, pair: Pair) -> Iterator[psycopg.Connection]:
    """A connection on which pair 1 has agreed invoice 1, settled at version 1."""
    with psycopg.connect(database_url) as connection:
        connection.execute(f"{DOCUMENT} (1, 'invoice', '1', 'agreed', now(), '')")
        connection.execute(f"{INBOX} (1, 'invoice', '1', now(), 1, 1)")
        connection.execute(POSTED)
        connection.execute(f"{LINK} (1, 'customer', '5', 'customer', 'C10')")
        yield connection


@pytest.mark.parametrize(
    "broken",
    [
        f"{DOCUMENT} (1, 'invoice', '1', 'held', now(), 'seen twice')",
        f"{DOCUMENT} (1, 'invoice', '2', 'forgotten', now(), 'no such state')",
        f"{DOCUMENT} (1, 'invoice', '2', NULL, now(), '')",
        f"{DOCUMENT} (1, 'estimate', '2', 'pending', now(), '')",
        f"{DOCUMENT} (1, 'invoice', '2', 'held', now(), '')",
        f"{DOCUMENT} (1, 'invoice', '2', 'dead', now(), '  ')",
        f"{DOCUMENT} (1, 'invoice', '2', 'excluded', now(), '')",
        f"{DOCUMENT} (99, 'invoice', '2', 'pending', now(), '')",
        "UPDATE tieout.document SET state = 'held'",
        "UPDATE tieout.inbox SET settled_version = 2",
        "UPDATE tieout.inbox SET version = 0",
        "UPDATE tieout.inbox SET attempts = -1",
        f"{INBOX} (1, 'invoice', '2', now(), 1, 0)",
        "DELETE FROM tieout.document",
        POSTED,
        "UPDATE tieout.command SET state = 'lost'",
        "UPDATE tieout.command SET state = 'done'",
        "UPDATE tieout.command SET role = 'delete'",
        "UPDATE tieout.command SET epoch = 0",
        "UPDATE tieout.command SET setup_version = 7",
        "DELETE FROM tieout.posting_setup",
        f"{LINK} (1, 'customer', '5', 'customer', 'C11')",
        f"{LINK} (1, 'customer', '6', 'customer', 'C10')",
        f"{LINK} (1, 'customer', '6', 'customer', '')",
        "UPDATE tieout.nav_company SET lease_owner = 'me'",
        """INSERT INTO tieout.pair (name, prefix, company_id, freshbooks_id, nav_id, settings)
           SELECT name, 'F2', company_id, freshbooks_id, nav_id, settings FROM tieout.pair""",
        """INSERT INTO tieout.pair (name, prefix, company_id, freshbooks_id, nav_id, settings)
           SELECT 'b', 'F2', company_id, freshbooks_id, nav_id, settings FROM tieout.pair""",
        "INSERT INTO tieout.callback (pair_id, callback_id, verified) VALUES (1, '1', true)",
    ],
)
def test_the_database_refuses(raw: psycopg.Connection, broken: str) -> None:
    with pytest.raises(psycopg.IntegrityError):
        raw.execute(broken)


def test_a_document_with_a_reason_may_be_held(raw: psycopg.Connection) -> None:
    raw.execute("UPDATE tieout.document SET state = 'held', reason = 'TAX_NOT_MAPPED'")


@pytest.fixture
def empty_database(database_server: str) -> Iterator[str]:
    name = f"empty_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = database.database_url(database_server).set(drivername="postgresql", database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrations_lead_from_nothing_to_the_tables_even_when_run_together(
    empty_database: str,
) -> None:
    program = [
        sys.executable,
        "-c",
        f"from tieout.store.migrate import *; migrate({empty_database!r})",
    ]
    together = [subprocess.Popen(program, env={**os.environ, "PYTHONPATH": SRC}) for _ in range(2)]
    assert [process.wait(60) for process in together] == [0, 0]
    migrate(empty_database)

    # A user named like our schema has it on the search path, and then reflection calls it the default one.
    engine = create_engine(
        database.database_url(empty_database),
        poolclass=pool.NullPool,
        connect_args={"options": "-c search_path=public"},
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "version_table_schema": SCHEMA,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []
        made = connection.exec_driver_sql(CHECKS).scalars().all()
    assert set(made) == {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def test_a_server_that_is_not_there_is_unreachable(tmp_path: object) -> None:
    with pytest.raises(Unreachable, match="database"):
        migrate(f"postgresql://nobody@/none?host={tmp_path}")
