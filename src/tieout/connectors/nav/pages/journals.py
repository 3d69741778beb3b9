"""Our lines in NAV's journals that nobody has posted yet: reading, writing and deleting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from tieout.connectors.nav.odata import NavOData, Value, eq
from tieout.connectors.nav.wire.journal import WireJournalLine, in_order, line_fields
from tieout.core.decision.plan import Command
from tieout.core.decision.reach import Reach
from tieout.core.failures import OutcomeUnknown, Refused

GENERAL, RECEIPTS = "GeneralJournal", "CashReceiptJournal"
STEP = 10_000

Batch = tuple[str, str]
Lines = Sequence[WireJournalLine]


class Extent(Enum):
    """How much of a document is in a journal."""

    NONE = auto()
    PART = auto()
    WHOLE = auto()
    MORE = auto()


class Journals:
    """The journal batches of one company; ``receipts`` is the template that the cash receipt journal shows."""

    def __init__(self, odata: NavOData, receipts: str) -> None:
        self._odata, self._receipts = odata, receipts

    def page(self, template: str) -> str:
        """The page that shows the lines of a template."""
        return RECEIPTS if template == self._receipts else GENERAL

    async def lines(self, batch: Batch) -> list[WireJournalLine]:
        """All lines of a batch, in their order; the blank one that NAV leaves behind after posting is none."""
        where = f"{eq('Journal_Template_Name', batch[0])} and {eq('Journal_Batch_Name', batch[1])}"
        page = self.page(batch[0])
        found = [row async for row in self._odata.rows(page, WireJournalLine, where=where)]
        return sorted(found, key=lambda row: row.Line_No)

    async def write(self, command: Command, present: Lines, reach: Reach) -> None:
        """Write the lines of a document that are not there yet. Raises Refused, and then none of its lines are there, or OutcomeUnknown."""
        payload = command.payload
        batch = batch_of(payload)
        free = max((row.Line_No for row in present), default=0) // STEP * STEP + STEP
        missing = _missing(payload["lines"], of_key(present, command.key))
        for number, line in enumerate(missing):
            fields = line_fields(payload, line, command.key, free + number * STEP, reach)
            try:
                await self._odata.create(self.page(batch[0]), fields)
            except Refused as refusal:
                if "already exists" in refusal.text:
                    raise OutcomeUnknown("nav", f"another wrote to {batch[1]} meanwhile") from None
                await self.delete(of_key(await self.lines(batch), command.key))
                raise

    async def probe(self, batch: Batch) -> None:
        """Write an empty line, which posting ignores, and delete it. Raises what NAV says."""
        number = max((row.Line_No for row in await self.lines(batch)), default=0) // STEP * STEP
        key: dict[str, Value] = {
            "Journal_Template_Name": batch[0],
            "Journal_Batch_Name": batch[1],
            "Line_No": number + STEP,
        }
        await self._odata.create(self.page(batch[0]), {**key, "Description": "tieout pair check"})
        await self._odata.delete(self.page(batch[0]), key)

    async def delete(self, lines: Lines) -> None:
        """Delete lines, the last first, so that what is left of a document never balances; one that is gone already is no matter."""
        for row in sorted(lines, key=lambda row: row.Line_No, reverse=True):
            key: dict[str, Value] = {
                "Journal_Template_Name": row.Journal_Template_Name,
                "Journal_Batch_Name": row.Journal_Batch_Name,
                "Line_No": row.Line_No,
            }
            await self._odata.delete(self.page(row.Journal_Template_Name), key)


def batch_of(payload: Mapping[str, Any]) -> Batch:
    """The template and batch of a document."""
    return payload["template_name"], payload["batch_name"]


def of_key(lines: Iterable[WireJournalLine], key: str) -> list[WireJournalLine]:
    """The lines of one document."""
    return [row for row in lines if row.External_Document_No == key]


def extent(command: Command, lines: Lines) -> Extent:
    """How much of a document these lines of its key are. Lines that a person changed are whole if they balance: he posts them, and the tie-out judges."""
    if not lines:
        return Extent.NONE
    wanted = Counter(_mark(line) for line in command.payload["lines"])
    if len(lines) > wanted.total():
        return Extent.MORE
    same = Counter((r.Account_Type, r.Account_No, r.Amount) for r in lines) == wanted
    balanced = sum((row.Amount for row in lines), Decimal(0)) == 0
    return Extent.WHOLE if same or balanced else Extent.PART


def _missing(lines: Sequence[Mapping[str, Any]], present: Lines) -> list[Mapping[str, Any]]:
    there = Counter((row.Account_Type, row.Account_No, row.Amount) for row in present)
    missing = []
    for line in in_order(lines):
        if there[_mark(line)]:
            there[_mark(line)] -= 1
        else:
            missing.append(line)
    return missing


def _mark(line: Mapping[str, Any]) -> tuple[str, str, Decimal]:
    return line["account_type"], line["account_no"], Decimal(line["amount"])
