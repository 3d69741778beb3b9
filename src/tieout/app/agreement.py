"""``tieout agreement``: for how much of the time both books agreed, and since when each difference is open; and the tie-outs that a worker makes by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

import structlog
import typer

from tieout.app.console import UNKNOWN, end, plain, say, say_json, table, warn
from tieout.app.daily import daily
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.reconcile import reconcile
from tieout.app.running import report, run
from tieout.app.settings import Settings
from tieout.core.failures import Failure
from tieout.core.reconciliation.agreement import Scope, time_in_agreement
from tieout.core.reconciliation.tieout import Tieout
from tieout.engine.ports import Pair
from tieout.store.agreement import RECONCILE_S

log = structlog.get_logger()

LOOK_S = 60.0
# A week, if the settings of the pair do not say.
WHOLE_S = 604_800
AIM = "99.9"


def agreement(
    name: Name,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days to look back.")] = 30,
    as_json: Json = False,
) -> None:
    """Show for how much of the time both books were seen to agree, and every open difference with its age and the amount at risk.

    Ends 0 if nothing is open, 1 if something is, 2 if the books were not tied out yet.
    """

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await agreement_of(installation, pair, timedelta(days=days))
        if as_json:
            say_json({"pair": name, "days": days, **found})
        elif found["last"] is None:
            warn("The books were not tied out yet: tieout reconcile, or a worker, does it.")
        else:
            say(agreement_text(found, days))
        if found["last"] is None:
            raise typer.Exit(UNKNOWN)
        end(true=not found["open"])

    run(work())


async def agreement_of(installation: Installation, pair: Pair, back: timedelta) -> dict[str, Any]:
    """The figures, and what is open."""
    now = installation.host.now()
    looks = await installation.store.tie_outs(pair, since=now - back)
    pause_s = float(pair.settings.get("reconcile_interval_s", RECONCILE_S))
    share = time_in_agreement(looks, now - back, now, timedelta(seconds=2 * pause_s))
    standing = await installation.store.open_differences(pair)
    return {
        "tie_outs": len(looks),
        "last": looks[-1].at if looks else None,
        "percent": share.percent,
        "minutes_known": share.known // timedelta(minutes=1),
        "minutes_agreed": share.agreed // timedelta(minutes=1),
        "open": [
            {
                **plain(one.difference),
                "since": one.since,
                "age": _age(now - one.since),
                "at_risk": one.at_risk,
            }
            for one in standing
        ],
    }


def agreement_text(found: dict[str, Any], days: int) -> str:
    """The share in a sentence, and a table of what is open."""
    last = f"{found['last']:%Y-%m-%d %H:%M:%S}"
    parts = [f"{_share(found)} Tie-outs in {days} days: {found['tie_outs']}, the last at {last}."]
    if found["open"]:
        names = ("age", "invariant", "kind", "subject", "freshbooks", "nav", "at_risk", "cause")
        rows = [[one[name] for name in names] for one in found["open"]]
        headings = [
            "open for",
            "",
            "difference",
            "where",
            "FreshBooks",
            "NAV",
            "at risk",
            "first cause",
        ]
        parts.append(table(headings, rows))
    return "\n\n".join(parts)


def _share(found: dict[str, Any]) -> str:
    if found["percent"] is None:
        return "How long both books agreed is known from the second tie-out on."
    minutes = f"{found['minutes_agreed']:,} of {found['minutes_known']:,} minutes"
    return f"Both books agreed {found['percent']} % of the time that is known ({minutes}; the aim is {AIM} %)."


def _age(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    days, hours = minutes // 1440, minutes // 60
    return f"{days} d" if days else f"{hours} h" if hours else f"{minutes} min"


async def tied_out(installation: Installation, pair: Pair, *, whole: bool = True) -> Tieout:
    """Compare both books as they are now, or what has changed since the last time, and keep what was found."""
    result, scope = await looked_at(installation, pair, whole=whole)
    await noted(installation, pair, result, installation.host.now(), scope)
    return result


async def looked_at(
    installation: Installation, pair: Pair, *, whole: bool
) -> tuple[Tieout, Scope | None]:
    """A tie-out, and what it looked at if that was not all; where there is no snapshot to go on from, everything is read."""
    found = None if whole else await daily(installation, pair)
    return found or (await reconcile(installation, pair, None), None)


async def noted(
    installation: Installation, pair: Pair, result: Tieout, now: datetime, scope: Scope | None
) -> None:
    """Keep what a tie-out found; what is on its way is no disagreement, and what a daily run did not look at stays one."""
    store = installation.store
    left = [
        one.difference
        for one in (await store.open_differences(pair) if scope else ())
        if scope and not scope.covers(one.difference.invariant, one.difference.subject)
    ]
    await store.note_tie_out(
        pair,
        result.breaks,
        agrees=not (result.breaks or left),
        now=now,
        snapshot=result.snapshot,
        scope=scope,
    )


async def keep_tying_out(installation: Installation) -> None:
    """Until cancelled: tie out every pair in its time; one that could not be read, or was not read whole yet, is tried again a minute later."""
    left: set[int] = set()
    while True:
        try:
            left |= set(await installation.store.tie_outs_due(now=installation.host.now()))
            for pair in await installation.store.all_pairs():
                if pair.id in left and await _scheduled(installation, pair):
                    left.discard(pair.id)
        except Failure as failure:
            log.warning("timer_failed", reason=failure.text)
        await asyncio.sleep(LOOK_S)


async def _whole_is_due(installation: Installation, pair: Pair) -> bool:
    """Whether everything is to be read again."""
    last = await installation.store.last_tie_out(pair, whole=True)
    pause_s = float(pair.settings.get("reconcile_whole_interval_s", WHOLE_S))
    return last is None or installation.host.now() - last.at >= timedelta(seconds=pause_s)


async def _scheduled(installation: Installation, pair: Pair) -> bool:
    """Whether it was tied out. Two readings of books that are in use meet a moment of their own each: only what both find is found."""
    if await installation.store.swept_at(pair) is None:
        return False
    try:
        whole = await _whole_is_due(installation, pair)
        result, scope = await looked_at(installation, pair, whole=whole)
        if result.breaks:
            result, scope = await looked_at(installation, pair, whole=whole)
        await noted(installation, pair, result, installation.host.now(), scope)
    except Failure as failure:
        report(failure, "tie_out_failed", pair=pair.name)
        return False
    log.info("tied_out", pair=pair.name, agrees=result.agrees, differences=len(result.breaks))
    return True
