"""A disputed invoice is marked On Hold in NAV, so that it is neither chased nor paid out; nothing is posted."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.decision.draft import Draft
from tieout.core.decision.payload import payload_customer
from tieout.core.decision.plan import Role, State, StoredCommand
from tieout.core.records.invoice import Invoice

DISPUTED = "disputed"


def mark_disputes(draft: Draft) -> None:
    """Mark what is disputed and not marked, and lift the mark of what no longer is."""
    for ref, verdict in list(draft.verdicts.items()):
        case = draft.facts.cases[ref]
        document = draft.standing_document(ref)
        if (
            not isinstance(case.record, Invoice)
            or document is None
            or verdict.state is not State.AGREED
        ):
            continue
        customer_no = payload_customer(document.payload)
        number = document.payload["document_no"]
        wanted = draft.facts.setup.on_hold_code if case.record.status == DISPUTED else ""
        if not customer_no or wanted == _marked(case.commands, number):
            continue
        payload = {
            "customer_no": customer_no,
            "document_type": document.payload["document_type"],
            "document_no": number,
            "on_hold": wanted,
        }
        after = [document.key] if document.key in draft.commands else []
        command = draft.step(case, Role.SET_ON_HOLD, "H", payload, after)
        draft.then(ref, command.key)


def _marked(commands: Sequence[StoredCommand], document_no: str) -> str:
    """The mark that we last set on this document."""
    marks = [
        stored.command.payload["on_hold"]
        for stored in commands
        if stored.done
        and stored.command.role is Role.SET_ON_HOLD
        and stored.command.payload["document_no"] == document_no
    ]
    return marks[-1] if marks else ""
