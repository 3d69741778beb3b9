"""What NAV does when records are typed in, changed and read: its table triggers.

A draft is a plain dict. `new_record` fills it with blanks, `validate` types one value into it,
`on_insert`, `on_modify` and `on_delete` are what the table does before the row is written. All
raise NavError where NAV refuses. The caller holds the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tieout_sandboxes.nav.business import (
    customer_entries,
    customers,
    dimensions,
    exchange_rates,
    flow,
    journal_lines,
)
from tieout_sandboxes.nav.business.fields import accept
from tieout_sandboxes.nav.business.wording import require
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Field, Row
from tieout_sandboxes.nav.errors import NavError

Typed = Callable[[Company, Row], None]

_CUSTOMER: dict[str, Typed] = {
    "No.": customers.number_typed,
    "Gen. Bus. Posting Group": customers.business_group_typed,
}
_JOURNAL_LINE: dict[str, Typed] = {
    "Journal Template Name": journal_lines.batch_typed,
    "Journal Batch Name": journal_lines.batch_typed,
    "Posting Date": journal_lines.posting_date_typed,
    "Currency Code": journal_lines.currency_typed,
    "Currency Factor": journal_lines.factor_typed,
    "Account Type": journal_lines.account_type_typed,
    "Account No.": journal_lines.account_typed,
    "Payment Terms Code": journal_lines.terms_typed,
    "Document Date": journal_lines.terms_typed,
    "Amount": journal_lines.amount_typed,
    "Amount (LCY)": journal_lines.lcy_amount_typed,
    "Debit Amount": journal_lines.debit_typed,
    "Credit Amount": journal_lines.credit_typed,
    "Gen. Posting Type": journal_lines.vat_groups_typed,
    "Gen. Bus. Posting Group": journal_lines.business_group_typed,
    "Gen. Prod. Posting Group": journal_lines.product_group_typed,
    "VAT Bus. Posting Group": journal_lines.vat_groups_typed,
    "VAT Prod. Posting Group": journal_lines.vat_groups_typed,
    "VAT Amount": journal_lines.vat_amount_typed,
    "Posting Group": journal_lines.posting_group_typed,
    "Tax Area Code": journal_lines.split_typed,
    "Tax Group Code": journal_lines.split_typed,
    "Tax Liable": journal_lines.split_typed,
    "Shortcut Dimension 1 Code": dimensions.shortcut_typed,
    "Shortcut Dimension 2 Code": dimensions.shortcut_typed,
}
_EXCHANGE_RATE: dict[str, Typed] = {
    "Currency Code": exchange_rates.currency_typed,
    "Relational Currency Code": exchange_rates.currency_typed,
    **{name: partial(exchange_rates.amount_typed, name) for name in exchange_rates.AMOUNTS},
}
_TYPED = {
    customers.TABLE: _CUSTOMER,
    journal_lines.TABLE: _JOURNAL_LINE,
    exchange_rates.TABLE: _EXCHANGE_RATE,
}
_INSERT = {customers.TABLE: customers.insert, journal_lines.TABLE: journal_lines.insert}


def new_record(company: Company, table: str, row: Row) -> None:
    """Fills the draft with what a new record holds."""
    for name, blank in company.database.table(table).blanks.items():
        row.setdefault(name, blank)


def validate(company: Company, table: str, row: Row, field: str, value: Any) -> None:
    """Types a value into a field of the draft; other fields may follow from it."""
    definition = _field(company, table, field)
    before = row[field]
    row[field] = accept(company, table, definition, value)
    if field == "Name" and row.get("Search Name") in ("", before.upper()):
        row["Search Name"] = row["Name"].upper()
    typed = _TYPED.get(table, {}).get(field)
    if typed is not None:
        typed(company, row)


def place_key(company: Company, table: str, row: Row, key: list[Any]) -> None:
    """Gives the draft a primary key of one's own, whatever its number series says."""
    for name, value in zip(company.database.table(table).primary_key, key, strict=True):
        row[name] = accept(company, table, _field(company, table, name), value)


def on_insert(company: Company, table: str, row: Row) -> None:
    """Number series, line numbers and dates of a new record."""
    trigger = _INSERT.get(table)
    if trigger is not None:
        trigger(company, row)
    for name in company.database.table(table).primary_key:
        if name != "Primary Key" and name not in _MAY_BE_BLANK.get(table, ()):
            require(company, table, row, name)


_MAY_BE_BLANK = {
    "VAT Posting Setup": ("VAT Bus. Posting Group", "VAT Prod. Posting Group"),
    "General Posting Setup": ("Gen. Bus. Posting Group", "Gen. Prod. Posting Group"),
}


def on_modify(company: Company, table: str, row: Row, before: Row) -> None:
    """Dates of a changed record, and what its page does with it."""
    if table == customers.TABLE:
        customers.modify(company, row)
    if table == customer_entries.TABLE:
        customer_entries.edit(company, row, before)


def on_delete(company: Company, table: str, row: Row) -> None:
    """Refuses to delete what ledger entries depend on."""
    if table == customers.TABLE:
        customers.delete(company, row)


def flow_fields(
    company: Company, table: str, row: Row, filters: flow.Filters = flow.UNFILTERED
) -> Row:
    """The FlowFields of a record, computed now."""
    compute = flow.FLOWS.get(table)
    return compute(company, row, filters) if compute else {}


def _field(company: Company, table: str, name: str) -> Field:
    field = company.database.table(table).field(name)
    if field is None or field.flow:
        raise NavError("unknown_field", f"The field {name} of table {table} cannot be written.")
    return field
