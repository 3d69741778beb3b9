"""What would be decided if nobody but us posted in NAV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tieout.core.decision.due_dates import due_date
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.payload import Entry, entry_of
from tieout.core.decision.standing import standing_of
from tieout.core.records.ledger import CustomerEntry


def untouched(facts: Facts) -> Facts:
    """The same facts without what others did in NAV's ledgers: reversals, receipts, numbers in use, reconciled bank lines, what they did to adopted entries.

    Nor is a claim closed that is to be due on another day. A plan that comes out the same rests on none of it.
    """
    return replace(
        facts,
        items=_items(facts),
        taken=frozenset(),
        strangers=(),
        bank_strangers=(),
        reconciled=frozenset(),
        adopted_items=tuple(_as_adopted(facts)),
    )


def reaches_beyond(facts: Facts, last: int) -> bool:
    """Whether others show something in NAV that came after an entry: numbers rise, and what is rolled back gives them back."""
    reversals = [item.reversed_by for item in (*facts.items.values(), *facts.adopted_items)]
    receipts = [entry.entry_no for entry in facts.strangers]
    bank = [line.entry_no for line in facts.bank_strangers]
    return max((*reversals, *receipts, *bank), default=0) > last


def _as_adopted(facts: Facts) -> Iterator[CustomerEntry]:
    """The adopted entries as they were accepted, open as a whole."""
    accepted = {e.entry_no: e for one in facts.adoptions.values() for e in one.entries}
    for item in facts.adopted_items:
        entry = accepted.get(item.entry_no)
        if entry is not None:
            amount = entry.amount
            yield replace(item, amount=amount, remaining=amount, open=True, reversed=False)


def _items(facts: Facts) -> Mapping[Entry, CustomerEntry]:
    altered = {e: i for e, i in facts.items.items() if i.reversed or not i.open}
    if not altered:
        return facts.items
    dues = _dues(facts.cases.values())
    return {
        **facts.items,
        **{
            entry: replace(item, reversed=False, open=True)
            for entry, item in altered.items()
            if item.reversed or dues.get(entry, "") not in ("", str(item.due_on))
        },
    }


def _dues(cases: Iterable[Case]) -> dict[Entry | None, str]:
    """The day on which FreshBooks says that what stands for a document is due, by its entry."""
    standing = ((standing_of(case.commands).posted, case.record) for case in cases)
    return {entry_of(posted.payload): due_date(record) for posted, record in standing if posted}
