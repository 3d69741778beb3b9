"""Asking both systems how far they have come, before a tie-out reads them and after: what it may claim hangs on that."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tieout.app.ledgers import Ledgers
from tieout.app.lists import Lists
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.resources import EASTERN, RESOURCES
from tieout.connectors.nav.balances import Balances
from tieout.connectors.nav.client import NavTarget
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.daily import account_name
from tieout.core.reconciliation.snapshot import (
    FRESHBOOKS,
    NAV,
    Population,
    Snapshot,
    fingerprint,
    is_long_ago,
)
from tieout.core.records.customer import Customer
from tieout.core.records.identity import DOCUMENTS, Kind

# Of a day on which more changed than this, a change while it is read is noticed by the count of the list only.
MOST_CHANGED = 300
WORDS = {"credit_notes": "credit notes"}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far both systems have come at a moment: how many records FreshBooks lists, and NAV's last entries."""

    at: datetime
    listed: Mapping[str, int]
    last: Mapping[str, int]


async def standing(source: FreshbooksSource, target: NavTarget, now: datetime) -> Standing:
    """Both at once."""
    listed, last = await asyncio.gather(source.listed(), target.last_entries())
    return Standing(at=now, listed=listed, last=last)


async def changed_meanwhile(
    source: FreshbooksSource, lists: Lists, items: Collection[str]
) -> Mapping[Kind, Sequence[str]]:
    """The documents that are not any more as they were read, of all that changed on the last day as far as FreshBooks can tell.

    A kind of which it cannot tell is left out. They are compared as a whole: a stamp is of whole seconds, and the same after a second change in one.
    """
    read = {record.ref: record for record in lists.documents}
    stamps = [record.updated_on for record in lists.documents if record.updated_on is not None]
    found: dict[Kind, Sequence[str]] = {}
    for kind in DOCUMENTS if stamps else ():
        day = max(stamps).astimezone(EASTERN).date()
        records = await source.changed_on(kind, day, MOST_CHANGED)
        if records is None:
            continue
        found[kind] = [
            str(record.ref)
            for record in records
            if not isinstance(record, Customer) and read.get(record.ref) != condensed(record, items)
        ]
    return found


def snapshot_of(
    before: Standing,
    after: Standing,
    lists: Lists,
    ledgers: Ledgers,
    changed: Mapping[Kind, Sequence[str]],
    setup_version: int,
) -> Snapshot:
    """What was read, and what moved while it was."""
    return Snapshot(
        begun=before.at,
        ended=after.at,
        setup_version=setup_version,
        populations=(*_lists(before, after, lists, changed), *_ledgers(before, after, ledgers)),
        deleted=lists.deleted,
        fresh={
            str(r.ref): fingerprint(r) for r in lists.documents if not is_long_ago(r, before.at)
        },
        balances=balances_of(ledgers.balances[0]),
    )


def _lists(
    before: Standing, after: Standing, lists: Lists, changed: Mapping[Kind, Sequence[str]]
) -> Iterator[Population]:
    counts = Counter(record.ref.kind for record in lists.documents)
    counts[Kind.CUSTOMER] = len(lists.clients)
    for kind, resource in RESOURCES.items():
        name = resource.plural
        yield Population(
            system=FRESHBOOKS,
            name=WORDS.get(name, name),
            count=counts[kind],
            before=before.listed[name],
            after=after.listed[name],
            changed=tuple(changed.get(kind, ())),
            unseen=counts[kind] > 0 and kind not in changed,
        )
    if lists.ledger is not None:
        lines = len(lists.ledger)
        name = "lines of its own ledger"
        yield Population(
            system=FRESHBOOKS, name=name, count=lines, before=lines, after=lines, unseen=lines > 0
        )


def _ledgers(before: Standing, after: Standing, ledgers: Ledgers) -> Iterator[Population]:
    for name, count in ledgers.counts.items():
        yield Population(
            system=NAV, name=name, count=count, before=before.last[name], after=after.last[name]
        )


def balances_of(stand: Balances) -> Mapping[str, Decimal]:
    """NAV's own balances by G/L account, and of customers all together."""
    return {
        **{account_name(no): amount for no, amount in stand.accounts.items()},
        "customers": sum(stand.customers.values(), Decimal(0)),
    }
