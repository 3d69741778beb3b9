"""The inbox: each document once, however often it is announced; what changes meanwhile is looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tieout.core.decision.plan import State, Verdict
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair, Priority, Settlement
from tieout.store.store import PostgresStore

INVOICE, OTHER, PAYMENT = (
    Ref(Kind.INVOICE, "9"),
    Ref(Kind.INVOICE, "10"),
    Ref(Kind.PAYMENT, "1"),
)
Observed = Callable[..., Observation]


def agreed(*refs: Ref, version: int = 1) -> Settlement:
    return Settlement(
        verdicts=[Verdict(ref=ref, state=State.AGREED) for ref in refs],
        settled=dict.fromkeys(refs, version),
    )


async def test_a_new_observation_is_due_with_its_content(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    seen = observed(INVOICE, b'{"invoiceid": 9}')

    assert await store.accept(pair, now=now, observations=[seen]) == 1

    (claimed,) = await store.due(pair, now=now, limit=10)
    assert (claimed.ref, claimed.version, claimed.attempts) == (INVOICE, 1, 0)
    assert claimed.observation == seen
    assert (await store.documents(pair, [INVOICE]))[INVOICE].state is State.PENDING


async def test_what_equals_the_stored_content_is_dropped(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    seen = observed(INVOICE)
    await store.accept(pair, now=now, observations=[seen])

    assert await store.accept(pair, now=now, observations=[seen, observed(OTHER)]) == 1

    assert [row.version for row in await store.claimed(pair, [INVOICE, OTHER])] == [1, 1]


async def test_of_a_record_shown_twice_in_a_page_the_later_counts(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    later = observed(INVOICE, b"later")

    due = await store.accept(pair, now=now, observations=[observed(INVOICE, b"sooner"), later])

    (claimed,) = await store.due(pair, now=now, limit=10)
    assert (due, claimed.version, claimed.observation) == (1, 1, later)


async def test_content_that_freshbooks_does_not_call_newer_is_read_anew(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    def stamped(content: bytes, seconds: int) -> Observation:
        return replace(observed(INVOICE, content), updated_at=now + timedelta(seconds=seconds))

    await store.accept(pair, now=now, observations=[stamped(b"new", 5)])
    await store.record(pair, lease, agreed(INVOICE))
    for older in (stamped(b"old", 4), stamped(b"old", 5)):
        assert await store.accept(pair, now=now, observations=[older]) == 1
        (claimed,) = await store.due(pair, now=now, limit=9)
        assert claimed.observation is None, "to be read anew"
        stored = (await store.documents(pair, [INVOICE]))[INVOICE].observation
        assert stored is not None
        assert stored.content == b"new"
    newer = stamped(b"newer", 6)
    await store.accept(pair, now=now, observations=[newer])
    (claimed,) = await store.due(pair, now=now, limit=9)
    assert claimed.observation == newer


async def test_live_is_due_before_backfill_and_never_with_it(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, PAYMENT], priority=Priority.BACKFILL)
    assert not await store.live_due([pair], now=now)
    await store.accept(pair, now=now + timedelta(seconds=9), refs=[OTHER])
    later = now + timedelta(seconds=9)
    assert [row.ref for row in await store.due(pair, now=later, limit=9)] == [OTHER]
    assert await store.live_due([pair], now=later)
    await store.accept(pair, now=later, refs=[PAYMENT], cause="webhook")
    due = [row.ref for row in await store.due(pair, now=later, limit=9)]
    assert due == [PAYMENT, OTHER], "what is asked for live becomes live, and keeps its place"


async def test_nothing_is_due_while_the_line_stands_still(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE])
    await store.stop_line(pair, cause="TEST", reason="first", now=now)
    await store.stop_line(pair, cause="TEST", reason="second", now=now)
    assert await store.due(pair, now=now, limit=9) == []
    assert await store.companies_due(now=now) == []
    assert not await store.live_due([pair], now=now)
    stop = await store.release_line(pair)
    assert stop is not None
    assert stop.reason == "first"
    assert await store.release_line(pair) is None
    assert len(await store.due(pair, now=now, limit=9)) == 1


async def test_a_ref_without_content_raises_the_version_only(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE)])
    await store.record(pair, lease, agreed(INVOICE))

    assert await store.accept(pair, now=now, refs=[INVOICE, PAYMENT], cause="webhook") == 2

    rows = {row.ref: row for row in await store.due(pair, now=now, limit=10)}
    assert rows[INVOICE].version == 2
    assert rows[INVOICE].observation is None, "the stored content is older than the notification"
    assert rows[PAYMENT].version == 1
    documents = await store.documents(pair, [INVOICE, PAYMENT])
    assert documents[INVOICE].state is State.AGREED
    assert documents[PAYMENT].state is State.PENDING


async def test_a_changed_document_becomes_pending_and_starts_anew(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE)])
    held = Verdict(ref=INVOICE, state=State.HELD, reason="TAX_NOT_MAPPED")
    later = now + timedelta(minutes=5)
    await store.record(
        pair, lease, Settlement(verdicts=[held], retry={INVOICE: (later, "nav: away")})
    )
    assert not await store.due(pair, now=now, limit=10)

    changed = observed(INVOICE, b"changed")
    assert await store.accept(pair, now=now, observations=[changed]) == 1

    (claimed,) = await store.due(pair, now=now, limit=10)
    assert (claimed.version, claimed.attempts, claimed.observation) == (2, 0, changed)
    stored = (await store.documents(pair, [INVOICE]))[INVOICE]
    assert (stored.state, stored.reason) == (State.PENDING, "")


async def test_content_read_with_another_document_does_not_hide_it_from_the_poll(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    related = observed(OTHER, b"read while settling invoice 9")

    await store.record(pair, lease, Settlement(observations=[related]))

    (claimed,) = await store.due(pair, now=now, limit=10)
    assert claimed.ref == OTHER
    assert (await store.status(pair)).pending == 1


async def test_a_customer_that_was_only_read_is_not_counted_until_it_is_announced(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime, observed: Observed
) -> None:
    customer = observed(Ref(Kind.CUSTOMER, "5"))
    await store.record(pair, lease, Settlement(observations=[customer]))
    assert (await store.status(pair)).seen == 0
    assert await store.observations(pair, [customer.ref]) == {customer.ref: customer}

    assert await store.accept(pair, now=now, observations=[customer]) == 1


async def test_the_cursor_is_stored_with_the_page(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    assert await store.cursor(pair) == {}
    await store.accept(pair, now=now, cursor={"invoices": "2026-03-01"})
    await store.accept(pair, now=now, refs=[INVOICE])
    assert await store.cursor(pair) == {"invoices": "2026-03-01"}
    await store.accept(pair, now=now, cursor={"invoices": "2026-03-02"})
    assert await store.cursor(pair) == {"invoices": "2026-03-02"}


async def test_the_longest_due_come_first_and_payments_after_what_they_pay(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    note = Ref(Kind.CREDIT_NOTE, "3")
    await store.accept(pair, now=now, refs=[PAYMENT, OTHER, INVOICE, note])
    old = Ref(Kind.PAYMENT, "2")
    await store.accept(pair, now=now - timedelta(seconds=1), refs=[old])

    due = [row.ref for row in await store.due(pair, now=now, limit=10)]

    assert due == [old, note, INVOICE, OTHER, PAYMENT]
    assert [row.ref for row in await store.due(pair, now=now, limit=2)] == due[:2]


async def test_only_what_has_reached_its_time_is_due(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.accept(pair, now=now + timedelta(seconds=1), refs=[INVOICE])
    assert not await store.due(pair, now=now, limit=10)
    assert [row.ref for row in await store.claimed(pair, [INVOICE])] == [INVOICE]
    assert await store.companies_due(now=now) == []
    assert await store.companies_due(now=now + timedelta(seconds=1)) == [pair.company_id]


async def test_a_hint_does_not_send_a_waiting_row_to_the_end_of_the_queue(
    store: PostgresStore, pair: Pair, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[OTHER])
    await store.accept(pair, now=now + timedelta(seconds=1), refs=[INVOICE])
    await store.accept(pair, now=now + timedelta(seconds=2), refs=[OTHER])
    due = await store.due(pair, now=now + timedelta(seconds=2), limit=10)
    assert [row.ref for row in due] == [OTHER, INVOICE]


async def test_what_is_settled_is_not_claimed(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER])
    await store.record(pair, lease, agreed(INVOICE))
    assert [row.ref for row in await store.claimed(pair, [INVOICE, OTHER])] == [OTHER]
    assert [row.ref for row in await store.due(pair, now=now, limit=9)] == [OTHER]
    assert list(await store.claimed(pair, [])) == []


async def test_two_that_accept_at_once_lose_nothing(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    refs = [Ref(Kind.INVOICE, str(number)) for number in range(1, 41)]
    one = [observed(ref, b"one") for ref in refs]
    two = [observed(ref, b"two") for ref in reversed(refs)]

    counts = await asyncio.gather(
        *(store.accept(pair, now=now, observations=page) for page in (one, two)),
        *(store.accept(pair, now=now, refs=refs) for _ in range(3)),
    )

    assert counts == [40] * 5
    claimed = await store.due(pair, now=now, limit=100)
    assert [row.version for row in claimed] == [5] * 40
    assert (await store.status(pair)).seen == 40


async def test_the_same_content_accepted_twice_at_once_counts_once(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    page = [observed(Ref(Kind.INVOICE, str(number))) for number in range(1, 21)]
    counts = await asyncio.gather(
        *(store.accept(pair, now=now, observations=page) for _ in range(4))
    )
    assert sorted(counts) == [0, 0, 0, 20]


@pytest.mark.parametrize("what", ["observations", "refs"])
async def test_nothing_to_note_is_nothing_due(
    store: PostgresStore, pair: Pair, now: datetime, what: str
) -> None:
    assert await store.accept(pair, now=now, **{what: ()}) == 0  # type: ignore[arg-type]


async def test_known_is_what_was_read_and_is_not_accepted_as_unlisted(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    read = [observed(INVOICE), observed(PAYMENT), observed(Ref(Kind.CUSTOMER, "7"))]
    await store.accept(pair, now=now, observations=read, refs=[OTHER])
    assert await store.known(pair, Kind.INVOICE) == {INVOICE}, "a ref alone was never read"
    counts = {Kind.INVOICE: 1, Kind.PAYMENT: 1, Kind.CUSTOMER: 1}
    assert await store.known_counts(pair) == counts

    await store.mark_unlisted(pair, [INVOICE, OTHER], unlisted=True)
    assert await store.known(pair, Kind.INVOICE) == frozenset()
    assert await store.known_counts(pair) == {Kind.PAYMENT: 1, Kind.CUSTOMER: 1}
    await store.mark_unlisted(pair, [INVOICE], unlisted=False)
    await store.mark_unlisted(pair, [], unlisted=True)
    assert await store.known(pair, Kind.INVOICE) == {INVOICE}


async def test_what_is_read_anew_with_other_content_is_listed_again(
    store: PostgresStore, pair: Pair, now: datetime, observed: Observed
) -> None:
    await store.accept(pair, now=now, observations=[observed(INVOICE)])
    await store.mark_unlisted(pair, [INVOICE], unlisted=True)
    await store.accept(pair, now=now, observations=[observed(INVOICE)])
    assert await store.known(pair, Kind.INVOICE) == frozenset(), "nothing new was said"
    await store.accept(pair, now=now, observations=[observed(INVOICE, b"new")])
    assert await store.known(pair, Kind.INVOICE) == {INVOICE}


async def test_unsettled_is_what_waits_to_be_looked_at_due_or_not(
    store: PostgresStore, pair: Pair, lease: Lease, now: datetime
) -> None:
    await store.accept(pair, now=now, refs=[INVOICE, OTHER, PAYMENT])
    later = {OTHER: (now + timedelta(hours=1), "nav: away")}
    await store.record(pair, lease, Settlement(settled={INVOICE: 1}, retry=later))
    assert await store.unsettled(pair) == {OTHER, PAYMENT}
