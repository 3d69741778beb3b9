"""The one module here that knows the product: it plays a world, and asks both the oracle and the tie-out. No figure is worked out in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.acceptance.test_service_firm import connection
from tests.acceptance.world import World, living
from tests.oracle.answers import Answers, ask
from tests.oracle.books import Figures
from tests.oracle.verdict import figures

from tieout.app.console import plain
from tieout.app.tie_out import _counted
from tieout.store.migrate import migrate
from tieout.store.postgres import running
from tieout_sandboxes.retail import load_retail
from tieout_sandboxes.service_firm import ServiceFirm, load_service_firm


async def answers_of(world: World) -> Answers:
    """All that both servers and the record say now."""
    server, nav = world.freshbooks_server, world.nav_server
    given = {
        "freshbooks": {n: getattr(server, n) for n in ("url", "access_token", "account_id")},
        "nav": {n: getattr(nav, n) for n in ("odata_url", "company", "user", "key")},
    }
    return await ask(given, world.installation.url, world.pair.name)


async def told_by_the_tie_out(world: World) -> Any:
    """What `tieout reconcile --json` prints, as far as it is compared."""
    result = await world.tie_out()
    told = {
        "checks": [_counted(check) for check in result.checks],
        "differences": result.differences,
        "explained": result.explained,
    }
    return json.loads(json.dumps(plain(told)))


async def both(world: World) -> tuple[list[Figures], Any]:
    """The oracle's figures, and what the tie-out says of the same books."""
    answers = await answers_of(world)
    return figures(answers), await told_by_the_tie_out(world)


@asynccontextmanager
async def a_world(folder: Path, company: str = "gb") -> AsyncIterator[World]:
    """A world with a database of its own."""
    with running(folder / "home", discard=True) as url:
        migrate(url)
        async with living(url, folder, company) as world:
            yield world


async def load_files(world: World, files: Sequence[Path]) -> None:
    """Load sales files into FreshBooks, and carry them to NAV. What the loader makes up and FreshBooks refuses is in neither book."""
    for file in files:
        await load_retail(file, connection(world))
    await world.sync()


async def play_firm(world: World, firm: ServiceFirm) -> None:
    """A year of the service firm, synced after each month."""

    async def month_ended(_day: date) -> None:
        await world.sync()

    played = await load_service_firm(
        firm, connection(world), nav=world.nav, month_ended=month_ended
    )
    assert played.refused == (), played.refused
