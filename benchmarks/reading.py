"""Merely reading what a tie-out reads, by the product's own clients: every document, FreshBooks' own ledger, and NAV's ledgers."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.world import Systems, connected
from tieout.app.ledgers import read_ledgers
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.records.identity import DOCUMENTS, Kind

PREFIX = "FB"


async def read(systems: Systems) -> int:
    """How many records and entries were read."""
    count = 0
    for kind in (*DOCUMENTS, Kind.CUSTOMER):
        async for _ in systems.source.full(kind):
            count += 1
    async for _ in systems.source.general_ledger():
        count += 1
    rules = Rules(setups={1: Setup(content=asdict(systems.setup))}, clients={}, versions={})
    ledgers = await read_ledgers(systems.target, await systems.target.setup(), rules, PREFIX)
    some = (ledgers.general, ledgers.customer, ledgers.detailed, ledgers.vat, ledgers.bank)
    return count + sum(map(len, some))


async def main(connection: Path) -> None:
    """Read it all once."""
    async with connected(connection) as systems:
        print(await read(systems))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
