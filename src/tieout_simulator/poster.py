"""The accountant of a company where no gateway is installed: he posts what waits in Tieout's journals, now and then, and looks at nothing else."""

from __future__ import annotations

import asyncio
from random import Random

from tieout_sandboxes.nav import accountant
from tieout_sandboxes.nav.errors import NavError
from tieout_simulator.coverage import Coverage
from tieout_simulator.sandboxes import Nav
from tieout_simulator.trace import Trace

# Documents first, since receipts are applied to them.
BATCHES = (("GENERAL", "FRESHBOOKS"), ("CASHRCPT", "FRESHBOOKS"))
EVERY_S = 86_400.0
NOTHING = "There is nothing to post."


class Poster:
    """Somebody who presses *Post* in the journals of Tieout."""

    def __init__(self, nav: Nav, dice: Random, coverage: Coverage, trace: Trace) -> None:
        self._company, self._dice = nav.state.company, dice
        self._coverage, self._trace = coverage, trace
        # In which batches NAV finds something wrong that waits for a person.
        self.stuck: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._dice.random() * 2 * EVERY_S)
            await self.post()

    async def post(self) -> None:
        """Post whatever is there; a batch in which something is wrong stays as it is."""
        for template, batch in BATCHES:
            async with self._company.lock:
                try:
                    order = {"template_name": template, "batch_name": batch}
                    accountant.carry_out(self._company, "post_batch", order)
                except NavError as refusal:
                    if refusal.text != NOTHING:
                        self.stuck.add((template, batch))
                    self._trace.note("accountant", f"{template}: {refusal.text[:80]}")
                    continue
            self.stuck.discard((template, batch))
            self._coverage.note("deed", "post_batch")
            self._trace.note("accountant", f"posts {template}")
