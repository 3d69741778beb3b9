"""The way to the database: transactions with names, and what happens when the server goes away."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
from sqlalchemy import URL, CursorResult, TextClause, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tieout.core.failures import Unreachable, Unstorable
from tieout.core.records.identity import Kind, Ref
from tieout.store.secrets import Secrets

Row = Any
statement: Callable[[str], TextClause] = functools.cache(text)
# Amounts in settings stay exact: a JSON number becomes a Decimal and never passes through float.
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def to_json(value: object) -> str:
    """JSON text for a ``jsonb`` column or for rows handed to ``jsonb_to_recordset``."""
    return _encoder.encode(value).decode()


def refs_json(refs: Collection[Ref]) -> str:
    """References as rows ``(kind, key)``."""
    return to_json([{"kind": ref.kind, "key": ref.key} for ref in refs])


def ref_of(row: Row) -> Ref:
    """The reference in a row with ``kind`` and ``key``."""
    return Ref(Kind(row.kind), row.key)


def database_url(url: str) -> URL:
    """The address as our driver wants it: ``postgresql://``, ``postgres://`` and the full name all mean psycopg 3."""
    return make_url(url.replace("postgres://", "postgresql://", 1)).set(
        drivername="postgresql+psycopg"
    )


# A way to the database that has gone silent is noticed within seconds, about as soon as the lease runs out; the kernel alone takes a quarter of an hour.
SILENT_S = 5
_WATCHED = {
    "connect_timeout": str(SILENT_S),
    "keepalives_idle": str(SILENT_S),
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": str(SILENT_S * 1000),
}


def watched(url: str) -> str:
    """The same address, with how long a silent way to it is borne; what it says about that itself stays. Sockets of the file system are never silent."""
    address = make_url(url)
    asked = {name: text for name, text in _WATCHED.items() if name not in address.query}
    return address.update_query_dict(asked).render_as_string(hide_password=False)


def utc_now() -> datetime:
    """The clock of the wall."""
    return datetime.now(UTC)


# Who is paused or cut off within a transaction holds locks that his successor waits for: the server ends such a transaction, before the lease runs out.
ASLEEP_S = 5.0
# Too long for an index is told as an error of operation, and would be the same at every try.
REFUSES = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.ProgramLimitExceeded)
FULL = (
    "No room is left on the disk of the database. Make room there; nothing was half written,"
    " and what was to be done is done then"
)


class Database:
    """A pool of connections and the transactions on it.

    ``checkpoint`` is called with ``<transaction>.before_commit`` and ``<transaction>.after_commit`` around the commit of accept, claim, intend and
    record, so that a test can stop the process exactly there. ``clock`` stamps since when a document is in its state.
    """

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        *,
        clock: Callable[[], datetime] = utc_now,
        checkpoint: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.secrets = secrets
        self.clock = clock
        self._checkpoint = checkpoint
        address = database_url(url)
        self._engine = create_async_engine(
            address,
            connect_args={"options": _options(address)},
            pool_pre_ping=True,
            hide_parameters=True,
            json_deserializer=_decoder.decode,
        )

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self, name: str = "") -> AsyncIterator[Transaction]:
        """All or nothing. Raises Unreachable when the server is away; then it is not known whether a commit that was under way happened.

        Raises Unstorable when a rule of the database says no.
        """
        try:
            async with self._engine.begin() as connection:
                yield Transaction(connection)
                if name:
                    self._checkpoint(f"{name}.before_commit")
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.DiskFull):
                raise Unreachable("database", FULL) from None
            if isinstance(error.orig, REFUSES):
                raise Unstorable("database", _rule(error.orig)) from None
            if _away(error):
                raise Unreachable("database", _first_line(error)) from None
            raise
        except PoolTimeout:
            raise Unreachable("database", "all connections are in use") from None
        if name:
            self._checkpoint(f"{name}.after_commit")


class Transaction:
    """One open transaction: plain SQL in, rows out."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def run(self, sql: str, **values: object) -> CursorResult[Any]:
        """Execute one statement."""
        return await self._connection.execute(statement(sql), values)

    async def rows(self, sql: str, **values: object) -> list[Row]:
        """All rows of the answer."""
        return list((await self.run(sql, **values)).all())

    async def some(self, sql: str, at_once: int, **values: object) -> AsyncIterator[Sequence[Row]]:
        """All rows of the answer, so many at a time: the server holds the others."""
        result = await self._connection.stream(statement(sql), values)
        async for rows in result.partitions(at_once):
            yield rows

    async def row(self, sql: str, **values: object) -> Row | None:
        """The first row of the answer, None if there is none."""
        return (await self.run(sql, **values)).first()

    async def lock_pair(self, pair_id: int) -> None:
        """Let one transaction at a time change the documents of a pair: hashes compared stay true, and none can deadlock."""
        await self.run(
            "SELECT id FROM tieout.pair WHERE id = :pair FOR NO KEY UPDATE", pair=pair_id
        )


def _options(address: URL) -> str:
    """What the address asks of the server, and that it ends a transaction whose worker has fallen asleep."""
    asked = address.query.get("options", ())
    told = (asked,) if isinstance(asked, str) else asked
    ours = f"-c idle_in_transaction_session_timeout={round(ASLEEP_S * 1000)}"
    return " ".join((*told, ours))


def _away(error: DBAPIError) -> bool:
    return error.connection_invalidated or isinstance(
        error.orig, psycopg.OperationalError | psycopg.InterfaceError
    )


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else "the connection was lost"


def _rule(error: psycopg.Error) -> str:
    """Which rule said no; the server's own words may quote a value."""
    where = ".".join(filter(None, (error.diag.table_name, error.diag.constraint_name)))
    return f"{type(error).__name__} {where}".strip()
