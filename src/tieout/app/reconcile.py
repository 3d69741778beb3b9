"""Reading both books and tying them out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tieout.app.evidence import read_evidence, read_recorded, read_rules
from tieout.app.host import utc_now
from tieout.app.installation import Installation
from tieout.app.ledgers import Ledgers, nav_books, read_ledgers
from tieout.app.lists import Lists, freshbooks_books, read_lists
from tieout.core.decision.credit import GOODWILL
from tieout.core.decision.facts import DocumentRecord
from tieout.core.journal.policies import WriteOffRule
from tieout.core.reconciliation.books import NavBooks, ref_of_key
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.limits import limits_of
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import Tieout, compare, sides_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair, Source, Stored

# Longer than from one poll to the next: what is older and was not heard of was missed.
NOT_HEARD_OF_YET = timedelta(hours=1)
# So many documents are looked up together.
AT_ONCE = 1000


async def reconcile(installation: Installation, pair: Pair, as_of: date | None) -> Tieout:
    """Compare both systems' own figures as they stand now, or as of the end of a day."""
    result, _ = await both_books(installation, pair, as_of)
    return result


async def both_books(
    installation: Installation, pair: Pair, as_of: date | None
) -> tuple[Tieout, Sides]:
    """The same, with what was compared."""
    source, target = await installation.source(pair), await installation.target(pair)
    setup, rules = await target.setup(), await installation.setup(pair)
    recorded = await read_recorded(installation, pair)
    every = await read_rules(installation, pair, recorded)
    lists, ledgers = await together(
        read_lists(source, every.items), read_ledgers(target, setup, every, pair.prefix)
    )
    every = replace(every, clients=lists.clients)
    adoptions = await installation.store.all_adoptions(pair)
    nav = nav_books(ledgers, setup, {rules.rounding_account}, pair.prefix, as_of, adoptions)
    later = rules.goodwill_recognition == "on_application"
    freshbooks = freshbooks_books(
        lists,
        as_of,
        deferred=_deferred(lists.documents, nav) if later else frozenset(),
        recovered=_recovered(ledgers, rules.write_off, nav),
    )
    clients = {r.customer.key for r in lists.documents}
    customers = await installation.store.customers(pair, clients)
    noted = await installation.store.unsettled(pair)
    most = rules.max_rounding
    more = await read_evidence(target, setup, ledgers, recorded, every, pair.prefix, as_of)
    limits = limits_of(pair.settings.get("explained_limits", {}))
    frozen = await installation.store.frozen(pair, until=as_of or date.max)
    more = replace(more, limits=limits, today=utc_now().date(), frozen=frozen)
    sides = sides_of(freshbooks, nav, customers, setup.lcy, noted, most, more)
    result = compare(sides)
    if result.agrees:
        return result, sides
    unheard = await _unheard(installation, pair, source, lists.documents, every.items)
    sides = sides_of(freshbooks, nav, customers, setup.lcy, noted | unheard, most, more)
    return compare(sides), sides


async def together(lists: Awaitable[Lists], ledgers: Awaitable[Ledgers]) -> tuple[Lists, Ledgers]:
    """Both systems are read at the same time, each one request after the other; where one fails, the other is not read to its end."""
    tasks = asyncio.ensure_future(lists), asyncio.ensure_future(ledgers)
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _recovered(ledgers: Ledgers, rule: WriteOffRule | None, nav: NavBooks) -> Mapping[Ref, Decimal]:
    """What came in for claims that were written off, by payment."""
    accounts = {rule.bad_debt_account, rule.repay_account} - {""} if rule else set()
    found: dict[Ref, Decimal] = defaultdict(Decimal)
    for entry in ledgers.on(accounts):
        ref = ref_of_key(nav.prefix, entry.external_document_no)
        if ref is not None and (nav.as_of is None or entry.posting_date <= nav.as_of):
            found[ref] -= entry.amount
    return found


def _deferred(records: Sequence[DocumentRecord], nav: NavBooks) -> frozenset[Ref]:
    """The goodwill credits that count when they are used: those that are not in NAV themselves."""
    return frozenset(
        r.ref
        for r in records
        if isinstance(r, CreditNote) and r.credit_type == GOODWILL and r.amount.amount > 0
        if not nav.families.get(r.ref)
    )


async def _unheard(
    installation: Installation,
    pair: Pair,
    source: Source,
    records: Sequence[DocumentRecord],
    items: Collection[str],
) -> frozenset[Ref]:
    """The documents that changed so lately that Tieout need not have heard of it, and has not."""
    since = utc_now() - NOT_HEARD_OF_YET
    lately = [r for r in records if r.updated_on is not None and r.updated_on >= since]
    found: set[Ref] = set()
    for start in range(0, len(lately), AT_ONCE):
        some = lately[start : start + AT_ONCE]
        stored = await installation.store.documents(pair, {record.ref for record in some})
        found |= {r.ref for r in some if not _is_known(stored.get(r.ref), r, source, items)}
    return frozenset(found)


def _is_known(
    stored: Stored | None, record: DocumentRecord, source: Source, items: Collection[str]
) -> bool:
    """Whether the document was seen as it is now; the stamp of its last change alone says nothing."""
    if stored is None or stored.observation is None:
        return False
    seen = source.normalize(stored.ref, stored.observation.content)
    if isinstance(seen, Customer):
        return False
    return replace(condensed(seen, items), updated_on=record.updated_on) == record
