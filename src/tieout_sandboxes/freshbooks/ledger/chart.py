"""Ids and numbers of accounts: parents and standard accounts from the start, others as they are used.

"Expense Categories will be listed here as Expenses are created and assigned to them" (help article
360001212251); the same holds for the accounts of taxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.ledger.accounts import CHART, Account, Place

FIRST_ACCOUNT, FIRST_SUB_ACCOUNT = 545_882, 635_972


@dataclass(frozen=True)
class Known:
    """An account with its id, its number below its parent, and since when it exists."""

    id: int
    number: str
    place: Place
    since: datetime
    standard: bool


class Chart:
    """The accounts of one business."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.since = clock.now()
        self.ids = {account: FIRST_ACCOUNT + place for place, account in enumerate(CHART)}
        self._known: dict[Place, Known] = {}
        self._by_id: dict[int, Known] = {}
        for account, names in CHART.items():
            for name in names:
                self._add(Place(account, name), standard=True)

    def of(self, place: Place) -> Known:
        """The account of a place, made if nothing has been booked to it before."""
        return self._known.get(place) or self._add(place, standard=False)

    def get(self, number: int) -> Known | None:
        """The account with this id."""
        return self._by_id.get(number)

    def below(self, account: Account) -> Iterator[Known]:
        """The accounts below a parent, by number."""
        return (known for known in self._known.values() if known.place.account == account)

    def _add(self, place: Place, *, standard: bool) -> Known:
        number = str(sum(1 for _ in self.below(place.account)) + 1)
        id_ = FIRST_SUB_ACCOUNT + len(self._known)
        known = Known(id_, number, place, self._clock.now(), standard)
        self._known[place] = self._by_id[id_] = known
        return known
