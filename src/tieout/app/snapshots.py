"""Asking both systems how far they have come, before a tie-out reads them and after: what it may claim hangs on that."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tieout.app.handing_on import Keep, handed_on
from tieout.app.lists import documents_of
from tieout.app.overview import LEDGER_OF, LIST_OF
from tieout.app.together import together
from tieout.app.whole import Whole
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.resources import EASTERN, RESOURCES
from tieout.connectors.nav.balances import Balances
from tieout.connectors.nav.client import NavTarget
from tieout.core.reconciliation.belonging import is_deleted
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.daily import account_name
from tieout.core.reconciliation.snapshot import (
    CLOCKS,
    FRESHBOOKS,
    NAV,
    Population,
    Snapshot,
)
from tieout.core.records.customer import Customer
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.core.records.ledger import CustomerEntry, VatEntry
from tieout.engine.ports import Record
from tieout.store.spill import Part

# Of a day on which more changed than this, an edit while it is read is noticed only where every list is read twice.
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
    """What moved while both systems were read: what is listed a second time is compared as a whole with what was read, part by part.

    ``known`` are the types of records of which it is known which have changed.
    """

    def __init__(self) -> None:
        self.known, self._whole = set[type](), set[type]()
        self._moved: dict[type, set[str]] = defaultdict(set)

    def knows(self, kind: type, *, whole: bool = False) -> None:
        """What has changed of these records was listed again, or all of them."""
        self.known.add(kind)
        if whole:
            self._whole.add(kind)

    def compare(self, part: Part) -> None:
        """Records as they were read and as they were listed then: other ones, new ones, and those that are gone."""
        known = [one for some in part.populations for one in some if type(one) in self.known]
        read = {_name(one): one for one in known if not _is_gone(one)}
        again = {_name(one): one for one in part.again}
        for name, one in again.items():
            if read.get(name) != one:
                self._moved[type(one)].add(name)
        for name, one in read.items():
            if type(one) in self._whole and name not in again:
                self._moved[type(one)].add(name)

    def compare_clients(
        self, read: Mapping[str, Customer], again: Mapping[str, Customer], *, whole: bool
    ) -> None:
        """Clients, which are not divided into parts."""
        gone = read.keys() - again.keys() if whole else set[str]()
        other = {key for key, one in again.items() if read.get(key) != one}
        self.knows(Customer)
        self._moved[Customer] = {str(Ref(Kind.CUSTOMER, key)) for key in gone | other}

    def changed(self, kind: type) -> tuple[str, ...]:
        """The records of a type that are not any more as they were read, once all parts were compared."""
        return tuple(sorted(self._moved.get(kind, ())))


def _name(one: Any) -> str:
    return f"{LEDGER_OF[type(one)]} {one.entry_no}" if type(one) in LEDGER_OF else str(one.ref)


def _is_gone(one: Any) -> bool:
    return type(one) not in LEDGER_OF and is_deleted(one)


@dataclass(frozen=True, kw_only=True)
class SecondReading:
    """Reading again what may have changed since ``first`` was asked: what changed on its day or later, as far as FreshBooks can tell, and else the whole list.

    ``latest`` is the last change of what was read. ``twice``: every list is read a second time, and those of NAV's ledgers whose entries can change.
    """

    source: FreshbooksSource
    target: NavTarget
    first: Standing
    latest: datetime | None
    items: Collection[str]
    keep: Keep
    twice: bool

    async def read(self, clients: Mapping[str, Customer]) -> Meanwhile:
        """All of it at the same time, handed on to ``keep``; ``clients`` as they were read first."""
        meanwhile = Meanwhile()
        await together(
            *(self._documents(kind, meanwhile) for kind in DOCUMENTS),
            self._clients(clients, meanwhile),
            self._ledgers(meanwhile),
        )
        return meanwhile

    async def _documents(self, kind: Kind, meanwhile: Meanwhile) -> None:
        if self.twice or not RESOURCES[kind].day_filter:
            await handed_on(documents_of(self.source, (kind,), self.items), self.keep)
            meanwhile.knows(LIST_OF[kind], whole=True)
        elif (records := await self._changed(kind)) is not None:
            self.keep([condensed(r, self.items) for r in records if not isinstance(r, Customer)])
            meanwhile.knows(LIST_OF[kind])

    async def _ledgers(self, meanwhile: Meanwhile) -> None:
        """Of NAV's ledgers those whose entries can change."""
        if self.twice:
            await handed_on(self.target.customer_entries(), self.keep)
            await handed_on(self.target.vat_entries(), self.keep)
            meanwhile.knows(CustomerEntry, whole=True)
            meanwhile.knows(VatEntry, whole=True)

    async def _clients(self, read: Mapping[str, Customer], meanwhile: Meanwhile) -> None:
        if self.twice:
            records: Sequence[Record] | None = [c async for c in self.source.full(Kind.CUSTOMER)]
        else:
            records = await self._changed(Kind.CUSTOMER)
        if records is not None:
            again = {r.ref.key: r for r in records if isinstance(r, Customer)}
            meanwhile.compare_clients(read, again, whole=self.twice)

    async def _changed(self, kind: Kind) -> Sequence[Record] | None:
        """What changed on the last day on which anything did, whatever FreshBooks' clock says; where that is too much, on the day of the first asking."""
        asked = (self.first.at - CLOCKS).astimezone(EASTERN).date()
        last = self.latest.astimezone(EASTERN).date() if self.latest else asked
        for day in sorted({min(last, asked), asked}):
            records = await self.source.changed_on(kind, day, MOST_CHANGED)
            if records is not None:
                return records
        return None


def snapshot_of(
    before: Standing, after: Standing, whole: Whole, meanwhile: Meanwhile, *, twice: bool = False
) -> Snapshot:
    """What was read, and what moved while it was."""
    stand, _ = whole.stood
    return Snapshot(
        begun=before.at,
        ended=after.at,
        setup_version=max(whole.rules.setups),
        populations=(
            *_lists(before, after, whole, meanwhile),
            *_ledgers(before, after, whole.overview.entries, meanwhile),
        ),
        twice=twice,
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
            changed=meanwhile.changed(LIST_OF[kind]),
            unseen=counts[kind] > 0 and LIST_OF[kind] not in meanwhile.known,
        )
    if whole.lists.has_ledger:
        yield _own_ledger(whole)


def _own_ledger(whole: Whole) -> Population:
    """FreshBooks' own ledger was read between two readings of its trial balance: what moves nothing there moves no figure."""
    own, lines = whole.lists.balances, whole.overview.lines
    moved = own is not None and own.before != own.after
    return Population(
        system=FRESHBOOKS,
        name="lines of its own ledger",
        count=lines,
        before=lines,
        after=lines,
        changed=("its trial balance",) if moved else (),
        unseen=lines > 0 and own is None,
    )


def _ledgers(
    before: Standing, after: Standing, counts: Mapping[str, int], meanwhile: Meanwhile
) -> Iterator[Population]:
    kinds = {name: kind for kind, name in LEDGER_OF.items()}
    for name, count in counts.items():
        yield Population(
            system=NAV,
            name=name,
            count=count,
            before=before.last[name],
            after=after.last[name],
            changed=meanwhile.changed(kinds[name]),
        )


def balances_of(stand: Balances) -> Mapping[str, Decimal]:
    """NAV's own balances by G/L account, and of customers all together."""
    return {
        **{account_name(no): amount for no, amount in stand.accounts.items()},
        "customers": sum(stand.customers.values(), Decimal(0)),
    }
