"""It knows the product: it plays a world, and asks both the oracle and the tie-out. No figure is worked out in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.acceptance.test_service_firm import connection
from tests.acceptance.world import IN_PART, World, living
from tests.oracle.answers import Answers, ask
from tests.oracle.books import Books, Figures, Notes
from tests.oracle.nav import day
from tests.oracle.verdict import figures

from tieout.app.console import plain
from tieout.app.freeze import frozen_by
from tieout.app.reconcile import reconcile
from tieout.app.tie_out import _counted
from tieout.store.migrate import migrate
from tieout.store.postgres import running
from tieout_sandboxes.retail import load_retail
from tieout_sandboxes.service_firm import ServiceFirm, load_service_firm

MonthEnded = Callable[[date], Awaitable[None]]


async def nothing_more(_day: date) -> None:
    """What comes at the end of a month beside its sync."""


async def answers_of(world: World, *earlier: date) -> Answers:
    """All that both servers and the record say now, and what is asked of earlier days."""
    server, nav = world.freshbooks_server, world.nav_server
    given = {
        "freshbooks": {n: getattr(server, n) for n in ("url", "access_token", "account_id")},
        "nav": {n: getattr(nav, n) for n in ("odata_url", "company", "user", "key")},
    }
    return await ask(given, world.installation.url, world.pair.name, *earlier)


async def told_by_the_tie_out(world: World, until: date | None = None) -> Any:
    """What `tieout reconcile --json` prints, with `--as-of` a day, as far as it is compared."""
    result = await reconcile(world.installation, world.pair, until, in_part=IN_PART)
    told = {
        "checks": [_counted(check) for check in result.checks],
        "differences": result.differences,
        "explained": result.explained,
    }
    return json.loads(json.dumps(plain(told)))


async def both(
    world: World, until: date | None = None, notes: Sequence[Notes] = ()
) -> tuple[list[Figures], Any]:
    """The oracle's figures, and what the tie-out says of the same books: as they are, or as of an earlier day."""
    answers = await answers_of(world, *([until] if until else []))
    return figures(answers, until, notes), await told_by_the_tie_out(world, until)


async def days_of(world: World) -> list[date]:
    """Every day on which either system has something dated, and the day before all."""
    books = Books(await answers_of(world))
    days = {one.day for one in books.fb.all()} | {day(row) for row in books.nav.gl_ever}
    return sorted({*days, min(days) - timedelta(days=1)}) if days else []


async def freeze(world: World, last: date) -> Notes:
    """`tieout freeze --accept`, and the oracle's notes of what both servers said at that moment."""
    answers = await answers_of(world, last)
    await frozen_by(world.installation, world.pair, last, "controller", accept=True)
    return Notes(last, answers)


@asynccontextmanager
async def a_world(folder: Path, company: str = "gb", **settings: object) -> AsyncIterator[World]:
    """A world with a database of its own, and these settings of its pair."""
    with running(folder / "home", discard=True) as url:
        migrate(url)
        async with living(url, folder, company, **settings) as world:
            yield world


async def load_files(world: World, files: Sequence[Path]) -> None:
    """Load sales files into FreshBooks, and carry them to NAV. What the loader makes up and FreshBooks refuses is in neither book."""
    for file in files:
        await load_retail(file, connection(world))
    await world.sync()


async def play_firm(
    world: World, firm: ServiceFirm, month_ended: MonthEnded = nothing_more
) -> None:
    """A year of the service firm, synced after each month."""

    async def synced(day: date) -> None:
        await world.sync()
        await month_ended(day)

    played = await load_service_firm(firm, connection(world), nav=world.nav, month_ended=synced)
    assert played.refused == (), played.refused
