"""What a tie-out as of an earlier day may claim: as much as a snapshot supports that was kept when the day had ended.

FreshBooks rewrites its past and keeps none of it. But its documents say when they were last changed, and NAV's ledgers only grow: what has neither
changed nor come since a snapshot is now what it was then. Everything else is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tieout.core.reconciliation.agreement import TieoutMade
from tieout.core.reconciliation.snapshot import Document, Snapshot
from tieout.core.records.ledger import DetailedEntry, GLEntry
from tieout.core.records.payment import Payment

NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A day, when the first snapshot after its end was taken, and what of the day has changed or come since. No moment: none was kept."""

    day: date
    kept: datetime | None = None
    agreed: bool = False
    changed: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The limits of what is claimed of the day."""
        day = self.day.isoformat()
        if self.kept is None:
            return (
                f"Documents dated up to {day} are compared as they are today: FreshBooks does not keep what they were,"
                " and no tie-out of everything is kept that was made when the day had ended."
            )
        verdict = "both books agreed" if self.agreed else "the books did not agree"
        since = (
            f"Of {day} a snapshot is kept, taken at {self.kept:%Y-%m-%d %H:%M:%S}, when {verdict}."
        )
        if not self.changed:
            return f"{since} Nothing dated up to that day has changed in FreshBooks or come to NAV since: what is compared is what stood then."
        named, more = ", ".join(self.changed[:NAMED]), len(self.changed) - NAMED
        rest = f" and {more} more" * (more > 0)
        return f"{since} Changed or come since, and compared as they are today: {named}{rest}. All else is what stood then."


def end_of(day: date) -> datetime:
    """The moment from which on a snapshot holds a whole day."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


class Past:
    """What became of an earlier day since the first tie-out after its end, if its snapshot was kept (``made``); part by part."""

    def __init__(self, day: date, made: TieoutMade | None) -> None:
        self._day, self._made = day, made
        self._kept = made.snapshot if made else None
        self._changed: list[str] = []
        self._come: list[str] = []

    def add(
        self,
        documents: Iterable[Document],
        entries: Iterable[GLEntry],
        details: Iterable[DetailedEntry],
    ) -> None:
        """The records of a part."""
        day, kept = self._day, self._kept
        if kept is not None:
            self._changed += _changed(day, kept, documents)
            self._come += _come(day, kept.last("G/L entries"), "entry", entries)
            last = kept.last("detailed customer entries")
            self._come += _come(day, last, "detailed entry", details)

    def told(self, deleted: Mapping[str, Sequence[str]]) -> Earlier:
        """What may be claimed of the day; ``deleted`` are the ids of all documents that are deleted by now."""
        if self._made is None or self._kept is None:
            return Earlier(day=self._day)
        changed = (*self._changed, *_deleted(self._kept, deleted), *self._come)
        kept, agreed = self._kept.begun, self._made.agrees
        return Earlier(day=self._day, kept=kept, agreed=agreed, changed=changed)


def _changed(day: date, kept: Snapshot, documents: Iterable[Document]) -> Iterator[str]:
    for one in documents:
        dated = one.paid_on if isinstance(one, Payment) else one.issued_on
        if dated <= day and not kept.has(one):
            yield str(one.ref)


def _deleted(kept: Snapshot, deleted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for kind, keys in deleted.items():
        for key in sorted(set(keys) - set(kept.deleted.get(kind, ()))):
            yield f"{kind}/{key} (deleted)"


def _come(
    day: date, last: int, word: str, entries: Iterable[GLEntry | DetailedEntry]
) -> Iterator[str]:
    for entry in entries:
        if entry.entry_no > last and entry.posting_date <= day:
            yield f"NAV's {word} {entry.entry_no}"
