"""Services: kinds of work that time is logged for, and what an hour of each costs.

A service has a rate of its own at an address below it; all rates have a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.flat import FlatResource, Test, page_figures, requires, same
from tieout_sandboxes.freshbooks.given import Given, flag, text, whole
from tieout_sandboxes.freshbooks.money import cents
from tieout_sandboxes.freshbooks.paging import Page, page_of
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID, PER_PAGE, DELETED = 4_054_453, 50, "1"


class Service(msgspec.Struct, kw_only=True):
    """A service as lists show it."""

    business_id: int
    id: int
    name: str = ""
    billable: bool = True
    vis_state: int = 0


class Services(FlatResource[Service]):
    """`/comments/business/{business_id}/services`, one of them also under `service`."""

    record = Service
    single = "service"
    plural = "services"
    path = "services"
    scope = "projects"
    edits = {"name": text, "billable": flag, "vis_state": whole}  # noqa: RUF012 - never changed

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))
        self.rates: dict[int, str] = {}

    def new(self, given: Given) -> Row[Service]:
        requires(given, "name")
        number = self.table.take_id()
        service = Service(business_id=self.core.business.business_id, id=number)
        return Row(number, service, self.core.clock.now())

    def stamp(self, wire: Service, now: datetime) -> None:
        """A service tells no moment."""

    def tests(self, query: Query) -> list[Test[Service]]:
        return same(query, "billable", "vis_state")

    def wants_deleted(self, query: Query) -> bool:
        return query.bare("vis_state") == DELETED

    def page(self, query: Query, _total: int) -> Page:
        page = page_of(query, self.core.switches.query_error_status)
        return page if query.bare("per_page") else Page(page.number, PER_PAGE)

    def meta(self, _query: Query, page: Page, rows: Sequence[Row[Service]]) -> dict[str, Any]:
        return {"sort": [], **page_figures(page, len(rows))}

    def arranged(self, _query: Query, rows: list[Row[Service]]) -> list[Row[Service]]:
        return rows[::-1]

    def member(self, row: Row[Service]) -> Any:
        return row.wire

    def whole(self, row: Row[Service]) -> dict[str, Any]:
        return {self.single: msgspec.to_builtins(row.wire)}

    # ------------------------------------------------------------ rates

    def rate_of(self, number: int) -> bytes:
        """What an hour of a service costs; 404 until somebody has said it."""
        self.find(number)
        if number not in self.rates:
            raise self.unknown(str(number))
        return encode({"service_rate": self._rate(number)})

    def set_rate(self, number: int, given: Given) -> bytes:
        """Say what an hour costs."""
        self.find(number)
        try:
            self.rates[number] = f"{cents(Decimal(str(given.raw('rate')))):.2f}"
        except InvalidOperation:
            raise given.refuse("rate", errors.FIELD_REQUIRED, "rate must be a number") from None
        return self.rate_of(number)

    def all_rates(self, query: Query) -> bytes:
        """The list of all rates."""
        rows = [self._rate(number) for number in sorted(self.rates)]
        page = self.page(query, len(rows))
        meta = {"sort": [], **page_figures(page, len(rows))}
        return encode({"meta": meta, "service_rates": list(page.of(rows))})

    def _rate(self, number: int) -> dict[str, Any]:
        business = self.core.business.business_id
        return {"business_id": business, "service_id": number, "rate": self.rates[number]}
