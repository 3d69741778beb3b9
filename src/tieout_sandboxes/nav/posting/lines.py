"""Posting one journal line to its account (codeunit 12)."""

from __future__ import annotations

from tieout_sandboxes.nav.business.customers import check_not_blocked
from tieout_sandboxes.nav.business.flow import both_sides
from tieout_sandboxes.nav.business.journal_lines import TABLE
from tieout_sandboxes.nav.business.wording import require, require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting import vat
from tieout_sandboxes.nav.posting.entries import Named, find_entry
from tieout_sandboxes.nav.posting.settle import settle
from tieout_sandboxes.nav.posting.transaction import (
    CUSTOMER,
    GL,
    Transaction,
    next_entry_no,
    receivables_account,
)


def post_line(transaction: Transaction, line: Row) -> None:
    """Writes all entries of a line that has been checked."""
    {
        "G/L Account": _post_gl,
        "Customer": _post_customer,
        "Bank Account": _post_bank,
    }[line["Account Type"]](transaction, line)


def _post_gl(transaction: Transaction, line: Row) -> None:
    """With VAT as the set-up says, or the amount as it stands."""
    if line["Gen. Posting Type"] != " ":
        vat.post_with_vat(transaction, line)
    else:
        transaction.add_gl(line, line["Account No."], line["Amount (LCY)"])


def _post_customer(transaction: Transaction, line: Row) -> None:
    """The customer's entry, its first detail, and the control account of his group."""
    company = transaction.company
    customer = company.database.existing("Customer", line["Account No."])
    check_not_blocked(customer, line["Document Type"])
    if not line["Posting Group"]:
        require(company, "Customer", customer, "Customer Posting Group")
    group = line["Posting Group"] or customer["Customer Posting Group"]
    account = receivables_account(company, group)
    _check_number_is_free(company, line)
    if company.database.existing("Sales & Receivables Setup", "")["Ext. Doc. No. Mandatory"]:
        require(company, TABLE, line, "External Document No.")
    entry = transaction.add_customer(_customer_entry(transaction, line, group))
    transaction.add_detail(_initial(line, entry))
    source = {"Source Type": "Customer", "Source No.": line["Account No."]}
    transaction.add_gl(line, account, line["Amount (LCY)"], **source)
    if line["Applies-to Doc. No."]:
        _apply_to(transaction, line, entry)


def _check_number_is_free(company: Company, line: Row) -> None:
    """An invoice or credit memo number is used once; payments are not guarded."""
    kind, number = line["Document Type"], line["Document No."]
    if kind in (" ", "Payment", "Refund"):
        return
    used = company.database.find(CUSTOMER, {"Document No.": number})
    if any(row["Document Type"] == kind for row in used):
        raise NavError("dialog", f"Sales {kind} {number} already exists.")


def _customer_entry(transaction: Transaction, line: Row, group: str) -> Row:
    return {
        **transaction.common(line),
        **transaction.dimensions(line),
        "Entry No.": next_entry_no(transaction.company, GL),
        "Customer No.": line["Account No."],
        "Currency Code": line["Currency Code"],
        "Customer Posting Group": group,
        "Due Date": line["Due Date"],
        "Open": True,
        "Positive": line["Amount"] > 0,
        "On Hold": line["On Hold"],
        "Original Currency Factor": line["Currency Factor"],
        "Adjusted Currency Factor": line["Currency Factor"],
        "Journal Batch Name": transaction.batch,
    }


def _initial(line: Row, entry: Row) -> Row:
    return {
        "Cust. Ledger Entry No.": entry["Entry No."],
        "Entry Type": "Initial Entry",
        "Posting Date": line["Posting Date"],
        "Document Type": line["Document Type"],
        "Document No.": line["Document No."],
        "Customer No.": line["Account No."],
        "Currency Code": line["Currency Code"],
        "Amount": line["Amount"],
        "Amount (LCY)": line["Amount (LCY)"],
        "Initial Entry Due Date": line["Due Date"],
        "Initial Document Type": line["Document Type"],
        "Source Code": line["Source Code"],
        "Reason Code": line["Reason Code"],
        "Ledger Entry Amount": True,
    }


def _apply_to(transaction: Transaction, line: Row, entry: Row) -> None:
    number, kind = line["Applies-to Doc. No."], line["Applies-to Doc. Type"]
    named = Named(line["Account No."], kind, number)
    old = find_entry(transaction.company, named, open_only=True)
    if line["Posting Date"] < old["Posting Date"]:
        raise NavError(
            "dialog",
            "You are not allowed to apply and post an entry to an entry with an earlier posting "
            f"date. Instead, post {line['Document Type']} {line['Document No.']} and then apply "
            f"it to {kind} {number}.",
        )
    settle(transaction, entry, old, line)


def _post_bank(transaction: Transaction, line: Row) -> None:
    """The bank account's entry and the G/L account of its group."""
    company = transaction.company
    bank = company.database.existing("Bank Account", line["Account No."])
    require_equal(company, "Bank Account", bank, "Blocked", False)
    if bank["Currency Code"]:
        require_equal(company, TABLE, line, "Currency Code", bank["Currency Code"])
    require(company, "Bank Account", bank, "Bank Acc. Posting Group")
    group = company.database.existing("Bank Account Posting Group", bank["Bank Acc. Posting Group"])
    require(company, "Bank Account Posting Group", group, "G/L Bank Account No.")
    lcy = line["Amount (LCY)"]
    amount = line["Amount"] if bank["Currency Code"] else lcy
    transaction.add_bank(
        {
            **transaction.common(line),
            **transaction.dimensions(line),
            "Entry No.": next_entry_no(company, GL),
            "Bank Account No.": bank["No."],
            "Bank Acc. Posting Group": group["Code"],
            "Currency Code": bank["Currency Code"],
            "Amount": amount,
            "Amount (LCY)": lcy,
            **both_sides(amount),
            **both_sides(lcy, " (LCY)"),
            "Remaining Amount": amount,
            "Open": True,
        },
    )
    source = {"Source Type": "Bank Account", "Source No.": bank["No."]}
    transaction.add_gl(line, group["G/L Bank Account No."], lcy, **source)
