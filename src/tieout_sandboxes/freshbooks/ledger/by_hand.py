"""`journal_entries`: an accountant's own entries. There is no list of them; their lines are in the feed."""

from __future__ import annotations

from typing import Any

from tieout_sandboxes.freshbooks.envelope import encode, single
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.ledger.entries import Booking
from tieout_sandboxes.freshbooks.ledger.journal import Journal, Numbered
from tieout_sandboxes.freshbooks.ledger.manual import KIND, Manual, manual


class ByHand:
    """Makes entries by hand."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def create(self, given: Given) -> bytes:
        """Books an entry and answers it with the ids of its details."""
        journal = self._journal
        journal.all()  # accounts that something was booked to since have their ids
        missing = journal.books.core.switches.unknown_reference_status
        made = manual(given, len(journal.manual) + 1, journal.chart, missing)
        return single(KIND, encode(self._shown(journal.add(made), made)))

    def _shown(self, numbered: Numbered, made: Manual) -> dict[str, Any]:
        entry = numbered.entry
        return {
            "currency_code": entry.code,
            "description": entry.description,
            "details": [
                self._detail(numbered, number, booking, written)
                for (number, booking), written in zip(numbered.details(), made.written, strict=True)
            ],
            "entryid": numbered.id,
            "id": numbered.id,
            "name": entry.name,
            "user_entered_date": entry.date,
        }

    def _detail(
        self,
        numbered: Numbered,
        number: int,
        booking: Booking,
        written: tuple[str | None, str | None],
    ) -> dict[str, Any]:
        entry = numbered.entry
        debit, credit = written
        return {
            "categoryid": None,
            "credit": credit,
            "currency_code": entry.code,
            "debit": debit,
            "description": entry.description,
            "detailid": number,
            "id": number,
            "name": entry.name,
            "sub_accountid": self._journal.chart.of(booking.place).id,
            "user_entered_date": entry.date,
        }
