"""Reading FreshBooks' lists for a tie-out, each of them once, and its own books."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.app.own_books import read_own_books
from tieout.app.together import together
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.core.reconciliation.books import FreshbooksBooks
from tieout.core.reconciliation.condensed import condensed
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.feed import FeedLine, OwnBalances
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment

Document = Invoice | CreditNote | Payment


@dataclass(frozen=True, kw_only=True)
class Lists:
    """FreshBooks' lists as they were read, every document condensed to what is compared; ``ledger`` is None where it may not be read.

    ``deleted`` are the ids of deleted documents by kind; of payments also ``gone``, what they were: what was paid too much with one stays the client's credit.
    """

    documents: Sequence[Document]
    clients: Mapping[str, Customer]
    ledger: Sequence[FeedLine] | None
    deleted: Mapping[str, tuple[str, ...]]
    gone: Sequence[Payment] = ()
    balances: OwnBalances | None = None


async def read_lists(source: FreshbooksSource, items: Collection[str], as_of: date | None) -> Lists:
    """All lists up to now, two at a time, and FreshBooks' own books up to a day. ``items`` are the names of lines that the posting setup asks about."""
    gone = await deleted_payments(source)
    invoices, (others, clients, deleted) = await together(
        documents_of(source, (Kind.INVOICE,), items), _short_lists(source, items)
    )
    documents = [*invoices, *others]
    ledger, balances = await read_own_books(source, {one.currency for one in documents}, as_of)
    return Lists(
        documents=documents,
        clients=clients,
        ledger=ledger,
        balances=balances,
        deleted=deleted | {str(Kind.PAYMENT): tuple(payment.ref.key for payment in gone)},
        gone=gone,
    )


async def documents_of(
    source: FreshbooksSource, kinds: Collection[Kind], items: Collection[str]
) -> list[Document]:
    """All documents of these kinds."""
    return [
        condensed(record, items)
        for kind in kinds
        async for record in source.full(kind, items)
        if not isinstance(record, Customer)
    ]


async def _short_lists(
    source: FreshbooksSource, items: Collection[str]
) -> tuple[list[Document], Mapping[str, Customer], Mapping[str, tuple[str, ...]]]:
    """Credit notes and payments, clients, and the ids of what else is deleted."""
    documents = await documents_of(source, (Kind.CREDIT_NOTE, Kind.PAYMENT), items)
    clients = [c async for c in source.full(Kind.CUSTOMER) if isinstance(c, Customer)]
    kinds = [kind for kind in DOCUMENTS if kind is not Kind.PAYMENT]
    deleted = {str(kind): await source.deleted(kind) for kind in kinds}
    return documents, {client.ref.key: client for client in clients}, deleted


async def deleted_payments(source: FreshbooksSource) -> list[Payment]:
    """The payments that are deleted, as they were."""
    return [record async for record in source.gone(Kind.PAYMENT) if isinstance(record, Payment)]


def freshbooks_books(
    lists: Lists, as_of: date | None, deferred: frozenset[Ref], recovered: Mapping[Ref, Decimal]
) -> FreshbooksBooks:
    """The documents by kind, and FreshBooks' own ledger."""
    return FreshbooksBooks(
        invoices=[r for r in lists.documents if isinstance(r, Invoice)],
        credit_notes=[r for r in lists.documents if isinstance(r, CreditNote)],
        payments=[*(r for r in lists.documents if isinstance(r, Payment)), *lists.gone],
        as_of=as_of,
        deferred=deferred,
        recovered=recovered,
        ledger_lines=lists.ledger,
        own_balances=lists.balances,
    )
