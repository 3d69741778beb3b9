"""Further runs of a case: what its text says of another policy or switch, beside the one that its postings are written for.

A variant is named ``CASE-name`` and replaces what differs; everything else is the case's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, Any]
SALES = {
    "gen_posting_type": "Sale",
    "gen_bus_posting_group": "DOMESTIC",
    "gen_prod_posting_group": "SERVICES",
    "vat_bus_posting_group": "DOMESTIC",
    "vat_prod_posting_group": "VAT20",
}


@dataclass(frozen=True)
class Variant:
    """Another run. ``rules`` are put into the posting setup, ``switches`` into the FreshBooks sandbox; ``posted`` is more that stood before;
    ``change`` replaces fields of the only event, ``status`` and ``postings`` those of the case, and ``more_postings`` come besides them.
    """

    reason: str
    rules: Fields = field(default_factory=dict)
    switches: Fields = field(default_factory=dict)
    posted: tuple[str, ...] = ()
    change: Fields = field(default_factory=dict)
    more_events: tuple[Fields, ...] = ()
    status: str = ""
    postings: tuple[Fields, ...] | None = None
    more_postings: tuple[Fields, ...] = ()


def line(kind: str, no: str, amount: str, **more: str) -> Fields:
    return {"account_type": kind, "account_no": no, "amount": amount, **more}


def customer(amount: str, **more: str) -> Fields:
    return line("Customer", "C00010", amount, **more)


def account(no: str, amount: str, **more: str) -> Fields:
    return line("G/L Account", no, amount, **more)


def head(kind: str, no: str, key: str, day: str) -> Fields:
    return {
        "document_type": kind,
        "document_no": no,
        "external_document_no": key,
        "posting_date": day,
    }


def debit(no: str, amount: str) -> Fields:
    return {"account": no, "debit": amount}


def credit(no: str, amount: str) -> Fields:
    return {"account": no, "credit": amount}


PER_TAX = {"tax_rounding": "per_tax_total"}
ROUNDED_IN_TOTAL = Variant(
    reason="FreshBooks rounds tax per tax total (freshbooks.md 9.2), not per line: both must be right.",
    switches=PER_TAX,
    change={"amount": "119.99", "tax_total": "20.00"},
    postings=(
        {
            "kind": "journal",
            "header": head("Invoice", "FB0000107", "FB-INV-34107-1", "2026-03-14"),
            "lines": [
                customer("119.99", document_type="Invoice"),
                account("4000", "-119.99", vat_amount="-20.00", **SALES),
            ],
            "gl_entries": [debit("1200", "119.99"), credit("2200", "20.00"), credit("4000", "99.99")],
        },
    ),
)  # fmt: skip
OTHER_ID = Variant(
    reason="FreshBooks does not say whether overpaymentid is the credit note's id.",
    switches={"overpaymentid": "payment"},
)
LATER_INVOICE = {
    "event": "invoice.update",
    "object": "invoice",
    "id": "35001",
    "invoice_number": "0000201",
    "customerid": "7001",
    "create_date": "2026-04-15",
    "v3_status": "sent",
    "vis_state": "0",
    "currency_code": "GBP",
    "amount": "960.00",
    "lines": [
        {
            "name": "Consulting",
            "qty": "10",
            "unit_cost": "80.00",
            "taxName1": "VAT",
            "taxAmount1": "20",
        }
    ],
}
USED_LATER = {
    "event": "payment.create",
    "object": "payment",
    "id": "11030",
    "invoiceid": "35001",
    "amount": "200.00",
    "code": "GBP",
    "date": "2026-04-15",
    "type": "Credit",
    "from_credit": "true",
    "vis_state": "0",
    "creditid": "30950",
}
BANK_BOOKS_IT = {
    "kind": "journal",
    "header": {**head("", "NAVBANK0409", "", "2026-04-09"), "currency_code": "EUR"},
    "lines": [
        line("Bank Account", "BANK-EUR", "1219.56"),
        account("6310", "15.00"),
        account("1210", "-1234.56"),
    ],
    "gl_entries": [debit("1110", "1061.02"), debit("6310", "13.05"), credit("1210", "1074.07")],
    "note": "posted by the NAV accountant",
}

VARIANTS = {
    "E43-in_part": Variant(
        reason="Only part of the payment is charged back: FreshBooks shows less, with the word in the note.",
        change={"amount": "760.00", "vis_state": "0"},
        postings=(
            {
                "kind": "application",
                "action": "unapply",
                "posting_date": "2026-05-02",
                "document_no": "FBX11002",
                "entries": ["FBP11002", "FB0000201"],
                "gl_entries": [],
            },
            {
                "kind": "journal",
                "header": {
                    **head("Refund", "FBX11002", "FB-CB-11002-1", "2026-05-02"),
                    "reason_code": "CHARGEBACK",
                },
                "lines": [
                    customer("200.00", applies_to_doc_type="Payment", applies_to_doc_no="FBP11002"),
                    line("Bank Account", "STRIPE", "-200.00"),
                ],
                "gl_entries": [debit("1200", "200.00"), credit("1220", "200.00")],
            },
            {
                "kind": "application",
                "action": "apply",
                "posting_date": "2026-05-02",
                "customer_no": "C00010",
                "apply": [{"entry": "FBP11002", "amount": "-760.00"}],
                "to": [{"entry": "FB0000201", "amount": "760.00"}],
                "gl_entries": [],
                "customer_open_items_after": [{"document_no": "FB0000201", "remaining": "200.00"}],
            },
        ),
    ),
    "W05-net": Variant(
        reason="Policy discount = net: 4000 -720, the same VAT base.",
        rules={"discount": "net"},
        postings=(
            {
                "kind": "journal",
                "header": head("Invoice", "FB0000105", "FB-INV-34105-1", "2026-03-13"),
                "lines": [
                    customer("864.00", document_type="Invoice"),
                    account("4000", "-864.00", vat_amount="-144.00", **SALES),
                ],
                "gl_entries": [debit("1200", "864.00"), credit("2200", "144.00"), credit("4000", "720.00")],
            },
        ),
    ),
    "W07-per_tax_total": ROUNDED_IN_TOTAL,
    "W07-rounding_line": Variant(
        reason="The batch takes no VAT difference: NAV computes 20.00, the cent goes to 7100, as in the case's alternative.",
        rules={"vat_difference": False},
        postings=(
            {
                "kind": "journal",
                "header": head("Invoice", "FB0000107", "FB-INV-34107-1", "2026-03-14"),
                "lines": [
                    customer("120.00", document_type="Invoice"),
                    account("4000", "-119.99", vat_amount="-20.00", **SALES),
                    account("7100", "-0.01"),
                ],
                "gl_entries": [debit("1200", "120.00"), credit("2200", "20.00"), credit("4000", "99.99"), credit("7100", "0.01")],
            },
        ),
    ),
    "E14-per_tax_total": ROUNDED_IN_TOTAL,
    "W13-other_id": OTHER_ID,
    "W14-other_id": OTHER_ID,
    "E03-other_id": OTHER_ID,
    "E04-other_id": OTHER_ID,
    "W18-on_application": Variant(
        reason="Policy goodwill_recognition = on_application defers the credit to its use; the number is ours, after the payment that uses it.",
        rules={"goodwill_recognition": "on_application"},
        postings=(
            {
                "kind": "journal",
                "header": {**head("Credit Memo", "FBG10360", "FB-PMT-10360-1", "2026-03-25"), "document_date": "2026-03-25"},
                "lines": [
                    customer("-150.00", document_type="Credit Memo", applies_to_doc_type="Invoice", applies_to_doc_no="FB0000101"),
                    account("6500", "150.00", vat_amount="25.00", **SALES),
                ],
                "gl_entries": [credit("1200", "150.00"), debit("2200", "25.00"), debit("6500", "125.00")],
                "customer_open_items_after": [{"document_no": "FB0000101", "remaining": "810.00"}],
            },
        ),
    ),
    "W30-PREPAY": Variant(
        reason="The alternative: a posting group of its own (liability 2300), moved by a pair of lines when it is used; the invoice and the use are ours.",
        rules={"prepayment": {"account_type": "G/L Account", "account_no": "1210", "posting_group": "PREPAY"}},
        more_events=(LATER_INVOICE, USED_LATER),
        postings=(
            {
                "kind": "journal",
                "header": head("Payment", "FBC0000071", "FB-CRN-30950-1", "2026-03-24"),
                "lines": [customer("-200.00", document_type="Payment"), account("1210", "200.00")],
                "gl_entries": [debit("1210", "200.00"), credit("2300", "200.00")],
                "customer_open_items_after": [{"document_no": "FBC0000071", "remaining": "-200.00"}],
            },
            {
                "kind": "journal",
                "header": head("Invoice", "FB0000201", "FB-INV-35001-1", "2026-04-15"),
                "lines": [
                    customer("960.00", document_type="Invoice"),
                    account("4000", "-960.00", vat_amount="-160.00", **SALES),
                ],
                "gl_entries": [debit("1200", "960.00"), credit("2200", "160.00"), credit("4000", "800.00")],
            },
            {
                "kind": "journal",
                "header": head("", "FBT11030", "FB-PMT-11030-1", "2026-04-15"),
                "lines": [
                    customer("200.00", applies_to_doc_type="Payment", applies_to_doc_no="FBC0000071"),
                    customer("-200.00", applies_to_doc_type="Invoice", applies_to_doc_no="FB0000201"),
                ],
                "gl_entries": [credit("1200", "200.00"), debit("2300", "200.00")],
                "customer_open_items_after": [{"document_no": "FB0000201", "remaining": "760.00"}],
            },
        ),
    ),
    "E12-paid": Variant(
        reason="Payments are re-applied under the new customer only after a person confirms.",
        posted=("FBP11012 960.00 applied",),
        status="held+posted",
        more_postings=(
            {
                "kind": "reverse_transaction",
                "of": "FBP11012",
                "gl_entries": [credit("1100", "960.00"), debit("1200", "960.00")],
            },
            {
                "kind": "journal",
                "header": head("Payment", "FBP11012-2", "FB-PMT-11012-2", "2026-03-15"),
                "lines": [
                    line("Customer", "C00012", "-960.00", applies_to_doc_type="Invoice", applies_to_doc_no="FB0000201-2"),
                    line("Bank Account", "BANK-GBP", "960.00"),
                ],
                "gl_entries": [debit("1100", "960.00"), credit("1200", "960.00")],
                "customer_open_items_after": [],
            },
        ),
    ),
    "E13-untaxed": Variant(
        reason="If the edit also drops the tax it is held.",
        change={"amount": "1129.44", "lines": [{"name": "Consulting", "qty": "12", "unit_cost": "94.12"}]},
        status="held",
        postings=(),
    ),
    "E18-net": Variant(
        reason="Policy discount = net: nothing to post.",
        rules={"discount": "net"},
        status="ignored",
        postings=(),
    ),
    "E23-hold": Variant(
        reason="Policy hold: wait for approval; then as next_open.",
        rules={"closed_period": "hold"},
        status="held+posted",
    ),
    "E29-other_money": Variant(
        reason="A person links or posts: here it is other money, and what was keyed into NAV stays open.",
        status="held+posted",
        postings=(
            {
                "kind": "journal",
                "header": head("Payment", "FBP11029", "FB-PMT-11029-1", "2026-03-15"),
                "lines": [
                    customer("-960.00", applies_to_doc_type="Invoice", applies_to_doc_no="FB0000201"),
                    line("Bank Account", "BANK-GBP", "960.00"),
                ],
                "gl_entries": [debit("1100", "960.00"), credit("1200", "960.00")],
            },
        ),
    ),
    "E52-accepted": Variant(
        reason="A person accepts March.",
        status="held+posted",
        postings=(
            {
                "kind": "journal",
                "header": {**head("Invoice", "FB0000252", "FB-INV-35052-1", "2026-03-01"), "document_date": "2026-02-20"},
                "lines": [
                    customer("960.00", document_type="Invoice"),
                    account("4000", "-960.00", vat_amount="-160.00", **SALES),
                ],
                "gl_entries": [debit("1200", "960.00"), credit("2200", "160.00"), credit("4000", "800.00")],
            },
        ),
    ),
    "E63-no_evidence": Variant(
        reason="Without evidence of the charge: to clearing, and NAV's bank reconciliation books the 15.00.",
        postings=(
            {
                "kind": "journal",
                "header": head("Payment", "FBP11063", "FB-PMT-11063-1", "2026-04-09"),
                "lines": [
                    line("Customer", "C00020", "-1234.56", currency_code="EUR", applies_to_doc_type="Invoice", applies_to_doc_no="FB0000111"),
                    account("1210", "1234.56", currency_code="EUR"),
                ],
                "gl_entries": [debit("1210", "1074.07"), credit("1205", "1074.07")],
                "gl_entries_from_application": [debit("1205", "24.69"), credit("7000", "24.69")],
                "customer_open_items_after": [],
            },
            BANK_BOOKS_IT,
        ),
    ),
    "E65-cash_accounting": Variant(
        reason="Under cash accounting: held, VAT belongs to the period of receipt.",
        status="held",
        postings=(),
    ),
    "E69-material": Variant(
        reason="Above the materiality limit: held for a prior-period adjustment.",
        rules={"prior_period_limit": "100.00"},
        status="held",
        postings=(),
    ),
}  # fmt: skip
