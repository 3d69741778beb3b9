"""Foreign currency: rates, rounding, and the gains and losses that NAV posts at application."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

LINE = ("4000", "SERVICES", "VAT0", "-1000.00", None)
EURO = {"currency_code": "EUR"}
PAID = dt.date(2026, 4, 9)


def amounts(**net: str) -> dict[str, Decimal]:
    return {name.removeprefix("a"): Decimal(amount) for name, amount in net.items()}


def phases(books: Any) -> Any:
    """EUR 1,234.56 at 0.85, whose lines do not add up in pounds unless one of them is told."""
    parts = (("4000", "SERVICES", "VAT0", "-411.52", None), (*LINE[:3], "-823.04", None))
    invoice = books.sale("FB0000111", "1234.56", *parts, **EURO)
    owed = replace(invoice.lines[0], posting_group="FOREIGN")
    exact = replace(invoice.lines[2], amount_lcy=Decimal("-699.59"))
    return replace(invoice, lines=(owed, invoice.lines[1], exact))


def receipt(books: Any, number: str, amount: str, *others: Any, bank: str = "BANK-EUR") -> Any:
    """Money for that invoice; `others` take the place of the bank line."""
    given = {"applies_to": "FB0000111", "posting_date": PAID, **EURO}
    paid = books.payment(number, amount, **given)
    owed = replace(paid.lines[0], posting_group="FOREIGN")
    lines = others or (replace(paid.lines[1], account_no=bank),)
    return replace(paid, lines=(owed, *lines))


@pytest.fixture
async def invoiced(books: Any) -> Any:
    await books.posted(phases(books))
    return books


async def test_the_rate_of_the_posting_date_is_taken(books: Any) -> None:
    await books.posted(books.sale("FB1", "1000.00", LINE, **EURO))
    later = books.sale("FB2", "1000.00", LINE, posting_date=PAID, **EURO)
    await books.posted(later)
    assert books.gl("FB1") == amounts(a1200="850.00", a4000="-850.00")
    assert books.gl("FB2") == amounts(a1200="870.00", a4000="-870.00")
    assert books.open_items() == {"FB1": Decimal("1000.00"), "FB2": Decimal("1000.00")}


async def test_a_rate_that_is_changed_later_changes_nothing(invoiced: Any) -> None:
    rate = {"Relational_Exch._Rate_Amount": Decimal("0.86")}
    invoiced.setup("Currency Exchange Rate", "EUR", dt.date(2026, 1, 1), **rate)
    assert invoiced.gl() == amounts(a1205="1049.38", a4000="-1049.38")


async def test_a_factor_stands_for_the_table(books: Any) -> None:
    given = {**EURO, "currency_factor": Decimal("1.25")}
    await books.posted(books.sale("FB1", "1000.00", LINE, **given))
    assert books.gl() == amounts(a1200="800.00", a4000="-800.00")


async def test_an_amount_in_local_currency_decides_the_rounding(books: Any) -> None:
    invoice = phases(books)
    lines = (*invoice.lines[:2], replace(invoice.lines[2], amount_lcy=None))
    assert "is out of balance by 0.01" in await books.refusal(replace(invoice, lines=lines))
    await books.posted(invoice)
    assert books.gl() == amounts(a1205="1049.38", a4000="-1049.38")


async def test_vat_of_a_foreign_invoice_is_kept_in_local_currency(books: Any) -> None:
    line = ("4000", "SERVICES", "VAT20", "-1129.44", "-188.24")
    await books.posted(books.sale("FB1", "1129.44", line, **EURO))
    assert books.gl() == amounts(a1200="960.02", a2200="-160.00", a4000="-800.02")
    (vat,) = books.rows("VAT Entry")
    assert (vat["Base"], vat["Amount"]) == (Decimal("-800.02"), Decimal("-160.00"))


async def test_a_payment_at_a_better_rate_is_a_realised_gain(invoiced: Any) -> None:
    await invoiced.posted(receipt(invoiced, "FBP1", "1234.56"))
    assert invoiced.gl("FBP1") == amounts(a1110="1074.07", a1205="-1049.38", a7000="-24.69")
    assert invoiced.open_items() == {}
    details = invoiced.rows("Detailed Cust. Ledg. Entry")
    (gain,) = [row for row in details if row["Entry Type"] == "Realized Gain"]
    assert (gain["Amount"], gain["Amount (LCY)"]) == (Decimal(0), Decimal("24.69"))
    assert gain["Ledger Entry Amount"]
    left = sum(row["Amount (LCY)"] for row in details)
    assert left == Decimal(0)


async def test_a_payment_at_a_worse_rate_is_a_realised_loss(invoiced: Any) -> None:
    given = {"currency_factor": 1 / Decimal("0.80")}
    await invoiced.posted(replace(receipt(invoiced, "FBP1", "1234.56"), **given))
    assert invoiced.gl("FBP1") == amounts(a1110="987.65", a1205="-1049.38", a7010="61.73")


async def test_what_the_bank_credited_in_pounds_decides_the_gain(invoiced: Any) -> None:
    paid = receipt(invoiced, "FBP1", "1234.56", bank="BANK-GBP")
    lines = [
        replace(line, amount_lcy=Decimal("1070.00") * (1 if line.amount > 0 else -1))
        for line in paid.lines
    ]
    await invoiced.posted(replace(paid, lines=tuple(lines)))
    assert invoiced.gl("FBP1") == amounts(a1100="1070.00", a1205="-1049.38", a7000="-20.62")
    (bank,) = invoiced.rows("Bank Account Ledger Entry")
    assert (bank["Currency Code"], bank["Amount"]) == ("", Decimal("1070.00"))


async def test_a_part_payment_realises_its_part(invoiced: Any) -> None:
    await invoiced.posted(receipt(invoiced, "FBP1", "500.00"))
    assert invoiced.gl("FBP1") == amounts(a1110="435.00", a1205="-425.00", a7000="-10.00")
    assert invoiced.open_items() == {"FB0000111": Decimal("734.56")}
    await invoiced.posted(receipt(invoiced, "FBP2", "734.56"))
    assert invoiced.open_items() == {}
    assert invoiced.gl()["1205"] == Decimal(0)


async def test_a_bank_charge_in_euro_is_an_expense_of_the_receipt(invoiced: Any) -> None:
    paid = receipt(invoiced, "FBP1", "1234.56")
    bank = replace(paid.lines[1], amount=Decimal("1219.56"))
    charge = replace(bank, account_type="G/L Account", account_no="6310", amount=Decimal("15.00"))
    await invoiced.posted(replace(paid, lines=(paid.lines[0], bank, charge)))
    net = invoiced.gl("FBP1")
    assert net == amounts(a1110="1061.02", a1205="-1049.38", a6310="13.05", a7000="-24.69")


async def test_what_is_unapplied_takes_its_gain_back(invoiced: Any) -> None:
    await invoiced.posted(receipt(invoiced, "FBP1", "1234.56"))
    back = invoiced.application("FB-UNA-1", "FBP1", "FB0000111", posting_date=PAID)
    (done,) = await invoiced.unapply(back)
    assert done.status == "posted"
    assert done.register_no
    assert invoiced.gl()["7000"] == Decimal(0)
    assert invoiced.gl()["1205"] == Decimal("-24.69")
    assert invoiced.open_items() == {
        "FB0000111": Decimal("1234.56"),
        "FBP1": Decimal("-1234.56"),
    }
    again = invoiced.application("FB-APP-1", "FBP1", "FB0000111", posting_date=PAID)
    (done,) = await invoiced.apply(again)
    assert done.status == "posted"
    assert invoiced.gl()["7000"] == Decimal("-24.69")
    gains = [r for r in invoiced.rows("G/L Entry") if r["G/L Account No."] == "7000"]
    assert gains[-1]["External Document No."] == "FB-APP-1"


async def test_a_gain_keeps_the_payment_even_when_unapplied(invoiced: Any) -> None:
    await invoiced.posted(receipt(invoiced, "FBP1", "1234.56"))
    back = invoiced.application("FB-UNA-1", "FBP1", "FB0000111", posting_date=PAID)
    await invoiced.unapply(back)
    refused = await invoiced.reverse("FB-FBP1")
    assert refused.text.endswith("because the entry has an associated Realized Gain/Loss entry.")


async def test_a_cent_that_rounding_leaves_is_booked_off(books: Any) -> None:
    """Three times EUR 33.33 at 0.85 is 84.99 pounds, the invoice of EUR 100.00 is 85.00."""
    line = (*LINE[:3], "-100.00", None)
    await books.posted(books.sale("FB1", "100.00", line, **EURO))
    bank = {"currency_factor": 1 / Decimal("0.85"), **EURO}
    for number in ("P1", "P2", "P3"):
        paid = books.payment(number, "33.33", applies_to="FB1", **bank)
        euro = replace(paid.lines[1], account_no="BANK-EUR")
        await books.posted(replace(paid, lines=(paid.lines[0], euro)))
    details = books.rows("Detailed Cust. Ledg. Entry")
    kinds = {row["Entry Type"] for row in details}
    assert kinds <= {"Initial Entry", "Application", "Correction of Remaining Amount"}
    left = sum(row["Amount (LCY)"] for row in details if row["Cust. Ledger Entry No."] == 1)
    assert left == Decimal("0.01")
    assert books.open_items() == {"FB1": Decimal("0.01")}


async def test_paid_at_the_same_rate_it_is_settled(books: Any) -> None:
    given = {**EURO, "currency_factor": Decimal("1.25")}
    invoice = books.sale("FB1", "1000.00", LINE, **given)
    await books.posted(invoice, books.payment("P1", "1000.00", applies_to="FB1", **given))
    assert books.open_items() == {}
    assert not books.gl().keys() & {"7000", "7010"}


async def test_entries_of_two_currencies_are_not_applied(books: Any) -> None:
    await books.posted(books.sale("FB1", "1000.00", LINE, **EURO))
    payment = books.payment("P1", "850.00", applies_to="FB1")
    assert "Currency Code must be equal to ''" in await books.refusal(payment)


async def test_a_bank_account_takes_its_own_currency_only(books: Any) -> None:
    payment = books.payment("P1", "100.00")
    euro = replace(payment.lines[1], account_no="BANK-EUR")
    told = await books.refusal(replace(payment, lines=(payment.lines[0], euro)))
    assert "Currency Code must be equal to 'EUR'" in told
