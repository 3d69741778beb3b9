"""What the database refuses is the affair of the document that brings it: others go on, and it becomes a dead letter with its cause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs
from tests.integration.engine.test_drain import House, bills, house

from tieout.core.decision.plan import Command, Receipt, Status
from tieout.core.failures import Failure, Unstorable
from tieout.core.records.identity import Kind, Ref
from tieout.engine.inbox import poll
from tieout.engine.ports import ChangePage

__all__ = ["house"]
FOURTH = Ref(Kind.INVOICE, "4")


@contextmanager
def rule(url: str, table: str, condition: str) -> Iterator[None]:
    """The database has one more rule meanwhile."""
    with psycopg.connect(url, autocommit=True) as connection:
        alter = f"ALTER TABLE tieout.{table} "
        connection.execute(f"{alter} ADD CONSTRAINT strict CHECK ({condition}) NOT VALID")
        try:
            yield
        finally:
            connection.execute(f"{alter} DROP CONSTRAINT strict")


async def drained(house: House, times: int = 40) -> None:
    for _ in range(times):
        async with asyncio.timeout(20):
            await house.drain()
        house.now += timedelta(minutes=16)


async def the_fourth_is_dead(house: House, cause: str) -> None:
    states = await house.states()
    assert {ref for ref, state in states.items() if state != "agreed"} == {"invoice/4"}
    (dead,) = await house.store.held(house.pair)
    assert str(dead.state) == "dead"
    assert "GIVEN_UP" in dead.reason
    assert cause in dead.reason


async def test_a_command_that_cannot_be_stored(house: House, database_url: str) -> None:
    await house.look(*bills(9))
    with rule(database_url, "command", "command_key <> 'FB-INV-4-1'"):
        await drained(house)
    await the_fourth_is_dead(house, "CheckViolation command.strict")
    assert await house.store.retry(house.pair, FOURTH, now=house.now) == 1
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}


async def test_a_receipt_that_cannot_be_stored(house: House, database_url: str) -> None:
    """NAV has it, and is asked about it in each drain; nothing else waits for that."""
    posted: dict[str, Receipt] = {}

    async def execute(epoch: int, commands: Sequence[Command]) -> Sequence[Receipt]:
        receipts = await house.nav.execute(epoch, commands)
        posted.update({receipt.key: receipt for receipt in receipts})
        return receipts

    async def find(commands: Sequence[Command]) -> dict[str, Receipt]:
        return {
            c.key: replace(posted[c.key], text=c.hash, status=Status.ALREADY)
            for c in commands
            if c.key in posted
        }

    target: Any = house.worlds[0].target
    target.execute, target.find = execute, find
    await house.look(*bills(9))
    strict = rule(database_url, "command", "command_key <> 'FB-INV-4-1' OR state <> 'done'")
    with strict, capture_logs() as told:
        await drained(house)
        for number in (9, 10):
            await house.look(bills(11)[number])
            await house.drain()
            await the_fourth_is_dead(house, "CheckViolation command.strict")
    assert [each["event"] for each in told].count("dead_letter") == 1, "it is told once"
    assert await house.store.retry(house.pair, FOURTH, now=house.now) == 1
    await house.drain()
    assert set((await house.states()).values()) == {"agreed"}
    assert house.nav.keys.count("FB-INV-4-1") == 1, "posted once"


async def test_a_key_that_another_command_has(house: House, database_url: str) -> None:
    await house.look(*bills(9))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO tieout.command (company_id, command_key, pair_id, kind, key, revision, role,
              payload, hash, depends_on, setup_version, epoch, state, receipt)
            VALUES (1, 'FB-INV-4-1', 1, 'invoice', '777', 1, 'post', '{}', 'x', '{}', 1, 1, 'done', '{}')"""
        )
    await drained(house)
    await the_fourth_is_dead(house, "a key is used once")


async def test_a_retry_that_cannot_be_stored_does_not_keep_the_drain_busy(
    house: House, database_url: str
) -> None:
    house.nav.poison = {"FB-INV-4-1"}
    await house.look(*bills(1), at=1)
    await house.look(*bills(4)[3:])
    with rule(database_url, "inbox", "attempts = 0"), pytest.raises(Unstorable):
        async with asyncio.timeout(20):
            await house.drain()
    assert await house.states(at=1) == {"invoice/1": "agreed"}


async def test_a_page_with_what_cannot_be_stored_is_noted_all_the_same(
    house: House, database_url: str
) -> None:
    records = bills(9)
    source: Any = house.freshbooks[0]
    source.records |= {record.ref: record for record in records}

    async def changes(_: object) -> AsyncIterator[ChangePage]:
        seen = tuple(source._seen(record.ref) for record in records)
        yield ChangePage(observations=seen, cursor={"page": 1})

    source.changes = changes
    with rule(database_url, "observation", "(kind, key) <> ('invoice', '4')"):
        polled = await poll(house.worlds[0], house.store, lambda: house.now)
        assert polled.noted == 9
        assert await house.store.cursor(house.pair) == {"page": 1}
        await drained(house)
        states = await house.states()
        assert {ref for ref, state in states.items() if state != "agreed"} == {"invoice/4"}
    (dead,) = await house.store.held(house.pair)
    assert "CheckViolation observation.strict" in dead.reason


def test_what_was_said_can_be_stored() -> None:
    assert str(Failure("nav", "odd\x00 words")) == "nav: odd words"
