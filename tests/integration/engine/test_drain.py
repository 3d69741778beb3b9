"""Draining with a real store and a NAV and a FreshBooks that misbehave: what is wrong with one document or one business stops no other."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from tests.unit.core.books import (
    CLIENT,
    SETUP,
    Bench,
    credit_note,
    customer,
    invoice,
    line,
    payment,
)

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.plan import Command, Plan, Receipt, Role, State, Status
from tieout.core.decision.reach import Reach
from tieout.core.decision.retry import LONE_FAILURES
from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Unauthorized,
    Unintelligible,
    Unreachable,
)
from tieout.core.records.customer import Customer
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.engine.ports import (
    ChangePage,
    Claimed,
    Keep,
    Lease,
    Observation,
    Pair,
    Priority,
    Rate,
    Record,
)
from tieout.engine.settle import Drain, Ports
from tieout.engine.world import World
from tieout.store.secrets import Secrets
from tieout.store.store import PostgresStore

WORK = line("10", "80.00")
FRESHBOOKS = {"url": "http://127.0.0.1:1/", "client_id": "c", "client_secret": "s"} | {
    "access_token": "a",
    "refresh_token": "r",
    "account_id": "A",
}
NAV = {"odata_url": "http://127.0.0.1:2/O", "soap_url": "http://127.0.0.1:3/W"} | {
    "company": "X",
    "user": "U",
    "key": "k",
}


class Freshbooks:
    """A FreshBooks that knows records; what is in ``garbled`` does not have the documented shape, of what is in ``gone`` it knows no id."""

    def __init__(self) -> None:
        self.records: dict[Ref, Record] = {CLIENT: customer()}
        self.garbled: set[Ref] = set()
        self.gone: set[Ref] = set()
        self.failure: Failure | None = None

    async def changes(self, cursor: Mapping[str, Any]) -> AsyncIterator[ChangePage]:
        yield ChangePage(observations=tuple(map(self._seen, self.records)), cursor={})

    async def everything(self, kind: Kind) -> AsyncIterator[tuple[Observation, ...]]:
        yield tuple(self._seen(ref) for ref in self.records if ref.kind is kind)

    async def observe(self, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        if self.failure is not None:
            raise self.failure
        return {ref: self._seen(ref) for ref in refs if ref in self.records.keys() - self.gone}

    def normalize(self, ref: Ref, content: bytes) -> Record:
        if ref in self.garbled:
            raise Unintelligible("freshbooks", f"{ref} has no amount")
        return self.records[ref]

    def _seen(self, ref: Ref) -> Observation:
        content = repr(self.records[ref]).encode()
        return Observation(ref=ref, content=content, hash=hashlib.sha256(content).hexdigest())


class Nav(Bench):
    """A NAV that answers; of a call with a key in ``poison`` the answer never comes, and nothing is posted; of one in ``lost`` all is posted.

    ``has`` is what it finds by key; ``ends`` happens when the postings of others end, and ``waits`` says how often that was waited for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.poison: set[str] = set()
        self.calls = 0
        self.claims = 0
        self.epochs: list[int] = []
        self.keys: list[str] = []
        self.order: list[Ref] = []
        self.silent = False
        self.lost: set[str] = set()
        self.has: dict[str, Status] = {}
        self.cleared: list[str] = []
        self.before: Callable[[Sequence[Command]], Awaitable[None]] | None = None
        self.keep: Keep | None = None
        self.waits, self.last = 0, 99
        self.ends: Callable[[], None] = lambda: None

    async def claim(self, epoch: int, keep: Keep | None = None) -> int:
        self.claims += 1
        self.keep = keep
        self.epochs.append(epoch)
        return epoch

    async def postings_ended(self) -> int | None:
        self.waits += 1
        self.ends()
        return self.last

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        return {
            command.key: Receipt(key=command.key, status=self.has[command.key], text=command.hash)
            for command in commands
            if command.key in self.has
        }

    async def clear(self, commands: Sequence[Command]) -> None:
        self.cleared += [command.key for command in commands]
        for command in commands:
            del self.has[command.key]

    async def reach(self) -> Reach:
        return Reach()

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        self.calls += 1
        self.epochs.append(epoch)
        if self.before is not None:
            await self.before(commands)
        if self.silent:
            return tuple(Receipt(key=c.key, status=Status.NOT_TRIED) for c in commands)
        self.keys += [command.key for command in commands]
        self.order += [command.ref for command in commands]
        if self.poison & {command.key for command in commands}:
            raise OutcomeUnknown("nav", "Post: ReadTimeout")
        receipts = self.do(Plan(commands=tuple(commands), verdicts=()))
        if self.lost & {command.key for command in commands}:
            self.has |= {command.key: Status.POSTED for command in commands}
            raise OutcomeUnknown("nav", "Post: the answer was lost")
        return tuple(
            replace(receipts[c.key], no=f"C{c.ref.key}" if c.ref.kind is Kind.CUSTOMER else "")
            for c in commands
        )

    async def taken(self, document_nos: Collection[str]) -> frozenset[tuple[str, str]]:
        return frozenset(pair for pair in self.items if pair[1] in document_nos)

    async def items_of(self, document_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        return tuple(item for (_, no), item in self.items.items() if no in document_nos)


class NavPort:
    """``Nav`` as the engine sees it."""

    longest_request_s = 0.0

    def __init__(self, nav: Nav) -> None:
        self.claim, self.find, self.execute = nav.claim, nav.find, nav.execute
        self.clear, self.reach = nav.clear, nav.reach
        self.postings_ended = nav.postings_ended
        self.taken, self.items = nav.taken, nav.items_of
        self.open_receipts = self.bank_lines = self.bank_lines_of = self.nav_customers = self._none

    async def calendar(self) -> Calendar:
        return Calendar()

    async def rates(self, currencies: Collection[str]) -> dict[str, tuple[Rate, ...]]:
        return {}

    async def _none(self, *asked: object) -> tuple[Any, ...]:
        return ()


class House:
    """A store, one NAV company, its pairs, and a clock that is set by hand."""

    def __init__(self, store: PostgresStore, pairs: Sequence[Pair]) -> None:
        self.store, self.nav = store, Nav()
        self.pair = pairs[0]
        self.freshbooks = [Freshbooks() for _ in pairs]
        self.now = datetime(2026, 3, 20, tzinfo=UTC)
        target = NavPort(self.nav)
        self.worlds = [
            World(pair=pair, source=source, target=target, setup=SETUP, setups={1: SETUP})
            for pair, source in zip(pairs, self.freshbooks, strict=True)
        ]
        self.dice = random.Random(7).random

    async def look(self, *records: Record, at: int = 0, priority: Priority = Priority.LIVE) -> None:
        """FreshBooks has these records, and somebody said to look at the documents among them."""
        self.freshbooks[at].records |= {record.ref: record for record in records}
        refs = [record.ref for record in records if not isinstance(record, Customer)]
        pair = self.worlds[at].pair
        await self.store.accept(pair, now=self.now, refs=refs, priority=priority)

    async def drain(self) -> None:
        ports = Ports(store=self.store, now=lambda: self.now, dice=self.dice, owner="me")
        await Drain(ports, self.worlds, self.pair.company_id).run()

    async def states(self, at: int = 0) -> dict[str, str]:
        pair = self.worlds[at].pair
        found = await self.store.held(pair, tuple(State))
        return {str(each.ref): str(each.state) for each in found}


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    store = PostgresStore(database_url, Secrets(os.urandom(32)))
    pairs = [
        await store.add_pair(
            name,
            {**FRESHBOOKS, "account_id": name, "business_id": name},
            NAV,
            {"prefix": prefix},
            {"setup": "here"},
        )
        for name, prefix in (("one", "FB"), ("two", "F2"))
    ]
    yield House(store, pairs)
    await store.close()


def bills(count: int) -> list[Record]:
    return [
        invoice("960.00", WORK, key=str(number), number=f"N{number}")
        for number in range(1, count + 1)
    ]


async def test_a_call_that_is_never_answered_is_not_made_over_and_over(house: House) -> None:
    house.nav.poison = {"FB-INV-1-1"}
    await house.look(*bills(1))
    await house.drain()
    house.nav.calls = 0
    await house.drain()
    assert house.nav.calls == 0, "it waits for its time"
    house.now += timedelta(minutes=20)
    house.nav.poison = set()
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed"}


async def test_what_nav_has_of_an_unanswered_call_is_not_sent_again(house: House) -> None:
    house.nav.lost = {"FB-INV-1-1"}
    await house.look(*bills(1))
    await house.drain()
    house.now += timedelta(minutes=20)
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed"}
    assert house.nav.keys.count("FB-INV-1-1") == 1
    assert house.nav.cleared == []


async def test_no_two_calls_have_the_same_epoch_and_each_has_a_higher_one(house: House) -> None:
    """A call that something on the way delivers a second time does nothing then."""
    house.nav.poison = {"FB-INV-2-1"}
    await house.look(*bills(3))
    await house.drain()
    house.now += timedelta(minutes=20)
    house.nav.poison = set()
    await house.drain()
    assert (house.nav.claims, house.nav.calls) >= (3, 3)
    assert house.nav.epochs == sorted(set(house.nav.epochs))


async def test_what_nav_has_in_part_is_cleared_away_and_sent_again(house: House) -> None:
    house.nav.poison = {"FB-INV-1-1"}
    await house.look(*bills(1))
    await house.drain()
    house.nav.poison = set()
    house.nav.has, house.nav.cleared = {"FB-INV-1-1": Status.INCOMPLETE}, []
    sent = house.nav.keys.count("FB-INV-1-1")
    house.now += timedelta(minutes=20)
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed"}
    assert house.nav.cleared == ["FB-INV-1-1"]
    assert house.nav.keys.count("FB-INV-1-1") == sent + 1


async def test_nobody_waits_for_an_earlier_worker_that_left_nothing_unfinished(
    house: House,
) -> None:
    house.worlds[0].target.longest_request_s = 3600.0  # type: ignore[misc]
    await house.look(*bills(1))
    async with asyncio.timeout(60):
        await house.drain()
    assert await house.states() == {"invoice/1": "agreed"}


async def test_whoever_writes_to_nav_is_told_when_another_has_taken_over(house: House) -> None:
    """Where NAV keeps no epoch, whoever writes asks before each write; what it was about to write is then the successor's to decide."""
    told: list[str] = []

    async def taken_over(commands: Sequence[Command]) -> None:
        assert house.nav.keep is not None
        await house.nav.keep()
        later = house.now + timedelta(seconds=7)
        await house.store.claim(house.pair.company_id, owner="other", now=later, lease_s=6)
        told.extend(command.key for command in commands)
        await house.nav.keep()

    house.nav.before = taken_over
    await house.look(*bills(1))
    await house.drain()
    assert len(told) == 1, "the first asking was answered with yes"
    assert house.nav.keys == []
    assert await house.states() == {"invoice/1": "pending"}


async def test_money_that_followed_its_invoice_and_is_known_no_more_is_not_the_former_clients(
    house: House,
) -> None:
    other, money = Ref(Kind.CUSTOMER, "7002"), payment("960.00", of="1")
    (bill,) = bills(1)
    freshbooks = house.freshbooks[0]
    freshbooks.records |= {other: replace(customer(), ref=other), money.ref: money}
    seen = await freshbooks.observe([money.ref])
    await house.store.accept(house.pair, now=house.now, observations=[*seen.values()])
    freshbooks.gone = {money.ref}
    await house.look(replace(bill, customer=other))  # type: ignore[call-arg]
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed", str(money.ref): "excluded"}
    assert house.nav.keys == ["FB-CUS-7002-1", "FB-INV-1-1"]


async def test_a_document_that_nav_never_answers_does_not_stop_the_others(house: House) -> None:
    house.nav.poison = {"FB-INV-4-1"}
    await house.look(*bills(9))
    for _ in range(60):
        await house.drain()
        house.now += timedelta(seconds=2)
    states = await house.states()
    assert [ref for ref, state in states.items() if state != "agreed"] == ["invoice/4"]
    assert states["invoice/4"] == "pending"


async def test_a_document_that_keeps_failing_becomes_a_dead_letter_with_its_cause(
    house: House,
) -> None:
    house.nav.poison = {"FB-INV-4-1"}
    await house.look(*bills(9))
    failed: set[int] = set()
    for _ in range(60):
        await house.drain()
        house.now += timedelta(minutes=16)
        rows = await house.store.claimed(house.pair, [Ref(Kind.INVOICE, "4")])
        failed |= {row.failures for row in rows}
    assert max(failed) == LONE_FAILURES - 1
    (dead,) = await house.store.held(house.pair)
    assert (str(dead.ref), str(dead.state)) == ("invoice/4", "dead")
    assert "GIVEN_UP: failed 16 times by itself" in dead.reason
    assert "Post: ReadTimeout" in dead.reason
    house.nav.poison = set()
    assert await house.store.retry(house.pair, dead.ref, now=house.now) == 1
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}


async def test_what_the_database_refuses_is_found_and_becomes_a_dead_letter(
    house: House, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        rule = "ALTER TABLE tieout.document ADD CONSTRAINT no_four CHECK (number <> 'N4')"
        connection.execute(rule)
        try:
            await house.look(*bills(9))
            for _ in range(40):
                await house.drain()
                house.now += timedelta(minutes=16)
        finally:
            connection.execute("ALTER TABLE tieout.document DROP CONSTRAINT no_four")
    (dead,) = await house.store.held(house.pair)
    assert str(dead.ref) == "invoice/4"
    assert "CheckViolation document.no_four" in dead.reason
    assert await house.store.retry(house.pair, dead.ref, now=house.now) == 1
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}


async def test_a_live_document_overtakes_a_backfill_between_two_calls(house: House) -> None:
    await house.look(*bills(40), priority=Priority.BACKFILL)
    live = invoice("960.00", WORK, key="99", number="N99")

    async def slow(commands: Sequence[Command]) -> None:
        house.now += timedelta(seconds=len(commands))
        if house.nav.calls == 3:
            await house.look(live)

    house.nav.before = slow
    await house.drain()
    posted = [ref for ref in house.nav.order if ref.kind is Kind.INVOICE]
    assert len(posted) == 41
    assert posted.index(live.ref) <= 12, "it came while the third call was under way"
    assert set((await house.states()).values()) == {"agreed"}


@pytest.mark.parametrize(
    ("seconds", "limits"),
    [(3, [100, 200, 200]), (4, [100, 100, 100]), (12, [100, 100, 100]), (13, [100, 50, 25])],
)
async def test_the_next_round_is_as_large_as_the_one_before_was_quick(
    house: House, seconds: int, limits: list[int]
) -> None:
    asked, due, reach = [], house.store.due, house.nav.reach

    async def watched(pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        asked.append(limit)
        return await due(pair, now=now, limit=limit)

    async def slow() -> Reach:
        house.now += timedelta(seconds=seconds)
        return await reach()

    await house.look(invoice("960.00", WORK, key="999", number="N999"))
    await house.drain()  # the customer is made
    house.store.due = watched  # type: ignore[method-assign]
    house.worlds = house.worlds[:1]
    house.worlds[0].target.reach = slow  # type: ignore[method-assign]
    await house.look(*bills(130))
    await house.drain()
    assert asked[:3] == limits


async def test_what_comes_while_a_drain_ends_is_taken_too(house: House) -> None:
    release, late = house.store.release, [invoice("960.00", WORK, key="2", number="N2")]

    async def ending(lease: Lease) -> None:
        await release(lease)
        if late:
            await house.look(late.pop())

    house.store.release = ending  # type: ignore[method-assign]
    await house.look(*bills(1))
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed", "invoice/2": "agreed"}


async def test_a_drain_that_lingers_takes_what_comes_meanwhile(house: House) -> None:
    await house.look(*bills(1))
    ports = Ports(
        store=house.store, now=lambda: house.now, dice=house.dice, owner="me", linger_s=2.0
    )
    drain = asyncio.create_task(Drain(ports, house.worlds, house.pair.company_id).run())
    while (await house.states()).get("invoice/1") != "agreed":  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await house.look(invoice("960.00", WORK, key="2", number="N2"))
    assert await drain
    assert set((await house.states()).values()) == {"agreed"}
    assert house.nav.claims == 1, "one drain for both"


async def test_a_pair_whose_backfill_runs_does_not_keep_another_pair_waiting(house: House) -> None:
    await house.look(*bills(40), at=0, priority=Priority.BACKFILL)
    await house.look(*bills(1), at=1)

    async def slow(commands: Sequence[Command]) -> None:
        house.now += timedelta(seconds=len(commands))

    house.nav.before = slow
    await house.drain()
    keys = [key for key in house.nav.keys if "-INV-" in key]
    assert keys.index("F2-INV-1-1") == 0
    assert len(keys) == 41


async def test_a_backfill_does_not_wait_for_a_pair_that_has_ended_its_turns(house: House) -> None:
    """Something live came for the other pair when that had nothing left to do: the backfill let it pass without end."""
    await house.look(*bills(500), at=0, priority=Priority.BACKFILL)
    came = False

    async def comes(commands: Sequence[Command]) -> None:
        nonlocal came
        house.now += timedelta(seconds=1)
        if len(house.nav.keys) > 120 and not came:
            came = True
            await house.look(*bills(1), at=1)

    house.nav.before = comes
    await asyncio.wait_for(house.drain(), 60)
    keys = [key for key in house.nav.keys if "-INV-" in key]
    assert (came, len(keys)) == (True, 501)
    assert keys.index("F2-INV-1-1") < 400, "what is live goes before the rest of the backfill"


async def test_what_waits_without_progress_is_looked_at_less_and_less(house: House) -> None:
    note = credit_note("150.00", line("1", "125.00"))
    house.nav.silent = True
    await house.look(note)
    looks: list[float] = []
    begun = house.now
    for _ in range(120):
        before = house.nav.calls
        await house.drain()
        if house.nav.calls > before:
            looks.append((house.now - begun).total_seconds())
        house.now += timedelta(seconds=5)
    pauses = [after - before for before, after in pairwise(looks)]
    assert len(looks) < 20
    assert pauses[-1] > 10 * pauses[0]


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"daily_documents": 5}, "daily_documents is 5"),
        ({"daily_amounts": {"LCY": "6000"}}, "daily_amounts has 6000 for LCY"),
    ],
)
async def test_a_line_at_its_daily_volume_stops_and_writes_nothing_more(
    house: House, limit: dict[str, Any], reason: str
) -> None:
    pair = replace(house.pair, settings={**house.pair.settings, **limit})
    house.worlds[0] = replace(house.worlds[0], pair=pair)
    house.pair = pair
    await house.look(*bills(3))
    await house.drain()
    await house.look(*[invoice("960.00", WORK, key=str(n), number=f"N{n}") for n in range(11, 15)])
    await house.drain()
    stop = await house.store.stop_of(pair)
    assert stop is not None
    assert (stop.cause, reason in stop.reason) == ("VOLUME_LIMIT", True)
    states = await house.states()
    assert sorted(states.values()) == ["agreed"] * 3 + ["pending"] * 4
    assert await house.store.companies_due(now=house.now) == []
    await house.store.release_line(pair)
    assert await house.store.companies_due(now=house.now) == [pair.company_id]


@pytest.mark.parametrize(
    ("written", "stopped"), [("2026-03-19T23:59:59.999999Z", False), ("2026-03-20T00:00:00Z", True)]
)
async def test_a_day_begins_at_midnight_utc(
    house: House, database_url: str, written: str, *, stopped: bool
) -> None:
    pair = replace(house.pair, settings={**house.pair.settings, "daily_documents": 5})
    house.worlds[0] = replace(house.worlds[0], pair=pair)
    house.now = datetime(2026, 3, 20, 12, 30, 30, 500, tzinfo=UTC)
    await house.look(*bills(3))
    await house.drain()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE tieout.command SET intended_at = %s", (written,))
    await house.look(*[invoice("960.00", WORK, key=str(n), number=f"N{n}") for n in range(11, 14)])
    await house.drain()
    assert (await house.store.stop_of(pair) is not None) is stopped


async def test_money_that_is_posted_is_not_looked_for_among_what_strangers_posted(
    house: House,
) -> None:
    asked: list[Collection[str]] = []

    async def receipts(nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        asked.append(nos)
        return ()

    house.worlds[0].target.open_receipts = receipts  # type: ignore[method-assign]
    await house.look(invoice("960.00", WORK))
    await house.drain()
    assert asked == []
    await house.look(payment("960.00"))
    await house.drain()
    assert asked == [["C7001"]]
    await house.look(invoice("1080.00", line("11.25", "80.00")))
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}
    assert asked == [["C7001"]]


async def test_an_unreadable_client_stops_its_own_documents_only(house: House) -> None:
    other = replace(customer(), ref=Ref(Kind.CUSTOMER, "666"))
    theirs = replace(invoice("960.00", WORK, key="2", number="2"), customer=other.ref)
    house.freshbooks[0].garbled = {other.ref}
    await house.look(other, invoice("960.00", WORK, key="1"), theirs)
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed", "invoice/2": "dead"}


async def test_an_unreadable_document_stops_itself_only(house: House) -> None:
    one, two, three = bills(3)
    house.freshbooks[0].garbled = {one.ref}
    await house.look(one, two, three)
    await house.drain()
    states = {"invoice/1": "dead", "invoice/2": "agreed", "invoice/3": "agreed"}
    assert await house.states() == states
    (dead,) = await house.store.held(house.pair)
    assert "invoice/1 has no amount" in dead.reason
    posted = [key for key in house.nav.keys if "-INV-" in key]
    assert sorted(posted) == ["FB-INV-2-1", "FB-INV-3-1"]


async def test_one_business_without_consent_does_not_stop_another(house: House) -> None:
    house.freshbooks[0].failure = Unauthorized("freshbooks", "the consent was withdrawn")
    await house.look(*bills(3), at=0)
    await house.look(*bills(3), at=1)
    with pytest.raises(Unauthorized):
        await house.drain()
    assert set((await house.states(at=1)).values()) == {"agreed"}
    assert set((await house.states(at=0)).values()) == {"pending"}


async def test_a_credit_waits_for_its_invoice_and_goes_on_by_itself(house: House) -> None:
    unmapped = invoice("115.00", line("1", "100.00", "15"))
    note = credit_note("150.00", line("1", "125.00"))
    used = payment("30.00", key="10360", credit="30947", day=date(2026, 3, 12))
    await house.look(unmapped, note, used)
    await house.drain()
    assert await house.states() == {
        "invoice/34101": "held",
        "credit_note/30947": "agreed",
        "payment/10360": "held",
    }
    await house.look(invoice("120.00", line("1", "100.00")))
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}


async def test_what_comes_with_a_change_and_is_not_tried_is_tried_again(house: House) -> None:
    """An edited invoice takes its payment along, which nobody has announced; NAV does not get to the payment's part."""
    await house.look(*bills(1), payment("500.00", of="1"))
    await house.drain()
    refused: list[str] = []

    async def tired(commands: Sequence[Command]) -> None:
        house.nav.silent = not refused and commands[0].role is Role.APPLY
        refused.extend(command.key for command in commands if house.nav.silent)

    house.nav.before = tired
    await house.look(invoice("1080.00", line("11.25", "80.00"), key="1", number="N1"))
    await house.drain()
    assert len(refused) == 1
    assert set((await house.states()).values()) == {"agreed"}
    assert refused[0] in house.nav.keys


def reverse(house: House, *numbers: str, back: bool = False) -> None:
    """What NAV shows while somebody reverses these invoices, and once that is rolled back."""
    for number in numbers:
        house.nav.ledger.items["Invoice", number].reversed = not back


async def deleted(house: House) -> None:
    """An invoice that was posted is deleted in FreshBooks."""
    await house.look(*bills(1))
    await house.drain()
    gone = invoice("960.00", WORK, key="1", number="N1")
    await house.look(replace(gone, visibility=Visibility.DELETED))


async def test_a_reversal_that_is_rolled_back_is_not_believed(house: House) -> None:
    await deleted(house)
    reverse(house, "FBN1")
    house.nav.ends = lambda: reverse(house, "FBN1", back=True)
    await house.drain()
    assert house.nav.waits == 1
    assert house.nav.keys[1:] == ["FB-INV-1-1", "FB-INV-1-1X"], "it had to be reversed all the same"


async def test_a_reversal_that_a_second_look_shows_too_is_believed(house: House) -> None:
    await deleted(house)
    reverse(house, "FBN1")
    await house.drain()
    assert house.nav.waits == 1
    assert house.nav.keys[1:] == ["FB-INV-1-1"]
    (found,) = await house.store.held(house.pair, tuple(State))
    assert found.reason == "deleted in FreshBooks and reversed"


async def test_a_reversal_that_is_tried_twice_in_vain_is_not_believed(house: House) -> None:
    await deleted(house)
    reverse(house, "FBN1")

    async def items(document_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        found = await house.nav.items_of(document_nos)
        return tuple(replace(item, reversed_by=100 if item.reversed else 0) for item in found)

    def once_more() -> None:
        house.nav.ends = lambda: reverse(house, "FBN1", back=True)

    house.worlds[0].target.items = items  # type: ignore[method-assign]
    house.nav.ends = once_more
    await house.drain()
    assert house.nav.waits == 2
    assert house.nav.keys[1:] == ["FB-INV-1-1", "FB-INV-1-1X"]


async def test_what_nobody_touched_is_looked_at_once(house: House) -> None:
    await deleted(house)
    await house.drain()
    assert (house.nav.waits, house.nav.keys[1:]) == (0, ["FB-INV-1-1", "FB-INV-1-1X"])


async def test_a_reversal_that_is_under_way_holds_nothing(house: House) -> None:
    await house.look(*bills(1))
    await house.drain()
    await house.look(invoice("1080.00", line("11.25", "80.00"), key="1", number="N1"))
    reverse(house, "FBN1")
    house.nav.ends = lambda: reverse(house, "FBN1", back=True)
    await house.drain()
    assert await house.states() == {"invoice/1": "agreed"}


async def test_a_receipt_that_is_rolled_back_holds_no_payment(house: House) -> None:
    await house.look(*bills(1))
    await house.drain()
    keyed = [
        CustomerEntry(
            entry_no=90,
            document_type="Payment",
            document_no="HAND1",
            customer_no="C7001",
            currency_code="",
            posting_date=payment("960.00", of="1").paid_on,
            amount=Decimal("-960.00"),
            remaining=Decimal("-960.00"),
            open=True,
            reversed=False,
        )
    ]

    async def open_receipts(customer_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        return tuple(keyed)

    house.worlds[0].target.open_receipts = open_receipts  # type: ignore[method-assign]
    house.nav.ends = keyed.clear
    await house.look(payment("960.00", of="1"))
    await house.drain()
    assert house.nav.waits == 1
    assert await house.states() == {"invoice/1": "agreed", "payment/10301": "agreed"}


async def test_what_is_different_with_every_look_is_looked_at_later(house: House) -> None:
    await house.look(*bills(2))
    await house.drain()
    gone = [replace(bill, visibility=Visibility.DELETED) for bill in bills(2)]
    await house.look(*gone)
    reverse(house, "FBN1")

    def swap() -> None:
        for item in house.nav.ledger.items.values():
            item.reversed = not item.reversed

    house.nav.ends = swap
    with pytest.raises(Unreachable):
        await house.drain()
    assert house.nav.keys[1:] == ["FB-INV-1-1", "FB-INV-2-1"]
    house.nav.ends = lambda: None
    house.now += timedelta(minutes=20)
    await house.drain()
    assert house.nav.keys[-1] == "FB-INV-2-1X"
    found = await house.store.held(house.pair, tuple(State))
    assert {each.reason for each in found} == {"deleted in FreshBooks and reversed"}
