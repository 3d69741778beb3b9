"""``tieout freeze``: keeping what both books hold up to a day, so that every later tie-out can tell whether that past was touched (I25)."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer

from tieout.app.console import end, say, say_json, table
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.reconcile import both_books
from tieout.app.reports import parse_day
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.app.tie_out import tieout_text
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.reconciliation.frozen_past import freeze as kept
from tieout.core.reconciliation.tieout import Tieout
from tieout.engine.ports import Pair

Days = Sequence[tuple[date, datetime, str]]


def freeze(
    name: Name,
    day: Annotated[
        str, typer.Argument(help="The last day of what is closed, as 2026-10-31. [default: list]")
    ] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Freeze it though not everything agrees as of it.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who decides (this user if not given).")] = "",
    as_json: Json = False,
) -> None:
    """Keep what both books hold up to a day; every later tie-out then tells whether that past was touched (I25). Without a day: which were frozen.

    Close the month first: settle VAT, post what is late. Frozen is a day as of which both books agree; another one only with --accept.
    Ends 0 if it was frozen, 1 if it was not. Nothing is written to either system.
    """
    last = parse_day(day)

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            if last is None:
                days = await installation.store.frozen_days(pair)
                _list(days, as_json=as_json)
                return
            result, frozen = await frozen_by(
                installation, pair, last, by or getpass.getuser(), accept=accept
            )
        if as_json:
            say_json({"pair": name, "day": last, "frozen": frozen is not None, **_told(frozen)})
        else:
            say(tieout_text(result))
            say()
            say(_sentence(last, frozen))
        end(true=frozen is not None)

    run(work())


async def frozen_by(
    installation: Installation, pair: Pair, day: date, by: str, *, accept: bool
) -> tuple[Tieout, Frozen | None]:
    """Tie out as of a day and keep it, if both books agree as of it or a person accepts that they do not. Raises InputError for a day that is not over."""
    if day >= installation.host.now().date():
        raise InputError(f"{day.isoformat()} is not over.")
    result, sides = await both_books(installation, pair, day)
    if not result.agrees and not accept:
        return result, None
    last = result.snapshot.last("G/L entries") if result.snapshot else 0
    frozen = kept(sides, day, installation.host.now(), by, last)
    await installation.store.freeze(pair, frozen)
    return result, frozen


def _told(frozen: Frozen | None) -> dict[str, object]:
    if frozen is None:
        return {}
    counts = {name: len(getattr(frozen, name)) for name in ("accounts", "documents", "setup")}
    return {"by": frozen.by, "at": frozen.at, "entry_no": frozen.entry_no, **counts}


def _sentence(day: date, frozen: Frozen | None) -> str:
    if frozen is None:
        return (
            f"{day.isoformat()} was not frozen: cure what differs, or look at it and give --accept."
        )
    return (
        f"{day.isoformat()} is frozen by {frozen.by}: {len(frozen.documents)} documents of FreshBooks, {len(frozen.accounts)} accounts of NAV up to entry"
        f" {frozen.entry_no}, {len(frozen.setup)} rows of set-up and rates."
    )


def _list(days: Days, *, as_json: bool) -> None:
    if as_json:
        say_json([{"day": day, "at": at, "by": by} for day, at, by in days])
    elif days:
        say(
            table(
                ["day", "frozen at", "by"], [[d, f"{at:%Y-%m-%d %H:%M}", by] for d, at, by in days]
            )
        )
    else:
        say("No day was frozen.")
