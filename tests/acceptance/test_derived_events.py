"""What FreshBooks does not announce: an invoice was paid, an invoice became overdue; each once, each in the calendar of the business."""

from __future__ import annotations

from datetime import date

from tests.acceptance.stories import INVOICE, WORK, client, invoice, payment
from tests.acceptance.world import World, invoice_ref

from tieout.app.host import utc_now


async def events(world: World) -> list[tuple[str, str, bool]]:
    found = await world.installation.store.derived_events(world.pair)
    return [(each.name, each.invoice, each.ended_at is None) for each in found]


async def on(world: World, day: str) -> int:
    store = world.installation.store
    return await store.derive_overdue(world.pair, today=date.fromisoformat(day), now=utc_now())


async def test_an_invoice_is_paid_once_however_often_it_is_looked_at(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.sync()
    assert ("invoice.paid", str(INVOICE), True) not in await events(world)
    await payment(world, "460.00", id=11002)
    await world.sync()
    await world.webhook(invoice_ref(INVOICE))
    await world.settle()
    paid = [each for each in await events(world) if each[0] == "invoice.paid"]
    assert paid == [("invoice.paid", str(INVOICE), True)]


async def test_a_payment_that_is_taken_back_ends_it_and_another_begins_it_anew(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "960.00")
    await world.sync()
    await world.person.update("payment", 11001, vis_state=1)
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    await payment(world, "960.00", id=11002)
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    paid = [each[2] for each in await events(world) if each[0] == "invoice.paid"]
    assert paid == [False, True]


async def test_a_draft_and_a_deleted_invoice_are_neither(world: World) -> None:
    await client(world)
    await invoice(world, WORK, status=1)
    await world.sync()
    assert await on(world, "2030-01-01") == 0
    assert await events(world) == []


async def test_overdue_comes_the_day_after_the_due_day_and_goes_with_the_payment(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK, day="2029-03-01")  # due 31 March
    await world.sync()
    assert await on(world, "2029-03-31") == 0
    assert await on(world, "2029-04-01") == 1
    assert await on(world, "2029-04-02") == 0, "once"
    await payment(world, "960.00", day="2029-04-03")
    await world.webhook(invoice_ref(INVOICE))
    await world.sync()
    await on(world, "2029-04-04")
    assert await events(world) == [
        ("invoice.overdue", str(INVOICE), False),
        ("invoice.paid", str(INVOICE), True),
    ]
