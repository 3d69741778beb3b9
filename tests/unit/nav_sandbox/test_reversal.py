"""Reversing a document as NAV does, and every reason for which NAV does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
async def paid(books: Any) -> Any:
    """An invoice, and a payment that is not applied to it."""
    await books.posted(books.invoice(), books.payment())
    return books


async def test_a_reversed_payment_leaves_no_trace_in_any_balance(paid: Any) -> None:
    before = paid.gl("FB0000101")
    done = await paid.reverse("FB-FBP10301")
    assert (done.status, done.no, done.amount) == ("posted", "FBP10301", Decimal("960.00"))
    assert paid.gl() == {**before, "1100": Decimal(0)}
    assert paid.open_items() == {"FB0000101": Decimal("960.00")}
    old, new = [r for r in paid.rows("Cust. Ledger Entry") if r["Document No."] == "FBP10301"]
    assert done.entry_no == new["Entry No."]
    assert (old["Reversed by Entry No."], new["Reversed Entry No."]) == (
        new["Entry No."],
        old["Entry No."],
    )
    assert (old["Reversed"], new["Reversed"], old["Open"], new["Open"]) == (
        True,
        True,
        False,
        False,
    )
    assert new["Posting Date"] == old["Posting Date"] == dt.date(2026, 4, 2)
    bank = paid.rows("Bank Account Ledger Entry")
    assert [row["Amount"] for row in bank] == [Decimal("960.00"), Decimal("-960.00")]
    assert [row["Reversed"] for row in bank] == [True, True]


async def test_a_reversed_invoice_takes_its_vat_back(books: Any) -> None:
    await books.posted(books.invoice())
    await books.reverse("FB-FB0000101")
    assert not any(books.gl().values())
    first, second = books.rows("VAT Entry")
    assert (second["Base"], second["Amount"]) == (Decimal("800.00"), Decimal("160.00"))
    assert (first["Reversed by Entry No."], second["Reversed Entry No."]) == (2, 1)
    credited = [
        row["Credit Amount"] for row in books.rows("G/L Entry") if row["Reversed Entry No."]
    ]
    assert sorted(credited) == [Decimal("-800.00"), Decimal("-160.00"), Decimal(0)]


async def test_the_register_of_a_reversal_is_its_own(paid: Any) -> None:
    done = await paid.reverse("FB-FBP10301")
    last = paid.rows("G/L Register")[-1]
    assert (last["No."], last["Source Code"]) == (done.register_no, "REVERSAL")
    assert [row["Reversed"] for row in paid.rows("G/L Register")] == [False, False, True]


async def test_one_reversal_is_enough(paid: Any) -> None:
    await paid.reverse("FB-FBP10301")
    again = await paid.reverse("FB-FBP10301", key="FB-REV-2")
    assert again.status == "refused"
    assert again.text.endswith("because the entry has already been involved in a reversal.")


async def test_an_applied_payment_is_unapplied_first(books: Any) -> None:
    await books.posted(books.invoice(), books.payment(applies_to="FB0000101"))
    refused = await books.reverse("FB-FBP10301")
    assert "because the entry is either applied to an entry or has been changed" in refused.text
    await books.unapply(books.application("FB-UNA-1", "FBP10301", "FB0000101"))
    assert (await books.reverse("FB-FBP10301", key="FB-REV-2")).status == "posted"


async def test_a_closed_window_keeps_the_entry(paid: Any) -> None:
    paid.setup("General Ledger Setup", "", Allow_Posting_From=dt.date(2026, 5, 1))
    refused = await paid.reverse("FB-FBP10301")
    assert "because the posting date is not within the allowed posting period" in refused.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Open": False}, "because the entry is closed."),
        ({"Statement No.": "12"}, "is included in a bank account reconciliation line"),
    ],
)
async def test_a_reconciled_bank_line_keeps_the_entry(
    paid: Any, changes: dict[str, Any], words: str
) -> None:
    (line,) = paid.rows("Bank Account Ledger Entry")
    paid.company.database.modify("Bank Account Ledger Entry", {**line, **changes})
    refused = await paid.reverse("FB-FBP10301")
    assert refused.status == "refused"
    assert words in refused.text


async def test_settled_vat_keeps_the_entry(books: Any) -> None:
    await books.posted(books.invoice())
    (vat,) = books.rows("VAT Entry")
    books.company.database.modify("VAT Entry", {**vat, "Closed": True})
    assert (
        (await books.reverse("FB-FB0000101")).text
    ) == "You cannot reverse VAT Entry No. 1 because the entry is closed."


async def test_only_a_document_of_the_gateway_is_reversed(paid: Any) -> None:
    assert (await paid.reverse("FB-CUS-1")).text == (
        "There is no posted document with the key FB-CUS-1."
    )


class Crash(Exception):
    pass


@pytest.mark.parametrize("point", ["key_inserted", "lines_posted"])
async def test_a_crash_reverses_nothing(paid: Any, point: str) -> None:
    async def at(name: str) -> None:
        if name == point:
            raise Crash

    before, quiet = paid.contents(), paid.point
    paid.point = at
    with pytest.raises(Crash):
        await paid.reverse("FB-FBP10301")
    assert paid.contents() == before
    paid.point = quiet
    assert (await paid.reverse("FB-FBP10301")).status == "posted"
    assert (await paid.reverse("FB-FBP10301")).status == "already"


async def test_an_entry_is_put_on_hold_and_released(books: Any) -> None:
    await books.posted(books.invoice())
    done = await books.hold("Invoice", "FB0000101", "fbd")
    assert (done.status, done.no, done.amount) == ("posted", "FB0000101", Decimal("960.00"))
    assert books.rows("Cust. Ledger Entry")[0]["On Hold"] == "FBD"
    await books.hold("Invoice", "FB0000101", "", key="FB-HLD-2")
    assert books.rows("Cust. Ledger Entry")[0]["On Hold"] == ""
    assert len(books.rows("G/L Register")) == 1


async def test_no_entry_no_hold(books: Any) -> None:
    done = await books.hold("Invoice", "FB9", "FBD")
    assert done.status == "refused"
    assert done.text.startswith("There is no Cust. Ledger Entry within the filter.")


async def test_two_lines_of_one_customer_in_different_posting_groups(books: Any) -> None:
    early = books.payment("FBP1", "200.00")
    early = replace(early, lines=(replace(early.lines[0], posting_group="prepay"), early.lines[1]))
    await books.posted(books.invoice(), early)
    assert books.gl("FBP1") == {"1100": Decimal("200.00"), "2300": Decimal("-200.00")}
    own = replace(
        early.lines[0],
        amount=Decimal("200.00"),
        applies_to_doc_type="Payment",
        applies_to_doc_no="FBP1",
    )
    theirs = replace(
        own, amount=Decimal("-200.00"), posting_group="", applies_to_doc_type="Invoice"
    )
    theirs = replace(theirs, applies_to_doc_no="FB0000101")
    moved = replace(
        early, key="FB-MOVE-1", document_type="", document_no="FBM1", lines=(own, theirs)
    )
    (result,) = await books.posted(moved)
    assert books.gl("FBM1") == {"2300": Decimal("200.00"), "1200": Decimal("-200.00")}
    assert books.open_items() == {"FB0000101": Decimal("760.00")}
    assert result.amount == Decimal("200.00")


async def test_a_posting_group_belongs_to_a_customer_line(books: Any) -> None:
    sale = books.invoice()
    wrong = replace(sale.lines[1], posting_group="DOMESTIC")
    refused = await books.refusal(replace(sale, lines=(sale.lines[0], wrong)))
    assert "Account Type must be equal to 'Customer'" in refused


async def test_an_open_entry_gets_another_due_date(books: Any) -> None:
    await books.posted(books.invoice())
    day = dt.date(2026, 6, 30)
    done = await books.due("FB0000101", day)
    assert (done.status, done.no, done.amount) == ("posted", "FB0000101", Decimal("960.00"))
    assert books.rows("Cust. Ledger Entry")[0]["Due Date"] == day
    (detail,) = books.rows("Detailed Cust. Ledg. Entry")
    assert detail["Initial Entry Due Date"] == day
    assert len(books.rows("G/L Register")) == 1
    assert (await books.due("FB0000101", day)).status == "already"
    assert (await books.due("FB0000101", dt.date(2026, 7, 1))).status == "conflict"


async def test_a_closed_entry_or_no_day_is_refused(paid: Any) -> None:
    await paid.apply(paid.application("FB-APL-1", "FBP10301", "FB0000101"))
    before = paid.contents()
    closed = await paid.due("FB0000101", dt.date(2026, 6, 30))
    assert (closed.status, "Open: Yes" in closed.text) == ("refused", True)
    assert paid.contents() == before
    await paid.posted(paid.invoice("FB0000102"))
    assert "Due Date must" in (await paid.due("FB0000102", None)).text
