"""An invoice that is due on another day now keeps its posting: NAV lets the due date of an open entry be changed, and nothing is posted."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.decision.draft import Draft
from tieout.core.decision.payload import Entry, entry_of, payload_customer
from tieout.core.decision.plan import Command, Role, State, StoredCommand
from tieout.core.records.invoice import Invoice


def carry_due_dates(draft: Draft) -> None:
    """Change the due date of every posted invoice that is open and due on another day than NAV was last told.

    What a person changed in NAV stays: only a change in FreshBooks is carried. A closed entry has no age; it gets its date when it is open again.
    """
    for ref, verdict in list(draft.verdicts.items()):
        case = draft.facts.cases[ref]
        document = draft.standing_document(ref)
        if document is None or verdict.state is not State.AGREED or document.key in draft.commands:
            continue
        wanted = due_date(case.record)
        if not wanted or wanted == _told(case.commands, document):
            continue
        entry = entry_of(document.payload)
        assert entry is not None
        opened = _opened(draft, entry)
        item = draft.facts.items.get(entry)
        if not opened and (item is None or not item.open):
            continue
        payload = {
            "customer_no": payload_customer(document.payload),
            "document_type": entry[0],
            "document_no": entry[1],
            "due_date": wanted,
        }
        command = draft.step(case, Role.SET_DUE_DATE, "D", payload, opened)
        draft.then(ref, command.key)


def due_date(record: object) -> str:
    """The day on which FreshBooks says that a claim is due; empty for what has none."""
    if not isinstance(record, Invoice) or record.due_on is None or record.amount.amount <= 0:
        return ""
    return record.due_on.isoformat()


def _told(commands: Sequence[StoredCommand], document: Command) -> str:
    """The due date that NAV was last told of this document."""
    told = [
        str(stored.command.payload["due_date"])
        for stored in commands
        if stored.done
        and stored.command.role is Role.SET_DUE_DATE
        and stored.command.payload["document_no"] == document.payload["document_no"]
    ]
    return told[-1] if told else str(document.payload["due_date"])


def _opened(draft: Draft, entry: Entry) -> list[str]:
    """The keys of this round's commands after which the entry is open."""
    return [
        command.key
        for command in draft.commands.values()
        if command.role is Role.UNAPPLY
        and entry
        in {
            (command.payload[f"{side}_document_type"], command.payload[f"{side}_document_no"])
            for side in ("from", "to")
        }
    ]
