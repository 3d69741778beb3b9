"""Draining where nothing is installed in NAV: drafts wait in its journals until a person posts or deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.engine.test_drain import WORK, House, bills, house
from tests.unit.core.books import invoice

from tieout.core.decision.plan import Command, Receipt, Role, Status
from tieout.core.decision.reach import Reach
from tieout.engine.look import look

__all__ = ["house"]


class Desk:
    """What an accountant has before her: unposted lines, which she posts or deletes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.waiting: dict[str, Command] = {}
        self.posted: dict[str, Command] = {}
        self.asked = 0
        self._create = house.nav.execute
        for world in house.worlds:
            target = world.target
            target.execute, target.find, target.reach = self.execute, self.find, self.reach  # type: ignore[method-assign]

    async def reach(self) -> Reach:
        return Reach(gateway=False)

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        if commands[0].role is Role.CREATE_CUSTOMER:
            return await self._create(epoch, commands)
        self.waiting |= {command.key: command for command in commands}
        return tuple(Receipt(key=c.key, status=Status.AWAITING, text=c.hash) for c in commands)

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        self.asked += 1
        found = [
            (key, status)
            for place, status in ((self.waiting, Status.AWAITING), (self.posted, Status.POSTED))
            for key in place
        ]
        hashes = {command.key: command.hash for command in commands}
        return {
            key: Receipt(key=key, status=status, text=hashes[key])
            for key, status in found
            if key in hashes
        }

    def post(self, key: str) -> None:
        command = self.posted[key] = self.waiting.pop(key)
        self.house.nav.ledger.carry_out(command)

    def delete(self, key: str) -> None:
        del self.waiting[key]

    async def look(self, at: int = 0) -> int:
        return await look(self.house.worlds[at], self.house.store, lambda: self.house.now)


@pytest.fixture
async def desk(house: House) -> Desk:
    """Three invoices wait."""
    desk = Desk(house)
    await house.look(*bills(3))
    await house.drain()
    assert sorted(desk.waiting) == ["FB-INV-1-1", "FB-INV-2-1", "FB-INV-3-1"]
    assert set((await house.states()).values()) == {"pending"}
    return desk


async def test_what_was_posted_agrees_and_what_waits_is_let_be(desk: Desk) -> None:
    house = desk.house
    assert await desk.look() == 0
    desk.post("FB-INV-2-1")
    assert await desk.look() == 1
    await house.drain()
    states = {"invoice/1": "pending", "invoice/2": "agreed", "invoice/3": "pending"}
    assert await house.states() == states
    left = {stored.command.key for stored in await house.store.awaiting(house.pair)}
    assert left == set(desk.waiting) == {"FB-INV-1-1", "FB-INV-3-1"}
    desk.post("FB-INV-1-1")
    desk.post("FB-INV-3-1")
    assert await desk.look() == 2
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}
    asked = desk.asked
    assert await desk.look() == 0
    assert desk.asked == asked, "nothing waits any more, and NAV is not asked"


async def test_what_a_drain_finds_posted_needs_no_look(desk: Desk) -> None:
    house = desk.house
    desk.post("FB-INV-1-1")
    house.now += timedelta(hours=1)
    await house.look(invoice("960.00", WORK, key="9", number="N9"))
    await house.drain()
    states = await house.states()
    assert (states["invoice/1"], states["invoice/2"]) == ("agreed", "pending")


async def test_what_a_person_deleted_is_asked_about(desk: Desk) -> None:
    house = desk.house
    desk.delete("FB-INV-2-1")
    assert await desk.look() == 1
    await house.drain()
    (held,) = await house.store.held(house.pair)
    assert (str(held.ref), held.reason[:14]) == ("invoice/2", "DRAFT_REMOVED:")
    assert set(desk.waiting) == {"FB-INV-1-1", "FB-INV-3-1"}


async def test_what_stands_under_our_key_with_other_contents_is_dead(desk: Desk) -> None:
    house = desk.house
    command = desk.waiting.pop("FB-INV-2-1")
    find = desk.find

    async def other(commands: Sequence[Command]) -> Mapping[str, Receipt]:
        stranger = Receipt(key=command.key, status=Status.POSTED, text="another hash")
        found = dict(await find(commands))
        return (
            found | {command.key: stranger} if command.key in {c.key for c in commands} else found
        )

    house.worlds[0].target.find = other  # type: ignore[method-assign]
    assert await desk.look() == 1
    await house.drain()
    states = {"invoice/1": "pending", "invoice/2": "dead", "invoice/3": "pending"}
    assert await house.states() == states


async def test_what_a_person_is_at_work_on_is_let_be(desk: Desk) -> None:
    house = desk.house
    find = desk.find

    async def half(commands: Sequence[Command]) -> Mapping[str, Receipt]:
        found = await find(commands)
        return {key: replace(one, status=Status.INCOMPLETE) for key, one in found.items()}

    house.worlds[0].target.find = half  # type: ignore[method-assign]
    assert await desk.look() == 0
    await house.drain()
    assert set((await house.states()).values()) == {"pending"}
