"""Counting and finding documents, and the person who says: look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tieout.core.decision.plan import Command, State, Verdict
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.documents import Counts
from tieout.store.store import PostgresStore

INVOICE, OTHER = Ref(Kind.INVOICE, "9"), Ref(Kind.INVOICE, "10")
PAYMENT, SECOND = Ref(Kind.PAYMENT, "1"), Ref(Kind.PAYMENT, "2")


def shelf(ref: Ref, *, invoice: str = "") -> Shelf:
    return Shelf(
        ref=ref,
        number=f"N{ref.key}",
        customer="501",
        invoice=invoice,
        currency="GBP",
        amount=Decimal("12.00"),
        dated=date(2026, 3, 1),
    )


async def test_every_document_is_counted_in_exactly_one_state(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    states = [State.AGREED, State.AGREED, State.HELD, State.DEAD, State.EXCLUDED, State.PENDING]
    refs = [Ref(Kind.INVOICE, str(number)) for number in range(len(states))]
    await store.accept(pair, now=now, refs=[*refs, PAYMENT])
    verdicts = [
        Verdict(ref=ref, state=state, reason="why") for ref, state in zip(refs, states, strict=True)
    ]
    await store.record(pair, lease, Settlement(verdicts=verdicts))

    status = await store.status(pair)

    assert (status.seen, status.pending, status.agreed) == (7, 2, 2)
    assert (status.held, status.dead, status.excluded) == (1, 1, 1)
    assert status.by_kind[Kind.PAYMENT] == Counts(seen=1, pending=1)
    assert sum(counts.seen for counts in status.by_kind.values()) == status.seen


async def test_an_empty_pair_has_seen_nothing(store: PostgresStore, pair: Pair) -> None:
    status = await store.status(pair)
    assert (status.seen, dict(status.by_kind)) == (0, {})


def test_counts_that_do_not_add_up_cannot_exist() -> None:
    with pytest.raises(AssertionError, match="2 documents seen, 1 in a state"):
        Counts(seen=2, agreed=1)


async def test_documents_have_state_content_and_commands(
    store: PostgresStore,
    pair: Pair,
    lease: Lease,
    now: datetime,
    observed: Callable[..., Observation],
    posting: Callable[..., Command],
) -> None:
    content = observed(INVOICE, b'{"amount": "12.00"}' * 500)
    await store.accept(pair, now=now, observations=[content], refs=[OTHER])
    commands = [posting(INVOICE, f"FB-INV-9-{n}", revision=n) for n in (1, 2)]
    await store.intend(pair, lease, commands)

    documents = await store.documents(pair, [INVOICE, OTHER, PAYMENT])

    assert set(documents) == {INVOICE, OTHER}
    assert documents[INVOICE].observation == content
    assert [each.command for each in documents[INVOICE].commands] == commands
    assert (documents[OTHER].observation, documents[OTHER].commands) == (None, ())
    assert await store.documents(pair, []) == {}


async def test_seen_is_what_was_ever_noted_of_this_pair(
    store: PostgresStore, pair: Pair, now: datetime, observed: Callable[..., Observation]
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE)], refs=[PAYMENT])
    assert await store.seen(pair, [INVOICE, OTHER, PAYMENT]) == {INVOICE, PAYMENT}
    assert await store.seen(replace(pair, id=pair.id + 1), [INVOICE]) == frozenset()
    assert await store.seen(pair, []) == frozenset()


async def test_related_are_the_payments_of_invoices_and_the_invoices_of_payments(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER, PAYMENT, SECOND])
    shelves = [shelf(INVOICE), shelf(PAYMENT, invoice="9"), shelf(SECOND, invoice="9")]
    await store.record(pair, lease, Settlement(shelves=shelves))

    assert await store.related(pair, [INVOICE]) == {PAYMENT, SECOND}
    assert await store.related(pair, [PAYMENT]) == {INVOICE}
    assert await store.related(pair, [INVOICE, PAYMENT]) == {SECOND}
    assert await store.related(pair, [OTHER]) == frozenset()
    assert await store.related(pair, []) == frozenset()
    # The numbers of different kinds have nothing to do with each other.
    assert await store.related(pair, [Ref(Kind.CREDIT_NOTE, "9")]) == frozenset()


async def test_held_lists_what_waits_for_a_person(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    verdicts = [
        Verdict(ref=INVOICE, state=State.HELD, reason="not mapped"),
        Verdict(ref=PAYMENT, state=State.DEAD, reason="DEFECT"),
        Verdict(ref=OTHER, state=State.EXCLUDED, reason="NOTHING_TO_POST: the total is zero"),
    ]
    await store.record(pair, lease, Settlement(verdicts=verdicts, shelves=[shelf(INVOICE)]))
    held = await store.held(pair)
    assert [(each.ref, each.state, each.number, each.reason) for each in held] == [
        (INVOICE, State.HELD, "N9", "not mapped"),
        (PAYMENT, State.DEAD, "", "DEFECT"),
    ]
    excluded = await store.held(pair, [State.EXCLUDED])
    assert [each.reason for each in excluded] == ["NOTHING_TO_POST: the total is zero"]


@pytest.fixture
async def stuck(store: PostgresStore, pair: Pair, lease: Lease, now: datetime) -> None:
    refs = [INVOICE, OTHER, PAYMENT]
    await store.accept(pair, now=now, refs=refs)
    verdicts = [
        Verdict(ref=INVOICE, state=State.HELD, reason="not mapped"),
        Verdict(ref=OTHER, state=State.AGREED),
        Verdict(ref=PAYMENT, state=State.DEAD, reason="DEFECT"),
    ]
    await store.record(pair, lease, Settlement(retry=dict.fromkeys(refs, (now, "nav: away"))))
    await store.record(pair, lease, Settlement(verdicts=verdicts, settled=dict.fromkeys(refs, 1)))


@pytest.mark.usefixtures("stuck")
async def test_retrying_one_makes_it_pending_and_due(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    at = now + timedelta(hours=1)
    assert await store.retry(pair, INVOICE, now=at) == 1
    (claimed,) = await store.due(pair, now=at, limit=9)
    assert (claimed.ref, claimed.version, claimed.attempts) == (INVOICE, 2, 0)
    stored = (await store.documents(pair, [INVOICE]))[INVOICE]
    assert (stored.state, stored.reason) == (State.PENDING, "")
    assert [each.ref for each in await store.held(pair)] == [PAYMENT]


@pytest.mark.usefixtures("stuck")
async def test_retrying_all_takes_the_held_and_the_dead_only(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.retry(pair, OTHER, now=now) == 0
    assert await store.retry(pair, None, now=now) == 2
    assert [row.ref for row in await store.due(pair, now=now, limit=9)] == [INVOICE, PAYMENT]
    assert await store.retry(pair, None, now=now) == 0


async def test_a_document_that_stays_in_its_state_keeps_since_when(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    for reason in ("first", "second"):
        verdict = Verdict(ref=INVOICE, state=State.HELD, reason=reason)
        store.clock = lambda: now if reason == "first" else now + timedelta(days=1)  # noqa: B023
        await store.record(pair, lease, Settlement(verdicts=[verdict]))
    (held,) = await store.held(pair)
    assert (held.reason, held.since) == ("second", now)
