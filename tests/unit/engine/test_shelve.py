"""What is owed of an invoice, and when it counts as paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.books import invoice, line, payment, pounds

from tieout.core.records.document import Visibility
from tieout.core.records.invoice import Invoice
from tieout.engine.shelve import shelf_of

BILL = invoice("960.00", line("10", "80.00"))
NOTHING = replace(BILL, amount=pounds("0"), outstanding=pounds("0"))


@pytest.mark.parametrize(
    ("bill", "outstanding", "paid"),
    [
        (BILL, "960.00", False),
        (replace(BILL, outstanding=pounds("0.01")), "0.01", False),
        (replace(BILL, outstanding=pounds("0")), "0", True),
        (replace(BILL, outstanding=pounds("-1.00")), "-1.00", True),
        (replace(BILL, draft=True), "0", False),
        (replace(BILL, draft=True, outstanding=pounds("0")), "0", False),
        (replace(BILL, visibility=Visibility.DELETED, outstanding=pounds("0")), "0", False),
        (replace(BILL, visibility=Visibility.ARCHIVED, outstanding=pounds("0")), "0", True),
        (NOTHING, "0", False),
    ],
)
def test_an_invoice(bill: Invoice, outstanding: str, paid: bool) -> None:
    shelf = shelf_of(bill)
    assert (shelf.outstanding, shelf.paid) == (Decimal(outstanding), paid)


def test_a_payment_is_found_by_what_it_settles_and_uses() -> None:
    shelf = shelf_of(payment("30.00", credit="30947"))
    assert (shelf.number, shelf.customer, shelf.invoice, shelf.credit) == ("", "7001", "34101", "30947")  # fmt: skip
    assert (shelf.outstanding, shelf.paid) == (None, None)
