"""All that is on record of one document, for a person who wants to know how an entry came about. Nothing is written, which the database sees to."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tieout.core.explanation.dossier import Agreement, Content, Dossier, Sent
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout.store.commands import command_of
from tieout.store.database import Database, Row, Transaction, ref_of

# All statements of an explanation see the same moment.
_AS_OF_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_DOCUMENT = """
SELECT d.*, coalesce(i.version > i.settled_version, false) AS waits FROM tieout.document d
LEFT JOIN tieout.inbox i ON (i.pair_id, i.kind, i.key) = (d.pair_id, d.kind, d.key)
WHERE (d.pair_id, d.kind, d.key) = (:pair, :kind, :key)
"""

_CONTENT = """
SELECT content, hash, updated_at, deleted, unlisted FROM tieout.observation WHERE (pair_id, kind, key) = (:pair, :kind, :key)
"""

_AGREEMENTS = """
SELECT a.rule, a.value, a.by, a.at, a.hash = '' OR a.hash IS NOT DISTINCT FROM o.hash AS holds FROM tieout.approval a
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (a.pair_id, a.kind, a.key)
WHERE (a.pair_id, a.kind, a.key) = (:pair, :kind, :key) ORDER BY a.rule
"""

_SENT = (
    "SELECT * FROM tieout.command WHERE (pair_id, kind, key) = (:pair, :kind, :key) ORDER BY seq"
)

_LINKED = "SELECT nav_no FROM tieout.link WHERE (pair_id, kind, key) = (:pair, 'customer', :key)"

# Numbers are compared as people read them, whatever their case.
_NUMBERED = """
SELECT kind, key FROM tieout.document WHERE pair_id = :pair AND number <> '' AND upper(number) = upper(:number)
ORDER BY kind, length(key), key
"""


class Dossiers(Database):
    """What is on record of single documents."""

    async def dossier(self, pair: Pair, ref: Ref) -> Dossier | None:
        """All that is on record of a document or a client; None if it was never seen."""
        async with self._snapshot() as tx:
            if ref.kind is Kind.CUSTOMER:
                return await _of_client(tx, pair, ref)
            document = await _row(tx, _DOCUMENT, pair, ref)
            if document is None:
                return None
            client = Ref(Kind.CUSTOMER, document.customer)
            return Dossier(
                **_shelf(document),
                ref=ref,
                customer_no=await _linked(tx, pair, client),
                content=await _content(tx, pair, ref),
                agreements=await _agreements(tx, pair, ref),
                sent=await _sent(tx, pair, ref),
                making=await _sent(tx, pair, client),
            )

    async def numbered(self, pair: Pair, number: str) -> Sequence[Ref]:
        """The documents with this FreshBooks number; several may have it, an invoice and a credit note for instance."""
        async with self._snapshot() as tx:
            return [ref_of(row) for row in await tx.rows(_NUMBERED, pair=pair.id, number=number)]

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[Transaction]:
        async with self.transaction() as tx:
            await tx.run(_AS_OF_ONE_MOMENT)
            yield tx


async def _of_client(tx: Transaction, pair: Pair, ref: Ref) -> Dossier | None:
    no, sent = await _linked(tx, pair, ref), await _sent(tx, pair, ref)
    if not no and not sent:
        return None
    agreements = await _agreements(tx, pair, ref)
    return Dossier(ref=ref, customer=ref.key, customer_no=no, agreements=agreements, sent=sent)


def _shelf(row: Row) -> dict[str, Any]:
    """The columns that mean the same in a dossier, and the findings."""
    plain = (
        "state reason since verified_at waits number customer invoice credit currency amount dated"
        " due_on outstanding"
    )
    findings = tuple(Finding(**finding) for finding in row.findings)
    return {**{name: getattr(row, name) for name in plain.split()}, "findings": findings}


async def _row(tx: Transaction, sql: str, pair: Pair, ref: Ref) -> Row | None:
    return await tx.row(sql, pair=pair.id, kind=ref.kind, key=ref.key)


async def _linked(tx: Transaction, pair: Pair, client: Ref) -> str:
    row = await tx.row(_LINKED, pair=pair.id, key=client.key)
    return str(row.nav_no) if row else ""


async def _content(tx: Transaction, pair: Pair, ref: Ref) -> Content | None:
    row = await _row(tx, _CONTENT, pair, ref)
    if row is None:
        return None
    return Content(
        content=zlib.decompress(row.content),
        hash=row.hash,
        updated_at=row.updated_at,
        deleted=row.deleted,
        unlisted=row.unlisted,
    )


async def _agreements(tx: Transaction, pair: Pair, ref: Ref) -> tuple[Agreement, ...]:
    rows = await tx.rows(_AGREEMENTS, pair=pair.id, kind=ref.kind, key=ref.key)
    return tuple(Agreement(**row._asdict()) for row in rows)


async def _sent(tx: Transaction, pair: Pair, ref: Ref) -> tuple[Sent, ...]:
    rows = await tx.rows(_SENT, pair=pair.id, kind=ref.kind, key=ref.key)
    return tuple(
        Sent(stored=command_of(row), intended_at=row.intended_at, hash=row.hash) for row in rows
    )
