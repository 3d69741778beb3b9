"""(a) The usual connector's way: one GET and one POST for each document, one after the other, nothing kept.

Run as ``python -m benchmarks.usual CONNECTION IDS``; ``IDS`` has one ``kind/id`` in each line, as webhooks would have brought
them. It is let off lightly: it never looks before it writes, so it would post twice whatever is answered too late.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.desk import EPOCH, Desk, customers_of
from benchmarks.world import Systems, connected
from tieout.connectors.freshbooks import listing
from tieout.connectors.freshbooks.api import row_of
from tieout.connectors.freshbooks.resources import RESOURCES
from tieout.core.decision.plan import Command, Receipt
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Record


async def run(systems: Systems, refs: Sequence[Ref]) -> None:
    """All documents in the given order, invoices before their payments."""
    desk = Desk(systems.setup)
    for ref in refs:
        await _document(systems, desk, ref)


async def _document(systems: Systems, desk: Desk, ref: Ref) -> None:
    """Read one document, and its customer when it is first met; create what is missing, then post."""
    record = await _read(systems, ref)
    assert not isinstance(record, Customer)
    if record.customer.key not in desk.customers:
        customer = await _read(systems, record.customer)
        assert isinstance(customer, Customer)
        desk.customers[record.customer.key] = customer
    plan = desk.decide([record])
    if customers := customers_of(plan):
        desk.created(customers, await _send(systems, customers))
        plan = desk.decide([record])
    desk.posted(plan, await _send(systems, plan.commands))


async def _read(systems: Systems, ref: Ref) -> Record:
    """One GET by id."""
    resource = RESOURCES[ref.kind]
    path = f"{resource.path}/{ref.key}"
    result = await systems.api.accounting(path, listing.includes(resource))
    assert result is not None, f"FreshBooks does not know {ref}"
    return resource.record(ref, row_of(result[resource.single]).content)


async def _send(systems: Systems, commands: Sequence[Command]) -> list[Receipt]:
    """One POST for each command; a document that has no place in the books needs none."""
    return [
        receipt
        for command in commands
        for receipt in await systems.target.execute(EPOCH, [command])
    ]


def refs_of(ids: Path) -> list[Ref]:
    """The documents in a file of ids."""
    lines = ids.read_text(encoding="utf-8").split()
    return [Ref(Kind(kind), key) for kind, _, key in (line.partition("/") for line in lines)]


async def main(connection: Path, refs: Sequence[Ref]) -> None:
    """The whole import."""
    async with connected(connection) as systems:
        await run(systems, refs)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), refs_of(Path(sys.argv[2]))))
