"""RENAME: a record gets another primary key, and whatever names it follows.

Fields with a plain TableRelation to the table follow by themselves; those that name it under a
condition, or that this server does not check when it writes, stand in ALSO.
"""

from __future__ import annotations

from typing import Any

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Key, Row, Table

Where = dict[str, Any]

ALSO: dict[str, tuple[tuple[str, str, Where], ...]] = {
    "Customer": (
        ("Default Dimension", "No.", {"Table ID": 18}),
        ("Cust. Ledger Entry", "Customer No.", {}),
        ("Detailed Cust. Ledg. Entry", "Customer No.", {}),
        ("VAT Entry", "Bill-to/Pay-to No.", {}),
        ("G/L Entry", "Source No.", {"Source Type": "Customer"}),
        ("Gen. Journal Line", "Account No.", {"Account Type": "Customer"}),
        ("Gen. Journal Line", "Bal. Account No.", {"Bal. Account Type": "Customer"}),
    ),
    "G/L Account": (
        ("Default Dimension", "No.", {"Table ID": 15}),
        ("G/L Entry", "G/L Account No.", {}),
        ("Gen. Journal Line", "Account No.", {"Account Type": "G/L Account"}),
        ("Gen. Journal Line", "Bal. Account No.", {"Bal. Account Type": "G/L Account"}),
        ("Gen. Journal Batch", "Bal. Account No.", {"Bal. Account Type": "G/L Account"}),
    ),
    "Bank Account": (
        ("Default Dimension", "No.", {"Table ID": 270}),
        ("Bank Account Ledger Entry", "Bank Account No.", {}),
        ("G/L Entry", "Source No.", {"Source Type": "Bank Account"}),
        ("Gen. Journal Line", "Account No.", {"Account Type": "Bank Account"}),
        ("Gen. Journal Line", "Bal. Account No.", {"Bal. Account Type": "Bank Account"}),
        ("Gen. Journal Batch", "Bal. Account No.", {"Bal. Account Type": "Bank Account"}),
    ),
    "Currency": (
        ("Cust. Ledger Entry", "Currency Code", {}),
        ("Detailed Cust. Ledg. Entry", "Currency Code", {}),
        ("Bank Account Ledger Entry", "Currency Code", {}),
    ),
}

BELOW = {"Gen. Journal Batch": "Gen. Journal Line"}
"""Tables whose primary key begins with that of another."""


def rename(company: Company, table: str, old: Key, row: Row) -> Row:
    """Puts the record under the key that `row` bears; raises NavError "duplicate" if it is taken."""
    database = company.database
    definition = database.table(table)
    written = database.insert(table, row)
    database.delete(table, *old)
    new = tuple(written[name] for name in definition.primary_key)
    if len(new) == 1:
        for other in database.tables():
            for field, where in _names(other, table):
                _follow(company, other, field, where, old[0], new[0])
    if table in BELOW:
        _below(company, database.table(BELOW[table]), old, new)
    return database.existing(table, *new)


def _below(company: Company, other: Table, old: Key, new: Key) -> None:
    for key in list(company.database.first_keys(other.name, *old)):
        row = company.database.existing(other.name, *key)
        begin = dict(zip(other.primary_key, new, strict=False))
        rename(company, other.name, key, {**row, **begin})


def _names(other: Table, table: str) -> list[tuple[str, Where]]:
    related = [(field.name, Where()) for field in other.fields if field.relation == table]
    return related + [
        (field, where) for name, field, where in ALSO.get(table, ()) if name == other.name
    ]


def _follow(company: Company, other: Table, field: str, where: Where, old: str, new: str) -> None:
    for row in list(company.database.all(other.name)):
        if row[field] != old or any(row[name] != value for name, value in where.items()):
            continue
        changed = {**row, field: new}
        key = tuple(row[name] for name in other.primary_key)
        if field in other.primary_key:
            rename(company, other.name, key, changed)
        else:
            company.database.modify(other.name, changed)
