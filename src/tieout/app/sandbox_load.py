"""``tieout sandbox load``: real invoices from a file, or a generated year of a service firm, into FreshBooks."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from tieout.app.console import UNKNOWN, end, say, say_json, table, warn
from tieout.app.running import InputError, run

if TYPE_CHECKING:
    from tieout_sandboxes.retail import Connection, Summary
    from tieout_sandboxes.service_firm import Played, ServiceFirm

Result = TypeVar("Result")
KeepTokens = Callable[[str, str], None]


def load(
    to: Annotated[
        Path, typer.Option("--to", help="The JSON line that `tieout sandbox` printed, saved.")
    ],
    file: Annotated[
        Path | None, typer.Argument(help="A .csv or .csv.gz file; see docs/guide/load.md.")
    ] = None,
    service_firm: Annotated[
        bool, typer.Option("--service-firm", help="Generate a year of a service firm instead.")
    ] = False,
    seed: Annotated[
        int, typer.Option(help="What is made up (payments, the firm's year): same seed, same ones.")
    ] = 1,
    credits_too: Annotated[
        bool,
        typer.Option("--credits/--no-credits", help="Pay too much at times, and use credits."),
    ] = True,
    documents: Annotated[
        int, typer.Option(min=1, help="Invoices and credit notes of the service firm.")
    ] = 20_000,
    year: Annotated[
        int, typer.Option(min=2000, max=2099, help="The year of the service firm.")
    ] = 2025,
    company: Annotated[
        Literal["gb", "ca"], typer.Option(help="Where the service firm is: its taxes and currency.")
    ] = "gb",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for a program.")
    ] = False,
) -> None:
    """Load invoices in the UCI "Online Retail" layout, or a generated year, into a FreshBooks server through its public API.

    A file is safe to load again: what exists is not made twice. A year moves the clock of the sandbox (`--empty --control`) along.
    Ends 0 if all was loaded, 1 if something was refused, 2 if the server failed, 64 if the file is of no use.
    """

    async def work() -> None:
        if (file is None) != service_firm:
            raise InputError("Give either a FILE or --service-firm.")
        if file is not None:
            _show(await _load_file(file, to, seed, credits_too), file, as_json)
        else:
            from tieout_sandboxes.service_firm import ServiceFirm

            firm = ServiceFirm(seed=seed, documents=documents, year=year, company=company)
            _show_year(await _load_year(firm, to), as_json)

    run(work())


async def _load_file(file: Path, to: Path, seed: int, credits_too: bool) -> Summary:
    from tieout_sandboxes.retail import LayoutError, load_retail

    connection, keep_tokens = _saved_connection(to)
    try:
        return await _to_the_end(
            load_retail(
                file,
                connection,
                seed=seed,
                credits_too=credits_too,
                keep_tokens=keep_tokens,
                say=warn,
            )
        )
    except LayoutError as error:
        raise InputError(str(error)) from error


async def _load_year(firm: ServiceFirm, to: Path) -> Played:
    from tieout_sandboxes.service_firm import load_service_firm

    connection, keep_tokens = _saved_connection(to)
    return await _to_the_end(load_service_firm(firm, connection, keep_tokens=keep_tokens, say=warn))


async def _to_the_end(loading: Awaitable[Result]) -> Result:
    """What came of loading; a server that fails ends the command with 2 and says why."""
    from tieout_sandboxes.retail import LoadFailed

    try:
        return await loading
    except LoadFailed as failure:
        warn(f"Not loaded to the end: {failure}")
        raise typer.Exit(UNKNOWN) from None


def _show(summary: Summary, file: Path, as_json: bool) -> None:
    for issue in summary.notes:
        warn(f"note: {file}, {issue}")
    for issue in summary.refused:
        warn(f"refused: {file}, {issue}")
    if as_json:
        say_json(summary)
    else:
        say(_told(summary))
    end(true=not summary.refused)


def _show_year(played: Played, as_json: bool) -> None:
    for refusal in played.refused:
        warn(f"refused: {refusal}")
    if as_json:
        say_json(played)
    else:
        say(_told_year(played))
    end(true=not played.refused)


def _told_year(played: Played) -> str:
    kinds = {"clients": "client", "invoices": "invoice", "credit notes": "credit_note", "payments": "payment"}  # fmt: skip
    rows = [[shown, played.made[kind], played.changed[kind]] for shown, kind in kinds.items()]
    rows += [["had become pointless", played.moot, ""], ["refused", len(played.refused), ""]]
    return f"{table(['', 'made', 'changes'], rows)}\n{played.seconds} s"


def _told(summary: Summary) -> str:
    rows = [
        ["clients", summary.clients, ""],
        ["items", summary.items, ""],
        ["invoices", summary.invoices, summary.existing_invoices],
        ["credit notes", summary.credit_notes, summary.existing_credit_notes],
        ["payments", summary.payments, ""],
        ["of them too much", summary.overpayments, ""],
        ["credits used", summary.credits_used, ""],
        ["lines", summary.lines, ""],
        ["refused", len(summary.refused), ""],
    ]
    return f"{table(['', 'made', 'were there'], rows)}\n{summary.seconds} s"


def _saved_connection(path: Path) -> tuple[Connection, KeepTokens]:
    """The connection of a file, and what keeps new tokens there: a refresh token works only once."""
    from tieout_sandboxes.retail import Connection, LoadFailed

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        connection = Connection.read(document)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, AttributeError) as error:
        raise InputError(f"{path} is not what `tieout sandbox` prints: {error}") from error

    def keep(access_token: str, refresh_token: str) -> None:
        document["freshbooks"] |= {"access_token": access_token, "refresh_token": refresh_token}
        try:
            _replace(path, json.dumps(document) + "\n")
        except OSError as error:
            raise LoadFailed(f"new tokens cannot be kept in {path}: {error.strerror}") from error

    return connection, keep


def _saved_nav(path: Path) -> dict[str, str]:
    """NAV's half of a connection file that could be read."""
    nav = json.loads(path.read_text(encoding="utf-8")).get("nav")
    missing = {"odata_url", "company", "user", "key"}.difference(nav or ())
    if missing:
        raise InputError(f'{path}: "nav" lacks {", ".join(sorted(missing))}')
    return dict(nav)


def _replace(path: Path, text: str) -> None:
    """Puts a file in another's place, whole or not at all, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
