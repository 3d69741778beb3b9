"""A frozen day is kept as it was, and one that is frozen anew counts as it was frozen last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout.core.reconciliation.frozen import Document, Frozen
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout.store.store import PostgresStore

FEBRUARY, MARCH = date(2026, 2, 28), date(2026, 3, 31)


def frozen(day: date, now: datetime) -> Frozen:
    return Frozen(
        day=day,
        at=now,
        by="controller",
        entry_no=4711,
        accounts={"1200": Decimal("960.00"), "4000": Decimal("-800.10")},
        debits=Decimal("1234567890123.45"),
        documents={
            Ref(Kind.INVOICE, "35001"): Document(
                day=date(2026, 2, 10), client="7001", amount=Decimal("960.00"), currency="GBP"
            )
        },
        setup={"exchange rate EUR of 2026-01-01": "1.176470588235294"},
    )


async def test_what_was_kept_comes_back(store: PostgresStore, pair: Pair, now: datetime) -> None:
    assert await store.frozen(pair) is None
    kept = frozen(FEBRUARY, now)
    await store.freeze(pair, kept)
    assert await store.frozen(pair) == kept


async def test_the_latest_day_counts(store: PostgresStore, pair: Pair, now: datetime) -> None:
    march, february = frozen(MARCH, now), frozen(FEBRUARY, now)
    await store.freeze(pair, march)
    await store.freeze(pair, february)
    assert await store.frozen(pair) == march
    assert await store.frozen(pair, until=date(2026, 3, 30)) == february
    assert await store.frozen(pair, until=date(2026, 1, 31)) is None


async def test_a_day_that_is_frozen_anew(store: PostgresStore, pair: Pair, now: datetime) -> None:
    first, again = frozen(MARCH, now), replace(frozen(MARCH, now), entry_no=5000)
    later = replace(again, at=now + timedelta(days=1), by="another")
    await store.freeze(pair, first)
    await store.freeze(pair, later)
    assert await store.frozen(pair) == later
    assert await store.frozen_days(pair) == [
        (MARCH, now, "controller"),
        (MARCH, later.at, "another"),
    ]
