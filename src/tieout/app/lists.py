"""Reading FreshBooks' lists for a tie-out, each of them once, and its own books."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from tieout.app.handing_on import Keep, handed_on
from tieout.app.overview import Overview
from tieout.app.own_books import read_own_books
from tieout.app.together import together
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.core.reconciliation.belonging import Document
from tieout.core.reconciliation.condensed import condensed
from tieout.core.records.customer import Customer
from tieout.core.records.feed import OwnBalances
from tieout.core.records.identity import DOCUMENTS, Kind
from tieout.core.records.payment import Payment


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What is kept in mind of FreshBooks' lists besides the documents: clients, the ids of what is deleted, by kind, and FreshBooks' trial balance.

    ``has_ledger`` is whether its own ledger may be read.
    """

    clients: Mapping[str, Customer]
    deleted: Mapping[str, tuple[str, ...]]
    has_ledger: bool = False
    balances: OwnBalances | None = None


async def read_lists(
    source: FreshbooksSource,
    items: Collection[str],
    as_of: date | None,
    overview: Overview,
    keep: Keep,
) -> Lists:
    """All lists up to now, two at a time, and FreshBooks' own books up to a day. ``items`` are the names of lines that the posting setup asks about.

    Every document is condensed to what is compared; payments that are deleted are kept too: what was paid too much with one stays the client's credit.
    """
    gone = [payment async for payment in deleted_payments(source)]
    keep(gone)
    _, (clients, deleted) = await together(
        handed_on(documents_of(source, (Kind.INVOICE,), items), keep),
        _short_lists(source, items, keep),
    )
    has_ledger, balances = await read_own_books(source, overview.currencies, as_of, keep)
    return Lists(
        clients=clients,
        deleted=deleted | {str(Kind.PAYMENT): tuple(payment.ref.key for payment in gone)},
        has_ledger=has_ledger,
        balances=balances,
    )


async def documents_of(
    source: FreshbooksSource, kinds: Collection[Kind], items: Collection[str]
) -> AsyncIterator[Document]:
    """All documents of these kinds."""
    for kind in kinds:
        async for record in source.full(kind, items):
            if not isinstance(record, Customer):
                yield condensed(record, items)


async def _short_lists(
    source: FreshbooksSource, items: Collection[str], keep: Keep
) -> tuple[Mapping[str, Customer], Mapping[str, tuple[str, ...]]]:
    """Credit notes and payments, clients, and the ids of what else is deleted."""
    for kind in (Kind.CREDIT_NOTE, Kind.PAYMENT):
        await handed_on(documents_of(source, (kind,), items), keep)
    clients = [c async for c in source.full(Kind.CUSTOMER) if isinstance(c, Customer)]
    kinds = [kind for kind in DOCUMENTS if kind is not Kind.PAYMENT]
    deleted = {str(kind): await source.deleted(kind) for kind in kinds}
    return {client.ref.key: client for client in clients}, deleted


async def deleted_payments(source: FreshbooksSource) -> AsyncIterator[Payment]:
    """The payments that are deleted, as they were."""
    async for record in source.gone(Kind.PAYMENT):
        if isinstance(record, Payment):
            yield record
