"""Applying entries to each other afterwards, and undoing it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
async def paid(books: Any) -> Any:
    """Invoice FB1 of 960.00 and payments P1 of 500.00 and P2 of 600.00, not applied."""
    await books.posted(
        books.invoice("FB1"), books.payment("P1", "500.00"), books.payment("P2", "600.00")
    )
    return books


async def statuses(call: Any) -> list[str]:
    return [result.status for result in await call]


async def test_as_much_as_possible(paid: Any) -> None:
    results = await paid.apply(
        paid.application("A1", "P1", "FB1"), paid.application("A2", "P2", "FB1")
    )
    assert [(r.status, r.no, r.amount) for r in results] == [
        ("posted", "P1", Decimal("-500.00")),
        ("posted", "P2", Decimal("-600.00")),
    ]
    assert paid.open_items() == {"P2": Decimal("-140.00")}
    assert paid.gl()["1200"] == Decimal("-140.00")


async def test_a_part(paid: Any) -> None:
    part = paid.application("A1", "P1", "FB1", amount=Decimal("200.00"))
    assert await statuses(paid.apply(part)) == ["posted"]
    assert paid.open_items() == {
        "FB1": Decimal("760.00"),
        "P1": Decimal("-300.00"),
        "P2": Decimal("-600.00"),
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": Decimal("500.01")}, "Amount to Apply must not be larger than Remaining"),
        ({"amount": Decimal(0)}, "Amount must be positive"),
        ({"posting_date": dt.date(2026, 4, 1)}, "must not be before the Posting Date"),
        ({"posting_date": None}, "Posting Date must be filled in"),
        ({"document_no": ""}, "Document No. must be filled in"),
        ({"kinds": ("Refund", "Invoice")}, "There is no Cust. Ledger Entry within the filter"),
    ],
)
async def test_what_is_refused(paid: Any, changes: Any, told: str) -> None:
    before = paid.contents()
    (result,) = await paid.apply(paid.application("A1", "P1", "FB1", **changes))
    assert result.status == "refused"
    assert told in result.text
    assert paid.contents() == before


async def test_two_entries_of_one_sign_are_not_applied(paid: Any) -> None:
    both = paid.application("A1", "P1", "P2", kinds=("Payment", "Payment"))
    (result,) = await paid.apply(both)
    assert result.text.startswith("Positive must be equal to 'Yes'")


async def test_undone_it_is_as_before(paid: Any) -> None:
    before = paid.open_items()
    await paid.apply(paid.application("A1", "P2", "FB1"))
    assert paid.open_items() != before
    (result,) = await paid.unapply(paid.application("U1", "P2", "FB1"))
    assert (result.status, result.amount) == ("posted", Decimal("-600.00"))
    assert paid.open_items() == before
    undone = [row for row in paid.rows("Detailed Cust. Ledg. Entry") if row["Unapplied"]]
    assert len(undone) == 4
    assert sum(row["Amount"] for row in undone) == 0
    assert await statuses(paid.apply(paid.application("A2", "P2", "FB1"))) == ["posted"]


async def test_a_payment_applied_at_posting_can_be_undone(books: Any) -> None:
    await books.posted(books.invoice("FB1"), books.payment("P1", applies_to="FB1"))
    assert await statuses(books.unapply(books.application("U1", "P1", "FB1"))) == ["posted"]
    assert books.open_items() == {"FB1": Decimal("960.00"), "P1": Decimal("-960.00")}


async def test_only_the_last_application_can_be_undone(paid: Any) -> None:
    first, second = (paid.application(f"A{n}", f"P{n}", "FB1") for n in (1, 2))
    await paid.apply(first, second)
    (early,) = await paid.unapply(paid.application("U1", "P1", "FB1"))
    assert early.status == "refused"
    assert "you must first unapply all application entries that were posted after" in early.text
    back = [paid.application(f"U{n}", f"P{n}", "FB1") for n in (2, 3)]
    results = await paid.unapply(back[0], paid.application("U4", "P1", "FB1"))
    assert [result.status for result in results] == ["posted", "posted"]


async def test_what_was_not_applied_cannot_be_undone(paid: Any) -> None:
    (result,) = await paid.unapply(paid.application("U1", "P1", "FB1"))
    assert result.text == "Cust. Ledger Entry No. 4 does not have an application entry."


async def test_a_closed_entry_is_not_applied_again(paid: Any) -> None:
    await paid.apply(paid.application("A1", "P1", "FB1"))
    (result,) = await paid.apply(paid.application("A2", "P1", "FB1"))
    assert result.status == "refused"
    assert "Open: Yes" in result.text


async def test_an_application_is_not_undone_before_its_own_day(paid: Any) -> None:
    await paid.apply(paid.application("A1", "P1", "FB1", posting_date=dt.date(2026, 4, 5)))
    early = paid.application("U1", "P1", "FB1", posting_date=dt.date(2026, 4, 4))
    (result,) = await paid.unapply(early)
    assert "must not be before the Posting Date" in result.text
    books_closed = {"Allow_Posting_From": dt.date(2026, 4, 6)}
    paid.setup("General Ledger Setup", "", **books_closed)
    same_day = paid.application("U2", "P1", "FB1", posting_date=dt.date(2026, 4, 5))
    (result,) = await paid.unapply(same_day)
    assert result.text == "Posting Date is not within the range of allowed posting dates."


async def test_lines_applied_in_one_posting_are_undone_together(books: Any) -> None:
    await books.posted(books.invoice("FB1"), books.invoice("FB2"))
    one, two = (books.payment("P1", "960.00", applies_to=f"FB{n}") for n in (1, 2))
    bank = replace(one.lines[1], amount=Decimal("1920.00"))
    await books.posted(replace(one, lines=(one.lines[0], two.lines[0], bank)))
    assert books.open_items() == {}
    assert await statuses(books.unapply(books.application("U1", "P1", "FB1"))) == ["posted"]
    left = {row["Document No."] for row in books.rows("Cust. Ledger Entry") if row["Open"]}
    assert left == {"FB1", "FB2", "P1"}


async def test_application_between_posting_groups_moves_no_money(books: Any) -> None:
    early = books.payment("FBP1", "960.00")
    early = replace(early, lines=(replace(early.lines[0], posting_group="PREPAY"), early.lines[1]))
    await books.posted(books.invoice(), early)
    before = books.gl()
    (done,) = await books.apply(books.application("FB-APP-1", "FBP1", "FB0000101"))
    assert (done.status, done.register_no) == ("posted", 0)
    assert books.gl() == before
    assert books.open_items() == {}
