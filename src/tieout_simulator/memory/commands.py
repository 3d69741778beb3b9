"""Commands: stored before they are written to NAV, and what became of them; and who may write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tieout.core.decision.plan import Command, Receipt, Role, StoredCommand
from tieout.core.records.identity import Ref
from tieout.engine.ports import Lease, Pair
from tieout.store.commands import _state_after, adopted_meanwhile, key_taken
from tieout.store.lease import superseded
from tieout_simulator.memory.tables import CommandRow, Memory, as_stored

FINAL = ("done", "awaiting", "withdrawn", "removed")
WITHOUT_EFFECT = ("refused", "abandoned")
UNFINISHED = ("intended", "unknown")


class Commands(Memory):
    """See store.commands and store.lease."""

    async def claim(
        self, company_id: int, *, owner: str, now: datetime, lease_s: float, above: int = 0
    ) -> Lease | None:
        """Win the right to write, unless another owner has it."""
        await self._turn()
        with self.transaction("claim"):
            row = self.companies[company_id]
            if row.owner not in (None, owner) and row.until > now:
                return None
            epoch = max(row.epoch, above) + 1
            until = now + timedelta(seconds=lease_s)
            self.companies.put(company_id, replace(row, epoch=epoch, owner=owner, until=until))
            return Lease(company_id=company_id, epoch=epoch, owner=owner)

    async def renew(self, lease: Lease, *, now: datetime, lease_s: float) -> None:
        """Keep the lease. Raises Superseded when it is no longer mine."""
        await self._turn()
        with self.transaction():
            row = self.companies[lease.company_id]
            if (row.epoch, row.owner) != (lease.epoch, lease.owner):
                raise superseded(lease)
            until = now + timedelta(seconds=lease_s)
            self.companies.put(lease.company_id, replace(row, until=until))

    async def lease_owner(self, company_id: int) -> str:
        """Who holds the lease now; empty if nobody does."""
        await self._turn()
        return self.companies[company_id].owner or ""

    async def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens if it is no longer mine."""
        await self._turn()
        with self.transaction():
            row = self.companies[lease.company_id]
            if (row.epoch, row.owner) == (lease.epoch, lease.owner):
                self.companies.put(lease.company_id, replace(row, owner=None))

    def hold(self, lease: Lease) -> None:
        """Be sure that the lease's epoch is the company's. Raises Superseded."""
        if self.companies[lease.company_id].epoch != lease.epoch:
            raise superseded(lease)

    async def commands(
        self, pair: Pair, refs: Collection[Ref]
    ) -> Mapping[str, tuple[StoredCommand, ...]]:
        """All commands of these records of one kind, by FreshBooks id; those that never caused one are absent."""
        await self._turn()
        return {ref.key: found for ref, found in self.commands_of(pair, refs).items()}

    def commands_of(
        self, pair: Pair, refs: Collection[Ref]
    ) -> dict[Ref, tuple[StoredCommand, ...]]:
        """All commands of these records in the order intended."""
        wanted, found = set(refs), dict[Ref, list[StoredCommand]]()
        for row in self._in_order(pair):
            if row.command.ref in wanted:
                found.setdefault(row.command.ref, []).append(_stored(row))
        return {ref: tuple(rows) for ref, rows in found.items()}

    async def intend(self, pair: Pair, lease: Lease, commands: Sequence[Command]) -> None:
        """Store commands before they are written. Raises Unstorable when a key is taken or done; then nothing is stored."""
        await self._turn()
        with self.transaction("intend"):
            self.hold(lease)
            posted = {c.ref for c in commands if c.role is Role.POST}
            adopted = posted & self.adopted(pair)
            if adopted:
                raise adopted_meanwhile(adopted)
            taken = [c.key for c in commands if not self._intend(pair, lease, c)]
            if taken:
                raise key_taken(taken)

    def adopted(self, pair: Pair) -> set[Ref]:
        """The documents of a pair that are adopted."""
        rows = self.adoption_rows.values()
        return {
            ref for row in rows if row.stands and row.pair == pair.id for ref in row.adoption.refs
        }

    def _intend(self, pair: Pair, lease: Lease, command: Command) -> bool:
        where = (lease.company_id, command.key)
        old = self.command_rows.get(where)
        if old is not None:
            other = old.command.hash != command.hash and old.state not in WITHOUT_EFFECT
            if old.pair != pair.id or old.state in FINAL or other:
                return False
        kept = replace(command, payload=as_stored(command.payload))
        row = CommandRow(kept, pair.id, "intended", None, self.next_place(), self.clock())
        self.command_rows.put(where, row)
        return True

    async def abandon(self, pair: Pair, lease: Lease, keys: Sequence[str]) -> None:
        """Give up unfinished commands that NAV does not have and never will; lines that awaited posting were removed by a person."""
        await self._turn()
        with self.transaction():
            self.hold(lease)
            for key in keys:
                row = self.command_rows.get((lease.company_id, key))
                if row is None or row.pair != pair.id or row.state not in (*UNFINISHED, "awaiting"):
                    continue
                state = "removed" if row.state == "awaiting" else "abandoned"
                self.command_rows.put((lease.company_id, key), replace(row, state=state))

    async def unfinished(self, pair: Pair) -> Sequence[StoredCommand]:
        """What was intended and not answered, in the order intended."""
        await self._turn()
        return [_stored(row) for row in self._in_order(pair) if row.state in UNFINISHED]

    async def awaiting(self, pair: Pair) -> Sequence[StoredCommand]:
        """Whose lines wait in NAV's journals to be posted, in the order intended."""
        await self._turn()
        return [_stored(row) for row in self._in_order(pair) if row.state == "awaiting"]

    def receive(
        self, pair: Pair, lease: Lease, receipts: Sequence[Receipt], unknown: Sequence[str]
    ) -> None:
        """What NAV answered, and which commands it did not answer. A created customer becomes a link."""
        for key in unknown:
            row = self.command_rows.get((lease.company_id, key))
            if row is not None and row.pair == pair.id and row.state == "intended":
                self.command_rows.put((lease.company_id, key), replace(row, state="unknown"))
        for receipt in {receipt.key: receipt for receipt in receipts}.values():
            self._receive(pair, lease.company_id, receipt)

    def _receive(self, pair: Pair, company_id: int, receipt: Receipt) -> None:
        where = (company_id, receipt.key)
        row = self.command_rows.get(where)
        assert row is not None, "a receipt for a command that was never intended"
        assert row.pair == pair.id, "a receipt for a command that was never intended"
        if row.state != "done":
            row = replace(row, state=_state_after(receipt.status), receipt=receipt)
            self.command_rows.put(where, row)
        if row.state != "done" or row.receipt is None:
            return
        link = (pair.id, row.command.ref)
        if row.command.role is Role.CREATE_CUSTOMER and link not in self.links:
            self.links.put(link, row.receipt.no)
        if row.command.role is Role.TAKE_BACK:
            self._withdraw(company_id, row.command.payload["document_key"])

    def _withdraw(self, company_id: int, key: str) -> None:
        """Lines that waited in a journal and were taken back are not there any more."""
        drafted = self.command_rows.get((company_id, key))
        if drafted is not None and drafted.state == "awaiting":
            self.command_rows.put((company_id, key), replace(drafted, state="withdrawn"))

    def _in_order(self, pair: Pair) -> list[CommandRow]:
        rows = [row for row in self.command_rows.values() if row.pair == pair.id]
        return sorted(rows, key=lambda row: row.place)

    def every_receipt(self, pair: Pair) -> dict[str, Role]:
        """The keys of all commands that are done, with what they did."""
        rows = self._in_order(pair)
        return {row.command.key: row.command.role for row in rows if row.state == "done"}


def _stored(row: CommandRow) -> StoredCommand:
    return StoredCommand(command=row.command, state=row.state, receipt=row.receipt, place=row.place)
