"""Records of a page as XML, and back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from tieout_sandboxes.nav.bookmark import bookmark_key
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.pages import Column
from tieout_sandboxes.nav.pages.names import mangle
from tieout_sandboxes.nav.pages.values import blank, from_text
from tieout_sandboxes.nav.records import Records, Values
from tieout_sandboxes.nav.soap.envelope import local, text_of


def key_of(records: Records, row: Row) -> str:
    """The Key of a record."""
    key = tuple(row[name] for name in records.page.key)
    stamp = records.database.stamp(records.table.name, *key)
    return bookmark_key(records.table.number, key, stamp)


def to_xml(records: Records, row: Row) -> str:
    """One record; blank dates and empty texts are left out, as NAV does."""
    shown = records.flow(row)
    parts = [f"<Key>{escape(key_of(records, row))}</Key>"]
    for column in records.page.soap_columns:
        value = shown.get(column.field)
        text = value_text(column, blank(column) if value is None else value)
        if text:
            parts.append(f"<{column.name}>{text}</{column.name}>")
    name = records.page.service
    return f"<{name}>{''.join(parts)}</{name}>"


def value_text(column: Column, value: Any) -> str:
    """A value as XML text."""
    if value is None:
        return ""
    if column.options:
        return mangle(str(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return escape(str(value))


def read_values(records: Records, element: Element) -> tuple[str, Values]:
    """The Key (empty if absent) and the fields given, in the order given."""
    key, values = "", []
    for child in element:
        name = local(child)
        if name == "Key":
            key = text_of(child)
            continue
        column = records.page.by_name.get(name)
        if column is None:
            raise NavError("unknown_field", f"{records.page.service} has no element {name}.")
        values.append((column, read_value(column, text_of(child))))
    return key, values


def read_value(column: Column, text: str) -> Any:
    """A value of the column's type from XML text; options come under their mangled caption."""
    if column.options:
        return _option(column, text)
    return blank(column) if text == "" else from_text(column, text)


def _option(column: Column, text: str) -> str:
    for caption in column.options:
        if text in (mangle(caption), caption):
            return caption
    if text == "":
        return str(blank(column))
    known = ",".join(column.options)
    raise NavError("option", f"'{text}' is not an option. The existing options are: {known}")
