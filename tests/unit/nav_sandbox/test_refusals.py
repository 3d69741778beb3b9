"""What NAV does not let anybody post, in NAV's words; a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

VAT20 = ("4000", "SERVICES", "VAT20", "-960.00", None)


def with_line(document: Any, number: int, **changes: Any) -> Any:
    lines = list(document.lines)
    lines[number] = replace(lines[number], **changes)
    return replace(document, lines=tuple(lines))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ({"batch_name": "OTHER"}, "The Gen. Journal Batch does not exist"),
        ({"template_name": "OTHER"}, "cannot be found in the related table"),
        ({"document_no": ""}, "Document No. must have a value in Gen. Journal Line"),
        ({"document_no": "X" * 21}, "must be less than or equal to 20 characters"),
        ({"document_type": "Reminders"}, "not an acceptable value for 'Document Type'"),
        ({"posting_date": None}, "Posting Date must have a value"),
        ({"currency_code": "XXX"}, "(XXX) that cannot be found in the related table (Currency)"),
        (
            {"currency_code": "EUR", "posting_date": dt.date(2025, 12, 31)},
            "There is no Currency Exchange Rate within the filter",
        ),
        ({"currency_factor": Decimal("1.1")}, "Currency Code must have a value"),
        ({"reason_code": "NONE"}, "(NONE) that cannot be found"),
        ({"lines": ()}, "There is nothing to post."),
        ({"document_type": "Credit Memo"}, "Amount must be negative in Gen. Journal Line"),
        ({"document_type": "Payment"}, "Amount must be negative"),
    ],
)
async def test_a_head_that_is_refused(books: Any, head: dict[str, Any], told: str) -> None:
    assert told in await books.refusal(replace(books.invoice(), **head))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"account_no": "C99990"}, "cannot be found in the related table (Customer)"),
        ({"account_no": ""}, "Account No. must have a value"),
        ({"account_type": "Vendor"}, "not kept by this server"),
        ({"amount": Decimal(0)}, "Amount must have a value"),
        ({"amount": Decimal("960.001")}, "Amount needs to be rounded"),
        ({"amount": Decimal("950.00")}, "is out of balance by -10.00"),
        ({"gen_posting_type": "Sale"}, "Gen. Posting Type must be equal to ' '"),
        ({"gen_bus_posting_group": "DOMESTIC"}, "Gen. Bus. Posting Group must be equal to ''"),
    ],
)
async def test_a_customer_line_that_is_refused(books: Any, line: Any, told: str) -> None:
    assert told in await books.refusal(with_line(books.invoice(), 0, **line))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"account_no": "1200"}, "Direct Posting must be equal to 'Yes'"),
        ({"account_no": "9999"}, "cannot be found in the related table (G/L Account)"),
        ({"gen_posting_type": ""}, "Gen. Posting Type must have a value"),
        ({"gen_posting_type": "Gift"}, "not an acceptable value"),
        ({"vat_prod_posting_group": "VAT99"}, "(VAT99) that cannot be found"),
        ({"vat_prod_posting_group": ""}, "The VAT Posting Setup does not exist"),
        ({"vat_amount": Decimal("-160.06")}, "The VAT Difference must not be more than 0.05."),
        ({"vat_amount": Decimal("160.00")}, "VAT Amount must be negative."),
        ({"vat_amount": Decimal("-160.001")}, "VAT Amount needs to be rounded"),
        ({"description": "x" * 51}, "must be less than or equal to 50 characters"),
        (
            {"applies_to_doc_type": "Invoice", "applies_to_doc_no": "FB0000101"},
            "Applies-to Doc. No. must be equal to ''",
        ),
    ],
)
async def test_a_revenue_line_that_is_refused(books: Any, line: Any, told: str) -> None:
    assert told in await books.refusal(with_line(books.invoice(), 1, **line))


async def test_the_largest_vat_difference_is_accepted(books: Any) -> None:
    invoice = with_line(books.invoice(), 1, vat_amount=Decimal("-160.05"))
    await books.posted(invoice)
    assert books.gl()["2200"] == Decimal("-160.05")


async def test_a_batch_may_allow_no_vat_difference(books: Any) -> None:
    books.setup("Gen. Journal Batch", "GENERAL", "FRESHBOOKS", Allow_VAT_Difference=False)
    invoice = with_line(books.invoice(), 1, vat_amount=Decimal("-160.00"))
    assert "Allow VAT Difference must be equal to 'Yes'" in await books.refusal(invoice)


async def test_a_number_is_used_once_per_type_but_not_for_payments(books: Any) -> None:
    await books.posted(books.invoice())
    again = replace(books.invoice(), key="FB-OTHER")
    assert await books.refusal(again) == "Sales Invoice FB0000101 already exists."
    credit = books.sale(
        "FB0000101", "-960.00", ("6500", "SERVICES", "VAT20", "960.00", None), kind="Credit Memo"
    )
    await books.posted(replace(credit, key="FB-CRN-1"))
    second = replace(credit, key="FB-CRN-2")
    assert await books.refusal(second) == "Sales Credit Memo FB0000101 already exists."
    pay = books.payment(amount="10.00")
    await books.posted(pay, replace(pay, key="FB-PMT-2"))
    assert books.gl()["1100"] == Decimal("20.00")


async def test_one_document_has_one_customer(books: Any) -> None:
    await books.create(books.customer("FB-CUS-2"))
    other = books.sale("X", "-10.00", customer="C00020").lines[0]
    invoice = with_line(books.invoice(), 1, amount=Decimal("-950.00"))
    more = replace(invoice, lines=(*invoice.lines, replace(other, amount=Decimal("10.00"))))
    assert "more than one customer" in await books.refusal(more)


@pytest.mark.parametrize(
    ("company", "user", "allowed"),
    [
        ((None, None), None, True),
        ((dt.date(2026, 3, 10), dt.date(2026, 3, 10)), None, True),
        ((dt.date(2026, 3, 11), None), None, False),
        ((None, dt.date(2026, 3, 9)), None, False),
        ((dt.date(2026, 3, 11), None), (dt.date(2026, 1, 1), None), True),
        ((None, None), (None, dt.date(2026, 3, 9)), False),
        ((dt.date(2026, 3, 11), None), (None, None), False),
    ],
)
async def test_the_window_of_the_user_goes_before_that_of_the_company(
    books: Any, company: Any, user: Any, allowed: bool
) -> None:
    start, end = company
    books.setup("General Ledger Setup", "", Allow_Posting_From=start, Allow_Posting_To=end)
    if user is not None:
        row = {"Allow Posting From": user[0], "Allow Posting To": user[1]}
        books.company.database.insert("User Setup", {"User ID": "TIEOUT", **row})
    if allowed:
        await books.posted(books.invoice())
    else:
        told = "Posting Date is not within your range of allowed posting dates"
        assert told in await books.refusal(books.invoice())


@pytest.mark.parametrize(
    ("blocked", "kind", "allowed"),
    [
        ("Ship", "Invoice", True),
        ("Invoice", "Invoice", False),
        ("Invoice", "", False),
        ("Invoice", "Payment", True),
        ("Invoice", "Refund", True),
        ("All", "Payment", False),
    ],
)
async def test_a_blocked_customer(books: Any, blocked: str, kind: str, allowed: bool) -> None:
    books.setup("Customer", "C00010", Blocked=blocked)
    amount = "10.00" if kind == "Payment" else "-10.00"
    payment = books.payment("P1", amount, kind=kind)
    if allowed:
        await books.posted(payment)
    else:
        told = await books.refusal(payment)
        assert told.endswith(f"when Customer C00010 is blocked with type {blocked}")


async def test_a_customer_blocked_for_privacy(books: Any) -> None:
    books.setup("Customer", "C00010", Privacy_Blocked=True)
    assert "is blocked for privacy" in await books.refusal(books.payment())


@pytest.mark.parametrize(
    ("table", "key", "changes", "told"),
    [
        ("Customer", ("C00010",), {"Customer_Posting_Group": ""}, "Customer Posting Group must"),
        (
            "Customer Posting Group",
            ("DOMESTIC",),
            {"Receivables_Account": ""},
            "Receivables Account must have a value in Customer Posting Group: Code='DOMESTIC'",
        ),
        (
            "VAT Posting Setup",
            ("DOMESTIC", "VAT20"),
            {"Sales_VAT_Account": ""},
            "Sales VAT Account must have a value in VAT Posting Setup",
        ),
        (
            "VAT Posting Setup",
            ("DOMESTIC", "VAT20"),
            {"VAT_Calculation_Type": "Full VAT"},
            "Account No. must be equal to '2200' in Gen. Journal Line",
        ),
        ("G/L Account", ("4000",), {"Blocked": True}, "Blocked must be equal to 'No'"),
        ("G/L Account", ("2200",), {"Blocked": True}, "Blocked must be equal to 'No'"),
        ("G/L Account", ("4000",), {"Account_Type": "Total"}, "Account Type must be equal to"),
    ],
)
async def test_set_up_that_is_missing(
    books: Any, table: str, key: Any, changes: Any, told: str
) -> None:
    books.setup(table, *key, **changes)
    assert told in await books.refusal(books.invoice())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Blocked": True}, "Blocked must be equal to 'No' in Bank Account"),
        ({"Bank_Acc._Posting_Group": ""}, "Bank Acc. Posting Group must have a value"),
        ({"Currency_Code": "EUR"}, "Currency Code must be equal to 'EUR' in Gen. Journal Line"),
    ],
)
async def test_a_bank_account_that_is_refused(books: Any, changes: Any, told: str) -> None:
    books.setup("Bank Account", "BANK-GBP", **changes)
    assert told in await books.refusal(books.payment())


async def test_a_payment_applies_only_to_an_open_invoice_of_that_customer(books: Any) -> None:
    nowhere = books.payment(applies_to="FB0000101")
    assert "There is no Cust. Ledger Entry within the filter" in await books.refusal(nowhere)
    await books.posted(books.invoice(), nowhere)
    closed = books.payment("FBP2", applies_to="FB0000101")
    assert "Open: Yes" in await books.refusal(closed)


async def test_a_payment_before_its_invoice_is_not_applied(books: Any) -> None:
    await books.posted(books.invoice())
    early = books.payment(applies_to="FB0000101", posting_date=dt.date(2026, 3, 9))
    assert "an entry with an earlier posting date" in await books.refusal(early)


async def test_an_invoice_is_not_applied_to_an_invoice(books: Any) -> None:
    await books.posted(books.invoice())
    other = books.invoice("FB0000102", applies_to="FB0000101")
    assert "Positive must be equal to 'No'" in await books.refusal(other)


async def test_an_external_document_number_is_always_the_key(books: Any) -> None:
    books.setup("Sales & Receivables Setup", "", **{"Ext._Doc._No._Mandatory": True})
    await books.posted(books.invoice())
    assert {row["External Document No."] for row in books.rows("G/L Entry")} == {"FB-FB0000101"}


async def test_groups_that_an_account_proposes_give_way(books: Any) -> None:
    account = {"Gen._Posting_Type": "Sale", "VAT_Bus._Posting_Group": "DOMESTIC"}
    books.setup("G/L Account", "1210", **account, **{"VAT_Prod._Posting_Group": "VAT20"})
    cash = with_line(books.payment(), 1, account_type="G/L Account", account_no="1210")
    await books.posted(cash)
    assert books.gl() == {"1200": Decimal("-960.00"), "1210": Decimal("960.00")}
    assert books.rows("VAT Entry") == []


async def test_a_document_balances_in_its_own_currency_too(books: Any) -> None:
    given = {"currency_code": "EUR", "currency_factor": Decimal("1.25")}
    payment = replace(books.payment(amount="100.00"), **given)
    odd = with_line(payment, 1, account_no="STRIPE", amount=Decimal("99.00"))
    same_lcy = with_line(odd, 1, amount_lcy=Decimal("80.00"))
    assert "is out of balance by -1.00" in await books.refusal(same_lcy)
