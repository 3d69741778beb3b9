"""The second opinion on a living world: it agrees where both books do, and names what was changed behind our back."""

from __future__ import annotations

from tests.acceptance.stories import INVOICE, MORE_WORK, WORK, client, invoice, line, payment
from tests.acceptance.world import World

from tieout_sandboxes.audit import audit_books


async def test_books_that_agree(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.person.create(
        "credit_note",
        30947,
        clientid=7001,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await world.sync()
    assert await audit_books(world.person, world.nav) == []


async def test_what_freshbooks_says_and_nav_does_not_know_yet(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    await payment(world, "500.00")
    assert [str(one) for one in await audit_books(world.person, world.nav)] == [
        "invoice/35001: total: FreshBooks 1080.00, NAV 960.00",
        "payment/11001: total: FreshBooks -500.00, NAV 0",
        "client 7001: balance in GBP: FreshBooks 580.00, NAV 960.00",
    ]


async def test_a_rate_that_nav_no_longer_shows(world: World) -> None:
    euro = {
        "type": 0,
        "name": "Design",
        "qty": "2",
        "unit_cost": {"amount": "100.00", "code": "EUR"},
    }
    await client(world, country="Germany")
    await invoice(world, euro, currency_code="EUR")
    await world.sync()
    assert await audit_books(world.person, world.nav) == []
    await world.nav.create(
        "CurrencyExchangeRates",
        Currency_Code="EUR",
        Starting_Date="2026-03-10",
        Exchange_Rate_Amount=1,
        Relational_Exch_Rate_Amount=0.5,
    )
    (found,) = await audit_books(world.person, world.nav)
    assert "the rate of 2026-03-10 is 0.5" in found.what
