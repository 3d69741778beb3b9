"""``tieout replay``: what another posting setup would have made of all that was received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tieout.app.console import end, plain, say, say_json, table
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pair_check import setup_results
from tieout.app.pair_document import read_document
from tieout.app.pairs import Json, Name
from tieout.app.plan import chart_of
from tieout.app.plan_check import refusals
from tieout.app.reports import parse_day
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.app.setups import read_setup
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.decision.effect import GL, effects
from tieout.core.decision.forecast import Foreseen, forecast, within
from tieout.core.decision.replay import Moved, Otherwise, otherwise
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.money import total
from tieout.engine.foresee import Foresight
from tieout.engine.ports import Pair
from tieout.engine.replay import replay as decided_again


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What would differ: documents, accounts, and what NAV's set-up has against the other posting setup."""

    documents: int
    differing: tuple[Otherwise, ...]
    accounts: tuple[Moved, ...]
    doubts: tuple[str, ...]
    version: int
    lcy: str


def replay(
    name: Name,
    source: Annotated[
        str, typer.Option("--setup", help="A JSON file with the other posting setup, or -.")
    ],
    first: Annotated[
        str, typer.Option("--from", help="Only documents dated from this day on.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Only documents dated up to this day.")] = "",
    as_json: Json = False,
) -> None:
    """Decide everything that was received once more, with the posting setup in force and with another; show which documents would differ, and how.

    Each document is taken on its own day and as if none had been posted; nothing is written. Ends 0 if nothing would differ, 1 if something would.
    """
    since, until, content = parse_day(first), parse_day(last), read_document(source)
    if since and until and since > until:
        raise InputError(f"--from {since} is after --to {until}.")

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            version = max(await installation.store.posting_setups(pair))
            other = read_setup(content, version + 1)
            found = await replay_of(installation, pair, other, (since, until))
        if as_json:
            say_json({"pair": name, **_document(found)})
        else:
            say(replay_text(found))
        end(true=not found.differing and not found.doubts)

    run(work())


async def replay_of(
    installation: Installation, pair: Pair, other: PostingSetup, days: Any = (None, None)
) -> Replayed:
    """Both outcomes of all that is stored, and where they differ."""
    world, target = await installation.world(pair), await installation.target(pair)
    if other.lcy != world.setup.lcy:
        raise InputError(f"The other setup is for {other.lcy}, the company has {world.setup.lcy}.")
    nav = await target.setup()
    sights = await decided_again(world, installation.store, other, utc_now())
    before, after = [within(await _foreseen(sight, target, nav), *days) for sight in sights]
    differing, accounts = otherwise(before, after)
    return Replayed(
        documents=len(before),
        differing=differing,
        accounts=accounts,
        doubts=tuple(r.found for r in setup_results(other, nav) if not r.ok),
        version=world.setup.version,
        lcy=nav.lcy,
    )


async def _foreseen(sight: Foresight, target: NavTarget, nav: NavSetup) -> tuple[Foreseen, ...]:
    commands, chart = sight.plan.commands, await chart_of(sight, target, nav)
    records = {ref: case.record for ref, case in sight.facts.cases.items() if case.record}
    told = {command.key: effects(command, chart) for command in commands}
    return forecast(sight.plan, sight.unforeseen, records, told, refusals(commands, nav))


def _document(found: Replayed) -> dict[str, Any]:
    return {
        "version": found.version,
        "documents": found.documents,
        "doubts": found.doubts,
        "lcy": found.lcy,
        "accounts": [{**plain(m), "difference": m.difference} for m in found.accounts],
        "differing": plain(found.differing),
    }


def replay_text(found: Replayed) -> str:
    """Accounts by either setup, each document that differs with its accounts, and the verdict."""
    parts = ["Nothing was written."]
    if found.accounts:
        rows = [[_account(m), m.before, m.after, m.difference] for m in found.accounts]
        sums = [total(column) for column in zip(*(row[1:] for row in rows), strict=True)]
        headings = [f"account ({found.lcy})", f"version {found.version}", "the other", "difference"]
        parts.append(table(headings, [*rows, ["all", *sums]]))
    if found.differing:
        parts.append(_differing_text(found))
    parts += [f"NAV's set-up: {doubt}" for doubt in found.doubts]
    parts.append(f"{len(found.differing)} of {found.documents} documents would come out otherwise.")
    return "\n\n".join(parts)


def _differing_text(found: Replayed) -> str:
    rows: list[list[object]] = []
    for one in found.differing:
        d = one.before
        rows.append(
            [str(d.ref), d.number, d.client, d.day or "", d.amount, d.currency, _outcome(one)]
        )
        rows += [
            ["", "", "", "", m.difference, "", f"{_account(m)}: {m.before} becomes {m.after}"]
            for m in one.moved
        ]
    return table(["document", "number", "client", "day", "amount", "", ""], rows)


def _outcome(one: Otherwise) -> str:
    if one.before.mark == one.after.mark and one.moved:
        return ""
    return f"{one.before.reason} -> {one.after.reason}"


def _account(moved: Moved) -> str:
    return moved.account if moved.kind == GL else f"{moved.kind} {moved.account}"
