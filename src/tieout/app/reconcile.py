"""Reading both books and tying them out."""

from __future__ import annotations

from datetime import date

from tieout.app.installation import Installation
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.tieout import Tieout, tie_out
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import DOCUMENTS
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair


async def reconcile(installation: Installation, pair: Pair, as_of: date | None) -> Tieout:
    """Compare both systems' own figures as they stand now, or as of the end of a day."""
    source, target = await installation.source(pair), await installation.target(pair)
    setup = await target.setup()
    records = [record for kind in DOCUMENTS async for record in source.full(kind)]
    freshbooks = FreshbooksBooks(
        invoices=[r for r in records if isinstance(r, Invoice)],
        credit_notes=[r for r in records if isinstance(r, CreditNote)],
        payments=[r for r in records if isinstance(r, Payment)],
        as_of=as_of,
    )
    receivables = sorted(set(setup.customer_groups.values()))
    nav = NavBooks(
        customer_entries=[entry async for entry in target.customer_entries()],
        detailed_entries=[entry async for entry in target.detailed_entries()],
        receivable_entries=[entry async for entry in target.gl_entries(receivables)],
        prefix=pair.prefix,
        as_of=as_of,
    )
    clients = {r.customer.key for r in records if isinstance(r, Invoice | CreditNote | Payment)}
    customers = await installation.store.customers(pair, clients)
    return tie_out(freshbooks, nav, customers, setup.lcy)
