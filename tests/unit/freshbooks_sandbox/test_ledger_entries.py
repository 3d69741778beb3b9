"""What each document of FreshBooks does to its accounts, in figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.freshbooks_sandbox.bookkeeping import VAT, bookkeeping

from tieout_sandboxes.freshbooks.ledger.accounts import PETTY_CASH, SALES
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry

AR, CASH, CREDIT = "Accounts Receivable", "Petty Cash", "Customer Credit"
DRAFT, SENT, DELETED, ARCHIVED = 1, 2, 1, 2


def test_an_entry_out_of_balance_is_our_mistake() -> None:
    amounts = (Booking(PETTY_CASH, Decimal(2)), Booking(SALES, Decimal(-1)))
    with pytest.raises(AssertionError, match="out of balance by 1"):
        Entry("invoice", 1, "2026-03-10", "GBP", "Invoice 1", "", amounts)


def test_an_invoice_is_owed_and_earned() -> None:
    """W02: 720 with 20 %, 31 with 0 %, 210 with 5 %."""
    on = bookkeeping()
    on.invoice(
        {"amount": "600.00", **VAT},
        {"amount": "31.00", "taxName1": "Zero", "taxAmount1": "0"},
        {"amount": "210.00", "taxName1": "Reduced", "taxAmount1": "5"},
    )
    assert on.accounts() == {
        AR: "971.50",
        "Sales": "-841.00",
        "VAT": "-120.00",
        "Reduced": "-10.50",
    }


def test_a_compound_tax_has_its_own_account() -> None:
    """W04: 5 %, and 9.975 % on top of both."""
    on = bookkeeping()
    taxes = {"taxName1": "GST", "taxAmount1": "5", "taxName2": "QST", "taxAmount2": "9.975"}
    on.invoice({"amount": "1000.00", "compounded_tax": True, **taxes})
    assert on.accounts() == {AR: "1154.74", "Sales": "-1000.00", "GST": "-50.00", "QST": "-104.74"}


@pytest.mark.parametrize(
    ("where", "sales"),
    [("discounts", {"Sales": "-800.00", "Discounts": "80.00"}), ("sales", {"Sales": "-720.00"})],
)
def test_a_discount_has_an_account_unless_assumed_otherwise(
    where: str, sales: dict[str, str]
) -> None:
    """W05: 10 % off 800, then 20 % tax."""
    on = bookkeeping(ledger_discounts=where)
    on.invoice({"amount": "800.00", **VAT}, discount_value="10")
    assert on.accounts() == {AR: "864.00", "VAT": "-144.00", **sales}


def test_tax_that_is_in_the_price_is_not_earned() -> None:
    """W06: 99.99 with 20 % in it."""
    on = bookkeeping()
    on.invoice({"amount": "99.99", **VAT}, tax_included="inclusive")
    assert on.accounts() == {AR: "99.99", "VAT": "-16.67", "Sales": "-83.32"}


def test_rebilled_expenses_have_an_account() -> None:
    on = bookkeeping()
    on.invoice({"amount": "100.00", **VAT}, {"amount": "30.00", "type": 1, **VAT})
    assert on.accounts() == {
        AR: "156.00", "Sales": "-100.00", "Billed Expenses": "-30.00", "VAT": "-26.00",
    }  # fmt: skip


def test_a_draft_counts_once_it_is_sent_or_paid() -> None:
    on = bookkeeping()
    invoice = on.invoice({"amount": "100.00"}, status=DRAFT)
    assert on.accounts() == {}
    on.put("invoice", invoice, action_mark_as_sent=True)
    assert on.accounts() == {AR: "100.00", "Sales": "-100.00"}
    kept = bookkeeping(payment_on_draft="keeps_draft")
    kept.pay(kept.invoice({"amount": "100.00"}, status=DRAFT), "40.00")
    assert kept.accounts() == {AR: "60.00", "Sales": "-100.00", CASH: "40.00"}


def test_every_payment_goes_through_petty_cash() -> None:
    on = bookkeeping()
    invoice = on.invoice({"amount": "100.00"})
    on.pay(invoice, "40.00", type="Cash")
    on.pay(invoice, "60.00", type="VISA")
    assert on.accounts() == {"Sales": "-100.00", CASH: "100.00"}


@pytest.mark.parametrize(
    ("where", "account"),
    [("customer_credit", CREDIT), ("customer_deposits", "Customer Deposits"),
     ("unearned_revenue", "Unearned Revenue")],
)  # fmt: skip
def test_what_is_paid_too_much_waits_as_a_credit(where: str, account: str) -> None:
    """W13: 200.00 are paid on 180.00; the credit is used afterwards."""
    on = bookkeeping(ledger_client_money=where)
    on.pay(on.invoice({"amount": "180.00"}), "200.00")
    assert on.accounts() == {"Sales": "-180.00", CASH: "200.00", account: "-20.00"}
    on.pay(on.invoice({"amount": "50.00"}), "20.00", type="Credit")
    assert on.accounts() == {"Sales": "-230.00", CASH: "200.00", AR: "30.00"}


def test_money_of_an_overpayment_counts_once_though_it_is_two_payments() -> None:
    on = bookkeeping(overpaymentid="payment")
    on.pay(on.invoice({"amount": "180.00"}), "200.00")
    assert on.accounts() == {"Sales": "-180.00", CASH: "200.00", CREDIT: "-20.00"}


def test_a_prepayment_is_money_that_waits() -> None:
    on = bookkeeping()
    on.credit("prepayment", {"amount": "500.00"})
    assert on.accounts() == {CASH: "500.00", CREDIT: "-500.00"}


def test_a_gift_lowers_sales_and_its_tax_unless_assumed_otherwise() -> None:
    """W18: a goodwill credit of 100 with 20 % tax, used on a later invoice."""
    on = bookkeeping()
    on.credit("goodwill", {"amount": "100.00", **VAT})
    assert on.accounts() == {CREDIT: "-120.00", "Sales": "100.00", "VAT": "20.00"}
    on.pay(on.invoice({"amount": "200.00"}), "120.00", type="Credit")
    assert on.accounts() == {AR: "80.00", "Sales": "-100.00", "VAT": "20.00"}
    later = bookkeeping(ledger_goodwill="deferred_discount")
    later.credit("goodwill", {"amount": "100.00", **VAT})
    assert later.accounts() == {CREDIT: "-120.00", "Deferred Discount": "120.00"}
    later.pay(later.invoice({"amount": "200.00"}), "120.00", type="Credit")
    assert later.accounts() == {AR: "80.00", "Sales": "-200.00", "Discounts": "120.00"}


def test_an_expense_is_booked_to_the_top_of_its_branch_and_its_tax_apart() -> None:
    on = bookkeeping()
    on.spend("54.00", "Gas", taxName1="HST", taxPercent1="13")
    found = {
        (booking.place.account.name, booking.place.name): str(booking.amount)
        for entry in on.journal.entries()
        for booking in entry.bookings
    }
    assert found == {
        ("Operating Expenses", "Car & Truck Expenses"): "47.79",
        ("Taxes Paid", "HST"): "6.21",
        ("Cash", "Petty Cash"): "-54.00",
    }


def test_tax_on_purchases_may_be_assumed_to_lower_what_is_owed() -> None:
    on = bookkeeping(ledger_purchase_tax="taxes_payable")
    on.spend("54.00", "Gas", taxName1="HST", taxPercent1="13")
    places = [booking.place for entry in on.journal.entries() for booking in entry.bookings]
    assert [place.account.name for place in places if place.name == "HST"] == ["Taxes Payable"]


def test_cost_of_goods_sold_is_an_account_apart() -> None:
    on = bookkeeping()
    on.spend("30.00", "Cost of Shipping & Handling")
    places = [booking.place for entry in on.journal.entries() for booking in entry.bookings]
    assert (places[0].account.number, places[0].account.name) == ("5000", "Cost of Goods Sold")


def test_a_bill_is_owed_until_it_is_paid() -> None:
    """W26."""
    on = bookkeeping()
    bill = on.bill("100.00", tax_name1="VAT", tax_percent1="20")
    spent = {"Car & Truck Expenses": "100.00", "VAT": "20.00"}
    assert on.accounts() == {**spent, "Accounts Payable": "-120.00"}
    on.pay_bill(bill, "120.00")
    assert on.accounts() == {**spent, CASH: "-120.00"}


@pytest.mark.parametrize(("where", "account"), [("sales", "Sales"), ("by_category", "Ad Revenue")])
def test_other_income_is_earned_without_the_tax_in_it(where: str, account: str) -> None:
    """W27; the figures of the Node SDK's fixture."""
    on = bookkeeping(ledger_other_income=where)
    income: dict[str, Any] = {"amount": "1500.00", "category_name": "advertising"}
    on.add("other_income", date="2026-03-12", taxes=[{"name": "HST", "amount": "13"}], **income)
    assert on.accounts() == {CASH: "1500.00", account: "-1327.43", "HST": "-172.57"}


def test_an_edit_restates_the_past() -> None:
    on = bookkeeping()
    invoice = on.invoice({"amount": "100.00"})
    first = on.journal.all()[0]
    on.put("invoice", invoice, notes="Thank you")
    assert on.journal.all() == [first]
    on.put("invoice", invoice, lines=[{"name": "Work", "qty": 1, "unit_cost": "120.00"}])
    (second,) = on.journal.all()
    assert (second.entry.date, on.accounts()[AR]) == ("2026-03-10", "120.00")
    assert second.id > first.id
    on.put("invoice", invoice, create_date="2026-02-01")
    assert [numbered.entry.date for numbered in on.journal.all()] == ["2026-02-01"]


def test_what_was_reversed_is_shown_only_if_assumed() -> None:
    on = bookkeeping(journal_details="history")
    invoice = on.invoice({"amount": "10.00"})
    on.journal.all()
    on.put("invoice", invoice, lines=[{"name": "Work", "qty": 1, "unit_cost": "12.00"}])
    owed = [numbered.entry.bookings[0].amount for numbered in on.journal.all()]
    assert [str(amount) for amount in owed] == ["10.00", "-10.00", "12.00"]
    assert on.accounts() == {AR: "12.00", "Sales": "-12.00"}
    on.put("invoice", invoice, vis_state=DELETED)
    assert sum(numbered.entry.bookings[0].amount for numbered in on.journal.all()) == 0
    assert on.accounts() == {}


def test_what_is_deleted_is_gone_and_what_is_restored_is_back() -> None:
    on = bookkeeping()
    invoice = on.invoice({"amount": "100.00"})
    on.put("invoice", invoice, vis_state=ARCHIVED)
    assert on.accounts() == {AR: "100.00", "Sales": "-100.00"}
    on.put("invoice", invoice, vis_state=DELETED)
    assert on.accounts() == {}
    on.put("invoice", invoice, vis_state=0)
    assert on.accounts() == {AR: "100.00", "Sales": "-100.00"}


@pytest.mark.parametrize(
    ("orphans", "left"), [("stay", {AR: "-40.00", CASH: "40.00"}), ("vanish", {})]
)
def test_payments_of_a_deleted_invoice_stay_unless_assumed_otherwise(
    orphans: str, left: dict[str, str]
) -> None:
    on = bookkeeping(ledger_orphan_payments=orphans)
    invoice, bill = on.invoice({"amount": "100.00"}), on.bill("100.00")
    on.pay(invoice, "40.00")
    on.put("invoice", invoice, vis_state=DELETED)
    assert {name: on.accounts().get(name) for name in left} == left
    on.pay_bill(bill, "40.00")
    on.put("bill", bill, vis_state=DELETED)
    owed = {"Accounts Payable": "40.00"} if orphans == "stay" else {}
    assert on.accounts() == {name: each for name, each in {AR: left.get(AR)}.items() if each} | owed


def test_each_currency_has_its_own_figures() -> None:
    on = bookkeeping()
    on.invoice({"amount": "100.00"})
    on.invoice({"amount": "70.00"}, currency_code="EUR")
    assert on.accounts("EUR") == {AR: "70.00", "Sales": "-70.00"}
    assert on.accounts() == {AR: "100.00", "Sales": "-100.00"}
