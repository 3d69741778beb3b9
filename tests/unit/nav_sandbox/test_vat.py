"""VAT that waits for the payment, Full VAT, reverse charge, and VAT without a customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.nav.commands import Document, Line


def amounts(**net: str) -> dict[str, Decimal]:
    return {name.removeprefix("a"): Decimal(amount) for name, amount in net.items()}


def on_cash_basis(document: Any) -> Any:
    """The same with VAT that is due when it is paid."""
    lines = [
        replace(line, vat_bus_posting_group="CASHVAT") if line.gen_posting_type else line
        for line in document.lines
    ]
    return replace(document, lines=tuple(lines))


def journal(number: str, *lines: Line, **more: Any) -> Document:
    given: dict[str, Any] = {
        "posting_date": dt.date(2026, 4, 10),
        "template_name": "GENERAL",
        **more,
    }
    named: dict[str, Any] = {"key": f"FB-{number}", "hash": "0" * 64, "document_no": number}
    return Document(batch_name="FRESHBOOKS", lines=lines, **named, **given)


def gl(number: str, amount: str, **more: Any) -> Line:
    return Line(account_type="G/L Account", account_no=number, amount=Decimal(amount), **more)


def sale(product: str, kind: str = "Sale", business: str = "DOMESTIC") -> dict[str, str]:
    return {
        "gen_posting_type": kind,
        "gen_bus_posting_group": "DOMESTIC",
        "gen_prod_posting_group": "SERVICES",
        "vat_bus_posting_group": business,
        "vat_prod_posting_group": product,
    }


@pytest.fixture
async def cash(books: Any) -> Any:
    await books.posted(on_cash_basis(books.invoice()))
    return books


async def test_vat_waits_on_its_own_account(cash: Any) -> None:
    assert cash.gl() == amounts(a1200="960.00", a2205="-160.00", a4000="-800.00")
    (vat,) = cash.rows("VAT Entry")
    assert (vat["Amount"], vat["Base"]) == (Decimal(0), Decimal(0))
    assert (vat["Unrealized Amount"], vat["Unrealized Base"]) == (
        Decimal("-160.00"),
        Decimal("-800.00"),
    )


async def test_a_part_payment_makes_its_part_due(cash: Any) -> None:
    await cash.posted(cash.payment("P1", "300.00", applies_to="FB0000101"))
    assert cash.gl("P1") == amounts(a1100="300.00", a1200="-300.00", a2200="-50.00", a2205="50.00")
    waiting, due = cash.rows("VAT Entry")
    assert (due["Amount"], due["Base"]) == (Decimal("-50.00"), Decimal("-250.00"))
    assert (due["Posting Date"], due["Document No."]) == (dt.date(2026, 4, 2), "P1")
    assert due["Unrealized VAT Entry No."] == waiting["Entry No."]
    assert waiting["Remaining Unrealized Amount"] == Decimal("-110.00")


async def test_the_last_payment_makes_the_rest_due(cash: Any) -> None:
    for number, amount in (("P1", "333.33"), ("P2", "333.33"), ("P3", "293.34")):
        await cash.posted(cash.payment(number, amount, applies_to="FB0000101"))
    assert cash.gl()["2205"] == Decimal(0)
    assert cash.gl()["2200"] == Decimal("-160.00")
    assert cash.rows("VAT Entry")[0]["Remaining Unrealized Base"] == Decimal(0)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("First", ["-100.00", "-160.00", "-160.00"]),
        ("First (Fully Paid)", ["0", "-160.00", "-160.00"]),
        ("Last", ["0", "-100.00", "-160.00"]),
        ("Last (Fully Paid)", ["0", "0", "-160.00"]),
    ],
)
async def test_payments_cover_the_vat_first_or_last(books: Any, kind: str, due: list[str]) -> None:
    """960.00 with 160.00 of VAT, paid with 100.00, 800.00 and 60.00."""
    table, key = "VAT Posting Setup", ("CASHVAT", "VAT20")
    database = books.company.database
    setup = database.existing(table, *key)
    database.modify(table, {**setup, "Unrealized VAT Type": kind})
    await books.posted(on_cash_basis(books.invoice()))
    for number, amount, so_far in zip(("P1", "P2", "P3"), ("100.00", "800.00", "60.00"), due, strict=True):  # fmt: skip
        await books.posted(books.payment(number, amount, applies_to="FB0000101"))
        assert books.gl().get("2200", Decimal(0)) == Decimal(so_far), number
    assert books.gl()["2205"] == Decimal(0)


async def test_what_is_unapplied_waits_again(cash: Any) -> None:
    await cash.posted(cash.payment("P1", "300.00", applies_to="FB0000101"))
    (done,) = await cash.unapply(cash.application("FB-UNA-1", "P1", "FB0000101"))
    assert done.status == "posted"
    assert cash.gl()["2205"] == Decimal("-160.00")
    assert cash.gl()["2200"] == Decimal(0)
    assert cash.rows("VAT Entry")[0]["Remaining Unrealized Amount"] == Decimal("-160.00")
    refused = await cash.reverse("FB-P1")
    assert refused.text.endswith("because the entry has an associated Unrealized VAT Entry.")


async def test_a_credit_memo_takes_back_what_was_never_due(cash: Any) -> None:
    back = cash.sale(
        "FB0000101-C1",
        "-960.00",
        ("4000", "SERVICES", "VAT20", "960.00", None),
        kind="Credit Memo",
        applies_to="FB0000101",
    )
    await cash.posted(on_cash_basis(back))
    assert not any(cash.gl().values())
    assert cash.open_items() == {}


async def test_applied_later_it_is_due_later(cash: Any) -> None:
    await cash.posted(cash.payment("P1", "960.00"))
    assert cash.gl()["2205"] == Decimal("-160.00")
    (done,) = await cash.apply(cash.application("FB-APP-1", "P1", "FB0000101"))
    assert done.status == "posted"
    assert done.register_no
    assert cash.gl()["2200"] == Decimal("-160.00")
    (due,) = [r for r in cash.rows("VAT Entry") if r["Unrealized VAT Entry No."]]
    assert due["External Document No."] == "FB-APP-1"


async def test_vat_of_a_bad_debt_is_repaid_without_a_base(books: Any) -> None:
    bank = Line(account_type="Bank Account", account_no="BANK-GBP", amount=Decimal("960.00"))
    repaid = gl("2240", "-160.00", **sale("BDR-REPAY"))
    await books.posted(journal("FBP11058", bank, gl("6400", "-800.00"), repaid))
    assert books.gl() == amounts(a1100="960.00", a2240="-160.00", a6400="-800.00")
    (vat,) = books.rows("VAT Entry")
    assert (vat["Base"], vat["Amount"], vat["VAT Calculation Type"]) == (
        Decimal(0),
        Decimal("-160.00"),
        "Full VAT",
    )


async def test_relief_for_a_bad_debt_is_input_tax(books: Any) -> None:
    await books.posted(books.invoice())
    owed = Line(
        account_type="Customer",
        account_no="C00010",
        amount=Decimal("-960.00"),
        applies_to_doc_type="Invoice",
        applies_to_doc_no="FB0000101",
    )
    relief = gl("1340", "160.00", **sale("BDR-FULL", "Purchase"))
    document = journal("FBW1", owed, gl("6400", "800.00"), relief, reason_code="WRITEOFF")
    await books.posted(document)
    assert books.gl("FBW1") == amounts(a1200="-960.00", a1340="160.00", a6400="800.00")
    assert books.open_items() == {}
    assert books.rows("VAT Entry")[-1]["Type"] == "Purchase"


async def test_full_vat_belongs_on_its_own_account(books: Any) -> None:
    wrong = journal("J1", gl("2200", "-10.00", **sale("BDR-REPAY")), gl("6400", "10.00"))
    told = await books.refusal(wrong)
    assert "Account No. must be equal to '2240' in Gen. Journal Line" in told


async def test_full_vat_has_no_amount_of_the_callers_own(books: Any) -> None:
    line = gl("2240", "-10.00", vat_amount=Decimal("-10.00"), **sale("BDR-REPAY"))
    told = await books.refusal(journal("J1", line, gl("6400", "10.00")))
    assert "VAT Calculation Type must be Normal VAT or Reverse Charge VAT" in told


async def test_a_sale_under_reverse_charge_bears_no_vat(books: Any) -> None:
    invoice = books.invoice()
    line = replace(invoice.lines[1], vat_bus_posting_group="EU", vat_prod_posting_group="RC20")
    await books.posted(replace(invoice, lines=(invoice.lines[0], line)))
    assert books.gl() == amounts(a1200="960.00", a4000="-960.00")
    (vat,) = books.rows("VAT Entry")
    assert (vat["Base"], vat["Amount"]) == (Decimal("-960.00"), Decimal(0))


async def test_a_purchase_under_reverse_charge_owes_and_reclaims_it(books: Any) -> None:
    bought = gl("6000", "100.00", **sale("RC20", "Purchase", "FOREIGN"))
    await books.posted(journal("J1", bought, gl("4900", "-100.00")))
    assert books.gl() == amounts(a6000="100.00", a4900="-100.00", a1300="20.00", a2230="-20.00")


async def test_vat_of_a_deposit_is_declared_without_a_customer(books: Any) -> None:
    suspense = gl("2320", "-600.00", vat_amount=Decimal("-100.00"), **sale("VAT20"))
    await books.posted(journal("FBV1", gl("2320", "600.00"), suspense))
    assert books.gl() == amounts(a2320="100.00", a2200="-100.00")
    (result,) = await books.post(journal("FBV1", gl("2320", "600.00"), suspense))
    assert (result.status, result.entry_no) == ("already", 0)


async def test_a_transfer_between_banks_needs_no_type(books: Any) -> None:
    def bank(number: str, amount: str) -> Line:
        return Line(account_type="Bank Account", account_no=number, amount=Decimal(amount))

    await books.posted(journal("FBPO1", bank("STRIPE", "-96.80"), bank("BANK-GBP", "96.80")))
    assert books.gl() == amounts(a1220="-96.80", a1100="96.80")
