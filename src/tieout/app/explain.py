"""``tieout explain``: from a document of FreshBooks to its entries in NAV, and from an entry back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer

from tieout.app.console import UNKNOWN, end, say, say_json, warn
from tieout.app.explanation.page import page_of
from tieout.app.explanation.reading import Explainer
from tieout.app.explanation.text import page_text
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.explanation.asked import Asked, understand
from tieout.engine.ports import Pair


def explain(
    name: Name,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="REF|ENTRY...",
            help="invoice/34101, a number like INV-0042, a G/L or customer ledger entry like 4711 (entry/4711), or a key like FB-INV-34101-1.",
        ),
    ],
    source: Annotated[
        bool,
        typer.Option(
            "--source",
            help="Show the content as received and all that NAV was told: with names, addresses and other personal data.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how entries in NAV came of a FreshBooks document: content as received, commands, rules, rates, answers, entries; or go from an entry back.

    Nothing is written. Ends 0 if all of it is explained, 1 if something is not of this pair or not known, 2 if NAV could not be read.
    """

    async def work() -> None:
        pages = []
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            async for page in explained(installation, pair, what, source=source):
                pages.append(page)
                if not as_json:
                    say(page_text(page) if len(pages) == 1 else f"\n\n{page_text(page)}")
        if as_json:
            say_json(pages)
        if any(page["not_read"] for page in pages):
            warn("NAV could not be read; what is shown is what is on record.")
            raise typer.Exit(UNKNOWN)
        end(true=all(page["explained"] for page in pages))

    run(work())


async def explained(
    installation: Installation, pair: Pair, what: list[str], *, source: bool = False
) -> AsyncIterator[dict[str, Any]]:
    """The pages of what was asked for, one after the other. With ``source`` they hold personal data. Raises InputError for a word that means nothing."""
    asked = [_understood(word, pair) for word in what]
    explainer = Explainer(installation, pair)
    for each in asked:
        for subject in await explainer.subjects(each):
            yield page_of(await explainer.explain(subject), source=source)


def _understood(word: str, pair: Pair) -> Asked:
    try:
        return understand(word, pair.prefix)
    except ValueError as error:
        raise InputError(str(error)) from None
