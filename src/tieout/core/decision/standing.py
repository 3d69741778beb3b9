"""Where a document stands in NAV, told from its own commands: what is posted, what was undone or paid back, which revision comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command, Role, Status, StoredCommand
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.numbers import base_of, revised
from tieout.core.records.identity import CHARGEBACK, type_of_key
from tieout.core.records.money import total

# Commands that make or undo a revision of a document; the others only say what settles what.
REVISING = frozenset({Role.CREATE_CUSTOMER, Role.POST, Role.REVERSE, Role.TAKE_BACK})
REFUND = str(DocumentType.REFUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``posted`` is the command whose document stands in NAV, None if none does. ``base`` is the document number without suffix, once chosen.

    ``awaiting``: it only waits in a journal to be posted by a person.

    ``refunds`` are what was paid back of it since. ``beside`` are documents that go with it (VAT of a prepayment). ``retried`` are earlier commands
    without effect (refused or abandoned): the same payload goes under the same key again, any other needs ``revision_next``.
    """

    posted: Command | None
    ever_posted: bool
    revision_next: int
    retried: tuple[Command, ...]
    base: str
    refunds: tuple[Command, ...] = ()
    beside: tuple[Command, ...] = ()
    awaiting: bool = False

    @property
    def journal(self) -> Journal | None:
        return None if self.posted is None else payload_journal(self.posted.payload)

    @property
    def refunded(self) -> Decimal:
        """How much was paid back."""
        return total(payload_journal(refund.payload).amount for refund in self.refunds)

    @property
    def chargebacks(self) -> tuple[Command, ...]:
        """What of that a bank took back."""
        return tuple(refund for refund in self.refunds if is_chargeback(refund))

    def taken_out(self) -> Standing:
        """The same once a person has reversed it in NAV."""
        return replace(self, posted=None, refunds=(), awaiting=False)

    def clear_of(self, used: Collection[str], base: str) -> Standing:
        """The same without revisions whose number another document has: ``101-2`` may be an invoice of its own."""
        revision = self.revision_next
        while revised(base, revision) in used:
            revision += 1
        retried = tuple(c for c in self.retried if revised(base, c.revision) not in used)
        return replace(self, revision_next=revision, retried=retried)


def standing_of(commands: Sequence[StoredCommand]) -> Standing:
    """Read the history of one document; every command in it is finished."""
    posted: Command | None = None
    refunds: list[Command] = []
    beside: list[Command] = []
    ever, base, revision, awaiting = False, "", 0, False
    for stored in commands:
        command = stored.command
        if command.role in REVISING and not is_chargeback(command):
            revision = max(revision, command.revision)
        if not stored.stands:
            continue
        if command.role is Role.POST and is_beside(command):
            beside.append(command)
        elif command.role is Role.POST and command.payload["document_type"] == REFUND:
            refunds.append(command)
        elif command.role is Role.POST:
            posted, ever, awaiting = command, ever or stored.done, stored.awaits
            base = base or base_of(str(command.payload["document_no"]), command.revision)
        elif command.role in (Role.REVERSE, Role.TAKE_BACK) and is_chargeback(command):
            refunds = [refund for refund in refunds if f"{refund.key}X" != command.key]
        elif command.role in (Role.REVERSE, Role.TAKE_BACK):
            posted, refunds = None, []
    return Standing(
        posted=posted,
        ever_posted=ever,
        revision_next=revision + 1,
        retried=tuple(
            c.command
            for c in commands
            if c.state in ("refused", "abandoned") and not is_chargeback(c.command)
        ),
        base=base,
        refunds=tuple(refunds),
        beside=tuple(beside),
        awaiting=posted is not None and awaiting,
    )


def is_beside(command: Command) -> bool:
    """Whether a command posts something that only goes with a document: its key ends in a letter and a number (``-V1``)."""
    return not command.key.rpartition("-")[2][:1].isdigit()


def is_chargeback(command: Command) -> bool:
    """Whether a command posts or undoes a chargeback, which is counted by itself."""
    return type_of_key(command.key) == CHARGEBACK


def conflict_of(commands: Sequence[StoredCommand]) -> Command | None:
    """The command that NAV knows with other contents, if there is one: whatever is posted besides it would stand there twice."""
    answers = (stored for stored in commands if stored.receipt and not stored.done)
    conflicts = (s.command for s in answers if s.receipt and s.receipt.status is Status.CONFLICT)
    return next(conflicts, None)
