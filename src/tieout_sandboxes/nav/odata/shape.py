"""How the rows of a page become JSON objects: prepared once per request, applied to each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tieout_sandboxes.nav.bookmark import bookmark_key, etag
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata import edm
from tieout_sandboxes.nav.odata.failure import unknown_property
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.records import Records


class Shape:
    """The columns a caller wants of a page, in page order, keys always among them."""

    def __init__(self, records: Records, select: str = "") -> None:
        self.page = records.page
        self.columns = selected(self.page, select)
        self._etag = etag_of(records)
        self._flow = records.flow if any(c.flow or c.unbound for c in self.columns) else None
        self._template = {"@odata.etag": "", **{c.name: edm.blank_json(c) for c in self.columns}}
        dated = ("Date", "DateTime")
        self._plain = [(c.name, c.field) for c in self.columns if c.type not in dated]
        self._dated = [(c.name, c.field) for c in self.columns if c.type in dated]

    def entity(self, row: Row) -> dict[str, Any]:
        """One row as the JSON object NAV answers with."""
        shown = self._template.copy()
        shown["@odata.etag"] = self._etag(row)
        if self._flow is not None:
            row = self._flow(row)
        for name, field in self._plain:
            value = row.get(field)
            if value is not None:
                shown[name] = value
        for name, field in self._dated:
            value = row.get(field)
            if value is not None:
                shown[name] = _utc(value) if isinstance(value, dt.datetime) else value
        return shown


def _utc(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def selected(page: Page, select: str) -> tuple[Column, ...]:
    """The columns named by `$select`; raises ODataError 400 for a name the page lacks."""
    names = {name.strip() for name in select.split(",") if name.strip()}
    if not names or "*" in names:
        return page.columns
    for name in names:
        if name not in page.by_name:
            raise unknown_property(name, page.service)
    keys = {column.name for column in page.key_columns}
    return tuple(c for c in page.columns if c.name in names or c.name in keys)


def etag_of(records: Records) -> Callable[[Row], str]:
    """A function that gives the ETag of a row of these records."""
    table, database, fields = records.table, records.company.database, records.page.key
    number, stamp = table.number, database.stamp

    def of(row: Row) -> str:
        key = tuple(row[name] for name in fields)
        return etag(bookmark_key(number, key, stamp(table.name, *key)))

    return of
