"""Reading two books that nothing connects, and comparing them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta

from tieout.app.books_report import Report
from tieout.app.installation import Installation
from tieout.app.reporting.reading import business_name
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.nav.customer_documents import CustomerDocuments, read_customer_documents
from tieout.core.matching.check import check_books
from tieout.core.matching.from_freshbooks import FreshbooksSide, between, documents_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair, Record

# What was keyed late or early is looked for so many days beyond the ones that are reported.
MARGIN = 62


async def checked(
    installation: Installation, pair: Pair, first: date, last: date, days: int, margin: int
) -> Report:
    """Read both sides and compare them."""
    early, late = _stretched(first, -margin), _stretched(last, margin)
    source, target = await installation.source(pair), await installation.target(pair)
    read_at = installation.host.now()
    adoptions = await installation.store.all_adoptions(pair)
    side, entries, business = await asyncio.gather(
        _freshbooks_side(source),
        read_customer_documents(target.odata, early, late),
        business_name(installation, pair, source),
    )
    ours = between(side.documents, early, late)
    found = await asyncio.to_thread(
        check_books, ours, entries.documents, first, last, days, adoptions
    )
    return Report(
        freshbooks=business,
        nav=(await installation.store.nav_connection(pair)).company,
        first=first,
        last=last,
        read_at=read_at,
        days=days,
        found=found,
        read_freshbooks=ours,
        read_nav=entries.documents,
        left_out=_left_out(side, entries),
    )


def _stretched(day: date, by: int) -> date:
    """A day so many days away, as far as the calendar goes."""
    try:
        return day + timedelta(days=by)
    except OverflowError:
        return day


async def _freshbooks_side(source: FreshbooksSource) -> FreshbooksSide:
    records: list[Record] = [record for kind in Kind async for record in source.full(kind)]
    return documents_of(
        [r for r in records if isinstance(r, Invoice)],
        [r for r in records if isinstance(r, CreditNote)],
        [r for r in records if isinstance(r, Payment)],
        [r for r in records if isinstance(r, Customer)],
    )


def _left_out(side: FreshbooksSide, entries: CustomerDocuments) -> Mapping[str, Mapping[str, int]]:
    return {"FreshBooks": dict(side.left_out), "NAV": entries.left_out}
