"""The change log: who changed which field of which record, from what to what. It is the only place that tells of deletions.

NAV asks its set-up for every record that is inserted, modified or deleted, whoever does it (codeunit 423, from the database triggers of codeunit 1).
It is off in a new company.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.business.field_numbers import FIELD_NUMBERS
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Database, Key, Row, Table
from tieout_sandboxes.nav.errors import NavError

LOG = "Change Log Entry"
SETUP, OF_TABLE, OF_FIELD = (
    "Change Log Setup",
    "Change Log Setup (Table)",
    "Change Log Setup (Field)",
)
SETUPS = frozenset({SETUP, OF_TABLE, OF_FIELD})
SWITCHES = {
    "Insertion": "Log Insertion",
    "Modification": "Log Modification",
    "Deletion": "Log Deletion",
}
LONGEST = 250


class ChangeLog:
    """Writes an entry for every field that a change concerns; part of the transaction that makes the change."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._logged: frozenset[int] = frozenset()

    def __call__(self, table: Table, key: Key, old: Row | None, new: Row | None) -> None:
        """A row was written (`old` None: inserted) or deleted (`new` None)."""
        if table.name in SETUPS:
            self._read_setup()
            return
        if table.number not in self._logged:
            return
        kind = "Insertion" if old is None else "Deletion" if new is None else "Modification"
        for field in self._fields(table, kind):
            before, after = (old or {}).get(field), (new or {}).get(field)
            if _worth(kind, before, after):
                self._write(table, key, field, kind, before, after)

    @property
    def _database(self) -> Database:
        return self._company.database

    def _read_setup(self) -> None:
        setup = self._database.get(SETUP, "")
        tables = self._database.all(OF_TABLE) if setup and setup["Change Log Activated"] else ()
        self._logged = frozenset(row["Table No."] for row in tables)
        unknown = sorted(self._logged - FIELD_NUMBERS.keys())
        if unknown:
            known = ", ".join(map(str, sorted(FIELD_NUMBERS)))
            text = f"This server does not know the field numbers of table {unknown[0]}; it can log: {known}"
            raise NavError("unknown_field", text)

    def _fields(self, table: Table, kind: str) -> Iterator[str]:
        """The fields of a table for which this kind of change is logged."""
        extent = self._database.existing(OF_TABLE, table.number)[SWITCHES[kind]]
        for name, number in FIELD_NUMBERS[table.number].items():
            chosen = self._database.get(OF_FIELD, table.number, number)
            if extent == "All Fields" or (
                extent == "Some Fields" and chosen and chosen[SWITCHES[kind]]
            ):
                yield name

    def _write(
        self, table: Table, key: Key, field: str, kind: str, before: Any, after: Any
    ) -> None:
        last = self._database.last(LOG)
        numbers = FIELD_NUMBERS[table.number]
        row: Row = {
            "Entry No.": last["Entry No."] + 1 if last else 1,
            "Date and Time": self._company.clock().astimezone(dt.UTC).replace(microsecond=0),
            "User ID": self._database.acting or self._company.user_id,
            "Table No.": table.number,
            "Primary Key": ",".join(
                f"Field{numbers[name]}=0({_text(part)})"
                for name, part in zip(table.primary_key, key, strict=True)
            ),
            "Field No.": numbers[field],
            "Type of Change": kind,
            "Old Value": "" if kind == "Insertion" else _text(before)[:LONGEST],
            "New Value": "" if kind == "Deletion" else _text(after)[:LONGEST],
        }
        for place, (name, part) in enumerate(zip(table.primary_key, key, strict=True), start=1):
            row[f"Primary Key Field {place} No."] = numbers[name]
            row[f"Primary Key Field {place} Value"] = _text(part)[:50]
        self._database.insert(LOG, row)


def captions(company: Company, row: Row) -> Row:
    """What page 595 shows besides: the captions of table and fields, and the values as the user's language writes them (here as they are)."""
    table = next(t for t in company.database.tables() if t.number == row["Table No."])
    names = {number: name for name, number in FIELD_NUMBERS[table.number].items()}
    keys = {
        f"Primary Key Field {place} Caption": names.get(row[f"Primary Key Field {place} No."], "")
        for place in (1, 2, 3)
    }
    values = {"Old Value Local": row["Old Value"], "New Value Local": row["New Value"]}
    field = {"Table Caption": table.name, "Field Caption": names.get(row["Field No."], "")}
    return {**field, **keys, **values}


def _worth(kind: str, before: Any, after: Any) -> bool:
    """Of a new or deleted record only what is filled is told, of a changed one only what differs."""
    if kind == "Modification":
        return bool(before != after)
    value = after if kind == "Insertion" else before
    return isinstance(value, bool) or value not in (None, "", 0)


def _text(value: Any) -> str:
    """FORMAT(value,0,9): the form of XML."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)
