"""What comes of a webhook: a document to look at, a handshake to finish, or nothing."""

from __future__ import annotations

import pytest
from tests.integration.engine.test_drain import House, house

from tieout.connectors.freshbooks.webhooks import notification
from tieout.core.records.identity import Kind, Ref
from tieout.engine.webhooks import take_notification

__all__ = ["house"]
CREATED = "name=invoice.create&object_id=7"


class Door:
    """Takes a message as the web server does, and notes what it asked for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.woken: list[set[str]] = []
        self.verified: list[tuple[str, str]] = []

    async def take(self, message: str, *, signed: bool = True) -> tuple[int, str]:
        return await take_notification(
            self._house.pair,
            notification(message.encode()),
            signed=signed,
            store=self._house.store,
            now=lambda: self._house.now,
            wake=self._wake,
            verify=self._verify,
        )

    async def due(self) -> set[str]:
        rows = await self._house.store.due(self._house.pair, now=self._house.now, limit=10)
        return {str(row.ref) for row in rows}

    async def _wake(self) -> None:
        self.woken.append(await self.due())

    async def _verify(self, callback: str, verifier: str) -> bool:
        self.verified.append((callback, verifier))
        return callback == "77"


async def test_what_it_names_is_due_before_work_is_asked_for(house: House) -> None:
    door = Door(house)
    assert await door.take(CREATED) == (200, "noted")
    assert door.woken == [{"invoice/7"}]
    claimed = await house.store.claimed(house.pair, [Ref(Kind.INVOICE, "7")])
    assert [row.observation for row in claimed] == [None], "its content is read, not believed"


async def test_what_is_not_signed_is_refused_and_not_looked_at(house: House) -> None:
    door = Door(house)
    assert await door.take(CREATED, signed=False) == (401, "signature not valid")
    assert (await door.due(), door.woken) == (set(), [])


@pytest.mark.parametrize("name", ["client.update", "project.create", "invoice.create&x=1"])
async def test_of_what_is_no_document_nothing_is_noted(house: House, name: str) -> None:
    door = Door(house)
    answer = await door.take(f"name={name}&object_id={'7' if 'invoice' not in name else 'x'}")
    assert answer == (200, "not kept in agreement")
    assert (await door.due(), door.woken) == (set(), [])


@pytest.mark.parametrize(
    ("callback", "answer"), [("77", (200, "verified")), ("78", (404, "no such webhook"))]
)
async def test_a_handshake_is_finished_though_it_is_not_signed(
    house: House, callback: str, answer: tuple[int, str]
) -> None:
    door = Door(house)
    message = f"name=invoice.create&object_id={callback}&verifier=v3r1f"
    assert await door.take(message, signed=False) == answer
    assert door.verified == [(callback, "v3r1f")]
    assert (await door.due(), door.woken) == (set(), [])
