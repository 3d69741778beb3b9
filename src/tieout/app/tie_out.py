"""``tieout reconcile``: whether both books agree, and what differs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tieout.app.agreement import noted, tied_out
from tieout.app.console import end, plain, say, say_json, table
from tieout.app.heal import cures_of, cures_text
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.progress import shown
from tieout.app.reconcile import both_books
from tieout.app.reconcile import reconcile as compare_books
from tieout.app.reporting.files import Reports, report_files, write_report
from tieout.app.reporting.reading import statement_of
from tieout.app.reporting.tie_out_files import WRITERS
from tieout.app.reports import parse_day
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.reconciliation.difference import Check, Difference
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.money import total
from tieout.engine.ports import Pair


def reconcile(
    name: Name,
    as_of: Annotated[
        str, typer.Option("--as-of", help="The day to compare, as 2026-10-31. [default: now]")
    ] = "",
    only_changed: Annotated[
        bool, typer.Option("--daily", help="Only what has changed since the last tie-out.")
    ] = False,
    twice: Annotated[
        bool, typer.Option("--twice", help="Read all that can change twice, as for a report.")
    ] = False,
    report: Reports = None,
    as_json: Json = False,
) -> None:
    """Tie out both books from their own figures. Ends 0 if they agree to the cent, 1 if not.

    What a sync would do about a difference is told with it, and done by `tieout heal`. An earlier day compares documents dated up to then as they are today:
    FreshBooks does not keep what they were. A daily run compares what has changed since the last tie-out, with all that belongs to it.
    """
    day = parse_day(as_of)
    if only_changed and twice:
        raise InputError("A daily run looks at what has changed; leave out --twice.")
    if day and only_changed:
        raise InputError("--daily looks at what has changed up to now; leave out --as-of.")
    files = report_files(report, WRITERS)
    if files and only_changed:
        raise InputError("A report tells of whole books; leave out --daily.")

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)

            async def so_far() -> str:
                answers = installation.calls
                freshbooks, nav = answers["freshbooks GET"], answers["nav GET"]
                return f"reading both books: {freshbooks} calls to FreshBooks, {nav} to NAV"

            async with shown(so_far):
                result, sides = await _books(
                    installation, pair, day, files, daily=only_changed, twice=twice
                )
                cures = {} if day else await cures_of(installation, pair, result)
                if sides is not None:
                    told = await statement_of(installation, pair, result, sides, cures, utc_now())
                    for path in files:
                        await asyncio.to_thread(write_report, told, path, WRITERS)
        if as_json:
            say_json(
                {
                    "pair": name,
                    "as_of": day,
                    "agrees": result.agrees,
                    "checks": [_counted(check) for check in result.checks],
                    "differences": result.differences,
                    "cures": [plain(cure) for cure in cures.values()],
                    "explained": result.explained,
                    "in_flight": result.in_flight,
                    "claim": result.claim,
                    "snapshot": _read(result.snapshot),
                    "earlier": result.earlier,
                    "daily": result.daily,
                }
            )
        else:
            say(tieout_text(result))
            if cures:
                say()
                say(cures_text(name, tuple(cures.values())))
            for path in files:
                say(f"Written: {path}")
        end(true=result.agrees)

    run(work())


async def _books(
    installation: Installation,
    pair: Pair,
    day: date | None,
    files: Sequence[Path],
    *,
    daily: bool,
    twice: bool,
) -> tuple[Tieout, Sides | None]:
    """Both books tied out and noted; with all that was compared, if there are files that tell of it."""
    if daily:
        return await tied_out(installation, pair, whole=False), None
    if files:
        result, sides = await both_books(installation, pair, day)
    else:
        result, sides = await compare_books(installation, pair, day, twice=twice), None
    if day is None:
        await noted(installation, pair, result, utc_now(), None)
    return result, sides


def _read(snapshot: Snapshot | None) -> dict[str, object] | None:
    """What was read and when, without what only the next run needs."""
    if snapshot is None:
        return None
    return {
        "begun": snapshot.begun,
        "ended": snapshot.ended,
        "setup_version": snapshot.setup_version,
        "stood_still": snapshot.stood_still,
        "read_twice": snapshot.twice,
        "populations": snapshot.populations,
    }


def _counted(check: Check) -> dict[str, object]:
    """A check without what it found, which stands in a list of its own."""
    return {
        "invariant": check.invariant,
        "name": check.name,
        "compared": check.compared,
        "freshbooks": check.freshbooks,
        "nav": check.nav,
        "differences": check.differences,
        "not_compared": check.not_compared,
        "left_out": check.left_out,
    }


def tieout_text(result: Tieout) -> str:
    """The checks as a table, then every difference, then the verdict."""
    rows = [
        [
            _word(c),
            c.invariant,
            c.name,
            c.compared,
            c.freshbooks,
            c.nav,
            c.differences,
        ]
        for c in result.checks
    ]
    headings = ["", "", "invariant", "compared", "FreshBooks", "NAV", "differences"]
    parts = [table(headings, rows)]
    for title, some in (("difference", result.differences), ("explained", result.explained)):
        if some:
            rows = [row for difference in some for row in _rows(difference)]
            parts.append(table(["", title, "where", "FreshBooks", "NAV", ""], rows))
    parts += [
        f"{c.invariant} was not compared: {c.not_compared}" for c in result.checks if c.not_compared
    ]
    left_out = [f"{c.invariant} leaves out {c.left_out}." for c in result.checks if c.left_out]
    if left_out:
        parts.append("\n".join(left_out))
    if result.in_flight:
        parts.append(_in_flight_text(result))
    parts += [result.claim] if result.claim else []
    parts.append(_verdict(result))
    return "\n\n".join(parts)


def _rows(difference: Difference) -> list[list[object]]:
    """What differs, and below it the first cause."""
    d = difference
    rows: list[list[object]] = [[d.invariant, str(d.kind), d.subject, d.freshbooks, d.nav, d.text]]
    if d.cause:
        rows.append(["", "", "", None, None, f"first cause: {d.cause}"])
    return rows


def _word(check: Check) -> str:
    if check.not_compared:
        return "--"
    return "ok" if check.agrees else "NO"


def _in_flight_text(result: Tieout) -> str:
    count, left = len(result.in_flight), total(p.freshbooks - p.nav for p in result.in_flight)
    return f"In flight: {count} documents that are not worked yet; they will change receivables by {left}."


def _verdict(result: Tieout) -> str:
    if result.agrees and any(c.not_compared or c.left_out for c in result.checks):
        return "Both books agree in what was compared."
    if result.agrees:
        return "Both books agree."
    if not result.breaks:
        return "Both books agree but for what is in flight; look again when it has arrived."
    return "The books do not agree."
