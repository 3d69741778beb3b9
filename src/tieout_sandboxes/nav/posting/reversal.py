"""Reversing a whole transaction on its own date and under its own number (codeunit 17).

What may not be reversed, and in which words it is said, is what table 179 checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieout_sandboxes.nav.business.customers import check_not_blocked
from tieout_sandboxes.nav.business.flow import details, remaining
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.check import date_allowed
from tieout_sandboxes.nav.posting.transaction import BANK, CUSTOMER, DETAIL, GL, VAT, Transaction

SOURCE = "REVERSAL"
REALIZED = ("Realized Gain", "Realized Loss")


@dataclass(frozen=True)
class Reversed:
    """The register of a reversal and the reversing customer entry (0: none)."""

    register_no: int
    customer_entry_no: int


def reverse(company: Company, transaction_no: int) -> Reversed:
    """Reverses every entry of a transaction; raises NavError where NAV refuses."""
    found = {table: _entries(company, table, transaction_no) for table in (GL, CUSTOMER, BANK, VAT)}
    _check(company, found)
    transaction = Transaction.start(company, SOURCE)
    others = {row["Entry No."]: (CUSTOMER, row) for row in found[CUSTOMER]}
    others |= {row["Entry No."]: (BANK, row) for row in found[BANK]}
    for row in reversed(found[GL]):
        opposite = _reverse_row(transaction, GL, row, _turned(row, "Amount", "VAT Amount"))
        table, other = others.get(row["Entry No."], ("", row))
        if table == CUSTOMER:
            _reverse_customer(transaction, other, opposite["Entry No."])
        elif table == BANK:
            _reverse_bank(transaction, other, opposite["Entry No."])
    for row in found[VAT]:
        _reverse_row(transaction, VAT, row, _turned(row, "Base", "Amount", "VAT Difference"))
    register = transaction.finish()
    first = transaction.customers[-1]["Entry No."] if transaction.customers else 0
    return Reversed(register, first)


def _entries(company: Company, table: str, transaction_no: int) -> list[Row]:
    return company.database.find(table, {"Transaction No.": transaction_no})


def _turned(row: Row, *fields: str) -> Row:
    """The amounts the other way round; debit and credit stay on their side, with a minus."""
    sides = [name for name in row if name.startswith(("Debit Amount", "Credit Amount"))]
    return {name: -row[name] for name in (*fields, *sides)}


def _reverse_row(
    transaction: Transaction, table: str, row: Row, changes: Row, number: int = 0
) -> Row:
    """Writes the opposite of an entry and ties both to each other."""
    written = transaction.add_reversing(table, {**row, **changes}, number)
    mark = {"Reversed": True, "Reversed by Entry No.": written["Entry No."]}
    transaction.company.database.modify(table, {**row, **mark})
    return written


def _reverse_bank(transaction: Transaction, row: Row, number: int) -> None:
    changes = _turned(row, "Amount", "Amount (LCY)", "Remaining Amount")
    _reverse_row(transaction, BANK, row, changes, number)


def _reverse_customer(transaction: Transaction, row: Row, number: int) -> None:
    """The opposite entry with its first detail; then each closes the other."""
    company = transaction.company
    changes = {"Positive": not row["Positive"], "Sales (LCY)": -row["Sales (LCY)"]}
    new = _reverse_row(transaction, CUSTOMER, row, changes, number)
    for detail in details(company, row["Entry No."]):
        if not detail["Unapplied"]:
            opposite = {"Amount": -detail["Amount"], "Amount (LCY)": -detail["Amount (LCY)"]}
            transaction.add_detail({**detail, **opposite, "Cust. Ledger Entry No.": number})
    old = company.database.existing(CUSTOMER, row["Entry No."])
    for one in (old, new):
        _close(transaction, one, new)


def _close(transaction: Transaction, row: Row, new: Row) -> None:
    company, number = transaction.company, row["Entry No."]
    amount, lcy = remaining(company, number)
    last = details(company, number)[-1]
    transaction.add_detail(
        {
            **last,
            "Entry Type": "Application",
            "Amount": -amount,
            "Amount (LCY)": -lcy,
            "Ledger Entry Amount": False,
            "Applied Cust. Ledger Entry No.": new["Entry No."],
        }
    )
    closed = {"Open": False, "Closed by Entry No.": new["Entry No."]}
    company.database.modify(CUSTOMER, {**row, **closed, "Closed at Date": new["Posting Date"]})


def _check(company: Company, found: dict[str, list[Row]]) -> None:
    if not all(row["Journal Batch Name"] for row in found[GL][:1]):
        raise NavError("dialog", "You can only reverse entries that were posted from a journal.")
    for table, check in _CHECKS.items():
        for row in found[table]:
            if not date_allowed(company, row["Posting Date"]):
                reason = "the posting date is not within the allowed posting period"
                raise _refusal(table, row, reason)
            check(company, row)


def _check_not_reversed(table: str, row: Row) -> None:
    if row["Reversed"]:
        reason = "the entry has already been involved in a reversal"
        raise _refusal(table, row, reason)


def _check_gl(company: Company, row: Row) -> None:
    account = company.database.existing("G/L Account", row["G/L Account No."])
    require_equal(company, "G/L Account", account, "Blocked", False)
    _check_not_reversed(GL, row)


def _check_customer(company: Company, row: Row) -> None:
    customer = company.database.existing("Customer", row["Customer No."])
    check_not_blocked(customer, row["Document Type"])
    _check_not_reversed(CUSTOMER, row)
    for detail in details(company, row["Entry No."]):
        if detail["Entry Type"] != "Initial Entry" and not detail["Unapplied"]:
            reason = "the entry is either applied to an entry or has been changed by a batch job"
            raise _refusal(CUSTOMER, row, reason)
    together = company.database.find(DETAIL, {"Transaction No.": row["Transaction No."]})
    if any(detail["Entry Type"] in REALIZED for detail in together):
        raise _refusal(CUSTOMER, row, "the entry has an associated Realized Gain/Loss entry")


def _check_bank(company: Company, row: Row) -> None:
    bank = company.database.existing("Bank Account", row["Bank Account No."])
    require_equal(company, "Bank Account", bank, "Blocked", False)
    _check_not_reversed(BANK, row)
    if not row["Open"]:
        raise _refusal(BANK, row, "the entry is closed")
    if row["Statement No."]:
        reason = (
            "the entry is included in a bank account reconciliation line. "
            "The bank reconciliation has not yet been posted"
        )
        raise _refusal(BANK, row, reason)


def _check_vat(_company: Company, row: Row) -> None:
    if row["Closed"]:
        raise _refusal(VAT, row, "the entry is closed")
    _check_not_reversed(VAT, row)
    if row["Unrealized VAT Entry No."]:
        raise _refusal(VAT, row, "the entry has an associated Unrealized VAT Entry")


def _refusal(table: str, row: Row, reason: str) -> NavError:
    text = f"You cannot reverse {table} No. {row['Entry No.']} because {reason}."
    return NavError("dialog", text)


_CHECKS: dict[str, Callable[[Company, Row], None]] = {
    GL: _check_gl,
    CUSTOMER: _check_customer,
    BANK: _check_bank,
    VAT: _check_vat,
}
