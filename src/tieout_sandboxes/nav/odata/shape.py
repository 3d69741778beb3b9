"""How the rows of a page become objects: prepared once per request, applied to each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tieout_sandboxes.nav.bookmark import bookmark_key
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata.associations import Link
from tieout_sandboxes.nav.odata.failure import unknown_property
from tieout_sandboxes.nav.odata.language import Language
from tieout_sandboxes.nav.odata.model import Companies
from tieout_sandboxes.nav.odata.path import key_text
from tieout_sandboxes.nav.odata.query import Source
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.values import blank


@dataclass(frozen=True)
class Style:
    """How a notation shows values: the name of its ETag, that tag itself, and by type the rest.

    `key_property` is the name of a property with the bare Key, empty where there is none.
    """

    etag: str
    tag: Callable[[str], str]
    key_property: str
    blanks: Mapping[str, Any]
    writers: Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Expansion:
    """A navigation property that is shown with what stands at its end."""

    link: Link
    shape: Shape
    find: Callable[[Row], Row | Feed | None]


@dataclass(frozen=True)
class Feed:
    """One server page of a set: how its rows are shown, how many there are, where it goes on."""

    shape: Shape
    rows: list[Row]
    count: int | None = None
    more: str | None = None


class Shape:
    """The columns a caller wants of a page, in page order, keys always among them."""

    def __init__(
        self,
        records: Source,
        style: Style,
        language: Language,
        select: str = "",
        links: tuple[Link, ...] = (),
        expansions: tuple[Expansion, ...] = (),
    ) -> None:
        self.page, self.style, self.language = records.page, style, language
        own = ",".join(n for n in select.split(",") if n.strip() != style.key_property)
        only_keys = bool(select.strip()) and not own.strip()
        self.columns = self.page.key_columns if only_keys else selected(self.page, own)
        self.links, self.expansions = links, expansions
        whole = not select.strip() or "*" in select or own != select
        self.key_property = style.key_property if whole and style.key_property else ""
        self._key = key_of(records)
        self._flow = records.flow if any(c.flow or c.unbound for c in self.columns) else None
        self._template = {c.name: style.blanks.get(c.type, blank(c)) for c in self.columns}
        self._plain = [(c.name, c.field) for c in self.columns if c.type not in style.writers]
        writers = style.writers
        self._written = [
            (c.name, c.field, writers[c.type]) for c in self.columns if c.type in writers
        ]

    def etag(self, row: Row) -> str:
        """The ETag of a row; empty for a company, which has none."""
        return self.style.tag(self._key(row)) if self._key else ""

    def address(self, row: Row) -> str:
        """The row below its company: `Customer('C00010')`, not escaped."""
        values = [row[name] for name in self.page.key]
        return f"{self.page.service}({key_text(self.page, values, self.language)})"

    def entity(self, row: Row) -> dict[str, Any]:
        """One row as the JSON object NAV answers with."""
        shown = {self.style.etag: self.etag(row)} if self._key else {}
        shown |= self.flat(row)
        for expansion in self.expansions:
            _put(shown, expansion.link.name, expansion.shape, expansion.find(row))
        return shown

    def flat(self, row: Row) -> dict[str, Any]:
        """The properties of one row, without what it leads to."""
        shown = self._template.copy()
        if self.key_property and self._key:
            shown[self.key_property] = self._key(row)
        if self._flow is not None:
            row = self._flow(row)
        for name, field in self._plain:
            value = row.get(field)
            if value is not None:
                shown[name] = value
        for name, field, write in self._written:
            value = row.get(field)
            if value is not None:
                shown[name] = write(value)
        return shown


def _put(shown: dict[str, Any], name: str, shape: Shape, found: Row | Feed | None) -> None:
    if not isinstance(found, Feed):
        shown[name] = None if found is None else shape.entity(found)
        return
    if found.count is not None:
        shown[f"{name}@odata.count"] = found.count
    shown[name] = [found.shape.entity(row) for row in found.rows]
    if found.more is not None:
        shown[f"{name}@odata.nextLink"] = found.more


def utc(value: dt.datetime) -> str:
    """A moment, to the millisecond."""
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


def key_of(records: Source) -> Callable[[Row], str] | None:
    """A function that gives the Key of a row, the one SOAP shows; companies have none."""
    if isinstance(records, Companies):
        return None
    table, database, fields = records.table, records.company.database, records.page.key
    number, stamp = table.number, database.stamp

    def of(row: Row) -> str:
        key = tuple(row[name] for name in fields)
        return bookmark_key(number, key, stamp(table.name, *key))

    return of
