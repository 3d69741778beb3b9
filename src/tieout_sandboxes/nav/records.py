"""Reads and writes of the records behind one published page, for OData and SOAP alike.

Every write is one NAV transaction: the field triggers in the order given, then the table's
trigger, then the row; any refusal undoes all of it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from tieout_sandboxes.nav import business
from tieout_sandboxes.nav.business.flow import UNFILTERED, Filters
from tieout_sandboxes.nav.business.renaming import rename
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row, Table
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.values import blank
from tieout_sandboxes.nav.pages.variables import VARIABLES
from tieout_sandboxes.nav.switches import Switches

Values = Sequence[tuple[Column, Any]]
RATES = 483
"""Currency Exchange Rates: table 330 marks Currency Code as not editable."""


def check_permission(switches: Switches, wanted: str) -> None:
    """Raises NavError "permission" for a user without permission sets."""
    if switches["account"] == "without_permissions":
        text = f"You do not have the following permissions on {wanted}"
        raise NavError("permission", text)


class Records:
    """The records of one page in one company."""

    def __init__(self, company: Company, page: Page, switches: Switches) -> None:
        check_permission(switches, f"TableData {page.table}: Read")
        self.company = company
        self.page = page
        self.template = str(switches[page.journal]) if page.journal else ""
        self.shows_flow_filters = switches["flow_filter_values"] == "shown"
        keyed_in = page.number == RATES and switches["exchange_rate_currency"] == "read_only"
        self._frozen = {"Currency Code"} if keyed_in else frozenset()
        self._skip_unchanged = switches["unchanged_fields"] == "skipped"
        self.database = company.database
        self.table: Table = self.database.table(page.table)
        self._fields = {field.name for field in self.table.fields}
        self._filters: Filters = UNFILTERED
        self._shown_filters: Row = {}

    def filtered(self, filters: Filters, shown: Row) -> Records:
        """The same records under FlowFilters; `shown` is what the page shows of them."""
        other = copy.copy(self)
        other._filters, other._shown_filters = filters, shown
        return other

    def all(self) -> Iterable[Row]:
        """Every record, in the order of the primary key."""
        return self.database.all(self.table.name)

    def get(self, key: tuple[Any, ...]) -> Row | None:
        """The record with this primary key, in the table's order of key fields."""
        return self.database.get(self.table.name, *key)

    def existing(self, key: tuple[Any, ...]) -> Row:
        """The same; raises NavError "record_not_found" in NAV's words."""
        row = self.get(key)
        if row is None:
            raise NavError("record_not_found", self._missing(key))
        return row

    def indexed(self, field: str, values: list[Any]) -> list[Row] | None:
        """Records by the values of one field, or None where no index helps."""
        if self.page.key == (field,):
            return [row for value in values if (row := self.get((value,))) is not None]
        if (field,) not in self.table.indexes:
            return None
        found = (self.database.find(self.table.name, {field: value}) for value in values)
        return [row for rows in found for row in rows]

    def flow(self, row: Row) -> Row:
        """The record with its computed fields and the page's variables."""
        variables = VARIABLES.get(self.page.number)
        shown = variables(self.company, row) if variables else {}
        flow = business.flow_fields(self.company, self.table.name, row, self._filters)
        return {**row, **flow, **shown, **self._shown_filters}

    def create(self, values: Values) -> Row:
        """Inserts a record; raises NavError where the page or the table refuses."""
        if not self.page.insert:
            raise NavError("not_allowed", f"The page {self.page.caption} does not allow inserts.")
        with self.database.transaction():
            row: Row = {}
            business.new_record(self.company, self.table.name, row)
            if self.template:
                row["Journal Template Name"] = self.template
            self._validate(row, values, changed_only=False)
            business.on_insert(self.company, self.table.name, row)
            return self.database.insert(self.table.name, row)

    def modify(self, key: tuple[Any, ...], values: Values, *, renames: bool = True) -> Row:
        """Changes a record, or renames it; fields that are not given stay as they are."""
        if not self.page.modify:
            raise NavError("not_allowed", f"The page {self.page.caption} does not allow changes.")
        with self.database.transaction():
            before = self.existing(key)
            row = dict(before)
            self._validate(row, values, changed_only=self._skip_unchanged)
            business.on_modify(self.company, self.table.name, row, before)
            if tuple(row[name] for name in self.page.key) == key:
                return self.database.modify(self.table.name, row)
            if not renames:
                raise NavError("not_allowed", "This server does not rename records.")
            return rename(self.company, self.table.name, key, row)

    def delete(self, key: tuple[Any, ...]) -> None:
        """Deletes a record."""
        if not self.page.delete:
            raise NavError("not_allowed", f"The page {self.page.caption} does not allow deletes.")
        with self.database.transaction():
            business.on_delete(self.company, self.table.name, self.existing(key))
            self.database.delete(self.table.name, *key)

    def _validate(self, row: Row, values: Values, *, changed_only: bool) -> None:
        """Runs the field triggers; a value that a read-only field already has is let pass.

        So is an unchanged key, whose trigger in NAV does nothing unless it changes.
        """
        shown = self.flow(row)
        for column, value in values:
            same = shown.get(column.field, blank(column)) == value
            kept = column.field in self._fields
            idle = column.read_only or not kept or column.field in self.page.key
            if same and (idle or changed_only):
                continue
            if column.read_only or column.field in self._frozen:
                raise NavError("read_only", f"Control '{column.field}' is read-only")
            if not kept:
                text = f"Field '{column.field}' exists in NAV but is not kept by this server"
                raise NavError("unknown_field", text)
            business.validate(self.company, self.table.name, row, column.field, value)

    def _missing(self, key: tuple[Any, ...]) -> str:
        named = ",".join(f"{n}='{v}'" for n, v in zip(self.page.key, key, strict=True))
        return f"The {self.table.name} does not exist. Identification fields and values: {named}"
