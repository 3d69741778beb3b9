"""``tieout check``: compare a FreshBooks business and a NAV company that Tieout has never connected. It only reads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from tieout.app.books_report import Report, difference_row, risks
from tieout.app.books_report_words import title
from tieout.app.console import end, say, say_json, table
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.progress import shown
from tieout.app.reports import parse_day
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.nav.customer_documents import CustomerDocuments, read_customer_documents
from tieout.core.matching.check import DAYS, check_books
from tieout.core.matching.documents import Document
from tieout.core.matching.from_freshbooks import FreshbooksSide, between, documents_of
from tieout.core.matching.result import Difference, Match
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair, Record

# What was keyed late or early is looked for so many days beyond the ones that are reported.
MARGIN = 62
# A person at a terminal is shown so many; files and --json hold them all.
SHOWN = 50


def check(
    name: Name,
    first: Annotated[str, typer.Option("--from", help="The first day, as 2026-01-01.")],
    last: Annotated[str, typer.Option("--to", help="The last day, as 2026-03-31.")],
    report: Annotated[
        list[str] | None,
        typer.Option("--report", help="Write a report too: FILE.xlsx, FILE.pdf or FILE.csv."),
    ] = None,
    days: Annotated[
        int, typer.Option(min=0, max=31, help="A date is the same within so many days.")
    ] = DAYS,
    margin: Annotated[
        int,
        typer.Option(min=0, max=400, help="Look so many days around for what was keyed late."),
    ] = MARGIN,
    as_json: Json = False,
) -> None:
    """Check two books that were kept apart: match their documents and name what differs. Ends 0 if all agree, 1 if not.

    Nothing is written to either system, and nothing need have been posted by Tieout. NAV without the gateway: add the pair with the setting "route": "pages".
    """
    since, until = _range(first, last)
    files = [_file(path) for path in report or []]

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)

            async def so_far() -> str:
                calls = installation.calls
                return f"reading both books: {calls['freshbooks GET']} calls to FreshBooks, {calls['nav GET']} to NAV"

            async with shown(so_far):
                found = await checked(installation, pair, since, until, days, margin)
        for path in files:
            _write(found, path)
        if as_json:
            say_json(told(name, found))
        else:
            say(in_words(found))
            for path in files:
                say(f"Written: {path}")
        end(true=found.found.agrees)

    run(work())


def _range(first: str, last: str) -> tuple[date, date]:
    since, until = parse_day(first), parse_day(last)
    if since is None or until is None or since > until:
        raise InputError(f"--from {first!r} and --to {last!r} must be two days in this order.")
    return since, until


# ---------------------------------------------------------------- reading


async def checked(
    installation: Installation, pair: Pair, first: date, last: date, days: int, margin: int
) -> Report:
    """Read both sides and compare them."""
    early, late = _stretched(first, -margin), _stretched(last, margin)
    source, target = await installation.source(pair), await installation.target(pair)
    read_at = installation.host.now()
    side, entries, business = await asyncio.gather(
        _freshbooks_side(source),
        read_customer_documents(target.odata, early, late),
        _business(installation, pair, source),
    )
    ours = between(side.documents, early, late)
    found = await asyncio.to_thread(check_books, ours, entries.documents, first, last, days)
    return Report(
        freshbooks=business,
        nav=(await installation.store.nav_connection(pair)).company,
        first=first,
        last=last,
        read_at=read_at,
        days=days,
        found=found,
        left_out=_left_out(side, entries),
    )


def _stretched(day: date, by: int) -> date:
    """A day so many days away, as far as the calendar goes."""
    try:
        return day + timedelta(days=by)
    except OverflowError:
        return day


async def _freshbooks_side(source: FreshbooksSource) -> FreshbooksSide:
    records: list[Record] = [record for kind in Kind async for record in source.full(kind)]
    return documents_of(
        [r for r in records if isinstance(r, Invoice)],
        [r for r in records if isinstance(r, CreditNote)],
        [r for r in records if isinstance(r, Payment)],
        [r for r in records if isinstance(r, Customer)],
    )


async def _business(installation: Installation, pair: Pair, source: FreshbooksSource) -> str:
    """What FreshBooks calls the business, or else its account."""
    account_id = (await installation.store.freshbooks_connection(pair)).account_id
    business = (await source.identity()).business(account_id)
    return business.name if business and business.name else f"account {account_id}"


def _left_out(side: FreshbooksSide, entries: CustomerDocuments) -> Mapping[str, Mapping[str, int]]:
    return {"FreshBooks": dict(side.left_out), "NAV": entries.left_out}


# ---------------------------------------------------------------- telling


def told(name: str, report: Report) -> dict[str, Any]:
    """The check for a program; documents are named by their id in FreshBooks and their entry number in NAV."""
    found = report.found
    return {
        "pair": name,
        "from": report.first,
        "to": report.last,
        "read_at": report.read_at,
        "agrees": found.agrees,
        "freshbooks": len(found.freshbooks),
        "nav": len(found.nav),
        "agreed": len(found.agreed),
        "at_risk": [{**asdict(risk), "kind": str(risk.kind)} for risk in risks(found)],
        "differences": [_difference(each) for each in found.differences],
        "proposals": [_match(each) for each in found.proposals],
        "matches": [_match(each) for each in found.matches],
        "customers": found.customers,
        "left_out": report.left_out,
        "claim": report.claim,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "freshbooks": _refs(each.freshbooks),
        "nav": _refs(each.nav),
        "at_risk": each.at_risk,
        "currency": each.currency,
        "text": each.text,
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "freshbooks": _refs(match.freshbooks),
        "nav": _refs(match.nav),
        "tier": str(match.tier),
        "score": match.score,
        "reasons": match.reasons,
    }


def _refs(documents: Sequence[Document]) -> list[str]:
    return [document.ref for document in documents]


def in_words(report: Report) -> str:
    """The check for a person: totals by kind, the first differences, the verdict."""
    found = report.found
    parts = [
        f"{report.freshbooks} (FreshBooks) and {report.nav} (NAV), {report.first} to {report.last}",
        f"{len(found.freshbooks)} documents in FreshBooks, {len(found.nav)} entries in NAV; {len(found.agreed)} matches agree.",
    ]
    if found.differences:
        rows = [[title(r.kind), r.count, r.amount, r.currency] for r in risks(found)]
        parts.append(table(["difference", "number", "at risk", ""], rows))
        lines = [difference_row(each) for each in found.differences[:SHOWN]]
        shown = [
            [r.kind, r.number, r.entry, r.amount or "", r.nav_amount or "", r.text] for r in lines
        ]
        headings = ["", "FreshBooks", "NAV entry", "FreshBooks", "NAV", ""]
        parts.append(table(headings, shown))
        if len(found.differences) > SHOWN:
            parts.append(f"... and {len(found.differences) - SHOWN} more; see --report and --json.")
    if found.proposals:
        parts.append(f"{len(found.proposals)} matches are only proposed; see --report or --json.")
    parts.append("Both books agree." if found.agrees else "The books do not agree.")
    return "\n\n".join(parts)


# ---------------------------------------------------------------- reports


def _file(text: str) -> Path:
    """Where a report goes; said before anything is read, if it cannot go there."""
    path = Path(text).expanduser()
    if path.suffix.lower() not in WRITERS:
        known = ", ".join(sorted(WRITERS))
        raise InputError(f"--report {text!r} must end in one of: {known}.")
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"--report {text!r}: there is no such folder, or it is a folder itself.")
    return path


def _write(report: Report, path: Path) -> None:
    try:
        WRITERS[path.suffix.lower()](report, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None


def _csv(report: Report, path: Path) -> None:
    from tieout.app.books_report_csv import write_csv

    write_csv(report, path)


def _xlsx(report: Report, path: Path) -> None:
    from tieout.app.books_report_xlsx import write_xlsx

    write_xlsx(report, path)


def _pdf(report: Report, path: Path) -> None:
    from tieout.app.books_report_pdf import write_pdf

    write_pdf(report, path)


# Each loads its library only when it is asked for, so that other commands stay quick.
WRITERS = {".csv": _csv, ".xlsx": _xlsx, ".pdf": _pdf}

COMMANDS = (check,)
