"""``tieout heal``: curing a difference by the same way as everything else, shown first and done if a person agrees."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import typer

from tieout.app.console import end, plain, say, say_json, table
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.plan import Planned, plan_of, plan_text
from tieout.app.reports import parse_document
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.decision.forecast import LEFT_OUT, STAYS, STOPPED, Foreseen
from tieout.core.decision.plan import State
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.ports import Pair

# What waits for another document is looked at again after a second.
TRIES = 30


def heal(
    name: Name,
    refs: Annotated[list[str], typer.Argument(help="Which documents, for example invoice/34101.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Cure what a tie-out found of these documents: show what a sync would do about them, ask, and do it.

    Only what the normal way can do is done: post, post anew, reverse what Tieout posted, apply. What a person entered in NAV is never touched.
    Ends 0 if nothing is left to do for them, 1 if something is.
    """
    chosen = [parse_document(ref) for ref in refs]
    if as_json and not yes:
        raise InputError("With --json nobody can be asked; give --yes as well.")

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            planned = await plan_of(installation, pair, refs=chosen)
            agreed = bool(curable(planned)) and (yes or _asked(planned))
            left = await healed(installation, pair, planned) if agreed else planned
        if as_json:
            say_json({"pair": name, "done": plain(curable(planned)), "left": plain(open_of(left))})
        else:
            say(_told(planned, left, agreed=agreed))
        end(true=not open_of(left))

    run(work())


def curable(planned: Planned) -> tuple[Foreseen, ...]:
    """The documents about which a sync would do something that goes through."""
    return tuple(d for d in planned.documents if d.mark not in (STAYS, LEFT_OUT, STOPPED))


def open_of(planned: Planned) -> tuple[Foreseen, ...]:
    """The documents for which something is left to do, or that stop."""
    return tuple(d for d in planned.documents if d.mark not in (STAYS, LEFT_OUT))


async def healed(installation: Installation, pair: Pair, planned: Planned) -> Planned:
    """Look at these documents anew and settle them; what is left to do afterwards. Raises InputError while the line of the pair stands still."""
    stopped = await installation.store.stop_of(pair)
    if stopped:
        raise InputError(f"The line of {pair.name} stands still; see: tieout status {pair.name}")
    refs = [document.ref for document in curable(planned)]
    await installation.store.accept(pair, now=installation.host.now(), refs=refs, cause="person")
    for _ in range(TRIES):
        await installation.settle(pair.company_id)
        states = (await installation.store.documents(pair, refs)).values()
        if all(one.state is not State.PENDING for one in states):
            break
        await asyncio.sleep(1.0)
    return await plan_of(installation, pair, refs=[d.ref for d in planned.documents])


def _asked(planned: Planned) -> bool:
    if not sys.stdin.isatty():
        raise InputError("Nobody can be asked here; look with tieout plan, then give --yes.")
    say(plan_text(planned, lines=True))
    return typer.confirm("Write this to NAV?")


def _told(planned: Planned, left: Planned, *, agreed: bool) -> str:
    if not open_of(planned):
        return "Tieout has nothing to do about this: both books have it as it should be, or the difference is a person's to clear up."
    if not curable(planned):
        return plan_text(planned)
    if not agreed:
        return "Nothing was written."
    done = ", ".join(f"{d.ref} {d.reason}" for d in curable(planned))
    rest = [f"{d.ref}: {d.reason}" for d in open_of(left)]
    return "\n".join([f"Done: {done}.", *(f"Left: {text}" for text in rest)])


async def cures_of(
    installation: Installation, pair: Pair, result: Tieout
) -> Mapping[Ref, Foreseen]:
    """What a sync would do about the documents that a tie-out names, by document; nothing is written."""
    refs = _documents(difference.subject for difference in result.differences)
    if not refs:
        return {}
    planned = await plan_of(installation, pair, refs=refs)
    return {document.ref: document for document in open_of(planned)}


def _documents(subjects: Iterable[str]) -> list[Ref]:
    found: set[Ref] = set()
    for subject in subjects:
        kind, _, key = subject.partition("/")
        if kind in map(str, DOCUMENTS) and key:
            found.add(Ref.parse(subject))
    return sorted(found)


def cures_text(name: str, cures: Sequence[Foreseen]) -> str:
    """What would be done about each document, and by which command; or why nothing can be."""
    rows: list[list[object]] = []
    for cure in cures:
        stops = cure.mark == STOPPED
        rows.append([str(cure.ref), cure.reason, "" if stops else f"tieout heal {name} {cure.ref}"])
        rows += [["", f"{e.day} {e.account} {e.amount}", ""] for e in cure.effects]
    return table(["cure of", "what would be done", ""], rows)
