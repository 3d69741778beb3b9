"""A payment with which too much came in is edited, and FreshBooks leaves a credit that no payment names: it is held, and each way out ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from tests.acceptance.stories import client, invoice, line, payment
from tests.acceptance.world import World

from tieout_sandboxes.audit import audit_books

WORK, LESS = line("Support", "1", "100.00"), line("Support", "1", "10.00")
OTHER, USE = 35002, 11050


def pounds(amount: str) -> dict[str, str]:
    return {"amount": amount, "code": "GBP"}


async def notes(world: World) -> list[int]:
    return sorted(int(note["id"]) for note in await world.person.every("credit_note"))


async def edited(world: World) -> None:
    """140.00 for an invoice of 120.00; 12.00 of the rest pay another invoice. Then the payment is edited to 150.00."""
    await client(world)
    await invoice(world, WORK)
    await invoice(world, LESS, id=OTHER, number="0000202")
    paid = await payment(world, "140.00")
    (first,) = await notes(world)
    await payment(world, "12.00", id=USE, of=OTHER, type="Credit", creditid=first)
    await world.sync()
    assert await world.nav.open_items() == {"FBP11001": Decimal("-8.00")}
    await world.person.update("payment", int(paid["id"]), amount=pounds("150.00"))
    await world.sync()


async def use_another(world: World, other: int) -> None:
    await world.person.update("payment", USE, vis_state=1)
    await payment(world, "12.00", id=USE + 1, of=OTHER, type="Credit", creditid=other)


async def did_not_come(world: World) -> None:
    first, second = await notes(world)
    await use_another(world, second)
    await world.person.update("credit_note", first, vis_state=1)


async def came_with_it(world: World) -> None:
    first, second = await notes(world)
    await use_another(world, second)
    lines = [line("Overpayment", "1", "50.00", None)]
    await world.person.update("credit_note", second, lines=lines)
    await world.person.update("credit_note", first, vis_state=1)


async def came(world: World) -> None:
    first, _ = await notes(world)
    made = await world.person.create(
        "credit_note",
        clientid=7001,
        credit_type="prepayment",
        create_date="2026-03-15",
        currency_code="GBP",
        lines=[line("Credit", "1", "20.00", None)],
    )
    await use_another(world, int(made["id"]))
    await world.person.update("credit_note", first, vis_state=1)


@pytest.mark.parametrize("assumed", ["credit", "payment"])
@pytest.mark.parametrize(
    ("way_out", "left"),
    [
        (did_not_come, {"FBP11001-2": Decimal("-18.00")}),
        (came_with_it, {"FBP11001-3": Decimal("-38.00")}),
        (came, {"FBP11001-2": Decimal("-30.00"), "FBC0000003": Decimal("-8.00")}),
    ],
)
async def test_a_credit_left_from_before_an_edit(
    world: World,
    way_out: Callable[[World], Awaitable[None]],
    left: dict[str, Decimal],
    assumed: str,
) -> None:
    await world.person.control("switches", {"overpaymentid": assumed})
    await edited(world)
    first, _ = await notes(world)
    reasons = await world.reasons()
    assert set(reasons) == {f"credit_note/{first}", f"payment/{USE}"}
    assert "payment/11001, the only one of that day" in reasons[f"credit_note/{first}"]
    assert f"credit_note/{first}, which pays it" in reasons[f"payment/{USE}"]
    await way_out(world)
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.open_items() == left
    assert (await world.tie_out()).agrees
    assert await audit_books(world.person, world.nav) == []
