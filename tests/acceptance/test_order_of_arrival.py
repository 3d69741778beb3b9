"""In whatever order FreshBooks' documents come to be looked at, they end in agreement."""

from __future__ import annotations

from tests.acceptance.stories import INVOICE, WORK, client, invoice, payment
from tests.acceptance.world import World

from tieout.core.records.identity import Kind, Ref
from tieout_sandboxes.audit import audit_books


async def test_an_overpayment_credit_that_is_seen_before_its_payment(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    made = await payment(world, "1000.00")
    for kind, number in (
        (Kind.INVOICE, INVOICE),
        (Kind.CREDIT_NOTE, made["overpaymentid"]),
        (Kind.PAYMENT, made["id"]),
    ):
        await world.webhook(Ref(kind, str(number)))
        await world.settle()
    assert await world.reasons() == {}
    assert await world.states() == {"agreed": 3}
    assert await audit_books(world.person, world.nav) == []
