"""Small books by hand, each with one thing that people do; what the books check makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.matching.check import check_books
from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.matching.result import BooksCheck, Break, Tier
from tieout.core.records.identity import Kind

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


def day(n: int, month: int = 1) -> date:
    return date(2026, month, n)


def invoice(n: int, amount: str, on: date, client: str = "1", **more: Any) -> FreshbooksDocument:
    whole = Decimal(amount)
    return FreshbooksDocument(
        **{
            "ref": f"invoice/{n}",
            "kind": Kind.INVOICE,
            "number": f"{n:07d}",
            "client": client,
            "client_name": f"Client {client}",
            "amount": whole,
            "tax": (whole / 6).quantize(Decimal("0.01")),
            "open": whole,
            "currency": "GBP",
            "day": on,
            "categories": frozenset({"Consulting"}),
            **more,
        }
    )


def payment(n: int, amount: str, on: date, *pays: int, **more: Any) -> FreshbooksDocument:
    return invoice(
        n,
        f"-{amount}",
        on,
        **{
            "ref": f"payment/{n}",
            "kind": Kind.PAYMENT,
            "number": "",
            "named": tuple(f"{each:07d}" for each in pays),
            "tax": None,
            "open": Decimal(0),
            "categories": frozenset({"Check"}),
            **more,
        },
    )


def keyed(f: FreshbooksDocument, entry_no: int, **more: Any) -> NavDocument:
    """A document as somebody who makes no mistakes keys it."""
    types = {Kind.INVOICE: "Invoice", Kind.PAYMENT: "Payment", Kind.CREDIT_NOTE: "Credit Memo"}
    return NavDocument(
        **{
            "entry_no": entry_no,
            "type": types[f.kind],
            "document_no": f"S{9000 + entry_no}",
            "external_no": f.number.lstrip("0"),
            "customer_no": f"C{f.client}",
            "customer_name": f.client_name,
            "amount": f.amount,
            "remaining": f.open,
            "currency": f.currency,
            "posting_date": f.day,
            "tax": f.tax,
            "accounts": frozenset({"4000" if f.number else "1100"}),
            **more,
        }
    )


# Twelve invoices of four clients that agree: enough for habits and for who is who.
PLAIN = [
    invoice(100 + n, f"{310 + 37 * n}.{n:02d}", day(2 + n), client=str(1 + n % 4))
    for n in range(12)
]


def check(freshbooks: list[FreshbooksDocument], nav: list[NavDocument], **more: Any) -> BooksCheck:
    """What is found among the plain invoices and these."""
    ledger = [keyed(f, 10 + n) for n, f in enumerate(PLAIN)]
    return check_books([*PLAIN, *freshbooks], [*ledger, *nav], *JANUARY, **more)


def kinds(found: BooksCheck) -> list[str]:
    return [str(each.kind) for each in found.differences]


def test_equal_books_agree() -> None:
    found = check([], [])
    assert found.agrees
    assert len(found.agreed) == len(found.matches) == 12
    assert {match.tier for match in found.matches} == {Tier.EXACT}
    first = found.customers[0]
    assert (first.client, first.customer_no, first.documents) == ("1", "C1", 3)


def test_what_only_one_side_has_is_missing_on_the_other() -> None:
    mine, theirs = invoice(200, "870.00", day(20)), keyed(invoice(201, "55.10", day(21)), 90)
    found = check([mine], [replace(theirs, external_no="", description="Finance charge")])
    assert kinds(found) == ["MISSING_IN_NAV", "MISSING_IN_FB"]
    assert [each.at_risk for each in found.differences] == [Decimal("870.00"), Decimal("55.10")]
    assert found.differences[0].freshbooks == (mine,)


def test_two_figures_exchanged_in_an_amount() -> None:
    mine = invoice(200, "870.00", day(20))
    found = check([mine], [keyed(mine, 90, amount=Decimal("780.00"), remaining=Decimal("780.00"))])
    assert kinds(found) == ["AMOUNT"]
    assert found.differences[0].at_risk == Decimal("90.00")
    assert found.differences[0].text == "780.00 instead of 870.00: two digits exchanged"


def test_an_invoice_keyed_without_its_tax() -> None:
    mine = invoice(200, "960.00", day(20))
    found = check([mine], [keyed(mine, 90, amount=Decimal("800.00"), remaining=Decimal("800.00"))])
    assert "keyed without its tax" in found.differences[0].text


def test_another_tax_under_the_same_total() -> None:
    mine = invoice(200, "960.00", day(20))
    found = check([mine], [keyed(mine, 90, tax=Decimal(0))])
    assert kinds(found) == ["TAX"]
    assert found.differences[0].at_risk == Decimal("160.00")


def test_days_are_forgiven_within_the_month_and_not_across_it() -> None:
    mine, later = invoice(200, "870.00", day(20)), invoice(201, "910.00", day(31))
    near = [keyed(mine, 90, posting_date=day(23)), keyed(later, 91, posting_date=day(1, 2))]
    assert kinds(check([mine, later], near)) == ["PERIOD"]
    far = [keyed(mine, 90, posting_date=day(24)), keyed(later, 91)]
    assert kinds(check([mine, later], far)) == ["DATE"]
    assert kinds(check([mine, later], far, days=4)) == []


def test_day_and_month_exchanged() -> None:
    mine = invoice(200, "870.00", day(4))
    found = check([mine], [keyed(mine, 90, posting_date=day(1, 4))])
    assert kinds(found) == ["PERIOD"]
    assert "day and month exchanged" in found.differences[0].text


def test_another_customer() -> None:
    mine = invoice(200, "870.00", day(20), client="2")
    wrong = keyed(mine, 90, customer_no="C3", customer_name="Client 3")
    found = check([mine], [wrong])
    assert kinds(found) == ["CUSTOMER"]
    assert found.differences[0].text == "on C3; Client 2 is C2"


def test_another_currency() -> None:
    mine = invoice(200, "870.00", day(20), currency="EUR", tax=None)
    assert kinds(check([mine], [keyed(mine, 90, currency="GBP", tax=None)])) == ["CURRENCY"]


def test_another_account_than_is_usual() -> None:
    mine = invoice(200, "870.00", day(20))
    found = check([mine], [keyed(mine, 90, accounts=frozenset({"8100"}))])
    assert kinds(found) == ["ACCOUNT"]
    assert found.differences[0].text == "on 8100; Consulting is usually on 4000"


def test_another_number() -> None:
    mine = invoice(1845, "870.00", day(20))
    found = check([mine], [keyed(mine, 90, external_no="1854")])
    assert kinds(found) == ["NUMBER"]
    assert found.matches[-1].tier is Tier.SCORED
    assert "number with two digits exchanged" in found.matches[-1].reasons


def test_a_number_left_out_where_it_is_usual() -> None:
    mine = invoice(1845, "870.00", day(20))
    assert kinds(check([mine], [keyed(mine, 90, external_no="")])) == ["NUMBER"]


def test_another_type_of_document() -> None:
    note = payment(7, "120.00", day(20), 100)
    found = check([note], [keyed(note, 90, type="Credit Memo", description="Paid 100")])
    assert kinds(found) == ["TYPE"]


def test_keyed_twice() -> None:
    mine = invoice(200, "870.00", day(20))
    found = check([mine], [keyed(mine, 90), keyed(mine, 95, posting_date=day(25))])
    assert kinds(found) == ["DUPLICATE"]
    assert [n.entry_no for n in found.differences[0].nav] == [95]
    assert found.differences[0].text == "looks like entry 90 (200) keyed twice"


def test_a_receipt_keyed_twice_without_a_number() -> None:
    mine = payment(7, "413.09", day(20), 100)
    bank = keyed(mine, 90, description="BACS receipt")
    found = check([mine], [bank, replace(bank, entry_no=95, document_no="S9095")])
    assert kinds(found) == ["DUPLICATE"]


def test_written_twice_in_freshbooks() -> None:
    mine = invoice(200, "870.00", day(20))
    again = replace(mine, ref="invoice/201", number="0000201")
    found = check([mine, again], [keyed(mine, 90)])
    assert [(each.kind, [f.number for f in each.freshbooks]) for each in found.differences] == [
        (Break.DUPLICATE, ["0000201"])
    ]


def test_one_transfer_for_several_invoices() -> None:
    some = [payment(n, f"{100 + 31 * n}.17", day(20), 100 + n) for n in range(3)]
    whole = sum((f.amount for f in some), Decimal(0))
    bank = keyed(some[0], 90, amount=whole, description="BACS receipt")
    found = check(some, [bank])
    assert found.agrees
    assert len(found.matches[-1].freshbooks) == 3
    assert "all 3 of that day" in found.matches[-1].reasons


def test_a_sum_that_may_be_chance_is_only_proposed() -> None:
    some = [invoice(200 + n, f"{100 * (n + 1)}.00", day(5 + 3 * n)) for n in range(6)]
    entry = keyed(some[0], 90, amount=Decimal("900.00"), external_no="", posting_date=day(28))
    found = check(some, [entry])
    assert all(entry not in match.nav for match in found.matches)
    assert any(entry in proposal.nav for proposal in found.proposals)


def test_an_invoice_keyed_in_two_parts() -> None:
    mine = invoice(200, "870.00", day(20))
    parts = [
        keyed(
            mine,
            90 + n,
            external_no=f"200{letter}",
            amount=Decimal(amount),
            remaining=Decimal(amount),
            tax=None,
        )
        for n, (letter, amount) in enumerate([("A", "300.00"), ("B", "570.00")])
    ]
    found = check([mine], parts)
    assert found.agrees
    assert len(found.matches[-1].nav) == 2


def sales(on: date, *amounts: str) -> list[FreshbooksDocument]:
    first = 500 + 10 * on.day
    return [
        invoice(
            first + n,
            amount,
            on,
            client=f"walk-in {on.day} {n}",
            client_name=f"Walker {on.day} {n}",
        )
        for n, amount in enumerate(amounts)
    ]


def takings(some: list[FreshbooksDocument], entry_no: int, amount: str = "") -> NavDocument:
    whole = Decimal(amount) if amount else sum((f.amount for f in some), Decimal(0))
    cash = {"customer_no": "CASH", "customer_name": "Cash sales", "external_no": "", "tax": None}
    text = f"Sales {some[0].day:%d/%m}"
    return keyed(some[0], entry_no, amount=whole, remaining=whole, description=text, **cash)


def test_a_days_sales_in_one_entry_and_one_that_was_missed() -> None:
    first, second = (
        sales(day(13), "12.30", "8.15", "41.99"),
        sales(day(14), "7.77", "15.20", "3.05"),
    )
    entries = [takings(first, 90), takings(second[:2], 91)]
    found = check([*first, *second], entries)
    assert kinds(found) == ["MISSING_IN_NAV"]
    assert found.differences[0].freshbooks == (second[2],)


def test_money_that_settles_nothing_in_nav() -> None:
    mine = payment(7, "413.09", day(20), 100)
    found = check([mine], [keyed(mine, 90, remaining=mine.amount, description="Paid 100")])
    assert kinds(found) == ["UNAPPLIED"]
    assert found.differences[0].at_risk == Decimal("413.09")


def test_an_invoice_that_is_settled_by_something_else() -> None:
    mine = invoice(200, "870.00", day(20), open=Decimal(0))
    found = check([mine], [keyed(mine, 90, remaining=mine.amount)])
    assert kinds(found) == ["OPEN_AMOUNT"]
    assert found.differences[0].text == "open by 870.00 more in NAV"


def test_only_what_lies_in_the_days_is_reported() -> None:
    before, after = invoice(200, "870.00", date(2025, 12, 30)), invoice(201, "90.00", day(3, 2))
    late = keyed(before, 90, posting_date=day(2))
    found = check([before, after], [late])
    assert kinds(found) == ["PERIOD"]
    assert after not in found.freshbooks
    assert before not in found.freshbooks


def test_two_documents_that_nobody_can_tell_apart_are_not_confused_with_a_missing_one() -> None:
    monthly = [invoice(200 + n, "500.00", day(1 + 9 * n)) for n in range(3)]
    entries = [keyed(f, 90 + n, external_no="") for n, f in enumerate(monthly) if n != 1]
    found = check(monthly, entries)
    missing = [each for each in found.differences if each.kind is Break.MISSING_IN_NAV]
    assert [f.number for each in missing for f in each.freshbooks] == ["0000201"]
