"""FlowFields: figures that NAV adds up when they are read, and the FlowFilters that narrow them.

Which filter bears on which field of the entries stands in FORMULAS, as in the CalcFormulas of
NAV 2018's tables 15, 18, 21 and 270.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row

ZERO = Decimal(0)


def both_sides(amount: Decimal, suffix: str = "") -> Row:
    """An amount as debit and credit.

    >>> both_sides(Decimal("-2"))
    {'Debit Amount': Decimal('0'), 'Credit Amount': Decimal('2')}
    """
    debit, credit = (amount, ZERO) if amount > 0 else (ZERO, -amount)
    return {f"Debit Amount{suffix}": debit, f"Credit Amount{suffix}": credit}


@dataclass(frozen=True)
class FlowFilter:
    """Which values of a field count, and the last day where it is a date filter with an end."""

    passes: Callable[[Any], bool]
    upper: dt.date | None = None


@dataclass(frozen=True)
class Use:
    """A FlowFilter in a CalcFormula: it bears on `field` of the entries, or its upper limit does."""

    filter: str
    field: str
    upper: bool = False


Filters = Mapping[str, FlowFilter]
Formulas = dict[str, tuple[Use, ...]]
UNFILTERED: Filters = {}

_ENTRY = tuple(Use(f"Global Dimension {n} Filter", f"Global Dimension {n} Code") for n in (1, 2))
_DETAIL = tuple(
    Use(f"Global Dimension {n} Filter", f"Initial Entry Global Dim. {n}") for n in (1, 2)
)
_DATE = Use("Date Filter", "Posting Date")
_CURRENCY = Use("Currency Filter", "Currency Code")
_UNIT = Use("Business Unit Filter", "Business Unit Code")
_UP_TO_DATE = Use("Date Filter", "Posting Date", upper=True)
_DUE = Use("Date Filter", "Initial Entry Due Date", upper=True)
_MOVED = (_UNIT, *_ENTRY, _DATE)
_OF_AN_ENTRY: tuple[str, ...] = (
    "Original Amount",
    "Original Amt. (LCY)",
    "Amount",
    "Amount (LCY)",
    "Debit Amount",
)
_OF_AN_ENTRY += ("Debit Amount (LCY)", "Credit Amount", "Credit Amount (LCY)")
_OF_AN_ENTRY += ("Remaining Amount", "Remaining Amt. (LCY)")

FORMULAS: dict[str, Formulas] = {
    "Customer": {
        "Balance": (*_DETAIL, _CURRENCY),
        "Balance (LCY)": (*_DETAIL, _CURRENCY),
        "Balance Due (LCY)": (_DUE, *_DETAIL, _CURRENCY),
        "Payments (LCY)": (*_DETAIL, _DATE, _CURRENCY),
        "Sales (LCY)": (*_ENTRY, _DATE, _CURRENCY),
    },
    "G/L Account": {
        "Balance": (_UNIT, *_ENTRY),
        "Balance at Date": (_UNIT, *_ENTRY, _UP_TO_DATE),
        "Net Change": _MOVED,
        "Debit Amount": _MOVED,
        "Credit Amount": _MOVED,
        "Additional-Currency Net Change": _MOVED,
        "Add.-Currency Balance at Date": (_UNIT, *_ENTRY, _UP_TO_DATE),
        "Additional-Currency Balance": (_UNIT, *_ENTRY),
    },
    "Bank Account": {"Balance": _ENTRY, "Balance (LCY)": _ENTRY},
    "Cust. Ledger Entry": dict.fromkeys(_OF_AN_ENTRY, (_DATE,)),
}


def narrowed(rows: Iterable[Row], uses: Iterable[Use], filters: Filters) -> list[Row]:
    """The entries that count for a FlowField under these filters."""
    found = list(rows)
    for use in uses:
        given = filters.get(use.filter)
        if given is not None:
            check = _until(given.upper) if use.upper else given.passes
            found = [row for row in found if check(row.get(use.field, ""))]
    return found


def _until(day: dt.date | None) -> Callable[[Any], bool]:
    return lambda value: day is None or value is None or value <= day


def customer_entry(company: Company, row: Row, filters: Filters = UNFILTERED) -> Row:
    """What an entry was for, and what is left of it, from its detailed entries."""
    amount = lcy = open_amount = open_lcy = first = first_lcy = ZERO
    found = details(company, row["Entry No."])
    for detail in narrowed(found, (_DATE,), filters) if filters else found:
        part, part_lcy = detail["Amount"], detail["Amount (LCY)"]
        open_amount += part
        open_lcy += part_lcy
        if detail["Ledger Entry Amount"]:
            amount += part
            lcy += part_lcy
        if detail["Entry Type"] == "Initial Entry":
            first, first_lcy = part, part_lcy
    return {
        "Original Amount": first,
        "Original Amt. (LCY)": first_lcy,
        "Amount": amount,
        "Amount (LCY)": lcy,
        "Remaining Amount": open_amount,
        "Remaining Amt. (LCY)": open_lcy,
        **both_sides(amount),
        **both_sides(lcy, " (LCY)"),
    }


def details(company: Company, entry_no: int) -> list[Row]:
    """The detailed entries of a customer ledger entry."""
    table = "Detailed Cust. Ledg. Entry"
    return company.database.find(table, {"Cust. Ledger Entry No.": entry_no})


def remaining(company: Company, entry_no: int) -> tuple[Decimal, Decimal]:
    """What is left of an entry, in its currency and in the local one."""
    found = details(company, entry_no)
    amount = sum((row["Amount"] for row in found), ZERO)
    return amount, sum((row["Amount (LCY)"] for row in found), ZERO)


def customer(company: Company, row: Row, filters: Filters) -> Row:
    """What the customer owes, what of it is due, what was sold and paid."""
    today = company.today()
    found = company.database.find("Detailed Cust. Ledg. Entry", {"Customer No.": row["No."]})
    entries = company.database.find("Cust. Ledger Entry", {"Customer No.": row["No."]})
    if filters:
        found = [_with_dimensions(company, detail) for detail in found]
    paid = [
        d for d in found if d["Initial Document Type"] == "Payment" and d["Ledger Entry Amount"]
    ]
    last = dt.date.max if "Date Filter" in filters else today
    due = [d for d in found if (d["Initial Entry Due Date"] or today) <= last]
    add = _Sums("Customer", filters)
    return {
        "Balance": add("Balance", found, "Amount"),
        "Balance (LCY)": add("Balance (LCY)", found, "Amount (LCY)"),
        "Balance Due (LCY)": add("Balance Due (LCY)", due, "Amount (LCY)"),
        "Payments (LCY)": -add("Payments (LCY)", paid, "Amount (LCY)"),
        "Sales (LCY)": add("Sales (LCY)", entries, "Sales (LCY)"),
    }


def _with_dimensions(company: Company, detail: Row) -> Row:
    """A detailed entry with the dimensions of its first entry, which are those of its entry here."""
    entry = company.database.get("Cust. Ledger Entry", detail["Cust. Ledger Entry No."]) or {}
    codes = ((f"Global Dimension {n} Code", f"Initial Entry Global Dim. {n}") for n in (1, 2))
    return {**detail, **{initial: entry.get(code, "") for code, initial in codes}}


def gl_account(company: Company, row: Row, filters: Filters) -> Row:
    """The balance of an account."""
    entries = company.database.find("G/L Entry", {"G/L Account No.": row["No."]})
    add = _Sums("G/L Account", filters)
    return {
        "Balance": add("Balance", entries, "Amount"),
        "Balance at Date": add("Balance at Date", entries, "Amount"),
        "Net Change": add("Net Change", entries, "Amount"),
        "Debit Amount": add("Debit Amount", entries, "Debit Amount"),
        "Credit Amount": add("Credit Amount", entries, "Credit Amount"),
    }


def bank_account(company: Company, row: Row, filters: Filters) -> Row:
    """The balance of a bank account."""
    entries = company.database.find("Bank Account Ledger Entry", {"Bank Account No.": row["No."]})
    add = _Sums("Bank Account", filters)
    return {
        "Balance": add("Balance", entries, "Amount"),
        "Balance (LCY)": add("Balance (LCY)", entries, "Amount (LCY)"),
    }


def gl_entry(company: Company, row: Row, _filters: Filters) -> Row:
    """The name of the account of an entry."""
    account = company.database.get("G/L Account", row["G/L Account No."])
    return {"G/L Account Name": account["Name"] if account else ""}


class _Sums:
    """Adds up entries for the FlowFields of one table under the filters that are set."""

    def __init__(self, table: str, filters: Filters) -> None:
        self.formulas, self.filters = FORMULAS[table], filters

    def __call__(self, name: str, rows: Iterable[Row], field: str) -> Decimal:
        counting = narrowed(rows, self.formulas[name], self.filters) if self.filters else rows
        return _sum(counting, field)


def _sum(rows: Iterable[Row], field: str) -> Decimal:
    return sum((row[field] for row in rows), ZERO)


FLOWS = {
    "Cust. Ledger Entry": customer_entry,
    "Customer": customer,
    "G/L Account": gl_account,
    "Bank Account": bank_account,
    "G/L Entry": gl_entry,
}
