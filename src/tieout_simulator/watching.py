"""Laws that hold while the story goes on. What breaks one is often healed later, by chance or by a sweep, and was broken all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tieout.app.duties import Duties
from tieout.core.decision.plan import AWAITING_POSTING, State
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout_sandboxes.freshbooks.books import Books
from tieout_simulator.checkers import Violation
from tieout_simulator.memory.store import MemoryStore

# What a poll must have seen of a document; much else (a new client of its invoice, a date gone by) changes without a stamp.
SHOWN = ("amount", "vis_state")
BooksOf = Callable[[int], Books | None]


class Watch:
    """Looks at what is stored whenever a worker has stored something. ``books_of`` are the books of a pair, if its polls are to be held to them."""

    def __init__(self, store: MemoryStore, books_of: BooksOf, broken: list[Violation]) -> None:
        self._store, self._books_of, self._broken = store, books_of, broken
        self._told: set[tuple[str, int, Ref]] = set()

    def recorded(self) -> None:
        """A pending document is looked at again, unless it is a person's turn."""
        for (pair, ref), row in self._store.document_rows.items():
            if row.state is not State.PENDING or row.reason == AWAITING_POSTING:
                continue
            place = self._store.inbox.get((pair, ref))
            if place is None or not place.unsettled:
                self._breaks("nothing forgotten", pair, ref, "is pending, and nothing will look at it again")  # fmt: skip

    def shown(self, pair: Pair) -> Mapping[Ref, bytes]:
        """What FreshBooks shows now."""
        books = self._books_of(pair.id)
        return dict(_documents(books)) if books is not None else {}

    def polled(self, pair: Pair, before: Mapping[Ref, bytes]) -> None:
        """A poll that has ended misses nothing that stood still while it read; a line that stands still has not read."""
        if pair.id in self._store.stops:
            return
        now = self.shown(pair)
        for ref, shown in before.items():
            if now.get(ref) == shown and not self._known(pair, ref, shown):
                self._breaks("polls miss nothing", pair.id, ref, "stood still during a poll that did not see it")  # fmt: skip

    def _known(self, pair: Pair, ref: Ref, shown: bytes) -> bool:
        """Whether it is stored as it stands there, or will be looked at."""
        place, stored = self._store.inbox.get((pair.id, ref)), self._store.observation_rows.get((pair.id, ref))  # fmt: skip
        if place is None or stored is None:
            return place is not None and place.unsettled
        content, look = json.loads(stored.observation.content), json.loads(shown)
        return place.unsettled or [content[name] for name in SHOWN] == [
            look[name] for name in SHOWN
        ]

    def _breaks(self, law: str, pair: int, ref: Ref, text: str) -> None:
        """Each document once."""
        if (law, pair, ref) not in self._told:
            self._told.add((law, pair, ref))
            self._broken.append(Violation(law, f"{ref} {text} ({self._store.clock()})"))


class WatchedDuties(Duties):
    """A worker's duties, with somebody who looks on."""

    watch: Watch

    async def _poll(self, pair: Pair) -> None:
        before = self.watch.shown(pair)
        await super()._poll(pair)
        self.watch.polled(pair, before)


def _documents(books: Books) -> Iterator[tuple[Ref, bytes]]:
    tables: dict[Kind, Any] = {
        Kind.INVOICE: books.invoices.table,
        Kind.PAYMENT: books.payments.table,
        Kind.CREDIT_NOTE: books.credit_notes.table,
    }
    for kind, table in tables.items():
        for row in table:
            yield Ref(kind, str(row.id)), row.json()
