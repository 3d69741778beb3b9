"""The entries of the business with their numbers, kept until a document changes.

An entry keeps its id while it says the same; edited, it is a new one (help article 360001212251:
the first entry is reversed and a new one made). Whether the reversed one is still shown is a switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.ledger.chart import Chart
from tieout_sandboxes.freshbooks.ledger.documents import entries
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry
from tieout_sandboxes.freshbooks.ledger.manual import Manual

FIRST_ENTRY, FIRST_DETAIL = 625_716, 1_305_458
Source = tuple[str, int]


@dataclass(frozen=True)
class Numbered:
    """An entry with its id and the id of its first detail; the others follow."""

    id: int
    first_detail: int
    entry: Entry

    def details(self) -> Iterator[tuple[int, Booking]]:
        """Its amounts, each with its id."""
        return enumerate(self.entry.bookings, self.first_detail)


class Journal:
    """All entries, in the order of their ids."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.chart = Chart(books.core.clock)
        self.manual: list[Manual] = []
        self._next_entry, self._next_detail = FIRST_ENTRY, FIRST_DETAIL
        self._latest: dict[Source, Numbered] = {}
        self._former: list[Numbered] = []
        self._state: Any = None
        self._shown: list[Numbered] = []

    def all(self) -> list[Numbered]:
        """Every entry that is shown at present, those made by hand among them."""
        state = self._present_state()
        if state != self._state:
            self._restate()
            self._state = state
        return self._shown

    def entries(self) -> list[Entry]:
        """What reports are made of: the latest of each, without what was reversed."""
        self.all()
        return [numbered.entry for numbered in self._latest.values()]

    def add(self, manual: Manual) -> Numbered:
        """Takes an entry made by hand."""
        self.manual.append(manual)
        self.all()
        return self._latest[manual.entry.source]

    def _present_state(self) -> tuple[Any, ...]:
        books = self.books
        read = (
            books.invoices, books.credit_notes, books.payments, books.expenses, books.bills,
            books.bill_payments, books.other_incomes,
        )  # fmt: skip
        revisions = tuple(resource.table.revision for resource in read)
        return *revisions, len(self.manual), *vars(books.core.switches).values()

    def _restate(self) -> None:
        found = [*entries(self.books), *(manual.entry for manual in self.manual)]
        present = {entry.source: entry for entry in found}
        history = self.books.core.switches.journal_details == "history"
        for source, known in list(self._latest.items()):
            if present.get(source) != known.entry:
                del self._latest[source]
                if history:
                    self._former += (known, self._number(_reversed(known.entry)))
        fresh = [entry for source, entry in present.items() if source not in self._latest]
        for entry in sorted(fresh, key=lambda entry: (entry.date, entry.source)):
            self._latest[entry.source] = self._number(entry)
        shown = [*self._latest.values(), *(self._former if history else ())]
        self._shown = sorted(shown, key=lambda numbered: numbered.id)

    def _number(self, entry: Entry) -> Numbered:
        numbered = Numbered(self._next_entry, self._next_detail, entry)
        self._next_entry += 1
        self._next_detail += len(entry.bookings)
        for booking in entry.bookings:
            self.chart.of(booking.place)
        return numbered


def _reversed(entry: Entry) -> Entry:
    back = tuple(booking._replace(amount=-booking.amount) for booking in entry.bookings)
    return replace(entry, bookings=back)
