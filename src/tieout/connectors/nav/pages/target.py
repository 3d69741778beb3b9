"""NAV as the engine writes to it where no gateway is installed (engine.ports.Target): documents are drafted in a journal, and a person posts them.

Nothing in NAV keeps an earlier worker out or a key unique. So everything is looked up in the unposted batch first and in the general ledger then, which is
the order in which posting moves it; what is there twice all the same is reported, never mended silently.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from tieout.connectors.http import Http
from tieout.connectors.nav.client import CUSTOMER_LEDGER, NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import ETAG, Value
from tieout.connectors.nav.pages.journals import Batch, Extent, Journals, batch_of, extent, of_key
from tieout.connectors.nav.pages.leased import LeasedOData
from tieout.connectors.nav.wire import journal as wire
from tieout.connectors.nav.wire.ledgers import WireCustomerEntry, WireGLEntry
from tieout.core.decision.payload import entry_of, payload_journal
from tieout.core.decision.plan import Command, Receipt, Role, Status
from tieout.core.decision.reach import Reach
from tieout.core.failures import Outdated, Refused
from tieout.core.records.ledger import CustomerEntry
from tieout.engine.ports import Keep

TWICE = "it is in NAV more than once"
Found = dict[str, Receipt]


class PagesTarget(NavTarget):
    """Reads NAV as the gateway route does, and writes through pages 21, 39 and 255. ``batches`` are the two of ours, for documents and for receipts."""

    def __init__(
        self,
        connection: NavConnection,
        http: Http,
        batches: Sequence[Batch],
        longest_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(connection, http)
        self.odata: LeasedOData = LeasedOData(connection, http, longest_s, clock)
        (general, _), (receipts, _) = batches
        self.journals = Journals(self.odata, receipts if receipts != general else "")
        self.batches, self._longest_s = tuple(dict.fromkeys(batches)), longest_s
        self._reach: Reach | None = None
        self._failed: set[str] = set()

    @property
    def longest_request_s(self) -> float:
        """See engine.ports.Target."""
        return self._longest_s

    async def postings_ended(self) -> int | None:
        """See engine.ports.Target. No page tells of a posting that is under way: it is taken to last no longer than a request."""
        await asyncio.sleep(self._longest_s)
        return None

    async def claim(self, epoch: int, keep: Keep | None = None) -> int:
        """Nothing in NAV keeps epochs, so the lease is renewed before each write; what was read of NAV before is read anew."""
        self.odata.claimed(keep)
        self._reach = None
        self._failed = set()
        return epoch

    async def reach(self) -> Reach:
        """See engine.ports.Target."""
        if self._reach is None:
            terms = self.odata.rows("PaymentTerms", wire.WireTerms)
            plain = {t.Code: t.Due_Date_Calculation async for t in terms if not t.Discount_Percent}
            ledgers = self.odata.rows("GeneralLedgerSetup", wire.WireDimensions)
            codes = [
                code
                async for row in ledgers
                for code in (row.Global_Dimension_1_Code, row.Global_Dimension_2_Code)
            ]
            self._reach = Reach(gateway=False, terms=plain, dimensions=tuple(codes))
        return self._reach

    async def taken(self, document_nos: Collection[str]) -> frozenset[tuple[str, str]]:
        """See engine.ports.Target; numbers of unposted lines are in use, too."""
        wanted = set(document_nos)
        drafted = [row for batch in self.batches for row in await self.journals.lines(batch)]
        posted = await super().taken(document_nos)
        return posted | {
            (row.Document_Type.strip(), row.Document_No)
            for row in drafted
            if row.Document_No in wanted
        }

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        """See engine.ports.Target. The journals are read before the ledger: what was posted in between is in one of them.

        What is in neither is looked for in the journals once more: NAV shows them empty while somebody posts, and that may be rolled back.
        """
        makers = [c for c in commands if c.role is Role.CREATE_CUSTOMER]
        backs = [c for c in commands if c.role is Role.TAKE_BACK and "batch_name" in c.payload]
        documents = [c for c in commands if "lines" in c.payload]
        found = await self._in_journals(documents)
        found |= await self._posted([c for c in documents if c.key not in found])
        found |= await self._in_journals([c for c in documents if c.key not in found])
        found |= await self._withdrawn(backs)
        found |= await self._due([c for c in commands if c.role is Role.SET_DUE_DATE])
        return found | await self._customers(makers)

    async def _in_journals(self, documents: Sequence[Command]) -> Found:
        mine = await self._lines_of({c.key: batch_of(c.payload) for c in documents})
        return {c.key: _drafted(c, extent(c, mine[c.key])) for c in documents if mine[c.key]}

    async def _lines_of(self, keys: Mapping[str, Batch]) -> dict[str, list[wire.WireJournalLine]]:
        """The unposted lines under each key, each batch read once."""
        lines = {batch: await self.journals.lines(batch) for batch in sorted(set(keys.values()))}
        return {key: of_key(lines[batch], key) for key, batch in keys.items()}

    async def _due(self, commands: Sequence[Command]) -> Found:
        """Due dates that stand in NAV as they were to be: whoever wrote them, nothing is left to do."""
        wanted = {_named(c): c for c in commands}
        rows = await self.items([number for _, number in wanted])
        return {
            command.key: _of(command, Status.POSTED, no=row.document_no)
            for row in rows
            if (command := wanted.get((row.document_type, row.document_no)))
            and row.due_on == date.fromisoformat(command.payload["due_date"])
        }

    async def _posted(self, commands: Sequence[Command]) -> Found:
        in_ledger = await self._in_ledger([c.key for c in commands])
        posted = [c for c in commands if c.key in in_ledger]
        numbers = [c.payload["document_no"] for c in posted]
        entries: dict[tuple[str, str], list[CustomerEntry]] = {}
        async for row in self.odata.rows_of(
            CUSTOMER_LEDGER, WireCustomerEntry, "Document_No", numbers
        ):
            entry = row.entry()
            entries.setdefault((entry.document_type, entry.document_no), []).append(entry)
        return {
            c.key: _receipt(c, entries.get(entry_of(c.payload) or ("", ""), [])) for c in posted
        }

    async def _in_ledger(self, keys: Collection[str]) -> frozenset[str]:
        rows = self.odata.rows_of("GeneralLedgerEntries", WireGLEntry, "External_Document_No", keys)
        return frozenset([row.External_Document_No async for row in rows])

    async def _withdrawn(self, commands: Sequence[Command]) -> Found:
        """Drafts that were deleted: nothing is left in the journal, and nothing was posted."""
        batches = {c.payload["document_key"]: batch_of(c.payload) for c in commands}
        left = await self._lines_of(batches)
        gone = {key for key, lines in left.items() if not lines}
        posted = await self._in_ledger(gone)
        left |= await self._lines_of({key: batches[key] for key in gone - posted})
        found: Found = {}
        for command in commands:
            key, count = command.payload["document_key"], int(command.payload["lines_count"])
            if left[key] and len(left[key]) < count:
                found[command.key] = _of(command, Status.INCOMPLETE)
            elif not left[key] and key not in posted:
                found[command.key] = _of(command, Status.POSTED)
        return found

    async def _customers(self, commands: Sequence[Command]) -> Found:
        keys = {wire.search_name(c.payload, c.key): c for c in commands}
        found: dict[str, list[str]] = {}
        async for row in self.odata.rows_of("Customer", wire.WireFound, "Search_Name", list(keys)):
            found.setdefault(keys[row.Search_Name].key, []).append(row.No)
        return {
            c.key: _of(c, Status.POSTED, no=found[c.key][0], twice=len(found[c.key]) > 1)
            for c in commands
            if c.key in found
        }

    async def clear(self, commands: Sequence[Command]) -> None:
        """See engine.ports.Target."""
        for command in commands:
            key = command.payload.get("document_key", command.key)
            lines = await self.journals.lines(batch_of(command.payload))
            await self.journals.delete(of_key(lines, key))

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        """See engine.ports.Target; one document after another, each looked up before its first line is written. No page knows of an epoch (``claim``)."""
        del epoch
        receipts = []
        for command in commands:
            receipt = await self._one(command)
            if not receipt.status.moved:
                self._failed.add(command.key)
            receipts.append(receipt)
        return tuple(receipts)

    async def _one(self, command: Command) -> Receipt:
        waits = self._failed & set(command.depends_on)
        if waits:
            return Receipt(key=command.key, status=Status.SKIPPED, text=", ".join(sorted(waits)))
        known = (await self.find([command])).get(command.key)
        if known is not None and known.status is not Status.INCOMPLETE:
            return _already(command, known)
        try:
            return await self._do(command)
        except Refused as refusal:
            return Receipt(key=command.key, status=Status.REFUSED, text=refusal.text)

    async def _do(self, command: Command) -> Receipt:
        if command.role is Role.CREATE_CUSTOMER:
            fields = wire.customer_fields(command.payload, command.key)
            made = await self.odata.create("Customer", fields)
            return _of(command, Status.POSTED, no=str(made["No"]))
        if command.role is Role.SET_DUE_DATE:
            return await self._set_due_date(command)
        present = await self.journals.lines(batch_of(command.payload))
        if command.role is Role.TAKE_BACK:
            return await self._take_back(command, present)
        await self.journals.write(command, present, await self.reach())
        return _drafted(command, Extent.WHOLE)

    async def _set_due_date(self, command: Command) -> Receipt:
        """Page 25 runs codeunit 103, which takes a due date while the entry is open, and else says nothing."""
        payload = command.payload
        rows = await self.items([payload["document_no"]])
        nos = [
            row.entry_no for row in rows if (row.document_type, row.document_no) == _named(command)
        ]
        key: dict[str, Value] = {"Entry_No": nos[0] if nos else 0}
        entry = await self.odata.get(CUSTOMER_LEDGER, key)
        if entry is None:
            text = f"There is no customer ledger entry of {payload['document_no']}."
            return Receipt(key=command.key, status=Status.REFUSED, text=text)
        changes = {"Due_Date": payload["due_date"]}
        try:
            changed = await self.odata.update(CUSTOMER_LEDGER, key, changes, str(entry[ETAG]))
        except Outdated as meanwhile:
            return Receipt(key=command.key, status=Status.NOT_TRIED, text=meanwhile.text)
        if changed["Due_Date"] != payload["due_date"]:
            text = f"{payload['document_no']} is not open any more; NAV keeps its due date."
            return Receipt(key=command.key, status=Status.REFUSED, text=text)
        return _of(command, Status.POSTED, no=payload["document_no"])

    async def _take_back(
        self, command: Command, present: Iterable[wire.WireJournalLine]
    ) -> Receipt:
        """Delete an unposted draft; if it was posted meanwhile, nothing is done and what is to do is decided anew."""
        await self.journals.delete(of_key(present, command.payload["document_key"]))
        found = await self.find([command])
        return found.get(command.key) or Receipt(
            key=command.key, status=Status.NOT_TRIED, text="it was posted meanwhile"
        )


def _named(command: Command) -> tuple[str, str]:
    return command.payload["document_type"], command.payload["document_no"]


def _of(command: Command, status: Status, *, no: str = "", twice: bool = False) -> Receipt:
    text = TWICE if twice else command.hash
    return Receipt(key=command.key, status=status, no=no, text=text)


def _drafted(command: Command, how_much: Extent) -> Receipt:
    status = Status.INCOMPLETE if how_much is Extent.PART else Status.AWAITING
    number = command.payload["document_no"]
    return _of(command, status, no=number, twice=how_much is Extent.MORE)


def _receipt(command: Command, entries: Sequence[CustomerEntry]) -> Receipt:
    """What stands in the ledger under a key; a customer's part must be there once. What a person has reversed was posted all the same."""
    number = command.payload["document_no"]
    entries = [entry for entry in entries if not entry.reversed] or entries[:1]
    wanted = bool(payload_journal(command.payload).customer_no)
    return Receipt(
        key=command.key,
        status=Status.POSTED,
        no=number,
        entry_no=entries[0].entry_no if entries else 0,
        amount=entries[0].amount if entries else payload_journal(command.payload).amount,
        text=TWICE if wanted and len(entries) > 1 else command.hash,
    )


def _already(command: Command, known: Receipt) -> Receipt:
    """What was there before we wrote: ours, or something else under our key."""
    if known.text != command.hash:
        return Receipt(key=command.key, status=Status.CONFLICT, text=known.text)
    return known
