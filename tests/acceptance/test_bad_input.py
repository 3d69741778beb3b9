"""What the outside sends that it should not: each is told, nothing else stops, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.stories import INVOICE, WORK, client, invoice
from tests.acceptance.world import World

from tieout.app.running import explained
from tieout.app.webhooks import receiver
from tieout.core.failures import Unauthorized, Unintelligible, Unreachable


async def billed(world: World) -> None:
    await client(world)
    await invoice(world, WORK)


async def test_a_lost_answer_to_a_renewal_is_told_and_loses_nothing(world: World) -> None:
    await billed(world)
    await world.person.control("clock", {"advance_s": 50_000})
    await world.person.control("faults", {"kind": "drop_after", "path": "/auth/oauth/token"})
    with pytest.raises(Unreachable, match="/auth/oauth/token"):
        await world.installation.poll(world.pair.id)
    with pytest.raises(Unauthorized, match="the answer to a renewal was lost") as refused:
        await world.installation.poll(world.pair.id)
    assert "tieout pair connect NAME" in explained(refused.value)
    store = world.installation.store
    assert (await store.freshbooks_connection(world.pair)).needs_consent


async def test_an_answer_that_is_no_json_is_told_and_loses_nothing(world: World) -> None:
    await billed(world)
    fault = {"kind": "status", "status": 200, "html": True, "path": "invoices/invoices"}
    await world.person.control("faults", fault)
    with pytest.raises(Unintelligible, match="no envelope"):
        await world.installation.poll(world.pair.id)
    await world.sync()
    assert await world.states() == {"agreed": 1}


class Queue:
    """Counts who was woken."""

    woken = 0

    async def settle(self, _company_id: int) -> None:
        self.woken += 1


async def test_webhooks_that_are_none_change_nothing(world: World) -> None:
    queue: Any = Queue()
    receive = receiver(world.installation, queue)
    event = f"name=invoice.create&object_id={INVOICE}".encode()
    answers = {
        "unsigned": await receive("main", event, ""),
        "wrong": await receive("main", event, "AAAA"),
        "truncated": await receive("main", b"name=invoice.cre", ""),
        "binary": await receive("main", b"\xff\xfe\x00", ""),
        "json": await receive("main", b'{"name": "invoice.create"', ""),
        "nobody": await receive("nobody", event, ""),
    }
    statuses = {name: status for name, (status, _) in answers.items()}
    assert statuses == {
        "unsigned": 401,
        "wrong": 401,
        "truncated": 400,
        "binary": 400,
        "json": 400,
        "nobody": 404,
    }
    assert queue.woken == 0
    assert await world.states() == {}
