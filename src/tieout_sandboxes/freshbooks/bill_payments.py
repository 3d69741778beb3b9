"""Payments of bills. They have no stamp of their own and no list of them can be narrowed."""

from __future__ import annotations

from collections.abc import Mapping

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.bills import BillPayment, Bills
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, day, money, text, text_or_null, whole
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 122_334


class BillPayments(Resource[BillPayment]):
    """`bill_payments/bill_payments`."""

    record = BillPayment
    single = "bill_payment"
    plural = "bill_payments"
    path = "bill_payments/bill_payments"
    scope = "bill_payments"
    id_name = "id"
    announced = False
    settled = frozenset({"amount"})
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        "billid": whole,
        "note": text_or_null,
        "paid_date": day,
        "payment_type": text,
    }

    def __init__(self, core: Core, bills: Bills) -> None:
        super().__init__(core, Table(FIRST_ID, {"bill": lambda row: row.wire.billid}))
        self.bills = bills
        bills.payments = self.of_bill

    def of_bill(self, bill: int) -> list[BillPayment]:
        """The payments of a bill, deleted ones too, oldest first."""
        return [row.wire for row in self.table.rows_having("bill", bill)]

    def keys(self) -> Mapping[str, Key[BillPayment]]:
        return {}

    def new(self, given: Given) -> Row[BillPayment]:
        given.require("billid", "amount", "paid_date", "payment_type")
        bill = self.bills.find(whole(given, "billid"), self.core.switches.unknown_reference_status)
        number = self.table.take_id()
        amount = money(given, "amount", bill.wire.currency_code)
        payment = BillPayment(amount=amount, billid=bill.id, id=number)
        return Row(number, payment, self.core.clock.now())

    def settle(self, row: Row[BillPayment], given: Given) -> None:
        payment, switches = row.wire, self.core.switches
        bill = self.bills.find(payment.billid, switches.unknown_reference_status)
        if bill.deleted and switches.payment_on_deleted == "refused":
            raise given.refuse("billid", errors.DELETED_RESOURCE, "The bill is deleted.")
        if "amount" in given:
            payment.amount = money(given, "amount", bill.wire.currency_code)
        payment.amount = Money(payment.amount.amount, bill.wire.currency_code)
        if payment.amount.amount < 0:
            raise given.refuse("amount", errors.INVALID_NEGATIVE, "The amount cannot be negative.")
        beyond = payment.amount.amount > self.bills.outstanding(bill, without=row.id)
        if beyond and switches.bill_overpayment == "refused":
            message = "The amount is more than the bill's outstanding amount."
            raise given.refuse("amount", errors.INVALID_RANGE, message)
