"""``tieout check``: compare a FreshBooks business and a NAV company that Tieout has never connected, and accept what is the same. It only reads both."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tieout.app.adoption import Acceptances, By, list_adoptions, withdraw
from tieout.app.books_files import WRITERS
from tieout.app.books_reading import MARGIN, checked
from tieout.app.books_report import Report
from tieout.app.books_told import in_words, told
from tieout.app.console import end, say, say_json
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.progress import shown
from tieout.app.reporting.files import Reports, report_files, write_report
from tieout.app.reports import parse_day, parse_document
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.matching.check import DAYS
from tieout.engine.ports import Pair


def check(
    name: Name,
    first: Annotated[str, typer.Option("--from", help="The first day, as 2026-01-01.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last day, as 2026-03-31.")] = "",
    report: Reports = None,
    days: Annotated[
        int, typer.Option(min=0, max=31, help="A date is the same within so many days.")
    ] = DAYS,
    margin: Annotated[
        int,
        typer.Option(min=0, max=400, help="Look so many days around for what was keyed late."),
    ] = MARGIN,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Adopt the matches: what they name is never posted again."),
    ] = False,
    reviewed: Annotated[
        str, typer.Option(help="With --accept: the rows marked in this CSV report, and no others.")
    ] = "",
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    accepted: Annotated[
        bool, typer.Option("--accepted", help="Only list what was adopted.")
    ] = False,
    taken_back: Annotated[
        str,
        typer.Option(
            "--withdraw", help="Only take back the adoption of a document, as invoice/34101."
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Check two books that were kept apart: match their documents and name what differs. Ends 0 if all agree, 1 if not.

    Nothing is written to either system, and nothing need have been posted by Tieout. NAV without the gateway: add the pair with the setting "route": "pages".
    With --accept the matches become adoptions, kept by Tieout alone: a later go-live posts what is missing and nothing twice.
    """
    who = by or getpass.getuser()
    if accepted or taken_back:
        if first or last or accept or reviewed or (accepted and taken_back):
            raise InputError("--accepted and --withdraw stand alone.")
        if taken_back:
            withdraw(name, parse_document(taken_back), who, as_json=as_json)
        else:
            list_adoptions(name, as_json=as_json)
        return
    since, until = _range(first, last)
    files = report_files(report, WRITERS)
    acceptances = Acceptances.asked_for(accept, reviewed, who, yes=yes, as_json=as_json)

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await _read(installation, pair, since, until, days, margin)
            for path in files:
                write_report(found, path, WRITERS)
            if not as_json:
                _say(found, files)
            done = await acceptances.of(installation, pair, found) if acceptances else None
        if as_json:
            say_json({**told(name, found), **({"accepted": done} if done else {})})
        end(true=found.found.agrees)

    run(work())


def _range(first: str, last: str) -> tuple[date, date]:
    since, until = parse_day(first), parse_day(last)
    if since is None or until is None or since > until:
        raise InputError(f"--from {first!r} and --to {last!r} must be two days in this order.")
    return since, until


async def _read(
    installation: Installation, pair: Pair, since: date, until: date, days: int, margin: int
) -> Report:
    async def so_far() -> str:
        calls = installation.calls
        return f"reading both books: {calls['freshbooks GET']} calls to FreshBooks, {calls['nav GET']} to NAV"

    async with shown(so_far):
        return await checked(installation, pair, since, until, days, margin)


def _say(found: Report, files: list[Path]) -> None:
    say(in_words(found))
    for path in files:
        say(f"Written: {path}")


COMMANDS = (check,)
