"""The second opinion on both books: each kind of disagreement is found and named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.audit import FreshbooksSide, NavSide, compare
from tieout_sandboxes.audit.nav_side import Booked


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "code": "GBP"}


def invoice(**fields: Any) -> dict[str, Any]:
    """100.00 and VAT of 20.00, of which 50.00 is paid."""
    return {
        "id": 1,
        "customerid": 7,
        "currency_code": "GBP",
        "display_status": "sent",
        "payment_status": "partial",
        "vis_state": 0,
        "amount": gbp("120.00"),
        "outstanding": gbp("70.00"),
        "discount_total": gbp("0.00"),
        "lines": [{"amount": gbp("100.00")}],
        **fields,
    }


def payment(**fields: Any) -> dict[str, Any]:
    return {
        "id": 2,
        "invoiceid": 1,
        "clientid": 7,
        "creditid": None,
        "overpaymentid": None,
        "from_credit": False,
        "type": "Check",
        "vis_state": 0,
        "amount": gbp("50.00"),
        **fields,
    }


def credit_note(**fields: Any) -> dict[str, Any]:
    return {
        "id": 3,
        "clientid": 7,
        "currency_code": "GBP",
        "credit_type": "goodwill",
        "vis_state": 0,
        "amount": gbp("24.00"),
        "paid": gbp("0.00"),
        "lines": [{"amount": gbp("20.00")}],
        **fields,
    }


def booked(total: str, **amounts: str) -> Booked:
    figures = {name: Decimal(amount) for name, amount in amounts.items()}
    money = {"total": Decimal(total), "total_lcy": Decimal(total), **figures}
    return Booked(by_customer={"C1": money["total"]}, currencies={"GBP"}, rows=3, **money)


def nav(**changes: Booked) -> NavSide:
    """NAV's side of the invoice and its payment, unless changed."""
    side = NavSide("GBP")
    inv = changes.get("inv", booked("120.00", open="70.00", net="100.00", tax="20.00"))
    side.documents["INV", 1] = inv
    side.documents["PMT", 2] = changes.get("pmt", booked("-50.00", cash="50.00"))
    side.balances["C1", "GBP"] = inv.open
    return side


def told(freshbooks: FreshbooksSide, side: NavSide) -> list[str]:
    return [str(one) for one in compare(freshbooks, side)]


BOTH = FreshbooksSide.of([invoice()], [payment()], [])


def test_equal_books_agree() -> None:
    assert told(BOTH, nav()) == []


@pytest.mark.parametrize(
    ("inv", "words"),
    [
        (
            booked("119.00", open="70.00", net="99.00", tax="20.00"),
            ["invoice/1: total: FreshBooks 120.00, NAV 119.00"],
        ),
        (
            booked("120.00", open="70.00", net="101.00", tax="19.00"),
            [
                "invoice/1: net: FreshBooks 100.00, NAV 101.00 in local currency",
                "invoice/1: tax: FreshBooks 20.00, NAV 19.00 in local currency",
            ],
        ),
        (
            booked("120.00", open="0.00", net="100.00", tax="20.00"),
            [
                "invoice/1: open: FreshBooks 70.00, NAV 0.00",
                "client 7: balance in GBP: FreshBooks 70.00, NAV 0.00",
            ],
        ),
    ],
)
def test_each_figure_of_an_invoice_is_compared(inv: Booked, words: list[str]) -> None:
    assert told(BOTH, nav(inv=inv)) == words


def test_money_that_went_to_no_bank_is_found() -> None:
    assert told(BOTH, nav(pmt=booked("-50.00", cash="0.00"))) == [
        "payment/2: cash: FreshBooks 50.00, NAV 0.00 in local currency"
    ]


def test_another_currency_is_found() -> None:
    side = nav()
    side.documents["PMT", 2].currencies = {"EUR"}
    assert told(BOTH, side) == ["payment/2: currency: FreshBooks GBP, NAV ['EUR']"]


def test_what_stands_on_one_side_only_is_found() -> None:
    nothing = NavSide("GBP")
    assert told(BOTH, nothing) == [
        "invoice/1: total: FreshBooks 120.00, NAV 0",
        "payment/2: total: FreshBooks -50.00, NAV 0",
        "client 7: balance in GBP: FreshBooks 70.00, NAV 0",
    ]
    assert told(FreshbooksSide(), nav())[:2] == [
        "invoice/1: total: FreshBooks 0, NAV 120.00",
        "payment/2: total: FreshBooks 0, NAV -50.00",
    ]


def test_what_comes_to_nothing_leaves_nothing_behind() -> None:
    deleted = FreshbooksSide.of([invoice(vis_state=1)], [], [])
    side = NavSide("GBP")
    side.documents["INV", 1] = booked("0.00", net="1.00", tax="-1.00")
    assert told(deleted, side) == [
        "invoice/1: net: FreshBooks 0, NAV 1.00",
        "invoice/1: tax: FreshBooks 0, NAV -1.00",
    ]


def test_two_clients_are_not_one_customer() -> None:
    theirs = FreshbooksSide.of([invoice()], [payment(clientid=8, invoiceid=9)], [])
    assert "NAV customer C1: clients: FreshBooks [7, 8], NAV one customer" in told(theirs, nav())


def test_a_draft_and_a_deleted_invoice_are_in_no_books() -> None:
    drafts = [invoice(display_status="draft", payment_status="unpaid"), invoice(id=5, vis_state=1)]
    assert FreshbooksSide.of(drafts, [], []).documents == {}


def test_a_draft_that_is_paid_counts() -> None:
    side = FreshbooksSide.of([invoice(display_status="draft")], [payment()], [])
    assert side.documents["INV", 1].total == Decimal("120.00")


def test_a_payment_is_of_the_client_of_its_invoice() -> None:
    side = FreshbooksSide.of([invoice()], [payment(clientid=8)], [])
    assert side.documents["PMT", 2].client == 7


def test_an_overpayment_is_one_receipt_with_its_payment() -> None:
    excess = credit_note(id=4, credit_type="overpayment", amount=gbp("30.00"))
    side = FreshbooksSide.of([invoice()], [payment(overpaymentid=4)], [excess])
    assert side.documents["PMT", 2].cash == Decimal("80.00")
    assert ("CRN", 4) not in side.documents
    assert side.balances[7, "GBP"] == Decimal("40.00")


def test_an_overpayment_may_be_named_by_a_payment_that_stands_for_it() -> None:
    excess = credit_note(id=4, credit_type="overpayment", amount=gbp("30.00"))
    kept = payment(id=6, invoiceid=None, creditid=4, amount=gbp("30.00"))
    side = FreshbooksSide.of([invoice()], [payment(overpaymentid=6), kept], [excess])
    assert list(side.documents) == [("INV", 1), ("PMT", 2)]
    assert side.documents["PMT", 2].cash == Decimal("80.00")
    assert side.balances[7, "GBP"] == Decimal("40.00")


def test_gross_prices_have_their_tax_in_them() -> None:
    """A tenth off 120.00 and 60.00: 135.00 net, and a cent more or less for each line."""
    rates = {"taxAmount1": "20", "taxAmount2": "0", "compounded_tax": False}
    lines = [{"amount": gbp(amount)} | rates for amount in ("120.00", "60.00")]
    gross = invoice(tax_included="inclusive", amount=gbp("162.00"), lines=lines)
    wanted = FreshbooksSide.of([gross], [], []).documents["INV", 1]
    assert (wanted.net, wanted.tax, wanted.vague) == (Decimal("135.00"), Decimal("27.00"), 2)


def test_a_compound_tax_is_in_a_gross_price_too() -> None:
    line = {"amount": gbp("115.50"), "taxAmount1": "5", "taxAmount2": "10", "compounded_tax": True}
    gross = invoice(tax_included="inclusive", amount=gbp("115.50"), lines=[line])
    assert FreshbooksSide.of([gross], [], []).documents["INV", 1].net == Decimal("100.00")


def test_a_prepayment_is_cash_and_goodwill_is_revenue_given_back() -> None:
    advance = credit_note(id=5, credit_type="prepayment", lines=[{"amount": gbp("24.00")}])
    side = FreshbooksSide.of([], [], [credit_note(), advance])
    goodwill, prepaid = side.documents["CRN", 3], side.documents["CRN", 5]
    assert (goodwill.net, goodwill.tax, goodwill.cash) == (-20, -4, 0)
    assert (prepaid.net, prepaid.tax, prepaid.cash) == (0, 0, 24)


def test_a_credit_used_is_open_by_its_rest_and_its_use_is_no_money() -> None:
    use = payment(type="Credit", from_credit=True, creditid=3, amount=gbp("10.00"))
    side = FreshbooksSide.of([invoice()], [use], [credit_note(paid=gbp("10.00"))])
    assert side.documents["CRN", 3].open == Decimal("-14.00")
    assert ("PMT", 2) not in side.documents


def test_a_credit_that_was_cut_below_its_use_leaves_the_invoice_open() -> None:
    use = payment(from_credit=True, type="Credit", creditid=3, amount=gbp("50.00"))
    side = FreshbooksSide.of([invoice()], [use], [credit_note(paid=gbp("50.00"))])
    assert (side.documents["CRN", 3].open, side.documents["INV", 1].open) == (0, None)
    assert side.balances[7, "GBP"] == Decimal("96.00")


def test_an_invoice_that_was_taken_from_a_customer_is_not_his() -> None:
    """It was given to another client, reversed for the one and posted for the other."""
    side = nav()
    side.documents["INV", 1].by_customer["C2"] = Decimal(0)
    assert told(BOTH, side) == []
    other = invoice(id=9, customerid=8, outstanding=gbp("120.00"))
    theirs = FreshbooksSide.of([invoice(), other], [payment()], [])
    figures = {"open": "120.00", "net": "100.00", "tax": "20.00"}
    side.documents["INV", 9] = replace(
        booked("120.00", **figures), by_customer={"C2": Decimal(120)}
    )
    side.balances["C2", "GBP"] = Decimal("120.00")
    assert told(theirs, side) == []
    side.documents["INV", 1].by_customer["C2"] = Decimal("0.01")
    assert "NAV customer C2: clients: FreshBooks [7, 8], NAV one customer" in told(theirs, side)


def test_money_on_a_deleted_invoice_is_a_credit_of_the_client() -> None:
    side = FreshbooksSide.of([invoice(vis_state=1)], [payment()], [])
    assert side.balances == {(7, "GBP"): Decimal("-50.00")}


def test_foreign_amounts_follow_the_rate_within_a_cent_for_each_entry() -> None:
    euro = FreshbooksSide.of([invoice(currency_code="EUR", outstanding=gbp("120.00"))], [], [])
    side = NavSide("GBP")
    figures = {"open": "120.00", "total_lcy": "100.00", "net": "83.34", "tax": "16.66"}
    side.documents["INV", 1] = document = booked("120.00", **figures)
    document.currencies = {"EUR"}
    side.balances["C1", "EUR"] = Decimal("120.00")
    assert told(euro, side) == []
    document.tax, document.net = Decimal("16.60"), Decimal("83.40")
    assert len(told(euro, side)) == 2
