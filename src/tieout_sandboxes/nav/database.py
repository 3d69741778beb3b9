"""The tables of one company, in memory, with transactions that are all or nothing.

Values are str, Decimal, date (blank: None), datetime in UTC, bool and int; options are stored
by their English caption, the blank one as a single space. Names are NAV's own ("No.",
"Posting Date"). Rows handed out are the stored ones: whoever wants to change one copies it
first and writes it back with `modify`. Single-threaded.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from tieout_sandboxes.nav.errors import NavError

Row = dict[str, Any]
Key = tuple[Any, ...]

BLANKS: dict[str, Any] = {
    "Code": "",
    "Text": "",
    "Integer": 0,
    "BigInteger": 0,
    "Decimal": Decimal(0),
    "Date": None,
    "DateTime": None,
    "Boolean": False,
    "Option": " ",
    "GUID": "",
}


@dataclass(frozen=True)
class Field:
    """One field of a table; a FlowField (`flow`) is computed, never stored."""

    name: str
    type: str
    length: int = 0
    options: tuple[str, ...] = ()
    relation: str = ""
    flow: bool = False
    init: Any = None

    @property
    def blank(self) -> Any:
        """What a new record holds in this field."""
        if self.init is not None:
            return self.init
        return self.options[0] if self.options else BLANKS[self.type]


@dataclass(frozen=True)
class Table:
    """A table: its fields, its primary key and the fields one can find rows by."""

    number: int
    name: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def blanks(self) -> Row:
        """What a new record holds, by field; FlowFields are not stored."""
        return {field.name: field.blank for field in self.fields if not field.flow}

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}


@dataclass
class _Store:
    """The rows of one table: by key, the keys in order, and one map per index."""

    table: Table
    rows: dict[Key, Row] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)
    stamps: dict[Key, int] = field(default_factory=dict)
    indexes: dict[tuple[str, ...], dict[Key, dict[Key, None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.indexes = {names: {} for names in self.table.indexes}

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self.table.primary_key)

    def put(self, key: Key, row: Row, stamp: int) -> None:
        old = self.rows.get(key)
        if old is None:
            if not self.order or key > self.order[-1]:
                self.order.append(key)
            else:
                bisect.insort(self.order, key)
        else:
            self._forget(key, old)
        self.rows[key] = row
        self.stamps[key] = stamp
        for names, entries in self.indexes.items():
            entries.setdefault(tuple(row[name] for name in names), {})[key] = None

    def drop(self, key: Key) -> None:
        self._forget(key, self.rows.pop(key))
        del self.stamps[key]
        del self.order[bisect.bisect_left(self.order, key)]

    def _forget(self, key: Key, row: Row) -> None:
        for names, entries in self.indexes.items():
            value = tuple(row[name] for name in names)
            del entries[value][key]
            if not entries[value]:
                del entries[value]


Watch = Callable[[Table, Key, Row | None, Row | None], None]


class Database:
    """All tables of one company."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._stores = {table.name: _Store(table) for table in tables}
        self._undo: list[tuple[_Store, Key, Row | None, int]] = []
        self._depth = 0
        self._version = 0
        # Told of every row that is written or deleted, within the transaction; whose hands are at work, if not the service user's.
        self.watch: Watch | None = None
        self.acting = ""

    def tables(self) -> list[Table]:
        """The definitions of all tables."""
        return [store.table for store in self._stores.values()]

    def table(self, name: str) -> Table:
        """The definition of a table."""
        return self._stores[name].table

    def insert(self, table: str, row: Mapping[str, Any]) -> Row:
        """Adds a row; fields not given are blank. Raises NavError "duplicate"."""
        store = self._stores[table]
        full = {**store.table.blanks, **row}
        assert len(full) == len(store.table.blanks), (
            f"{table}: no field {full.keys() - store.table.blanks}"
        )
        key = store.key_of(full)
        if key in store.rows:
            raise NavError(
                "duplicate",
                f"The {table} already exists. "
                f"Identification fields and values: {identification(store.table, key)}",
            )
        self._write(store, key, full)
        return full

    def modify(self, table: str, row: Mapping[str, Any]) -> Row:
        """Replaces the row with the same primary key."""
        store = self._stores[table]
        key = store.key_of(row)
        self._existing(store, key)
        full = dict(row)
        self._write(store, key, full)
        return full

    def delete(self, table: str, *key: Any) -> None:
        """Removes a row."""
        store = self._stores[table]
        old = self._existing(store, key)
        self._remember(store, key, old)
        store.drop(key)
        if self.watch is not None:
            self.watch(store.table, key, old, None)

    def get(self, table: str, *key: Any) -> Row | None:
        """The row with this primary key, or None."""
        return self._stores[table].rows.get(key)

    def committed(self, table: str, *key: Any) -> Row | None:
        """The same, as it stood before the transaction that is running now."""
        store = self._stores[table]
        for changed, changed_key, old, _ in self._undo:
            if changed is store and changed_key == key:
                return old
        return store.rows.get(key)

    @property
    def uncommitted(self) -> bool:
        """Whether readers see rows of a transaction that may still be rolled back."""
        return bool(self._undo)

    def existing(self, table: str, *key: Any) -> Row:
        """The row with this primary key; raises NavError "record_not_found" in NAV's words."""
        return self._existing(self._stores[table], key)

    def all(self, table: str) -> Iterable[Row]:
        """Every row in the order of the primary key."""
        store = self._stores[table]
        return [store.rows[key] for key in store.order]

    def find(
        self, table: str, values: Mapping[str, Any] | None = None, /, **more: Any
    ) -> list[Row]:
        """Rows by the values of indexed fields, in the order they were written."""
        wanted = {**(values or {}), **more}
        store = self._stores[table]
        for names, entries in store.indexes.items():
            if len(names) == len(wanted) and all(name in wanted for name in names):
                keys = entries.get(tuple(wanted[name] for name in names), ())
                return [store.rows[key] for key in keys]
        raise LookupError(f"{table} has no index on {', '.join(wanted)}")

    def first_keys(self, table: str, *prefix: Any) -> Sequence[Key]:
        """The primary keys that begin with `prefix`, in order."""
        order = self._stores[table].order
        start = bisect.bisect_left(order, prefix)
        end = start
        while end < len(order) and order[end][: len(prefix)] == prefix:
            end += 1
        return order[start:end]

    def last(self, table: str) -> Row | None:
        """The row with the highest primary key."""
        store = self._stores[table]
        return store.rows[store.order[-1]] if store.order else None

    def stamp(self, table: str, *key: Any) -> int:
        """The row's version: it rises with every write (NAV's timestamp column)."""
        return self._stores[table].stamps[key]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keeps everything done inside, or on any exception nothing; may be nested."""
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._roll_back(mark)
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()

    def _existing(self, store: _Store, key: Key) -> Row:
        row = store.rows.get(key)
        if row is None:
            raise NavError(
                "record_not_found",
                f"The {store.table.name} does not exist. "
                f"Identification fields and values: {identification(store.table, key)}",
            )
        return row

    def _write(self, store: _Store, key: Key, row: Row) -> None:
        old = store.rows.get(key)
        self._remember(store, key, old)
        self._version += 1
        store.put(key, row, self._version)
        if self.watch is not None:
            self.watch(store.table, key, old, row)

    def _remember(self, store: _Store, key: Key, old: Row | None) -> None:
        if self._depth:
            self._undo.append((store, key, old, store.stamps.get(key, 0)))

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            store, key, old, stamp = self._undo.pop()
            if old is not None:
                store.put(key, old, stamp)
            else:
                store.drop(key)


def identification(table: Table, key: Key) -> str:
    """How NAV names a record in an error: `No.='C00010'`."""
    return ",".join(f"{name}='{part}'" for name, part in zip(table.primary_key, key, strict=True))
