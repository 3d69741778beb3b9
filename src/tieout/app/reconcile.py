"""Reading both books and tying them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tieout.app.installation import Installation, utc_now
from tieout.core.decision.credit import GOODWILL
from tieout.core.decision.facts import DocumentRecord
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.tieout import Tieout, tie_out
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair, Source, Stored

# Longer than from one poll to the next: what is older and was not heard of was missed.
NOT_HEARD_OF_YET = timedelta(hours=1)


async def reconcile(installation: Installation, pair: Pair, as_of: date | None) -> Tieout:
    """Compare both systems' own figures as they stand now, or as of the end of a day."""
    source, target = await installation.source(pair), await installation.target(pair)
    setup = await target.setup()
    records = [
        record
        for kind in DOCUMENTS
        async for record in source.full(kind)
        if not isinstance(record, Customer)
    ]
    receivables = sorted(set(setup.customer_groups.values()))
    nav = NavBooks(
        customer_entries=[entry async for entry in target.customer_entries()],
        detailed_entries=[entry async for entry in target.detailed_entries()],
        receivable_entries=[entry async for entry in target.gl_entries(receivables)],
        prefix=pair.prefix,
        as_of=as_of,
    )
    policy = (await installation.setup(pair)).goodwill_recognition
    freshbooks = FreshbooksBooks(
        invoices=[r for r in records if isinstance(r, Invoice)],
        credit_notes=[r for r in records if isinstance(r, CreditNote)],
        payments=[r for r in records if isinstance(r, Payment)],
        as_of=as_of,
        deferred=_deferred(records, nav) if policy == "on_application" else frozenset(),
    )
    clients = {r.customer.key for r in records}
    customers = await installation.store.customers(pair, clients)
    in_flight = await on_their_way(installation, pair, source, records)
    return tie_out(freshbooks, nav, customers, setup.lcy, in_flight)


def _deferred(records: Sequence[DocumentRecord], nav: NavBooks) -> frozenset[Ref]:
    """The goodwill credits that count when they are used: those that are not in NAV themselves."""
    return frozenset(
        r.ref
        for r in records
        if isinstance(r, CreditNote) and r.credit_type == GOODWILL and r.amount.amount > 0
        if not nav.families.get(r.ref)
    )


async def on_their_way(
    installation: Installation, pair: Pair, source: Source, records: Sequence[DocumentRecord]
) -> frozenset[Ref]:
    """The documents that Tieout still has to look at, and those that changed so lately that it cannot have heard of it."""
    since = utc_now() - NOT_HEARD_OF_YET
    lately = {r.ref: r for r in records if r.updated_on is not None and r.updated_on >= since}
    stored = await installation.store.documents(pair, set(lately))
    unheard = {
        ref for ref, record in lately.items() if not _is_known(stored.get(ref), record, source)
    }
    return await installation.store.unsettled(pair) | unheard


def _is_known(stored: Stored | None, record: DocumentRecord, source: Source) -> bool:
    """Whether the document was seen as it is now; the stamp of its last change alone says nothing."""
    if stored is None or stored.observation is None:
        return False
    seen = source.normalize(stored.ref, stored.observation.content)
    return not isinstance(seen, Customer) and replace(seen, updated_on=record.updated_on) == record
