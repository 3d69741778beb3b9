"""``tieout release`` and ``dead``, and how a pair's line stands: whether it runs, and which system is left alone for a while."""

from __future__ import annotations

from typing import Any

from tieout.app.console import end, say, say_json, table
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.decision.plan import State
from tieout.engine import absence
from tieout.engine.ports import Pair
from tieout.store.line import System

SYSTEMS: dict[System, str] = {"freshbooks": "FreshBooks", "nav": "NAV"}


async def line_of(installation: Installation, pair: Pair) -> dict[str, Any]:
    """Why the line stands still (``stopped``, None if it runs), and which systems fail (``failing``)."""
    store = installation.store
    failing = []
    for system in SYSTEMS:
        breaker = await store.breaker_of(system, await store.connection_id(pair, system))
        if breaker is not None:
            failing.append(
                {
                    "system": system,
                    "failures": breaker.failures,
                    "since": breaker.since,
                    "left_alone_until": breaker.open_until,
                    "reason": breaker.reason,
                }
            )
    return {"stopped": await store.stop_of(pair), "failing": failing}


def line_text(name: str, line: dict[str, Any]) -> str:
    """How the line stands, in sentences; empty if all is well."""
    sentences = []
    if stop := line["stopped"]:
        sentences.append(
            f"The line stands still since {stop.since:%Y-%m-%d %H:%M} UTC. {stop.cause}: {stop.reason.rstrip('.')}."
            f" Nothing is posted until: tieout release {name}"
        )
    for each in line["failing"]:
        until = each["left_alone_until"]
        pause = f"; left alone until {until:%H:%M:%S} UTC" if until else ""
        sentences.append(
            f"{SYSTEMS[each['system']]} has failed {each['failures']} times since"
            f" {each['since']:%Y-%m-%d %H:%M} UTC{pause}: {each['reason']}"
        )
    return "\n".join(sentences)


def is_well(line: dict[str, Any]) -> bool:
    """Whether the line runs and both systems are called."""
    return line["stopped"] is None and not any(f["left_alone_until"] for f in line["failing"])


def release(name: Name) -> None:
    """Let a line run again that was stopped (too much volume in a day, a list that shrank). What caused it should be cleared up first."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            stop = await installation.store.stop_of(pair)
            if stop is None:
                raise InputError(f"The line of {name} runs; see: tieout status {name}")
            if stop.cause == absence.CAUSE:
                say(await _look_for_missing(installation, pair))
            await installation.store.release_line(pair)
            await installation.store.poll_at(pair, now=utc_now())
        say(f"The line of {name} runs again. It stood still because of {stop.cause}: {stop.reason}")

    run(work())


async def _look_for_missing(installation: Installation, pair: Pair) -> str:
    """Ask FreshBooks for each missing record by its id, before the line runs again."""
    world = await installation.world(pair)
    found = await absence.sweep(world, installation.store, utc_now, limited=False)
    assert found is not None, "a sweep without a limit comes to its end"
    return (
        f"Asked for by their ids: {found.deleted} are deleted, {found.still_there} are still there,"
        f" {found.unknown} are unknown to FreshBooks; {found.news} are new or have changed."
    )


def dead(name: Name, as_json: Json = False) -> None:
    """List the dead letters: documents that were given up, each with its cause; `tieout retry` tries them again. Ends 0 if there are none."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await installation.store.held(pair, (State.DEAD,))
        rows = [
            {
                "ref": str(each.ref),
                "number": each.number,
                "since": each.since.strftime("%Y-%m-%d %H:%M:%S"),
                "cause": each.reason,
            }
            for each in found
        ]
        if as_json:
            say_json(rows)
        else:
            say(table(["ref", "number", "since", "cause"], [list(row.values()) for row in rows]))
        end(true=not rows)

    run(work())


COMMANDS = (release, dead)
