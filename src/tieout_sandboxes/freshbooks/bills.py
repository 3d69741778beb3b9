"""Bills: what vendors charge the business. A bill is overdue by the date on which it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.bill_lines import BillLine, Reader
from tieout_sandboxes.freshbooks.bill_vendors import BillVendor, BillVendors, Owed
from tieout_sandboxes.freshbooks.categories import Categories
from tieout_sandboxes.freshbooks.clock import plain_utc
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, day, text, text_or_null, whole
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, among, equals
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 43_221
LARGEST_OFFSET = 36_500


class BillPayment(msgspec.Struct, kw_only=True):
    """A payment of a bill as the API shows it."""

    amount: Money
    billid: int
    id: int
    note: str | None = None
    paid_date: str = ""
    payment_type: str = ""
    vis_state: int = 0


class Bill(msgspec.Struct, kw_only=True):
    """A bill as the API shows it, with lines, payments and vendor; its stamps are in UTC."""

    amount: Money
    attachment: Any = None
    bill_number: str | None = None
    bill_payments: list[BillPayment] = []
    created_at: str
    currency_code: str
    due_date: str = ""
    due_offset_days: int = 0
    id: int
    issue_date: str = ""
    language: str = "en"
    lines: list[BillLine] = []
    outstanding: Money
    overall_category: str | None = None
    overall_description: str | None = None
    paid: Money
    status: str = "unpaid"
    tax_amount: Money
    total_amount: Money
    updated_at: str = ""
    vendor: BillVendor | None = None
    vendorid: int = 0
    vis_state: int = 0


def _no_payments(_bill: int) -> list[BillPayment]:
    return []


class Bills(Resource[Bill]):
    """`bills/bills`. `payments` tells which payments a bill has."""

    record = Bill
    single = "bill"
    plural = "bills"
    path = "bills/bills"
    scope = "bills"
    id_name = "id"
    read_only = frozenset({"due_date"})
    settled = frozenset({"lines"})
    follows = frozenset({"bill_payments", "outstanding", "paid", "status", "vendor"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        "bill_number": text_or_null,
        "currency_code": text,
        "due_offset_days": whole,
        "issue_date": day,
        "language": text,
        "vendorid": whole,
    }

    def __init__(self, core: Core, vendors: BillVendors, categories: Categories) -> None:
        super().__init__(core, Table(FIRST_ID, {"vendor": lambda row: row.wire.vendorid}))
        self.vendors = vendors
        self.categories = categories
        self.payments: Callable[[int], list[BillPayment]] = _no_payments
        vendors.owed = self.owed

    def keys(self) -> Mapping[str, Key[Bill]]:
        found: dict[str, Key[Bill]] = {
            "vendorid": equals(lambda row: row.wire.vendorid, int, index="vendor"),
            "statuses": among(self.status),
            "currency_code": equals(lambda row: row.wire.currency_code),
            "ids": among(lambda row: row.id, int, index="id"),
        }
        if self.core.switches.bills_vis_state_filter:
            found["vis_state"] = equals(lambda row: row.wire.vis_state, int)
        return found

    def new(self, given: Given) -> Row[Bill]:
        given.require(
            "vendorid", "issue_date", "due_offset_days", "currency_code", "language", "lines"
        )
        number, now = self.table.take_id(), self.core.clock.now()
        code = text(given, "currency_code")
        nothing = Money(ZERO, code)
        bill = Bill(
            amount=nothing, created_at=plain_utc(now), currency_code=code, id=number,
            outstanding=nothing, paid=nothing, tax_amount=nothing, total_amount=nothing,
        )  # fmt: skip
        return Row(number, bill, now)

    def settle(self, row: Row[Bill], given: Given) -> None:
        bill, switches = row.wire, self.core.switches
        self.vendors.find(bill.vendorid, switches.unknown_reference_status)
        if not 0 <= bill.due_offset_days <= LARGEST_OFFSET:
            raise given.refuse(
                "due_offset_days", errors.INVALID_RANGE, "due_offset_days is out of range."
            )
        due = date.fromisoformat(bill.issue_date) + timedelta(days=bill.due_offset_days)
        bill.due_date = due.isoformat()
        if "lines" in given:
            bill.lines = self._reader(bill.currency_code).lines(given)
        _add_up(bill)

    def _reader(self, code: str) -> Reader:
        switches = self.core.switches
        contained = switches.bill_tax == "contained"
        missing = switches.unknown_reference_status
        return Reader(self.categories, code, missing, tax_contained=contained)

    def stamp(self, wire: Bill, now: datetime) -> None:
        wire.updated_at = plain_utc(now)

    def paid(self, row: Row[Bill], without: int = 0) -> Decimal:
        """What the payments of a bill come to, one of them left out if wanted."""
        counted = [each for each in self.payments(row.id) if not each.vis_state]
        return sum((each.amount.amount for each in counted if each.id != without), ZERO)

    def outstanding(self, row: Row[Bill], without: int = 0) -> Decimal:
        """What is still to be paid."""
        return row.wire.total_amount.amount - self.paid(row, without)

    def status(self, row: Row[Bill]) -> str:
        """How far the bill has been paid, by today's date."""
        paid, left = self.paid(row), self.outstanding(row)
        if left <= 0 and (paid or self.core.switches.zero_total_payment_status == "paid"):
            return "paid"
        late = left > 0 and row.wire.due_date < self.core.today().isoformat()
        if paid and not (late and self.core.switches.bill_partial_past_due == "overdue"):
            return "partial"
        return "overdue" if late else "unpaid"

    def owed(self, vendor: int) -> tuple[list[Owed], list[Owed]]:
        """What is outstanding to a vendor, and what of it is overdue, by currency."""
        rows = [row for row in self.table.rows_having("vendor", vendor) if not row.deleted]
        today = self.core.today().isoformat()
        return self._owed(rows), self._owed(row for row in rows if row.wire.due_date < today)

    def _owed(self, rows: Iterable[Row[Bill]]) -> list[Owed]:
        sums: dict[str, Decimal] = {}
        for row in rows:
            code = row.wire.currency_code
            sums[code] = sums.get(code, ZERO) + self.outstanding(row)
        return [Owed(Money(amount, code)) for code, amount in sorted(sums.items()) if amount]

    def refresh(self, row: Row[Bill]) -> None:
        bill, code = row.wire, row.wire.currency_code
        bill.bill_payments = [each for each in self.payments(row.id) if not each.vis_state]
        bill.paid, bill.outstanding = (
            Money(self.paid(row), code), Money(self.outstanding(row), code),
        )  # fmt: skip
        bill.status = self.status(row)
        vendor = self.vendors.table[bill.vendorid]
        self.vendors.refresh(vendor)
        bill.vendor = vendor.wire
        row.forget()


def _add_up(bill: Bill) -> None:
    code = bill.currency_code
    net = sum((line.amount.amount for line in bill.lines), ZERO)
    total = sum((line.total_amount.amount for line in bill.lines), ZERO)
    bill.amount, bill.total_amount = Money(net, code), Money(total, code)
    bill.tax_amount = Money(total - net, code)
    if bill.lines:
        bill.overall_category = bill.lines[0].category.category
        bill.overall_description = bill.lines[0].description
