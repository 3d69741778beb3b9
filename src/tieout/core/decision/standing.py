"""Where a document stands in NAV, told from its own commands: what is posted, what was reversed, which revision comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command, Role, Status, StoredCommand
from tieout.core.journal.lines import Journal
from tieout.core.journal.numbers import base_of, revised


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``posted`` is the command whose document stands in NAV, None if none does. ``base`` is the document number without suffix, once chosen.

    ``retried`` are earlier commands without effect (refused or abandoned): the same payload goes under the same key again, any other needs ``revision_next``.
    """

    posted: Command | None
    ever_posted: bool
    revision_next: int
    retried: tuple[Command, ...]
    base: str

    @property
    def journal(self) -> Journal | None:
        return None if self.posted is None else payload_journal(self.posted.payload)

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
    ever, base, revision = False, "", 0
    for stored in commands:
        command = stored.command
        revision = max(revision, command.revision)
        if stored.state != "done":
            continue
        if command.role is Role.POST:
            posted, ever = command, True
            base = base or base_of(str(command.payload["document_no"]), command.revision)
        elif command.role is Role.REVERSE:
            posted = None
    return Standing(
        posted=posted,
        ever_posted=ever,
        revision_next=revision + 1,
        retried=tuple(c.command for c in commands if c.state in ("refused", "abandoned")),
        base=base,
    )


def conflict_of(commands: Sequence[StoredCommand]) -> Command | None:
    """The command that NAV knows with other contents, if there is one: whatever is posted besides it would stand there twice."""
    answers = (stored for stored in commands if stored.receipt and stored.state != "done")
    conflicts = (s.command for s in answers if s.receipt and s.receipt.status is Status.CONFLICT)
    return next(conflicts, None)


def applied_to(commands: Sequence[StoredCommand]) -> tuple[str, str] | None:
    """The (document type, number) that a payment is applied to in NAV now, by its own commands; None if it is open.

    Commands that apply and unapply follow the one that posted; the last one that was done decides.
    """
    target: tuple[str, str] | None = None
    for stored in commands:
        if stored.state != "done":
            continue
        payload = stored.command.payload
        if stored.command.role is Role.POST:
            row = payload["lines"][0]
            no = row["applies_to_doc_no"]
            target = (row["applies_to_doc_type"], no) if no else None
        elif stored.command.role is Role.APPLY:
            target = (payload["to_document_type"], payload["to_document_no"])
        elif stored.command.role is Role.UNAPPLY:
            target = None
    return target
