"""Posting one journal line to its account (codeunit 12)."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.business.customers import check_not_blocked
from tieout_sandboxes.nav.business.flow import both_sides
from tieout_sandboxes.nav.business.journal_lines import POSTING_FIELDS, TABLE
from tieout_sandboxes.nav.business.wording import require, require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.application import Named, find_entry, settle
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
    """The base on the account itself, the VAT on the account of the VAT set-up."""
    vat = Decimal(0)
    groups = {name: line[name] for name in POSTING_FIELDS}
    if line["Gen. Posting Type"] != " ":
        vat = money.to_lcy(transaction.company, line["VAT Amount"], line["Currency Factor"])
    base = line["Amount (LCY)"] - vat
    account = line["Account No."]
    transaction.add_gl(line, account, base, **groups, **{"VAT Amount": vat})
    if line["Gen. Posting Type"] != " ":
        _post_vat(transaction, line, base, vat)


def _post_vat(transaction: Transaction, line: Row, base: Decimal, vat: Decimal) -> None:
    company = transaction.company
    pair = line["VAT Bus. Posting Group"], line["VAT Prod. Posting Group"]
    setup = company.database.existing("VAT Posting Setup", *pair)
    if setup["VAT Calculation Type"] != "Normal VAT":
        kind = setup["VAT Calculation Type"]
        raise NavError("dialog", f"VAT Calculation Type '{kind}' is not kept by this server.")
    transaction.add_vat(_vat_entry(transaction, line, base, vat))
    if vat:
        side = "Sales" if line["Gen. Posting Type"] == "Sale" else "Purchase"
        require(company, "VAT Posting Setup", setup, f"{side} VAT Account")
        transaction.add_gl(line, setup[f"{side} VAT Account"], vat)


def _vat_entry(transaction: Transaction, line: Row, base: Decimal, vat: Decimal) -> Row:
    company = transaction.company
    customer = company.database.get("Customer", line["Bill-to/Pay-to No."])
    common = transaction.common(line)
    del common["Description"]  # the VAT entry is the one ledger entry without
    return {
        **common,
        **{name: line[name] for name in POSTING_FIELDS[1:]},
        "Type": line["Gen. Posting Type"],
        "Base": base,
        "Amount": vat,
        "VAT Difference": money.to_lcy(company, line["VAT Difference"], line["Currency Factor"]),
        "VAT Calculation Type": line["VAT Calculation Type"],
        "Bill-to/Pay-to No.": line["Bill-to/Pay-to No."],
        "Country/Region Code": customer["Country/Region Code"] if customer else "",
        "VAT Registration No.": customer["VAT Registration No."] if customer else "",
    }


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
