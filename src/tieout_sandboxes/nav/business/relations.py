"""TableRelations: which field names a record of which table.

Those that are checked when a value is typed stand with the tables (`>Customer`). Here are the
others: of ledger entries, which nobody types, of fields that only pages show, and those that
hold under a condition. Associations and renaming go by all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tieout_sandboxes.nav.business.tables import TABLES
from tieout_sandboxes.nav.database import Table

Where = dict[str, Any]

_GEN = {
    "Gen. Bus. Posting Group": "Gen. Business Posting Group",
    "Gen. Prod. Posting Group": "Gen. Product Posting Group",
}
_VAT = {
    "VAT Bus. Posting Group": "VAT Business Posting Group",
    "VAT Prod. Posting Group": "VAT Product Posting Group",
}
_CODES = {"Source Code": "Source Code", "Reason Code": "Reason Code"}
_TAX = {"Tax Area Code": "Tax Area", "Tax Group Code": "Tax Group"}
_BALANCING = {f"Bal. {field}": table for field, table in {**_GEN, **_VAT}.items()}
_SUBLEDGER = {"Currency Code": "Currency", **_CODES}

UNCHECKED: dict[str, dict[str, str]] = {
    "Customer": {
        "Invoice Disc. Code": "Customer",
        "Cash Flow Payment Terms Code": "Payment Terms",
    },
    "General Ledger Setup": {
        "Additional Reporting Currency": "Currency",
        "Global Dimension 1 Code": "Dimension",
        "Global Dimension 2 Code": "Dimension",
    },
    "G/L Entry": {"G/L Account No.": "G/L Account", **_GEN, **_VAT, **_TAX, **_CODES},
    "Cust. Ledger Entry": {
        "Customer No.": "Customer",
        "Customer Posting Group": "Customer Posting Group",
        **_SUBLEDGER,
    },
    "Detailed Cust. Ledg. Entry": {"Customer No.": "Customer", **_SUBLEDGER},
    "VAT Entry": {
        **_GEN,
        **_VAT,
        **_TAX,
        **_CODES,
        "Country/Region Code": "Country/Region",
        "Tax Jurisdiction Code": "Tax Jurisdiction",
        "Tax Group Used": "Tax Group",
    },
    "Bank Account Ledger Entry": {
        "Bank Account No.": "Bank Account",
        "Bank Acc. Posting Group": "Bank Account Posting Group",
        **_SUBLEDGER,
    },
    "Gen. Journal Line": _BALANCING,
}
_JOURNALS = ("Gen. Journal Batch", "Gen. Journal Line")
_LEDGERS = ("G/L Entry", "Cust. Ledger Entry", "Bank Account Ledger Entry")


def _account(name: str) -> tuple[tuple[str, str, Where], ...]:
    """Where an account of a journal or its balancing account may be named."""
    balancing = tuple(
        (table, "Bal. Account No.", {"Bal. Account Type": name}) for table in _JOURNALS + _LEDGERS
    )
    return (("Gen. Journal Line", "Account No.", {"Account Type": name}), *balancing)


CONDITIONAL: dict[str, tuple[tuple[str, str, Where], ...]] = {
    "Customer": (
        ("Default Dimension", "No.", {"Table ID": 18}),
        ("VAT Entry", "Bill-to/Pay-to No.", {"Type": "Sale"}),
        ("G/L Entry", "Source No.", {"Source Type": "Customer"}),
        *_account("Customer"),
    ),
    "G/L Account": (
        ("Default Dimension", "No.", {"Table ID": 15}),
        *_account("G/L Account"),
    ),
    "Bank Account": (
        ("Default Dimension", "No.", {"Table ID": 270}),
        ("G/L Entry", "Source No.", {"Source Type": "Bank Account"}),
        *_account("Bank Account"),
    ),
    "Customer Posting Group": (
        ("Gen. Journal Line", "Posting Group", {"Account Type": "Customer"}),
    ),
}
"""By the table that is named: table, field and what must hold there."""

_CHECKED_SIMPLY = {("Gen. Journal Line", "Bill-to/Pay-to No.")}
"""Conditional in NAV; here only customers are kept."""
_CHECKED = {(table.name, field.name): field.relation for table in TABLES for field in table.fields}


def related(table: str, field: str) -> str:
    """The table that a field names whatever else holds, or nothing."""
    if (table, field) in _CHECKED_SIMPLY:
        return ""
    return _CHECKED.get((table, field)) or UNCHECKED.get(table, {}).get(field, "")


def naming(other: Table, table: str) -> Iterator[tuple[str, Where]]:
    """The fields of one table that may name a record of another, and under which condition."""
    for field in other.fields:
        if field.relation == table or related(other.name, field.name) == table:
            yield field.name, {}
    for name, place, where in CONDITIONAL.get(table, ()):
        if name == other.name:
            yield place, where
