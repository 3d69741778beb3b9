"""(b) The product's batched calls, decided by the same functions, with nothing durable.

Run as ``python -m benchmarks.bare CONNECTION``. What is left out is all that makes the product safe to kill: inbox, intent,
receipts, states, lease. It is what the batches cost by themselves.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.desk import EPOCH, PREFIX, Desk, customers_of
from benchmarks.world import Systems, connected
from tieout.core.decision.facts import DocumentRecord
from tieout.core.decision.plan import Command, Receipt
from tieout.core.journal.numbers import candidates
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind
from tieout.core.records.payment import Payment
from tieout.engine.calls import COMMANDS_PER_CALL
from tieout.engine.settle import BATCH_MAX

Item = TypeVar("Item")


async def run(systems: Systems) -> None:
    """Read everything, then decide and write batch by batch, payments last."""
    desk = Desk(systems.setup)
    await systems.target.claim(EPOCH)
    records = await _records(systems)
    for batch in _batched(records, BATCH_MAX):
        await _batch(systems, desk, batch)


async def _records(systems: Systems) -> list[DocumentRecord]:
    records: list[DocumentRecord] = []
    async for page in systems.source.changes({}):
        for seen in page.observations:
            record = systems.source.normalize(seen.ref, seen.content)
            assert not isinstance(record, Customer)
            records.append(record)
    return sorted(records, key=lambda record: record.ref.kind is Kind.PAYMENT)


async def _batch(systems: Systems, desk: Desk, records: Sequence[DocumentRecord]) -> None:
    await _read_customers(systems, desk, records)
    taken = await systems.target.taken(_numbers(records))
    plan = desk.decide(records, taken)
    if customers := customers_of(plan):
        desk.created(customers, await _send(systems, customers))
        plan = desk.decide(records, taken)
    desk.posted(plan, await _send(systems, plan.commands))


async def _read_customers(systems: Systems, desk: Desk, records: Sequence[DocumentRecord]) -> None:
    """Those that were not met before."""
    unread = {record.customer for record in records if record.customer.key not in desk.customers}
    for ref, seen in (await systems.source.observe(unread)).items():
        customer = systems.source.normalize(ref, seen.content)
        assert isinstance(customer, Customer)
        desk.customers[ref.key] = customer


def _numbers(records: Sequence[DocumentRecord]) -> list[str]:
    """The document numbers that may be given out."""
    return [
        number
        for record in records
        if not isinstance(record, Payment)
        for number in candidates(PREFIX, record.ref, record.number)
    ]


async def _send(systems: Systems, commands: Sequence[Command]) -> list[Receipt]:
    """One gateway function after another, as many commands in a call as the product sends."""
    return [
        receipt
        for _, stage in itertools.groupby(commands, key=lambda command: command.role)
        for call in _batched(tuple(stage), COMMANDS_PER_CALL)
        for receipt in await systems.target.execute(EPOCH, call)
    ]


def _batched(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


async def main(connection: Path) -> None:
    """The whole import."""
    async with connected(connection) as systems:
        await run(systems)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
