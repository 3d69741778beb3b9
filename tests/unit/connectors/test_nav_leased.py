"""Writing by pages: just before each write it is asked whether NAV is still this worker's to write to."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tests.unit.connectors.test_nav_odata import CONNECTION

from tieout.connectors.http import Http
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.core.failures import OutcomeUnknown, Superseded


class Nav:
    """A NAV that takes everything, a lease and a clock that is set by hand."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self.now, self.takes_s, self.lost, self.asked = 0.0, 0.0, False, 0
        http = Http(transport=httpx2.MockTransport(self.answer))
        batches = [("GENERAL", "FRESHBOOKS"), ("CASHRCPT", "FRESHBOOKS")]
        self.target = PagesTarget(CONNECTION, http, batches, 60.0, lambda: self.now)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "GET":
            self.writes.append(request.method)
        return httpx2.Response(200, json={"value": []})

    async def keep(self) -> None:
        self.asked += 1
        self.now += self.takes_s
        if self.lost:
            raise Superseded("database", "epoch 1 has passed")

    async def each_write(self) -> None:
        odata = self.target.odata
        await odata.create("GeneralJournal", {})
        await odata.update("CustomerLedgerEntries", {"Entry_No": 1}, {}, "W/1")
        await odata.delete("GeneralJournal", {"Line_No": 1})


async def test_the_lease_is_renewed_before_each_write_and_not_for_reading() -> None:
    nav = Nav()
    await nav.target.claim(1, nav.keep)
    assert await nav.target.taken([]) == frozenset()
    assert nav.asked == 0
    await nav.each_write()
    assert (nav.writes, nav.asked) == (["POST", "PATCH", "DELETE"], 3)


@pytest.mark.parametrize("write", ["create", "update", "delete"])
async def test_a_worker_that_was_succeeded_sends_nothing(write: str) -> None:
    nav = Nav()
    await nav.target.claim(1, nav.keep)
    nav.lost = True
    more = {"create": ({},), "update": ({"No": 1}, {}, "W/1"), "delete": ({"No": 1},)}
    with pytest.raises(Superseded):
        await getattr(nav.target.odata, write)("GeneralJournal", *more[write])
    assert nav.writes == []


async def test_a_worker_that_stood_still_meanwhile_sends_nothing() -> None:
    nav = Nav()
    await nav.target.claim(1, nav.keep)
    nav.takes_s = 2.9
    await nav.each_write()
    nav.takes_s = 3.1
    with pytest.raises(OutcomeUnknown, match="stood still"):
        await nav.target.odata.create("GeneralJournal", {})
    assert len(nav.writes) == 3


async def test_a_check_by_hand_has_no_lease() -> None:
    nav = Nav()
    await nav.each_write()
    assert len(nav.writes) == 3


async def test_a_drain_that_was_succeeded_in_its_own_process_sends_nothing() -> None:
    """A process stood still; when it wakes, a second drain claims before the first has learned that its lease has passed."""
    nav, claimed = Nav(), asyncio.Event()

    async def passed() -> None:
        raise Superseded("database", "epoch 1 has passed")

    async def first() -> None:
        await nav.target.claim(1, passed)
        await claimed.wait()
        await nav.target.odata.create("GeneralJournal", {})

    async def second() -> None:
        await nav.target.claim(2, nav.keep)
        claimed.set()
        await nav.target.odata.create("GeneralJournal", {})

    old, new = asyncio.create_task(first()), asyncio.create_task(second())
    await new
    with pytest.raises(Superseded):
        await old
    assert (nav.writes, nav.asked) == (["POST"], 1)
