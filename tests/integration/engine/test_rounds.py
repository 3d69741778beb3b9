"""The rounds of a drain: what joins one, how large the next is, and how a drain keeps its lease or ends without it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.integration.engine.test_drain import House, bills, house
from tests.unit.core.books import customer, invoice, line, payment

from tieout.core.decision.plan import Command, Receipt, Status
from tieout.core.decision.reach import Reach
from tieout.core.failures import Superseded
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Claimed, Keep, Lease, Observation, Pair
from tieout.engine.settle import CALLS_PER_EPOCH, LEASE_S, Drain, Ports

__all__ = ["house"]
EDITED = invoice("1080.00", line("11.25", "80.00"), key="1", number="N1")


async def drained(house: House) -> bool:
    ports = Ports(store=house.store, now=lambda: house.now, dice=house.dice, owner="me")
    return await Drain(ports, house.worlds, house.pair.company_id).run()


async def test_rounds_shrink_to_single_documents_where_nav_is_slow(house: House) -> None:
    asked, due, reach = [], house.store.due, house.nav.reach

    async def watched(pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        asked.append(limit)
        return await due(pair, now=now, limit=limit)

    async def slow() -> Reach:
        house.now += timedelta(seconds=13)
        return await reach()

    house.store.due = watched  # type: ignore[method-assign]
    house.worlds = house.worlds[:1]
    house.worlds[0].target.reach = slow  # type: ignore[method-assign]
    await house.look(*[invoice("0.00", key=str(n), number=f"N{n}") for n in range(1, 201)])
    await drained(house)
    assert asked[:9] == [100, 50, 25, 12, 6, 3, 1, 1, 1]


async def test_a_drain_ends_where_what_is_due_is_another_ones(house: House) -> None:
    """A pair that was added while the drain was being made: the company is due, and this drain does not know the pair."""
    await house.look(*bills(1))
    house.worlds = house.worlds[1:]
    async with asyncio.timeout(20):
        assert await drained(house)
    assert house.nav.claims == 1
    assert await house.store.companies_due(now=house.now) == [house.pair.company_id]


async def test_the_lease_is_renewed_no_more_often_than_it_has_to_be(house: House) -> None:
    renewed, renew = 0, house.store.renew

    async def counted(lease: Lease, *, now: datetime, lease_s: float) -> None:
        nonlocal renewed
        renewed += 1
        await renew(lease, now=now, lease_s=lease_s)

    house.store.renew = counted  # type: ignore[method-assign]
    begun = time.monotonic()
    await house.look(*bills(9))
    await drained(house)
    assert renewed <= (time.monotonic() - begun) / (LEASE_S / 4)


class Epochs:
    """What NAV was told when it was claimed and with each call; it knows an epoch from before."""

    def __init__(self, house: House, known: int = 0) -> None:
        self.claimed: list[int] = []
        self.called: list[int] = []
        self._known, self._execute = known, house.nav.execute
        target = house.worlds[0].target
        target.claim, target.execute = self.claim, self.execute  # type: ignore[method-assign]

    async def claim(self, epoch: int, keep: Keep | None = None) -> int:
        self.claimed.append(epoch)
        self._known = max(self._known, epoch)
        return self._known

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        self.called.append(epoch)
        return await self._execute(epoch, commands)


async def test_each_lease_and_each_call_has_a_number_of_its_own(house: House) -> None:
    epochs = Epochs(house)
    await house.look(*bills(1), payment("500.00", of="1"))
    await drained(house)
    await house.look(EDITED)
    await drained(house)
    assert epochs.claimed == [CALLS_PER_EPOCH, 2 * CALLS_PER_EPOCH]
    first = [call - CALLS_PER_EPOCH for call in epochs.called if call < 2 * CALLS_PER_EPOCH]
    later = [call - 2 * CALLS_PER_EPOCH for call in epochs.called[len(first) :]]
    assert (first, later) == ([1, 2], [1, 2, 3])


async def test_a_database_from_a_backup_catches_up_with_nav(house: House) -> None:
    epochs = Epochs(house, known=5 * CALLS_PER_EPOCH + 3)
    await house.look(*bills(1))
    await drained(house)
    assert await house.states() == {"invoice/1": "agreed"}
    assert epochs.claimed == [CALLS_PER_EPOCH, 6 * CALLS_PER_EPOCH]
    assert min(epochs.called) > 6 * CALLS_PER_EPOCH, "what NAV would refuse is not sent"


async def test_what_is_rolled_back_while_it_is_looked_for_is_sent_again(house: House) -> None:
    target = house.worlds[0].target
    house.nav.poison = {"FB-INV-1-1"}
    await house.look(*bills(1))
    await drained(house)
    house.nav.poison = set()
    house.nav.has = {"FB-INV-1-1": Status.POSTED}

    async def rolled_back() -> int | None:
        house.nav.has.clear()
        return None

    target.longest_request_s, target.postings_ended = 0.01, rolled_back  # type: ignore[misc, method-assign]
    sent = house.nav.keys.count("FB-INV-1-1")
    house.now += timedelta(minutes=20)
    await drained(house)
    assert await house.states() == {"invoice/1": "agreed"}
    assert house.nav.keys.count("FB-INV-1-1") == sent + 1


@pytest.mark.parametrize("moves", [True, False])
async def test_a_payment_is_read_anew_only_if_its_invoice_went_to_another_client(
    house: House, *, moves: bool
) -> None:
    freshbooks, asked = house.freshbooks[0], list[Ref]()
    (bill, second), paid, other = bills(2), payment("500.00", of="1"), Ref(Kind.CUSTOMER, "7002")
    freshbooks.records[other] = replace(customer(), ref=other, email="bob@bolt.test")
    await house.look(bill, paid, replace(second, customer=other))
    await drained(house)
    observe = freshbooks.observe

    async def watched(refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        asked.extend(refs)
        return await observe(refs)

    freshbooks.observe = watched  # type: ignore[method-assign]
    await house.look(replace(EDITED, customer=other) if moves else EDITED)
    await drained(house)
    assert (paid.ref in asked) is moves


async def test_a_drain_that_was_overtaken_says_so_and_changes_nothing(house: House) -> None:
    async def overtaken(commands: Sequence[Command]) -> None:
        raise Superseded("nav", "epoch 1 has passed")

    house.nav.before = overtaken
    await house.look(*bills(1))
    assert not await drained(house)
    assert await house.states() == {"invoice/1": "pending"}
    house.nav.before = None
    assert await drained(house)
    assert await house.states() == {"invoice/1": "agreed"}


async def test_an_edit_of_an_invoice_that_nobody_has_paid_needs_its_client(house: House) -> None:
    await house.look(*bills(1))
    await drained(house)
    await house.look(EDITED)
    await drained(house)
    assert await house.states() == {"invoice/1": "agreed"}
    assert house.nav.keys[-2:] == ["FB-INV-1-1X", "FB-INV-1-2"]


async def test_what_waits_in_the_queue_joins_the_round_of_what_it_belongs_to(house: House) -> None:
    """The invoice comes first. Its payment was changed, too, and is not moved along as it was before."""
    (bill,), paid, changed = bills(1), payment("500.00", of="1"), payment("600.00", of="1")
    said = {repr(record).encode(): record for record in (customer(), bill, EDITED, paid, changed)}
    house.freshbooks[0].normalize = lambda ref, content: said[content]  # type: ignore[method-assign]
    await house.look(bill, paid)
    await drained(house)
    due = house.store.due

    async def invoices(pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        rows = await due(pair, now=now, limit=limit)
        return [row for row in rows if row.ref.kind is Kind.INVOICE] or rows

    house.store.due = invoices  # type: ignore[method-assign]
    await house.look(EDITED, changed)
    house.nav.keys.clear()
    await drained(house)
    assert set((await house.states()).values()) == {"agreed"}
    assert "FB-PMT-10301-2" in house.nav.keys
    assert "FB-PMT-10301-A1" not in house.nav.keys
