"""The tables of the job queue, in a schema of their own beside ours."""

from __future__ import annotations

import psycopg
import psycopg.sql

# Any fixed number: two processes that start together take turns.
LOCK = 1_953_064_303


async def install_queue(url: str, schema: str, first_table: str, statements: str) -> None:
    """Create the queue's tables unless they are there; ``url`` is a libpq URL."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        found = await connection.execute("SELECT to_regclass(%s)", (f"{schema}.{first_table}",))
        row = await found.fetchone()
        if row is None or row[0] is not None:
            return
        identifier = psycopg.sql.Identifier(schema)
        await connection.execute(
            psycopg.sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(identifier)
        )
        await connection.execute(psycopg.sql.SQL("SET LOCAL search_path = {}").format(identifier))
        await connection.execute(statements.encode())
