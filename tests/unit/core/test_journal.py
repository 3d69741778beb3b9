"""Documents become journals: worked examples that an accountant can check by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.books import HOME, SETUP, TERMS, credit_note, invoice, line, payment

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_note import credit_note_to_journal
from tieout.core.journal.invoice import invoice_to_journal
from tieout.core.journal.lines import AccountType, Application, DocumentType, Journal
from tieout.core.journal.payment import (
    payment_to_journal,
    prepayment_to_journal,
    transfer_to_journal,
)
from tieout.core.journal.policies import PrepaymentRule
from tieout.core.journal.reversal import reversal_of
from tieout.core.records.invoice import Invoice


def lines_of(journal: Journal | None) -> list[tuple[str, str, str]]:
    assert journal is not None
    return [(ln.account_no, str(ln.amount), str(ln.vat_amount or "")) for ln in journal.lines]


def post(document: Invoice) -> Journal | None:
    journal, findings = invoice_to_journal(document, SETUP, HOME, "FB0000101", TERMS)
    assert not findings, findings
    return journal


def test_single_line_with_vat() -> None:
    assert lines_of(post(invoice("960.00", line("10", "80.00")))) == [
        ("C00010", "960.00", ""),
        ("4000", "-960.00", "-160.00"),
    ]


def test_three_rates_are_added_up_apart() -> None:
    document = invoice(
        "971.50", line("5", "120.00"), line("2", "15.50", "0"), line("1", "210.00", "5")
    )
    journal = post(document)
    assert lines_of(journal) == [
        ("C00010", "971.50", ""),
        ("4000", "-720.00", "-120.00"),
        ("4000", "-31.00", ""),
        ("4000", "-220.50", "-10.50"),
    ]
    assert journal is not None
    assert [ln.groups.gen_prod for ln in journal.lines if ln.groups] == [
        "SERVICES",
        "PRODUCTS",
        "SERVICES",
    ]


def test_tax_rounded_per_line_is_kept_to_the_cent() -> None:
    thirds = [line("1", "33.33")] * 3
    assert lines_of(post(invoice("120.00", *thirds)))[1] == ("4000", "-120.00", "-20.01")


def test_tax_rounded_per_document_is_kept_to_the_cent() -> None:
    thirds = [line("1", "33.33")] * 3
    assert lines_of(post(invoice("119.99", *thirds)))[1] == ("4000", "-119.99", "-20.00")


def test_tax_that_no_rule_explains_is_held() -> None:
    journal, findings = invoice_to_journal(
        invoice("970.00", line("10", "80.00")), SETUP, HOME, "X", TERMS
    )
    assert journal is None
    assert [f.rule for f in findings] == ["TAX_NOT_EXPLAINED"]


def test_prices_that_include_tax() -> None:
    document = invoice("99.99", line("1", "99.99"), tax_included=True)
    assert lines_of(post(document))[1] == ("4000", "-99.99", "-16.67")


def test_free_and_negative_lines() -> None:
    document = invoice("540.00", line("5", "100.00"), line("1", "0.00"), line("1", "-50.00"))
    assert lines_of(post(document)) == [
        ("C00010", "540.00", ""),
        ("4000", "-600.00", "-100.00"),
        ("4050", "60.00", "10.00"),
    ]


def test_discount_on_the_whole_invoice_stands_apart() -> None:
    document = invoice("864.00", line("1", "500.00"), line("1", "300.00"), discount="80.00")
    assert lines_of(post(document)) == [
        ("C00010", "864.00", ""),
        ("4000", "-960.00", "-160.00"),
        ("4050", "96.00", "16.00"),
    ]


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (invoice("115.00", line("1", "100.00", "15")), "TAX_NOT_MAPPED"),
        (invoice("100.00", line("1", "100.00", None)), "TAX_TREATMENT_UNKNOWN"),
        (invoice("120.00", line("1", "100.00"), currency="CHF"), "CURRENCY_NOT_MAPPED"),
    ],
)
def test_what_is_not_mapped_is_held(document: Invoice, rule: str) -> None:
    journal, findings = invoice_to_journal(document, SETUP, HOME, "X", TERMS)
    assert journal is None
    assert rule in [f.rule for f in findings]


def test_export_without_tax() -> None:
    abroad = Buyer(customer_no="C00020", gen_bus="EXPORT", vat_bus="EXPORT")
    journal, findings = invoice_to_journal(
        invoice("100.00", line("1", "100.00", None)), SETUP, abroad, "X", TERMS
    )
    assert not findings
    assert lines_of(journal) == [("C00020", "100.00", ""), ("4000", "-100.00", "")]


def test_goodwill_credit_note() -> None:
    journal, _ = credit_note_to_journal(
        credit_note("150.00", line("1", "125.00")), SETUP, HOME, "X", TERMS
    )
    assert lines_of(journal) == [("C00010", "-150.00", ""), ("6500", "150.00", "25.00")]


def test_credit_that_is_money_is_held() -> None:
    note = credit_note("20.00", credit_type="overpayment")
    journal, findings = credit_note_to_journal(note, SETUP, HOME, "X", TERMS)
    assert journal is None
    assert findings[0].rule == "CREDIT_TYPE_NOT_MAPPED"


def test_payment_settles_its_invoice() -> None:
    applies = Application(document_type=DocumentType.INVOICE, document_no="FB0000101")
    journal, _ = payment_to_journal(payment("960.00"), SETUP, "C00010", "FBP10301", applies, TERMS)
    assert journal is not None
    assert lines_of(journal) == [("C00010", "-960.00", ""), ("BANK-GBP", "960.00", "")]
    assert journal.lines[0].applies_to == applies


def test_payment_of_unknown_type_is_held() -> None:
    journal, findings = payment_to_journal(
        payment("1.00", method="Barter"), SETUP, "C", "X", None, TERMS
    )
    assert journal is None
    assert findings[0].rule == "PAYMENT_TYPE_NOT_MAPPED"


def test_a_prepayment_moves_to_its_invoice_and_the_customer_owes_the_same() -> None:
    rule = PrepaymentRule(
        account_type=AccountType.BANK_ACCOUNT, account_no="BANK-GBP", posting_group="PREPAY"
    )
    setup = replace(SETUP, prepayment=rule)
    note = credit_note("200.00", credit_type="prepayment")
    receipt, _ = prepayment_to_journal(note, setup, "C00010", "FBC0000070", TERMS)
    assert receipt is not None
    bill = post(invoice("960.00", line("10", "80.00")))
    assert bill is not None
    used = payment("150.00", credit=note.ref.key, day=date(2026, 4, 2))
    journal = transfer_to_journal(receipt, bill, used, "FBP10301", setup, TERMS)
    assert (journal.document_type, journal.document_no) == (DocumentType.BLANK, "FBP10301")
    assert (journal.posting_date, journal.document_date) == (TERMS.posting_date, date(2026, 4, 2))
    assert [
        (ln.account_no, ln.posting_group, ln.amount, ln.applies_to) for ln in journal.lines
    ] == [
        (
            "C00010",
            "PREPAY",
            150,
            Application(document_type=DocumentType.PAYMENT, document_no="FBC0000070"),
        ),
        (
            "C00010",
            "",
            -150,
            Application(document_type=DocumentType.INVOICE, document_no="FB0000101"),
        ),
    ]


def test_reversal_is_the_exact_opposite_applied_to_the_original() -> None:
    posted = post(invoice("960.00", line("10", "80.00")))
    assert posted is not None
    undone = reversal_of(posted, "FB0000101-C1")
    assert undone.document_type is DocumentType.CREDIT_MEMO
    assert lines_of(undone) == [("C00010", "-960.00", ""), ("4000", "960.00", "160.00")]
    assert undone.lines[0].applies_to == Application(
        document_type=DocumentType.INVOICE, document_no="FB0000101"
    )
    assert sum(ln.amount for ln in undone.lines) == Decimal(0)
