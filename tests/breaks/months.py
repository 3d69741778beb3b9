"""Clean months: a bookkeeper works as his dice say, Tieout keeps the ledger, and nobody breaks anything. A tie-out must find nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random

from breaks.office import Office
from tieout.core.reconciliation.difference import Difference
from tieout_simulator.bookkeepers import Bookkeeper
from tieout_simulator.chance import seeded
from tieout_simulator.coverage import Coverage
from tieout_simulator.trace import Trace
from tieout_simulator.virtual_time import VirtualLoop, play

DAYS, DEEDS_A_DAY, SYNC_EVERY = 30, 2, 3
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a tie-out found at its end. ``held`` are documents that wait for a person: those are not in NAV, and say so."""

    seed: int
    documents: int
    held: tuple[str, ...]
    found: tuple[Difference, ...]
    explained: int

    @property
    def clean(self) -> bool:
        """Whether nothing waits for a person."""
        return not self.held


def month(seed: int) -> Month:
    """One month: invoices, edits, deletions, part payments, overpayments, refunds, credits and their uses, corrections.

    In every other firm a goodwill credit counts when it is issued, in the others when it is used.
    """
    return play(lambda loop: _month(seed, loop))


async def _month(seed: int, loop: VirtualLoop) -> Month:
    office = Office(seed, loop)
    with seeded(seed, office.clock):
        await office.open("on_issue" if seed % 2 else "on_application")
        today = office.freshbooks.books.core.today
        trace = Trace(office.clock.now)
        clerk = Bookkeeper(office.person, Random(f"clerk {seed}"), today, Coverage(), trace)
        for day in range(DAYS):
            office.sign_in()
            for _ in range(DEEDS_A_DAY):
                await clerk.act()
            if day % SYNC_EVERY == SYNC_EVERY - 1:
                await office.sync()
            await asyncio.sleep(DAY_S)
        await office.sync()
        await office.unheard()
        result = await office.tie_out()
        seen = (await office.installation.store.status(office.pair)).seen
        made = Month(
            seed=seed,
            documents=seen,
            held=tuple(sorted(await office.held())),
            found=result.differences,
            explained=len(result.explained),
        )
        await office.close()
    return made
