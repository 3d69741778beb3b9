"""Merely reading what a tie-out reads, by the product's own clients: every document, FreshBooks' own ledger, and NAV's ledgers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.world import Systems, connected
from tieout.app.ledgers import read_ledgers
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.records.identity import DOCUMENTS, Kind

PREFIX = "FB"


async def read(systems: Systems, *, at_once: bool) -> int:
    """How many records and entries were read, from one system after the other or from both at the same time."""
    if at_once:
        return sum(await asyncio.gather(documents(systems), entries(systems)))
    return await documents(systems) + await entries(systems)


async def documents(systems: Systems) -> int:
    """What FreshBooks lists."""
    count = 0
    for kind in (*DOCUMENTS, Kind.CUSTOMER):
        async for _ in systems.source.full(kind):
            count += 1
    async for _ in systems.source.general_ledger():
        count += 1
    return count


async def entries(systems: Systems) -> int:
    """NAV's ledgers."""
    rules = Rules(setups={1: Setup(content=asdict(systems.setup))}, clients={}, versions={})
    counts: list[int] = []

    def count(records: Sequence[object]) -> None:
        counts.append(len(records))

    await read_ledgers(systems.target, await systems.target.setup(), rules, PREFIX, count)
    return sum(counts)


async def main(connection: Path, *how: str) -> None:
    """Read it all once; ``at-once``: from both systems at the same time."""
    async with connected(connection) as systems:
        print(await read(systems, at_once="at-once" in how))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
