"""Derived events: an invoice is paid or overdue once, until it is not any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement, Shelf
from tieout.store.store import PostgresStore

INVOICE, OTHER = Ref(Kind.INVOICE, "9"), Ref(Kind.INVOICE, "10")
DUE_ON = date(2026, 3, 5)
LATE = DUE_ON + timedelta(days=1)


def shelf(
    ref: Ref,
    *,
    outstanding: str | None = "120.00",
    due_on: date | None = DUE_ON,
    paid: bool | None = None,
) -> Shelf:
    return Shelf(
        ref=ref,
        number=f"N{ref.key}",
        customer="7",
        invoice="",
        currency="GBP",
        amount=Decimal("120.00"),
        dated=date(2026, 3, 1),
        due_on=due_on,
        outstanding=None if outstanding is None else Decimal(outstanding),
        paid=paid,
    )


async def told(store: PostgresStore, pair: Pair) -> list[tuple[str, str, bool]]:
    return [(e.name, e.invoice, e.ended_at is None) for e in await store.derived_events(pair)]


async def test_an_invoice_is_paid_once_until_it_is_not(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER])
    for paid in (None, True, True, False, True):
        shelves = [shelf(INVOICE, paid=paid), shelf(OTHER)]
        await store.record(pair, lease, Settlement(shelves=shelves))
    paid_twice = [("invoice.paid", "9", False), ("invoice.paid", "9", True)]
    assert await told(store, pair) == paid_twice
    first, second = await store.derived_events(pair)
    assert (first.at, first.ended_at, second.at, second.number) == (now, now, now, "N9")
    assert first.seq < second.seq
    assert await store.derived_events(pair, limit=1) == [first]
    assert await store.derived_events(pair, after=first.seq) == [second]
    assert await store.derived_events(pair, after=second.seq) == []


async def test_an_invoice_is_overdue_from_the_day_after_it_was_due(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER, Ref(Kind.INVOICE, "11")])
    no_day = shelf(Ref(Kind.INVOICE, "11"), due_on=None)
    shelves = [shelf(INVOICE), shelf(OTHER, outstanding="0.00"), no_day]
    await store.record(pair, lease, Settlement(shelves=shelves))

    assert await store.derive_overdue(pair, today=DUE_ON, now=now) == 0
    assert await store.derive_overdue(pair, today=LATE, now=now) == 1
    assert await store.derive_overdue(pair, today=LATE, now=now) == 0
    assert await told(store, pair) == [("invoice.overdue", "9", True)]


async def test_what_is_paid_or_due_later_is_not_overdue_any_more(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER])
    await store.record(pair, lease, Settlement(shelves=[shelf(INVOICE), shelf(OTHER)]))
    assert await store.derive_overdue(pair, today=LATE, now=now) == 2
    changed = [shelf(INVOICE, outstanding="0.00"), shelf(OTHER, due_on=LATE)]
    await store.record(pair, lease, Settlement(shelves=changed))
    assert await store.derive_overdue(pair, today=LATE, now=now) == 0
    assert {lasts for _, _, lasts in await told(store, pair)} == {False}
    assert await store.derive_overdue(pair, today=LATE + timedelta(days=1), now=now) == 1


async def test_what_is_not_known_ends_nothing(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    await store.record(pair, lease, Settlement(shelves=[shelf(INVOICE)]))
    await store.derive_overdue(pair, today=LATE, now=now)
    await store.record(pair, lease, Settlement(shelves=[shelf(INVOICE, outstanding=None)]))
    await store.derive_overdue(pair, today=LATE, now=now)
    assert await told(store, pair) == [("invoice.overdue", "9", True)]
