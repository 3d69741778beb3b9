"""Records in memory: by id, newest first, and by whatever else a list may be asked for.

A record is rendered to JSON once per revision and kept as bytes until it changes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from tieout_sandboxes.freshbooks.clock import eastern_day
from tieout_sandboxes.freshbooks.envelope import encode

Wire = TypeVar("Wire", bound=msgspec.Struct)
DELETED = 1


class Row(Generic[Wire]):
    """One record: what the API shows of it, its lines if it has any, and when it last moved."""

    __slots__ = ("_lines_json", "_wire_json", "day", "id", "keys", "lines", "updated", "wire")

    def __init__(self, number: int, wire: Wire, updated: datetime) -> None:
        self.id = number
        self.wire = wire
        self.lines: list[Any] = []
        self.updated = updated
        self.day: date | None = None
        self.keys: dict[str, Hashable] = {}
        self._wire_json: bytes | None = None
        self._lines_json: bytes | None = None

    def json(self) -> bytes:
        """The record without its lines, as JSON."""
        if self._wire_json is None:
            self._wire_json = encode(self.wire)
        return self._wire_json

    def lines_json(self) -> bytes:
        """The record's lines, as a JSON list."""
        if self._lines_json is None:
            self._lines_json = encode(self.lines)
        return self._lines_json

    def forget(self) -> None:
        """Drops what was rendered, because the record has changed."""
        self._wire_json = self._lines_json = None

    @property
    def deleted(self) -> bool:
        """Whether lists hide this record."""
        return getattr(self.wire, "vis_state", 0) == DELETED


class Table(Generic[Wire]):
    """The records of one kind, with an index for each thing lists are narrowed by.

    `revision` counts every change, so that what was worked out of the records can be kept until then.
    """

    def __init__(
        self, first_id: int, indexes: Mapping[str, Callable[[Row[Wire]], Hashable]] | None = None
    ) -> None:
        self.next_id = first_id
        self.revision = 0
        self._rows: dict[int, Row[Wire]] = {}
        self._shown: list[int] = []
        self._deleted: list[int] = []
        self._days: dict[date, set[int]] = {}
        self._indexes = dict(indexes or {})
        self._found: dict[str, dict[Hashable, set[int]]] = {name: {} for name in self._indexes}

    def __getitem__(self, number: int) -> Row[Wire]:
        return self._rows[number]

    def __iter__(self) -> Iterator[Row[Wire]]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, number: int) -> Row[Wire] | None:
        """The record with this id, deleted or not."""
        return self._rows.get(number)

    def take_id(self) -> int:
        """The id of the next record: the next number that is free."""
        while self.next_id in self._rows:
            self.next_id += 1
        number = self.next_id
        self.next_id += 1
        return number

    @contextmanager
    def numbered(self, number: int) -> Iterator[None]:
        """Gives the next new record this id, and goes on afterwards where it was."""
        following, self.next_id = self.next_id, number
        try:
            yield
        finally:
            self.next_id = following

    def keep(self, row: Row[Wire]) -> None:
        """Stores a new record, or files a changed one under its present keys."""
        self.revision += 1
        known = row.id in self._rows
        self._rows[row.id] = row
        row.forget()
        self._file_order(row, known=known)
        self._file_day(row)
        for name, key_of in self._indexes.items():
            self._file_key(row, name, key_of(row))

    def remove(self, row: Row[Wire]) -> None:
        """Forgets a record altogether."""
        self.revision += 1
        del self._rows[row.id]
        for ids in (self._shown, self._deleted):
            _discard(ids, row.id)
        if row.day is not None:
            self._days[row.day].discard(row.id)
        for name, key in row.keys.items():
            self._found[name][key].discard(row.id)

    def ids(self, *, deleted: bool) -> Sequence[int]:
        """The ids lists show, or those they hide, in ascending order."""
        return self._deleted if deleted else self._shown

    def visible(self, ids: set[int], *, deleted: bool) -> list[int]:
        """Those of these ids that lists show, or those that they hide, in ascending order."""
        hidden = ids.intersection(self._deleted)
        return sorted(hidden if deleted else ids - hidden)

    def having(self, index: str, key: Hashable) -> set[int]:
        """The ids filed under a key of an index."""
        return self._found[index].get(key, set())

    def rows_having(self, index: str, key: Hashable) -> Iterator[Row[Wire]]:
        """The records filed under a key of an index, oldest id first."""
        return (self._rows[number] for number in sorted(self.having(index, key)))

    def updated_between(self, first: date | None, end: date | None) -> set[int]:
        """The ids of records last changed on an Eastern day from `first` up to, not including, `end`."""
        days = (
            ids
            for day, ids in self._days.items()
            if (first is None or day >= first) and (end is None or day < end)
        )
        return set().union(*days)

    def _file_order(self, row: Row[Wire], *, known: bool) -> None:
        here, there = (self._deleted, self._shown) if row.deleted else (self._shown, self._deleted)
        if known:
            _discard(there, row.id)
            _discard(here, row.id)
        insort(here, row.id)

    def _file_day(self, row: Row[Wire]) -> None:
        day = eastern_day(row.updated)
        if row.day == day:
            return
        if row.day is not None:
            self._days[row.day].discard(row.id)
        self._days.setdefault(day, set()).add(row.id)
        row.day = day

    def _file_key(self, row: Row[Wire], name: str, key: Hashable) -> None:
        found = self._found[name]
        if name in row.keys:
            if row.keys[name] == key:
                return
            found[row.keys[name]].discard(row.id)
        found.setdefault(key, set()).add(row.id)
        row.keys[name] = key


def _discard(ids: list[int], number: int) -> None:
    at = bisect_left(ids, number)
    if at < len(ids) and ids[at] == number:
        del ids[at]
