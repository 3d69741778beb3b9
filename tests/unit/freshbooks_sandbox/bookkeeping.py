"""A small business whose documents are written directly, and its ledger in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.ledger.balances import booked
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, asked
from tieout_sandboxes.freshbooks.ledger.routes import REPORTS
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.switches import Switches

NO_QUERY = Query("")
VAT = {"taxName1": "VAT", "taxAmount1": "20"}


@dataclass
class Bookkeeping:
    """Writes documents and reads accounts: debits above zero, credits below."""

    books: Books
    journal: Journal

    def add(self, kind: str, **values: Any) -> int:
        resource = {each.single: each for each in self.books.accounting()}[kind]
        return int(resource.add(Given(kind, values)).id)

    def put(self, kind: str, number: int, **values: Any) -> None:
        resource = {each.single: each for each in self.books.accounting()}[kind]
        resource.update(number, Given(kind, values), NO_QUERY)

    def invoice(self, *lines: Mapping[str, Any], client: int = 0, **values: Any) -> int:
        whole = {"customerid": client or self.client, "create_date": "2026-03-10", "status": 2}
        return self.add("invoice", **(whole | values), lines=[line(**each) for each in lines])

    def credit(self, kind: str, *lines: Mapping[str, Any], **values: Any) -> int:
        whole = {"clientid": self.client, "create_date": "2026-03-11", "credit_type": kind}
        return self.add("credit_note", **(whole | values), lines=[line(**each) for each in lines])

    def pay(self, invoice: int, amount: str, **values: Any) -> int:
        whole = {"invoiceid": invoice, "amount": amount, "date": "2026-03-12", "type": "Check"}
        return self.add("payment", **(whole | values))

    def spend(self, amount: str, category: str = "Gas", **values: Any) -> int:
        whole = {"staffid": 1, "amount": amount, "date": "2026-03-12"}
        return self.add("expense", categoryid=self.category(category), **(whole | values))

    def bill(self, cost: str, category: str = "Gas", **values: Any) -> int:
        vendor = self.add("bill_vendor", vendor_name="Timber Ltd")
        each = {"categoryid": self.category(category), "unit_cost": cost, **values}
        return self.add(
            "bill", vendorid=vendor, issue_date="2026-03-05", due_offset_days=30,
            currency_code="GBP", language="en", lines=[each],
        )  # fmt: skip

    def pay_bill(self, bill: int, amount: str, **values: Any) -> int:
        whole = {"billid": bill, "amount": amount, "paid_date": "2026-03-12"}
        return self.add("bill_payment", **(whole | values), payment_type="Check")

    def category(self, name: str) -> int:
        return next(row.id for row in self.books.categories.table if row.wire.category == name)

    @property
    def client(self) -> int:
        return next(iter(self.books.clients.table)).id

    def accounts(self, code: str = "GBP") -> dict[str, str]:
        """The accounts that have a balance, by name, with the balance."""
        found = booked(self.journal.entries(), code)
        return {place.name: str(amount) for place, amount in found.items() if amount}

    def report(self, name: str, **parameters: str) -> dict[str, Any]:
        wanted = self.asked(**({"start_date": "2026-01-01", "end_date": "2026-12-31"} | parameters))
        return REPORTS[name][1](self.journal, wanted)

    def asked(self, **parameters: str) -> Asked:
        text = "&".join(f"{name}={value}" for name, value in parameters.items())
        return asked(Query(text), self.books.core)


def line(amount: str, qty: int = 1, **values: Any) -> dict[str, Any]:
    return {"name": "Work", "qty": qty, "unit_cost": amount, **values}


def bookkeeping(**switches: Any) -> Bookkeeping:
    core = Core(Clock(), Switches(**switches), Business("GBP", "Europe/London"))
    core.clock.set(datetime(2026, 3, 12, 16, tzinfo=UTC))
    books = Books(core)
    books.clients.add(Given("client", {"fname": "Ada", "organization": "Ada Ltd"}))
    return Bookkeeping(books, Journal(books))


def figures(row: Mapping[str, Any]) -> dict[str, str]:
    """The money of a report's row as texts."""
    return {name: str(money.amount) for name, money in row.items() if hasattr(money, "amount")}


def amount(money: Any) -> Decimal:
    return Decimal(str(money.amount))
