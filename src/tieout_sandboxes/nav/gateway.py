"""The gateway: the only way to post from outside (docs/protocols/gateway.md).

Every command is one transaction under the ledger lock: its key row and its effect are kept
together or not at all. `point` is awaited at each named commit point of a call that carries
commands; it may wait, or raise, which is a crash: what is not committed is undone.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieout_sandboxes.nav import booking
from tieout_sandboxes.nav.commands import (
    Application,
    Command,
    Document,
    Hold,
    NewCustomer,
    NewDueDate,
    Result,
    Reversal,
)
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.check import posting_window

KEYS = "Tieout Key"
SETUP = "Tieout Gateway Setup"
VERSION = "4"
MOST_COMMANDS = 500
TIME_LIMIT_S = 60.0
LONGEST_HOLD = 3
_HASH = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[^a-z\s]{1,35}")

Point = Callable[[str], Awaitable[None]]


async def ping(company: Company) -> str:
    """Who is there, as `name=value` pairs separated by `;`. Writes nothing."""
    start, end = posting_window(company)
    values = {
        "version": VERSION,
        "company": company.name.replace(";", ","),
        "lcy": company.setup["LCY Code"],
        "epoch": str(stored_epoch(company)),
        "user": company.user_id,
        "posting_from": start.isoformat() if start else "",
        "posting_to": end.isoformat() if end else "",
        "work_date": company.today().isoformat(),
    }
    return ";".join(f"{name}={value}" for name, value in values.items())


async def find(company: Company, keys: Sequence[str]) -> list[Result]:
    """The first results of those keys that have a committed row; their hashes are the texts."""
    rows = (company.database.committed(KEYS, key) for key in keys)
    return [replace(_first_result(row), text=row["Payload Hash"]) for row in rows if row]


async def claim(company: Company, epoch: int) -> int:
    """Stores the epoch if it is higher; waits until the command that is worked now is done."""
    async with company.lock:
        _raise_epoch(company, epoch)
    return stored_epoch(company)


async def last_entry(company: Company) -> int:
    """The number of the last G/L entry; waits until what is being posted now is kept or undone."""
    async with company.lock:
        row = company.database.last("G/L Entry")
    return int(row["Entry No."]) if row else 0


def stored_epoch(company: Company) -> int:
    """The highest epoch ever seen."""
    row = company.database.get(SETUP, "")
    return int(row["Epoch"]) if row else 0


@dataclass(frozen=True)
class Function:
    """A function with commands: the kind of its key rows, what it takes, and its work."""

    kind: str
    takes: type[Any]
    work: Callable[[Company, Any], Result]


FUNCTIONS = {
    "CreateCustomers": Function("Customer", NewCustomer, booking.create_customer),
    "Post": Function("Document", Document, booking.post_document),
    "Apply": Function("Application", Application, booking.apply_entries),
    "Unapply": Function("Unapplication", Application, booking.unapply_entries),
    "Reverse": Function("Reversal", Reversal, booking.reverse_document),
    "SetOnHold": Function("Hold", Hold, booking.set_on_hold),
    "SetDueDate": Function("Due Date", NewDueDate, booking.set_due_date),
}


async def work(
    company: Company,
    function: Function,
    epoch: int,
    commands: Sequence[Command],
    point: Point,
    *,
    limit_s: float = TIME_LIMIT_S,
) -> list[Result]:
    """Carries out the commands of one call; raises NavError if it is refused as a whole."""
    return await _Call(company, epoch, function.kind, function.work, point, limit_s).run(commands)


@dataclass
class _Call:
    """One call with commands: `work` carries out one of them and answers its result."""

    company: Company
    epoch: int
    kind: str
    work: Callable[[Company, Any], Result]
    point: Point
    limit_s: float

    async def run(self, commands: Sequence[Command]) -> list[Result]:
        """Works the commands in order; raises NavError if the call is refused as a whole."""
        ends = time.monotonic() + self.limit_s
        _check_request(self.epoch, commands)
        _check_setup(self.company, self.kind)
        await self.point("call_received")
        async with self.company.lock:
            stored = stored_epoch(self.company)
            if stored >= self.epoch:
                text = f"TIEOUT-EPOCH the stored epoch is {stored}, this call has {self.epoch}"
                raise NavError("dialog", text)
            _raise_epoch(self.company, self.epoch)
        await self.point("epoch_stored")
        results = [await self._one(command, ends) for command in commands]
        await self.point("answer_ready")
        return results

    async def _one(self, command: Command, ends: float) -> Result:
        async with self.company.lock:
            result = self._without_effect(command, ends)
            if result is None:
                result = await self._transaction(command)
        if result.status == "posted":
            await self.point("committed")
        return result

    def _without_effect(self, command: Command, ends: float) -> Result | None:
        """The answer to a command that is not to be carried out, or None."""
        database = self.company.database
        if stored_epoch(self.company) > self.epoch:
            return Result(key=command.key, status="not_tried", text="the epoch was lost")
        if time.monotonic() >= ends:
            return Result(key=command.key, status="not_tried", text="the time of the call is over")
        known = database.get(KEYS, command.key)
        if known is not None:
            return self._repeated(command, known)
        waits = [key for key in command.waits_for if database.get(KEYS, key) is None]
        if waits:
            text = f"{waits[0]} has no committed row"
            return Result(key=command.key, status="skipped", text=text)
        return None

    def _repeated(self, command: Command, known: Row) -> Result:
        if (known["Payload Hash"], known["Kind"]) != (command.hash, self.kind):
            text = f"{command.key} is known with the hash {known['Payload Hash']}"
            return Result(key=command.key, status="conflict", text=text)
        return _first_result(known)

    async def _transaction(self, command: Command) -> Result:
        """Key row and effect together; a refusal undoes both."""
        now = self.company.clock().astimezone(dt.UTC).replace(microsecond=0)
        row = {
            "Key": command.key,
            "Kind": self.kind,
            "Payload Hash": command.hash,
            "Epoch": self.epoch,
            "Posted At": now,
            "User ID": self.company.user_id,
        }
        database = self.company.database
        try:
            with database.transaction():
                inserted = database.insert(KEYS, row)
                await self.point("key_inserted")
                done = self.work(self.company, command)
                kept = {
                    "Result No.": done.no,
                    "Register No.": done.register_no,
                    "Entry No.": done.entry_no,
                    "Amount": done.amount,
                }
                database.modify(KEYS, {**inserted, **kept})
                await self.point("lines_posted")
        except NavError as refusal:
            return Result(key=command.key, status="refused", text=refusal.text)
        return replace(done, status="posted", posted_at=_instant(now))


def _first_result(row: Row) -> Result:
    return Result(
        key=row["Key"],
        status="already",
        no=row["Result No."],
        register_no=row["Register No."],
        entry_no=row["Entry No."],
        amount=row["Amount"],
        posted_at=_instant(row["Posted At"]),
    )


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _raise_epoch(company: Company, epoch: int) -> None:
    database = company.database
    row = database.get(SETUP, "")
    if row is None:
        database.insert(SETUP, {"Primary Key": "", "Epoch": epoch})
    elif epoch > row["Epoch"]:
        database.modify(SETUP, {**row, "Epoch": epoch})


def _check_setup(company: Company, kind: str) -> None:
    needed = [("General Ledger Setup", "LCY Code")]
    if kind == "Customer":
        needed.append(("Sales & Receivables Setup", "Customer Nos."))
    for table, field in needed:
        row = company.database.get(table, "")
        if row is None or not row[field]:
            raise NavError("dialog", f"TIEOUT-SETUP {field} is missing in {table}")


def _check_request(epoch: int, commands: Sequence[Command]) -> None:
    if epoch <= 0:
        raise NavError("dialog", "TIEOUT-REQUEST epoch: must be positive")
    if len(commands) > MOST_COMMANDS:
        text = f"TIEOUT-REQUEST {len(commands)} commands; a call has at most {MOST_COMMANDS}"
        raise NavError("dialog", text)
    for number, complaint in _unreadable(commands):
        raise NavError("dialog", f"TIEOUT-REQUEST command {number}: {complaint}")


def _unreadable(commands: Sequence[Command]) -> Iterator[tuple[int, str]]:
    for number, command in enumerate(commands, start=1):
        if not _KEY.fullmatch(command.key):
            yield number, f"Key {command.key[:50]!r} is not 1 to 35 characters in upper case"
        if not _HASH.fullmatch(command.hash):
            yield (
                number,
                f"Hash {command.hash[:80]!r} is not 64 hexadecimal characters in lower case",
            )
        if isinstance(command, Hold) and len(command.on_hold) > LONGEST_HOLD:
            yield number, f"OnHold {command.on_hold!r} is longer than {LONGEST_HOLD} characters"
