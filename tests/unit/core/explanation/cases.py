"""Commands as they were stored, and dossiers of them, for tests of explanations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.unit.core.books import SETUP

from tieout.core.decision.payload import journal_payload
from tieout.core.decision.plan import Command, Role, StoredCommand
from tieout.core.explanation.again import Record
from tieout.core.explanation.dossier import Dossier, Sent
from tieout.core.explanation.steps import Step, steps_of
from tieout.core.journal.lines import Journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.identity import Ref

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def sent(
    ref: Ref, what: Journal | dict[str, Any], key: str, role: Role = Role.POST, state: str = "done"
) -> Sent:
    payload = journal_payload(what) if isinstance(what, Journal) else what
    command = Command(key=key, ref=ref, revision=1, role=role, payload=payload)
    stored = StoredCommand(command=command, state=state, receipt=None)
    return Sent(stored=stored, intended_at=AT, hash=command.hash)


def step(
    record: Record,
    journal: Journal | None,
    setup: PostingSetup = SETUP,
    key: str = "FB-INV-1-1",
    **more: Any,
) -> Step:
    """The only command of a record, explained."""
    assert journal is not None
    dossier = Dossier(ref=record.ref, sent=(sent(record.ref, journal, key),), **more)
    (found,) = steps_of(dossier, record, {1: setup})
    return found


def rules(found: Step) -> list[tuple[str, ...]]:
    """What gave each line its account and tax."""
    return [(*each.account, *each.tax) for each in found.origins]
