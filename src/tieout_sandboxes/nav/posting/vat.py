"""VAT and sales tax of a G/L line: how it is split, where it is booked, what the VAT entry says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tieout_sandboxes.nav.business import money, sales_tax
from tieout_sandboxes.nav.business.journal_lines import POSTING_FIELDS, TABLE
from tieout_sandboxes.nav.business.wording import require, require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.posting.transaction import Transaction

SETUP = "VAT Posting Setup"
DUE_LATER = ("Invoice", "Credit Memo", "Finance Charge Memo", "Reminder")
"""The document types whose VAT may wait for the payment, and whose settlement makes it due."""
_TAX_FIELDS = ("Tax Area Code", "Tax Group Code", "Tax Liable")


def post_with_vat(transaction: Transaction, line: Row) -> None:
    """The base on the account of the line, the tax on those of the set-up, and VAT entries."""
    company = transaction.company
    pair = line["VAT Bus. Posting Group"], line["VAT Prod. Posting Group"]
    setup = company.database.existing(SETUP, *pair)
    base, tax = _split(company, line, setup)
    groups = {name: line[name] for name in (*POSTING_FIELDS, *_TAX_FIELDS)}
    transaction.add_gl(line, line["Account No."], base, **groups, **{"VAT Amount": tax})
    _POST[setup["VAT Calculation Type"]](transaction, line, setup, base, tax)


def account(company: Company, setup: Row, kind: str, *, unrealized: bool = False) -> str:
    """The VAT account for sales or purchases; raises NavError "testfield" if it is missing."""
    name = {"Sale": "Sales VAT", "Purchase": "Purchase VAT"}[kind]
    if unrealized:
        name = {"Sale": "Sales VAT Unreal.", "Purchase": "Purch. VAT Unreal."}[kind]
    require(company, SETUP, setup, f"{name} Account")
    return str(setup[f"{name} Account"])


def _split(company: Company, line: Row, setup: Row) -> tuple[Decimal, Decimal]:
    """Base and tax of the line in local currency."""
    lcy, kind = line["Amount (LCY)"], setup["VAT Calculation Type"]
    if kind == "Full VAT":
        wanted = account(company, setup, line["Gen. Posting Type"])
        require_equal(company, TABLE, line, "Account No.", wanted)
        return Decimal(0), lcy
    if kind == "Sales Tax":
        base = money.round_amount(company, sales_tax.net(company, line, lcy))
        return base, lcy - base
    if kind == "Reverse Charge VAT":
        return lcy, Decimal(0)
    if line["VAT Difference"]:
        base = money.to_lcy(company, line["VAT Base Amount"], line["Currency Factor"])
        return base, lcy - base
    rate, mode = line["VAT %"], company.setup["VAT Rounding Type"]
    tax = money.rounded(lcy * rate / (100 + rate), company.setup["Amount Rounding Precision"], mode)
    return lcy - tax, tax


def _post_normal(
    transaction: Transaction, line: Row, setup: Row, base: Decimal, tax: Decimal
) -> None:
    company, kind = transaction.company, line["Gen. Posting Type"]
    later = _is_due_later(company, line, setup)
    entry = _entry(transaction, line)
    if later:
        remaining = {"Remaining Unrealized Amount": tax, "Remaining Unrealized Base": base}
        entry |= {"Unrealized Amount": tax, "Unrealized Base": base, **remaining}
    else:
        entry |= {"Amount": tax, "Base": base}
    transaction.add_vat(entry)
    if tax:
        transaction.add_gl(line, account(company, setup, kind, unrealized=later), tax)


def _is_due_later(company: Company, line: Row, setup: Row) -> bool:
    waits = company.setup["Unrealized VAT"] and setup["Unrealized VAT Type"] != " "
    return bool(waits and line["Document Type"] in DUE_LATER)


def _post_reverse_charge(
    transaction: Transaction, line: Row, setup: Row, base: Decimal, _tax: Decimal
) -> None:
    """A sale without VAT; of a purchase the buyer owes and reclaims it."""
    company = transaction.company
    entry = {**_entry(transaction, line), "Base": base}
    if line["Gen. Posting Type"] == "Purchase":
        tax = money.round_amount(company, base * setup["VAT %"] / 100)
        entry["Amount"] = tax
        require(company, SETUP, setup, "Reverse Chrg. VAT Acc.")
        transaction.add_gl(line, account(company, setup, "Purchase"), tax)
        transaction.add_gl(line, setup["Reverse Chrg. VAT Acc."], -tax)
    transaction.add_vat(entry)


def _post_sales_tax(
    transaction: Transaction, line: Row, _setup: Row, base: Decimal, tax: Decimal
) -> None:
    """One VAT entry and one G/L entry per jurisdiction."""
    company = transaction.company
    for share in sales_tax.shares(company, line, base, tax):
        detail = share.detail
        code = detail["Tax Jurisdiction Code"]
        entry = {
            **_entry(transaction, line),
            **{name: line[name] for name in _TAX_FIELDS},
            "Base": share.base,
            "Amount": share.tax,
            "Tax Jurisdiction Code": code,
            "Tax Group Used": detail["Tax Group Code"],
            "Tax on Tax": detail["Calculate Tax on Tax"],
        }
        transaction.add_vat(entry)
        if share.tax:
            transaction.add_gl(line, _tax_account(company, line, detail), share.tax)


def _tax_account(company: Company, line: Row, detail: Row) -> str:
    """The jurisdiction's account; a tax that is not recovered is part of the cost."""
    is_sale = line["Gen. Posting Type"] == "Sale"
    if detail["Expense/Capitalize"] and not is_sale:
        return str(line["Account No."])
    row = company.database.existing("Tax Jurisdiction", detail["Tax Jurisdiction Code"])
    name = "Tax Account (Sales)" if is_sale else "Tax Account (Purchases)"
    require(company, "Tax Jurisdiction", row, name)
    return str(row[name])


def _entry(transaction: Transaction, line: Row) -> Row:
    """A VAT entry without its amounts."""
    company = transaction.company
    customer = company.database.get("Customer", line["Bill-to/Pay-to No."])
    common = transaction.common(line)
    del common["Description"]  # the VAT entry is the one ledger entry without
    return {
        **common,
        **{name: line[name] for name in POSTING_FIELDS[1:]},
        "Type": line["Gen. Posting Type"],
        "VAT Difference": money.to_lcy(company, line["VAT Difference"], line["Currency Factor"]),
        "VAT Calculation Type": line["VAT Calculation Type"],
        "Bill-to/Pay-to No.": line["Bill-to/Pay-to No."],
        "Country/Region Code": customer["Country/Region Code"] if customer else "",
        "VAT Registration No.": customer["VAT Registration No."] if customer else "",
    }


_POST: dict[str, Callable[[Transaction, Row, Row, Decimal, Decimal], None]] = {
    "Normal VAT": _post_normal,
    "Full VAT": _post_normal,
    "Reverse Charge VAT": _post_reverse_charge,
    "Sales Tax": _post_sales_tax,
}
