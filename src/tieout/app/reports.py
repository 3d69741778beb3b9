"""``tieout status``, ``held``, ``awaiting`` and ``retry``: where everything stands."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from tieout.app.console import end, say, say_json, table
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.line import is_well, line_of, line_text
from tieout.app.pairs import Json, Name
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.decision.plan import AWAITING_POSTING, State
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.ports import Pair

STATES = ("pending", "agreed", "held", "dead", "excluded")


def status(name: Name, as_json: Json = False) -> None:
    """Show how many documents were seen and where they stand. Ends 0 if all is settled, the line runs and FreshBooks takes the consent."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await status_of(installation, pair)
            line = await line_of(installation, pair)
        if as_json:
            say_json({**found, "line": line})
        else:
            say("\n".join(filter(None, (status_text(found), line_text(name, line)))))
        settled = found["pending"] + found["held"] + found["dead"] == 0
        end(true=settled and is_well(line) and not found["needs_consent"])

    run(work())


async def status_of(installation: Installation, pair: Pair) -> dict[str, Any]:
    """The counts of a pair: seen = pending + agreed + held + dead + excluded."""
    found = await installation.store.status(pair)
    counts = {state: getattr(found, state) for state in STATES}
    kinds = {
        str(kind): {"seen": each.seen, **{state: getattr(each, state) for state in STATES}}
        for kind, each in found.by_kind.items()
    }
    connection = await installation.store.freshbooks_connection(pair)
    return {
        "pair": pair.name,
        "seen": found.seen,
        **counts,
        "awaiting_posting": found.awaiting_posting,
        "needs_consent": connection.needs_consent,
        "by_kind": kinds,
    }


def status_text(found: dict[str, Any]) -> str:
    """The counts as a table, kinds first, the sum last."""
    rows = [
        [kind, counts["seen"], *(counts[s] for s in STATES)]
        for kind, counts in found["by_kind"].items()
    ]
    rows.append(["all", found["seen"], *(found[s] for s in STATES)])
    told = table([found["pair"], "seen", *STATES], rows)
    if found["awaiting_posting"]:
        told += f"\n\n{found['awaiting_posting']} of the pending wait in NAV's journals to be posted: tieout awaiting {found['pair']}"
    if found["needs_consent"]:
        told += f"\n\nFreshBooks refuses the consent, and nothing new is seen: tieout pair connect {found['pair']}"
    return told


def held(name: Name, as_json: Json = False) -> None:
    """List the documents that wait for a person, each with its reason. Ends 0 if there are none."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            waiting = await installation.store.held(await installation.store.pair(name))
        if as_json:
            say_json([{**_row(w), "findings": w.findings} for w in waiting])
        else:
            rows = [list(_row(w).values()) for w in waiting]
            say(table(["ref", "number", "state", "since", "reason"], rows))
        end(true=not waiting)

    run(work())


def awaiting(name: Name, as_json: Json = False) -> None:
    """List the documents that wait in NAV's journals for an accountant to post them (route pages). Ends 0 if there are none."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await installation.store.held(pair, (State.PENDING,))
        rows = [_row(each) for each in found if each.reason == AWAITING_POSTING]
        if as_json:
            say_json(rows)
        else:
            shown = [[row["ref"], row["number"], row["since"]] for row in rows]
            say(table(["ref", "number", "since"], shown))
        end(true=not rows)

    run(work())


def _row(waiting: Any) -> dict[str, Any]:
    return {
        "ref": str(waiting.ref),
        "number": waiting.number,
        "state": str(waiting.state),
        "since": waiting.since.strftime("%Y-%m-%d %H:%M:%S"),
        "reason": waiting.reason,
    }


def retry(
    name: Name,
    ref: Annotated[str, typer.Argument(help="Which document, for example invoice/34101.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All held and dead documents.")] = False,
) -> None:
    """Look again at a document that is held or dead, or at all of them; the next sync or worker does it."""

    async def work() -> None:
        if bool(ref) == everything:
            raise InputError("Name one document, or give --all.")
        chosen = parse_ref(ref) if ref else None
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            count = await installation.store.retry(pair, chosen, now=utc_now())
        if chosen and not count:
            raise InputError(f"{ref} is not held or dead; see: tieout held {name}")
        say(f"{count} to be looked at again")

    run(work())


def parse_ref(text: str) -> Ref:
    """A reference as a person types it."""
    try:
        return Ref.parse(text)
    except ValueError as error:
        raise InputError(str(error)) from None


def parse_document(text: str) -> Ref:
    """A reference of a document as a person types it."""
    ref = parse_ref(text)
    if ref.kind not in DOCUMENTS:
        kinds = ", ".join(map(str, DOCUMENTS))
        raise InputError(f"{text} is no document; give one of: {kinds}, as in invoice/34101.")
    return ref


def parse_day(text: str) -> date | None:
    """A day as a person types it; None for none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is not a day; write it as 2026-10-31.") from None


COMMANDS = (status, held, awaiting, retry)
