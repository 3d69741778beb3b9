"""What all accounting resources do alike: list, read, create, change in phases, delete softly.

A resource is a subclass that says what its records look like, which fields may be written, which
search keys and sorts work, and what else follows from a change.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from copy import copy
from datetime import datetime
from typing import Any, ClassVar, Generic

import msgspec

from tieout_sandboxes.freshbooks import envelope, errors, search
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given, whole
from tieout_sandboxes.freshbooks.paging import page_of
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.search import Key
from tieout_sandboxes.freshbooks.table import DELETED, Row, Table, Wire

Include = Callable[[Row[Wire]], bytes]
Edit = Callable[[Given, str], Any]


class Resource(ABC, Generic[Wire]):
    """One kind of record and its endpoints under `/accounting/account/{account_id}/`.

    `edits` are the fields that a body may set, each with its reader; `settled` are those that
    `settle` reads because more follows from them; `words` say how far a record has come and are
    brought about by the control API rather than written; `follows` come from other records alone.
    """

    record: ClassVar[type[msgspec.Struct]]
    single: ClassVar[str]
    id_name: ClassVar[str] = ""
    event: ClassVar[str] = ""
    plural: ClassVar[str]
    path: ClassVar[str]
    scope: ClassVar[str]
    edits: ClassVar[Mapping[str, Edit]] = {}
    read_only: ClassVar[frozenset[str]] = frozenset()
    settled: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[frozenset[str]] = frozenset()
    follows: ClassVar[frozenset[str]] = frozenset()
    actions: ClassVar[frozenset[str]] = frozenset()
    delete_verb: ClassVar[bool] = False
    soft: ClassVar[bool] = True
    writable: ClassVar[bool] = True
    announced: ClassVar[bool] = True

    def __init__(self, core: Core, table: Table[Wire]) -> None:
        self.core = core
        self.table = table
        self.includes: dict[str, Include[Wire]] = {}
        self.sorts: dict[str, Callable[[Row[Wire]], Any]] = {}

    # What a resource says about itself -------------------------------------------------------

    @abstractmethod
    def new(self, given: Given) -> Row[Wire]:
        """A record with what a new one starts with; the given fields are applied afterwards."""

    @abstractmethod
    def keys(self) -> Mapping[str, Key[Wire]]:
        """The search keys that work at present."""

    def asked_scope(self) -> str:
        """The object whose scope a token needs; none where it is empty."""
        return self.scope

    def needs(self, given: Given) -> Collection[str]:  # noqa: ARG002 - most need nothing more
        """Scopes that what is written asks for, beyond the resource's own."""
        return ()

    def stamp(self, wire: Wire, now: datetime) -> None:
        """Writes the moment of change into the record, where it shows one."""

    def settle(self, row: Row[Wire], given: Given) -> None:
        """What follows from written fields before the record is stored: totals, states, checks."""

    def act(self, row: Row[Wire], given: Given) -> None:
        """Does what the actions of a PUT ask for."""

    def after_create(self, row: Row[Wire]) -> None:
        """What a new record does to others."""

    def after_visibility(self, row: Row[Wire]) -> None:
        """What deleting, archiving or restoring a record does to others."""

    def check_placing(self, given: Given) -> None:
        """Raises ValueError for figures or states that nothing can put into a record."""

    def placed(self, row: Row[Wire], given: Given) -> None:
        """What follows when the control API has put figures or states into a record by hand."""

    def stamps_deletion(self) -> bool:
        """Whether deleting moves a record's `updated`."""
        return True

    def refresh(self, row: Row[Wire]) -> None:
        """Brings what depends on the date of reading up to date, just before the record is shown."""

    # The endpoints ---------------------------------------------------------------------------

    def listing(self, query: Query) -> bytes:
        """A page of records, newest first unless asked otherwise."""
        status = self.core.switches.query_error_status
        page = page_of(query, status)
        wanted = search.criteria(self.keys(), query, self.single, status)
        deleted = any(one.name == "vis_state" and one.value == DELETED for one in wanted)
        if deleted:
            wanted = [one for one in wanted if one.name != "vis_state"]
        ids = self._sorted(search.candidates(self.table, wanted, deleted=deleted), query)
        if lack := self.core.switches.lists_lack:
            ids = [number for number in ids if number % 100 >= lack]
        records = [self.render(self.table[number], query) for number in page.of(ids)]
        return envelope.listing(self.plural, records, page, len(ids))

    def read(self, number: int, query: Query) -> bytes:
        """One record by its id, deleted or not."""
        return envelope.single(self.single, self.render(self.find(number), query))

    def create(self, given: Given, query: Query) -> bytes:
        """Stores a new record and answers it in full."""
        row = self.add(given)
        return envelope.single(self.single, self.render(row, query))

    def update(self, number: int, given: Given, query: Query) -> bytes:
        """Changes a record by the first phase that applies and answers it in full."""
        row = self.find(number)
        if "ext_vis_state" in given:
            self.save(row, "update")
        elif self.soft and "vis_state" in given:
            self.set_visibility(row, whole(given, "vis_state"))
        elif any(action in given for action in self.actions):
            self.act(row, given)
            self.save(row, "update")
        else:
            self.edit(row, given)
            self.save(row, "update")
        return envelope.single(self.single, self.render(row, query))

    def delete(self, number: int) -> bytes:
        """The DELETE verb: marks the record deleted, or removes one that has no vis_state."""
        row = self.find(number)
        if self.soft:
            self.set_visibility(row, DELETED)
        else:
            self.table.remove(row)
            self._announce("delete", row.id)
        return envelope.EMPTY

    # Steps the endpoints and other resources use ---------------------------------------------

    def find(self, number: int, status: int = 404) -> Row[Wire]:
        """The record with this id; 1012 if there is none."""
        row = self.table.get(number)
        if row is None:
            raise self.unknown(number, status)
        return row

    def unknown(self, number: object, status: int = 404) -> Refusal:
        """`Client not found.` and the like."""
        message = f"{self.single.replace('_', ' ').capitalize()} not found."
        field = self.id_name or f"{self.single}id"
        return Refusal(
            status, errors.UNKNOWN_RESOURCE, message, field=field, kind=self.single, value=number
        )

    def add(self, given: Given) -> Row[Wire]:
        """Makes, checks and stores a new record."""
        row = self.new(given)
        self._apply(row, given)
        self.settle(row, given)
        self.save(row, "create")
        self.after_create(row)
        return row

    def edit(self, row: Row[Wire], given: Given) -> None:
        """Applies the given fields to a copy first, so that a refused edit leaves no trace."""
        before, lines = row.wire, row.lines
        row.wire = copy(before)
        try:
            self._apply(row, given)
            self.settle(row, given)
        except Refusal:
            row.wire, row.lines = before, lines
            raise

    def save(self, row: Row[Wire], event: str) -> None:
        """Stamps and files a record and announces the event."""
        self.touch(row)
        self._announce(event, row.id)

    def touch(self, row: Row[Wire]) -> None:
        """Moves a record's `updated` to now."""
        row.updated = self.core.clock.now()
        self.stamp(row.wire, row.updated)
        self.table.keep(row)

    def set_visibility(self, row: Row[Wire], vis_state: int) -> None:
        """Deletes (1), archives (2) or restores (0) a record."""
        if vis_state not in (0, 1, 2):
            raise Refusal(
                422, errors.INVALID_VALUE, "Invalid vis_state.", field="vis_state",
                kind=self.single, value=vis_state,
            )  # fmt: skip
        setattr(row.wire, "vis_state", vis_state)  # noqa: B010 - every soft record has one
        if vis_state == DELETED and not self.stamps_deletion():
            self.table.keep(row)
        else:
            self.touch(row)
        self._announce("delete" if vis_state == DELETED else "update", row.id)
        self.after_visibility(row)

    def render(self, row: Row[Wire], query: Query) -> bytes:
        """The record as JSON with what was asked to be included."""
        self.refresh(row)
        extras = [
            (name, self.includes[name](row)) for name in query.includes if name in self.includes
        ]
        return envelope.extended(row.json(), extras)

    def _announce(self, verb: str, number: int) -> None:
        if self.announced:
            self.core.announce(f"{self.event or self.single}.{verb}", number)

    def _apply(self, row: Row[Wire], given: Given) -> None:
        for name in given:
            if name in self.read_only or self._computed(name):
                message = f"Write access denied for {self.single} with field {name}"
                raise given.refuse(name, errors.WRITE_ACCESS_DENIED, message, 403)
        for name, read in self.edits.items():
            if name in given:
                setattr(row.wire, name, read(given, name))

    def _computed(self, name: str) -> bool:
        """Whether writing this field is refused because only FreshBooks itself says what it is."""
        if self.core.switches.computed_fields != "refused":
            return False
        written = {*self.edits, *self.settled, *self.actions, "vis_state"}
        return name in self.record.__struct_fields__ and name not in written

    def in_order(self, ids: list[int]) -> list[int]:
        """The order of a list that asks for none: newest id first."""
        return ids[::-1]

    def _sorted(self, ids: list[int], query: Query) -> list[int]:
        sort = query.bare("sort")
        if sort is None:
            return self.in_order(ids)
        name, _, direction = sort.rpartition("_")
        if direction not in ("asc", "desc"):
            return ids
        descending = direction == "desc"
        if name in self.sorts:
            key = self.sorts[name]
            return sorted(ids, key=lambda number: key(self.table[number]), reverse=descending)
        if self.core.switches.unsupported_sort == "direction" and not descending:
            return ids
        return ids[::-1]
