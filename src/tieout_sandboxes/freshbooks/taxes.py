"""Taxes: names and percentages to choose from. They have no vis_state and DELETE removes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, flag, percent, text, text_or_null
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 7_501


class Tax(msgspec.Struct, kw_only=True):
    """A tax as the API shows it; `amount` is a percentage."""

    accounting_systemid: str
    amount: str = "0"
    compound: bool = False
    id: int
    name: str = ""
    number: str | None = None
    taxid: int
    updated: str = ""


class Taxes(Resource[Tax]):
    """`taxes/taxes`."""

    record = Tax
    single = "tax"
    plural = "taxes"
    path = "taxes/taxes"
    scope = "taxes"
    edits = {"amount": percent, "compound": flag, "name": text, "number": text_or_null}  # noqa: RUF012
    delete_verb = True
    soft = False

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID, {"name": lambda row: row.wire.name}))

    def keys(self) -> Mapping[str, Key[Tax]]:
        return {}

    def new(self, given: Given) -> Row[Tax]:
        given.require("name")
        number = self.table.take_id()
        tax = Tax(accounting_systemid=self.core.business.account_id, id=number, taxid=number)
        return Row(number, tax, self.core.clock.now())

    def settle(self, row: Row[Tax], given: Given) -> None:
        same = self.table.rows_having("name", row.wire.name)
        if any(other.id != row.id and other.wire.amount == row.wire.amount for other in same):
            raise given.refuse("name", errors.DUPLICATE_TAX, "A tax with this name exists.")

    def stamp(self, wire: Tax, now: datetime) -> None:
        wire.updated = eastern(now)
