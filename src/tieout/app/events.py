"""``tieout events``: what FreshBooks does not announce and Tieout derives: an invoice was paid, an invoice became overdue."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.app.console import say, say_json, table
from tieout.app.installation import opened
from tieout.app.pairs import Json, Name
from tieout.app.running import run
from tieout.app.settings import Settings


def events(
    name: Name,
    after: Annotated[
        int, typer.Option(min=0, help="Show what came after this number (the first column).")
    ] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 1000,
    as_json: Json = False,
) -> None:
    """List the derived events invoice.paid and invoice.overdue, oldest first. Each is noted once; it has an end once it is no longer true."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await installation.store.derived_events(pair, after=after, limit=limit)
        if as_json:
            say_json(found)
            return
        rows = [
            [
                each.seq,
                each.name,
                f"invoice/{each.invoice}",
                each.number,
                f"{each.at:%Y-%m-%d %H:%M:%S}",
                f"{each.ended_at:%Y-%m-%d %H:%M:%S}" if each.ended_at else "",
            ]
            for each in found
        ]
        say(table(["no.", "event", "invoice", "number", "at", "until"], rows))

    run(work())


COMMANDS = (events,)
