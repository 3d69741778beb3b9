"""What waited in NAV's journals is taken for posted or deleted only if a second look shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from tieout.core.decision.plan import Command, Receipt, Role, Status, StoredCommand
from tieout.core.records.identity import Kind, Ref
from tieout.engine.look import ended_of
from tieout.engine.ports import Target

DRAFT = Command(
    key="FB-INV-1-1", ref=Ref(Kind.INVOICE, "1"), revision=1, role=Role.POST, payload={"lines": []}
)
WAITING = StoredCommand(command=DRAFT, state="awaiting", receipt=None)


class Journal:
    """A NAV that answers what it is to show before and after the postings of others have ended."""

    def __init__(self, *shown: Status | None) -> None:
        self._shown = list(shown)
        self.waited = 0

    async def postings_ended(self) -> int | None:
        self.waited += 1
        del self._shown[0]
        return None

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        status = self._shown[0]
        if status is None:
            return {}
        return {c.key: Receipt(key=c.key, status=status, text=c.hash) for c in commands}


@pytest.mark.parametrize(
    ("first", "second", "ended"),
    [
        (Status.POSTED, Status.POSTED, True),
        (Status.POSTED, Status.AWAITING, False),
        (Status.POSTED, None, False),
        (None, None, True),
        (None, Status.AWAITING, False),
        (None, Status.POSTED, False),
    ],
)
async def test_what_two_looks_show_is_believed(
    first: Status | None, second: Status | None, ended: bool
) -> None:
    journal = Journal(first, second)
    found, _ = await ended_of(cast(Target, journal), [WAITING])
    assert (list(found), journal.waited) == ([WAITING] if ended else [], 1)


async def test_what_waits_is_looked_at_once() -> None:
    journal = Journal(Status.AWAITING)
    assert await ended_of(cast(Target, journal), [WAITING]) == ((), await journal.find([DRAFT]))
    assert journal.waited == 0
