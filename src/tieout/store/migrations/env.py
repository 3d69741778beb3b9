"""What Alembic runs: all steps that are missing, in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from tieout.store.tables import SCHEMA, metadata

LOCK = 7_401_846


def run() -> None:
    """Bring the database of the configured address up to date."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        context.configure(
            connection=connection, target_metadata=metadata, version_table_schema=SCHEMA
        )
        context.run_migrations()


run()
