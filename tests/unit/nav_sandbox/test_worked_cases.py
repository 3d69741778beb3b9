"""Everyday documents and the ledger entries that a bookkeeper expects of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

DAY = dt.date(2026, 3, 11)
THREE_RATES = (
    ("4000", "SERVICES", "VAT20", "720.00", "120.00"),
    ("4000", "PRODUCTS", "VAT0", "31.00", None),
    ("4000", "SERVICES", "VAT5", "220.50", "10.50"),
)


def amounts(**net: str) -> dict[str, Decimal]:
    return {name.removeprefix("a"): Decimal(amount) for name, amount in net.items()}


def turned(lines: Any) -> Any:
    """The same lines with every sign the other way round."""
    return [(a, p, v, f"-{gross}", vat and f"-{vat}") for a, p, v, gross, vat in lines]


async def test_an_invoice_with_one_line(books: Any) -> None:
    invoice = books.sale(
        "FB0000101",
        "960.00",
        ("4000", "SERVICES", "VAT20", "-960.00", "-160.00"),
        document_date=dt.date(2026, 3, 10),
    )
    (result,) = await books.posted(invoice)
    assert (result.no, result.register_no, result.amount) == ("FB0000101", 1, Decimal("960.00"))
    assert result.posted_at == "2026-04-10T09:30:00Z"
    assert books.gl() == amounts(a1200="960.00", a2200="-160.00", a4000="-800.00")
    (entry,) = books.rows("Cust. Ledger Entry")
    assert entry["Entry No."] == result.entry_no
    assert entry["Due Date"] == dt.date(2026, 4, 9)
    assert entry["External Document No."] == "FB-FB0000101"
    (register,) = books.rows("G/L Register")
    assert (register["From Entry No."], register["To Entry No."]) == (1, 3)


async def test_an_invoice_with_three_rates(books: Any) -> None:
    await books.posted(books.sale("FB0000102", "971.50", *turned(THREE_RATES), posting_date=DAY))
    assert books.gl() == amounts(a1200="971.50", a2200="-130.50", a4000="-841.00")
    vat = [(row["Base"], row["Amount"]) for row in books.rows("VAT Entry")]
    assert vat == [
        (Decimal("-600.00"), Decimal("-120.00")),
        (Decimal("-31.00"), Decimal(0)),
        (Decimal("-210.00"), Decimal("-10.50")),
    ]
    assert {row["Bill-to/Pay-to No."] for row in books.rows("VAT Entry")} == {"C00010"}


async def test_nav_takes_the_vat_out_of_the_gross_amount(books: Any) -> None:
    await books.posted(books.invoice("FB0000106", "99.99"))
    assert books.gl() == amounts(a1200="99.99", a2200="-16.67", a4000="-83.32")


async def test_a_vat_amount_of_the_callers_own(books: Any) -> None:
    line = ("4000", "SERVICES", "VAT20", "-120.00", "-20.01")
    await books.posted(books.sale("FB0000107", "120.00", line))
    assert books.gl() == amounts(a1200="120.00", a2200="-20.01", a4000="-99.99")
    assert books.rows("VAT Entry")[0]["VAT Difference"] == Decimal("-0.01")


async def test_an_invoice_with_a_discount_line(books: Any) -> None:
    lines = (
        ("4000", "SERVICES", "VAT20", "-600.00", "-100.00"),
        ("4050", "SERVICES", "VAT20", "60.00", "10.00"),
    )
    await books.posted(books.sale("FB0000109", "540.00", *lines))
    assert books.gl() == amounts(a1200="540.00", a2200="-90.00", a4000="-500.00", a4050="50.00")


async def test_a_full_payment(books: Any) -> None:
    await books.posted(books.invoice(), books.payment(applies_to="FB0000101"))
    assert books.gl("FBP10301") == amounts(a1100="960.00", a1200="-960.00")
    assert books.open_items() == {}
    (bank,) = books.rows("Bank Account Ledger Entry")
    assert (bank["Bank Account No."], bank["Amount"]) == ("BANK-GBP", Decimal("960.00"))
    closed = {row["Closed by Entry No."] for row in books.rows("Cust. Ledger Entry")}
    assert closed == {4}


async def test_a_part_payment_and_an_overpayment_leave_the_difference_open(books: Any) -> None:
    await books.posted(books.invoice(), books.payment("P1", "100.00", applies_to="FB0000101"))
    assert books.open_items() == {"FB0000101": Decimal("860.00")}
    await books.posted(books.payment("P2", "900.00", applies_to="FB0000101"))
    assert books.open_items() == {"P2": Decimal("-40.00")}


async def test_an_edited_invoice_is_reversed_and_posted_anew(books: Any) -> None:
    back = ("4000", "SERVICES", "VAT20", "960.00", "160.00")
    new = ("4000", "SERVICES", "VAT20", "-1080.00", "-180.00")
    number = "FB0000101"
    await books.posted(
        books.invoice(),
        books.sale(f"{number}-C1", "-960.00", back, kind="Credit Memo", applies_to=number),
        books.sale(f"{number}-2", "1080.00", new),
    )
    assert books.gl(f"{number}-C1") == amounts(a1200="-960.00", a2200="160.00", a4000="800.00")
    assert books.gl(f"{number}-2") == amounts(a1200="1080.00", a2200="-180.00", a4000="-900.00")
    assert books.open_items() == {f"{number}-2": Decimal("1080.00")}


async def test_a_deleted_invoice_is_credited_to_the_cent(books: Any) -> None:
    number = "FB0000102"
    credit = {"kind": "Credit Memo", "applies_to": number, "posting_date": DAY}
    await books.posted(
        books.sale(number, "971.50", *turned(THREE_RATES), posting_date=DAY),
        books.sale(f"{number}-C1", "-971.50", *THREE_RATES, **credit),
    )
    assert books.gl(f"{number}-C1") == amounts(a1200="-971.50", a2200="130.50", a4000="841.00")
    assert books.open_items() == {}
    assert not any(books.gl().values())


async def test_a_refund_raises_what_the_customer_owes(books: Any) -> None:
    await books.posted(books.payment("P1", "50.00"), books.payment("R1", "-50.00", kind="Refund"))
    assert books.open_items() == {"P1": Decimal("-50.00"), "R1": Decimal("50.00")}
    assert not any(books.gl().values())
