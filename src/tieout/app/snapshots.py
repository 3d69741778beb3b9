"""Asking both systems how far they have come, before a tie-out reads them and after: what it may claim hangs on that."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tieout.app.whole import Whole
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.resources import EASTERN, RESOURCES
from tieout.connectors.nav.balances import Balances
from tieout.connectors.nav.client import NavTarget
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.daily import account_name
from tieout.core.reconciliation.snapshot import (
    FRESHBOOKS,
    NAV,
    Document,
    Population,
    Snapshot,
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

    @property
    def documents(self) -> int:
        """How many documents FreshBooks lists."""
        return sum(self.listed[RESOURCES[kind].plural] for kind in DOCUMENTS)


async def standing(source: FreshbooksSource, target: NavTarget, now: datetime) -> Standing:
    """Both at once."""
    listed, last = await asyncio.gather(source.listed(), target.last_entries())
    return Standing(at=now, listed=listed, last=last)


class Meanwhile:
    """What FreshBooks lists of the last day once more, after all was read: it is compared as a whole with what was read, part by part.

    ``known`` are the kinds of which FreshBooks can tell what has changed. A stamp is of whole seconds, and the same after a second change in one.
    """

    def __init__(self, again: Mapping[Kind, Sequence[Document]]) -> None:
        self.known = frozenset(again)
        self._left = {one.ref: one for some in again.values() for one in some}

    def compare(self, documents: Iterable[Document]) -> None:
        """Documents as they were read: those that are the same still."""
        for one in documents:
            if self._left.get(one.ref) == one:
                del self._left[one.ref]

    def changed(self, kind: Kind) -> tuple[str, ...]:
        """The documents that are not any more as they were read, once all parts were compared."""
        return tuple(str(ref) for ref in sorted(self._left) if ref.kind is kind)


async def changed_meanwhile(
    source: FreshbooksSource, latest: datetime | None, items: Collection[str]
) -> Meanwhile:
    """All that changed on the last day on which anything did, as far as FreshBooks can tell; a kind of which it cannot is left out."""
    again: dict[Kind, Sequence[Document]] = {}
    for kind in DOCUMENTS if latest else ():
        day = latest.astimezone(EASTERN).date() if latest else None
        records = await source.changed_on(kind, day, MOST_CHANGED) if day else None
        if records is not None:
            again[kind] = [condensed(r, items) for r in records if not isinstance(r, Customer)]
    return Meanwhile(again)


def snapshot_of(before: Standing, after: Standing, whole: Whole, meanwhile: Meanwhile) -> Snapshot:
    """What was read, and what moved while it was."""
    stand, _ = whole.stood
    return Snapshot(
        begun=before.at,
        ended=after.at,
        setup_version=max(whole.rules.setups),
        populations=(
            *_lists(before, after, whole, meanwhile),
            *_ledgers(before, after, whole.overview.entries),
        ),
        deleted=whole.lists.deleted,
        fresh=whole.overview.fresh,
        balances=balances_of(stand),
    )


def _lists(
    before: Standing, after: Standing, whole: Whole, meanwhile: Meanwhile
) -> Iterator[Population]:
    counts = {**whole.overview.listed, Kind.CUSTOMER: len(whole.lists.clients)}
    for kind, resource in RESOURCES.items():
        name = resource.plural
        yield Population(
            system=FRESHBOOKS,
            name=WORDS.get(name, name),
            count=counts[kind],
            before=before.listed[name],
            after=after.listed[name],
            changed=meanwhile.changed(kind),
            unseen=counts[kind] > 0 and kind not in meanwhile.known,
        )
    if whole.lists.has_ledger:
        lines, name = whole.overview.lines, "lines of its own ledger"
        yield Population(
            system=FRESHBOOKS, name=name, count=lines, before=lines, after=lines, unseen=lines > 0
        )


def _ledgers(before: Standing, after: Standing, counts: Mapping[str, int]) -> Iterator[Population]:
    for name, count in counts.items():
        yield Population(
            system=NAV, name=name, count=count, before=before.last[name], after=after.last[name]
        )


def balances_of(stand: Balances) -> Mapping[str, Decimal]:
    """NAV's own balances by G/L account, and of customers all together."""
    return {
        **{account_name(no): amount for no, amount in stand.accounts.items()},
        "customers": sum(stand.customers.values(), Decimal(0)),
    }
