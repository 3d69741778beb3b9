"""Laws that hold while the story goes on. What breaks one is often healed later, by chance or by a sweep, and was broken all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tieout.app.duties import Duties
from tieout.app.systems import by_pages
from tieout.core.decision.plan import AWAITING_POSTING, Command, State
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement
from tieout_sandboxes.freshbooks.books import Books
from tieout_simulator.checkers import Violation, untrue_reasons
from tieout_simulator.memory.store import MemoryStore
from tieout_simulator.sandboxes import Nav

# What a poll must have seen of a document; much else (a new client of its invoice, a date gone by) changes without a stamp.
SHOWN = ("amount", "vis_state")
BooksOf = Callable[[int], Books | None]
NavOf = Callable[[int], Nav]


class Watch:
    """Looks at what is stored whenever a worker has stored something. ``books_of`` are the books of a pair, if its polls are to be held to them."""

    def __init__(
        self, store: WatchedStore, books_of: BooksOf, nav_of: NavOf, broken: list[Violation]
    ) -> None:
        self._store, self._books_of, self._nav_of, self._broken = store, books_of, nav_of, broken
        self._told: set[tuple[str, int, Ref]] = set()
        store.watch = self

    def judged(self, pair: Pair, settlement: Settlement, intended: Sequence[Command]) -> None:
        """What is called agreed is in NAV, with all that was to be written for it; and nothing of ours is taken for a stranger's."""
        nav = self._nav_of(pair.id)
        agreed = {v.ref for v in settlement.verdicts if v.state is State.AGREED}
        for command in () if by_pages(pair) else intended:
            lacks = nav.state.company.database.committed("Tieout Key", command.key) is None
            if command.ref in agreed and lacks:
                self._breaks("agreed means posted", pair.id, command.ref, f"is called agreed, and NAV has no {command.key}")  # fmt: skip
        held = [v for v in settlement.verdicts if v.state is State.HELD]
        self._broken += untrue_reasons(held, nav, pair) if held else []

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


class WatchedStore(MemoryStore):
    """The store, with somebody who looks on."""

    watch: Watch

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._intended: dict[int, Sequence[Command]] = {}

    async def intend(self, pair: Pair, lease: Lease, commands: Sequence[Command]) -> None:
        """As the store does."""
        await super().intend(pair, lease, commands)
        self._intended[pair.id] = commands

    async def record(self, pair: Pair, lease: Lease, settlement: Settlement) -> None:
        """As the store does; then it is looked at what was recorded."""
        await super().record(pair, lease, settlement)
        self.watch.judged(pair, settlement, self._intended.pop(pair.id, ()))


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
