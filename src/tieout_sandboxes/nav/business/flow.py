"""FlowFields: figures that NAV adds up when they are read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

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


def customer_entry(company: Company, row: Row) -> Row:
    """What an entry was for, and what is left of it, from its detailed entries."""
    amount = lcy = open_amount = open_lcy = first = first_lcy = ZERO
    for detail in details(company, row["Entry No."]):
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


def customer(company: Company, row: Row) -> Row:
    """What the customer owes, what of it is due, what was sold and paid."""
    today = company.today()
    found = company.database.find("Detailed Cust. Ledg. Entry", {"Customer No.": row["No."]})
    entries = company.database.find("Cust. Ledger Entry", {"Customer No.": row["No."]})
    paid = [
        d for d in found if d["Initial Document Type"] == "Payment" and d["Ledger Entry Amount"]
    ]
    due = [d for d in found if (d["Initial Entry Due Date"] or today) <= today]
    return {
        "Balance": _sum(found, "Amount"),
        "Balance (LCY)": _sum(found, "Amount (LCY)"),
        "Balance Due (LCY)": _sum(due, "Amount (LCY)"),
        "Payments (LCY)": -_sum(paid, "Amount (LCY)"),
        "Sales (LCY)": _sum(entries, "Sales (LCY)"),
    }


def gl_account(company: Company, row: Row) -> Row:
    """The balance of an account."""
    entries = company.database.find("G/L Entry", {"G/L Account No.": row["No."]})
    balance = _sum(entries, "Amount")
    return {
        "Balance": balance,
        "Balance at Date": balance,
        "Net Change": balance,
        "Debit Amount": _sum(entries, "Debit Amount"),
        "Credit Amount": _sum(entries, "Credit Amount"),
    }


def bank_account(company: Company, row: Row) -> Row:
    """The balance of a bank account."""
    entries = company.database.find("Bank Account Ledger Entry", {"Bank Account No.": row["No."]})
    return {
        "Balance": _sum(entries, "Amount"),
        "Balance (LCY)": _sum(entries, "Amount (LCY)"),
    }


def gl_entry(company: Company, row: Row) -> Row:
    """The name of the account of an entry."""
    account = company.database.get("G/L Account", row["G/L Account No."])
    return {"G/L Account Name": account["Name"] if account else ""}


def _sum(rows: Iterable[Row], field: str) -> Decimal:
    return sum((row[field] for row in rows), ZERO)


FLOWS = {
    "Cust. Ledger Entry": customer_entry,
    "Customer": customer,
    "G/L Account": gl_account,
    "Bank Account": bank_account,
    "G/L Entry": gl_entry,
}
