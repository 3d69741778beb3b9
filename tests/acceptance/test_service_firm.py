"""A small year of the service firm through the real path, synced as it goes: both books agree, by the product's own word and by the audit's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.acceptance.world import World, living

from tieout_sandboxes.audit import audit_books
from tieout_sandboxes.retail import Connection
from tieout_sandboxes.service_firm import ServiceFirm, load_service_firm


def connection(world: World) -> Connection:
    names = Connection.__dataclass_fields__
    return Connection.read({"freshbooks": {n: getattr(world.freshbooks_server, n) for n in names}})


async def test_a_year_synced_month_by_month_agrees(world: World) -> None:
    await year_agrees(world, ServiceFirm(seed=3, documents=200))


async def test_a_year_with_two_sales_taxes_on_a_line_agrees(
    database_url: str, tmp_path: Path
) -> None:
    async with living(database_url, tmp_path, "ca") as world:
        await year_agrees(world, ServiceFirm(seed=1, documents=60, company="ca"))


async def year_agrees(world: World, firm: ServiceFirm) -> None:
    async def month_ended(_day: date) -> None:
        await world.sync()

    played = await load_service_firm(
        firm, connection(world), nav=world.nav, month_ended=month_ended
    )
    assert played.refused == ()
    assert await world.reasons() == {}
    assert await audit_books(world.person, world.nav) == []
    result = await world.tie_out()
    assert result.agrees, result.differences
    posted = await world.nav.last_entry()
    assert posted > 0
    await world.sync()
    assert await world.nav.last_entry() == posted
