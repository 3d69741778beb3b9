"""The operations of a page over SOAP: Read, ReadMultiple, Create, Update, Delete and the rest."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from tieout_sandboxes.nav.bookmark import read_key
from tieout_sandboxes.nav.criteria import Check, criteria
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata.order import order_of
from tieout_sandboxes.nav.pages.model import JOURNAL_BATCH
from tieout_sandboxes.nav.records import Records, Values
from tieout_sandboxes.nav.soap.envelope import local, text_of
from tieout_sandboxes.nav.soap.page_wsdl import operations, read_columns
from tieout_sandboxes.nav.soap.record import key_of, read_value, read_values, to_xml
from tieout_sandboxes.nav.switches import Switches

WRITES = ("Create", "CreateMultiple", "Update", "UpdateMultiple", "Delete")
SPECIAL = re.compile(r"[&|<>=*?@']|\.\.")
"""Signs that make a key a filter; a key that has one itself is quoted."""
STALE = {
    "short": "Other user has modified {}.",
    "long": "Another user has modified the record for this {} after you retrieved it from the "
    "database. Enter your changes again in the updated window.",
}


class PageOperations:
    """One call on one page; every operation is one transaction."""

    def __init__(self, records: Records, request: Element, switches: Switches) -> None:
        self.records = records
        self.stale_words = switches["stale_words"]
        self.page = records.page
        self.parts = {local(child): child for child in request}
        self.request = request

    def run(self, operation: str) -> str:
        """The XML inside the answer; raises NavError for a fault."""
        if operation not in operations(self.page):
            raise NavError("dialog", f"The page {self.page.service} has no operation {operation}.")
        handlers = {
            "Read": self.read,
            "ReadByRecId": self.read_by_rec_id,
            "ReadMultiple": self.read_multiple,
            "IsUpdated": self.is_updated,
            "GetRecIdFromKey": self.rec_id_from_key,
            "Create": self.create,
            "CreateMultiple": self.create_multiple,
            "Update": self.update,
            "UpdateMultiple": self.update_multiple,
            "Delete": self.delete,
        }
        if operation not in WRITES:
            return handlers[operation]()
        with self.records.database.transaction():
            return handlers[operation]()

    def text(self, name: str) -> str:
        return text_of(self.parts[name]) if name in self.parts else ""

    def read(self) -> str:
        """The first that passes the key as a filter; none is an empty answer, not a fault."""
        columns = read_columns(self.page)
        texts = [self.text(column.name) for column in columns]
        if len(columns) == len(self.page.key) and not any(map(SPECIAL.search, texts)):
            key = tuple(read_value(c, text) for c, text in zip(columns, texts, strict=True))
            row = self.records.get(key)
            return to_xml(self.records, row) if row else ""
        wanted = [(c.field, criteria(c, t or "''")) for c, t in zip(columns, texts, strict=True)]
        rows = (r for r in self._in_view() if all(check(r.get(f)) for f, check in wanted))
        row = next(rows, None)
        return to_xml(self.records, row) if row else ""

    def read_by_rec_id(self) -> str:
        name, _, values = self.text("recId").partition(": ")
        columns, parts = self.page.key_columns, values.split(",")
        if name != self.records.table.name or len(parts) != len(columns):
            return ""
        key = tuple(read_value(c, part) for c, part in zip(columns, parts, strict=True))
        row = self.records.get(key)
        return to_xml(self.records, row) if row else ""

    def read_multiple(self) -> str:
        size = self._set_size()
        order = order_of(self.page, "")
        rows = sorted(self._filtered(), key=order.key(), reverse=size < 0)
        mark = self.text("bookmarkKey")
        if mark:
            place = order.key()(self.records.existing(self._key(mark)))
            after = order.key()
            rows = [r for r in rows if (after(r) < place if size < 0 else after(r) > place)]
        rows = rows[: abs(size)] if size else rows
        found = "".join(to_xml(self.records, row) for row in rows)
        return f"<ReadMultiple_Result>{found}</ReadMultiple_Result>"

    def _set_size(self) -> int:
        text = self.text("setSize") or "0"
        if not text.removeprefix("-").isdecimal():
            raise NavError("evaluate", f"setSize {text!r} is not a whole number.")
        return int(text)

    def _filtered(self) -> list[Row]:
        checks = [
            found
            for child in self.request
            if local(child) == "filter"
            if (found := self._check(child))
        ]
        rows = list(self._in_view())
        for field, flow, check in checks:
            read = self.records.flow if flow else dict
            rows = [row for row in rows if check(read(row).get(field))]
        return rows

    def _check(self, element: Element) -> tuple[str, bool, Check] | None:
        """A filter with a nil or empty field is no filter."""
        parts = {local(child): text_of(child) for child in element}
        name, text = parts.get("Field", ""), parts.get("Criteria", "")
        if not name or not text:
            return None
        column = self.page.by_name.get(name)
        if column is None:
            raise NavError("unknown_field", f"{self.page.service} has no field {name}.")
        return column.field, column.flow or column.unbound, criteria(column, text)

    def _in_view(self) -> list[Row]:
        """A journal page shows the batch that the caller names."""
        rows = self.records.all()
        if JOURNAL_BATCH not in self.page.by_name:
            return list(rows)
        batch = (self.records.template, self.text(JOURNAL_BATCH).upper())
        fields = ("Journal Template Name", "Journal Batch Name")
        return [row for row in rows if tuple(row[name] for name in fields) == batch]

    def is_updated(self) -> str:
        changed = self._current(self.text("Key")) != self.text("Key")
        return f"<IsUpdated_Result>{str(changed).lower()}</IsUpdated_Result>"

    def rec_id_from_key(self) -> str:
        key = self._key(self.text("Key"))
        text = f"{self.records.table.name}: {','.join(map(str, key))}"
        return f"<GetRecIdFromKey_Result>{escape(text)}</GetRecIdFromKey_Result>"

    def _current(self, key: str) -> str:
        return key_of(self.records, self.records.existing(self._key(key)))

    def _key(self, text: str) -> tuple[Any, ...]:
        number, key, _ = read_key(text)
        if number != self.records.table.number or len(key) != len(self.page.key):
            raise NavError("evaluate", f"The Key {text!r} is not one of {self.page.service}.")
        return key

    def create(self) -> str:
        return self._create(self._only(self.page.service))

    def create_multiple(self) -> str:
        return self._list([self._create(element) for element in self._members()])

    def update(self) -> str:
        return self._update(self._only(self.page.service))

    def update_multiple(self) -> str:
        return self._list([self._update(element) for element in self._members()])

    def _list(self, records: list[str]) -> str:
        name = f"{self.page.service}_List"
        return f"<{name}>{''.join(records)}</{name}>"

    def _only(self, name: str) -> Element:
        if name not in self.parts:
            raise NavError("evaluate", f"The request lacks the element {name}.")
        return self.parts[name]

    def _members(self) -> list[Element]:
        return list(self._only(f"{self.page.service}_List"))

    def _create(self, element: Element) -> str:
        _, values = read_values(self.records, element)
        return to_xml(self.records, self.records.create([*self._batch(), *values]))

    def _batch(self) -> Values:
        if JOURNAL_BATCH not in self.page.by_name:
            return []
        return [(self.page.by_name["Journal_Batch_Name"], self.text(JOURNAL_BATCH))]

    def _update(self, element: Element) -> str:
        key, values = read_values(self.records, element)
        return to_xml(self.records, self.records.modify(self._checked(key), values))

    def _checked(self, key: str) -> tuple[Any, ...]:
        if self._current(key) != key:
            raise NavError("stale", STALE[self.stale_words].format(self.records.table.name))
        return self._key(key)

    def delete(self) -> str:
        self.records.delete(self._key(self.text("Key")))
        return "<Delete_Result>true</Delete_Result>"
