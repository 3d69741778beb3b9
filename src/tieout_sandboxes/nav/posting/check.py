"""What is checked before anything is posted (codeunits 11 and 13).

Every refusal is a NavError in NAV's words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tieout_sandboxes.nav.business import dimensions, money
from tieout_sandboxes.nav.business.journal_lines import POSTING_FIELDS, TABLE
from tieout_sandboxes.nav.business.wording import field_error, require, require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

LCY = "Amount (LCY)"
Window = tuple[dt.date | None, dt.date | None]


def posting_window(company: Company) -> Window:
    """From when to when the signed-in user may post: his own window, else the company's."""
    user = company.database.get("User Setup", company.user_id)
    if user and (user["Allow Posting From"] or user["Allow Posting To"]):
        return user["Allow Posting From"], user["Allow Posting To"]
    return company.setup["Allow Posting From"], company.setup["Allow Posting To"]


def date_allowed(company: Company, day: dt.date) -> bool:
    """Whether the user may post to that day; a blank end of the window is open."""
    start, end = posting_window(company)
    return (start is None or day >= start) and (end is None or day <= end)


def check_document(lines: Sequence[Row]) -> None:
    """One customer at most; the lines add up to nothing, in their currency if they share one."""
    first = lines[0]
    customers = {row["Account No."] for row in lines if row["Account Type"] == "Customer"}
    if len(customers) > 1 and first["Document Type"] != " ":
        raise NavError(
            "dialog",
            f"{first['Document Type']} {first['Document No.']} posted on "
            f"{first['Posting Date']:%d-%m-%y} includes more than one customer or vendor. In order "
            "for the program to calculate VAT, the entries must be separated by another document "
            "number.",
        )
    one_currency = len({row["Currency Code"] for row in lines}) == 1
    names = ("Amount", LCY) if one_currency else (LCY,)
    balances = [sum((row[name] for row in lines), Decimal(0)) for name in names]
    if any(balances):
        balance = balances[0] or balances[-1]
        name = f"{first['Document Type']} {first['Document No.']}".strip()
        raise NavError(
            "dialog",
            f"{name} is out of balance by {balance}. Please check that Posting Date, Document "
            "Type, Document No. and Amount are correct for each line.",
        )


def check_line(company: Company, line: Row) -> None:
    """One line by itself: date, number, account, amounts, groups, sign."""
    _check_date(company, line)
    for name in ("Document No.", "Account No.", "Amount"):
        require(company, TABLE, line, name)
    _check_amounts(company, line)
    if line["Account Type"] == "G/L Account":
        _check_posting_groups(company, line)
    else:
        for name in POSTING_FIELDS:
            require_equal(company, TABLE, line, name, " " if name == "Gen. Posting Type" else "")
    if line["Account Type"] == "Customer":
        _check_sign(company, line)
    else:
        require_equal(company, TABLE, line, "Applies-to Doc. No.", "")
    dimensions.check(company, line)


def _check_date(company: Company, line: Row) -> None:
    require(company, TABLE, line, "Posting Date")
    if not date_allowed(company, line["Posting Date"]):
        complaint = "is not within your range of allowed posting dates"
        raise field_error(company, TABLE, line, "Posting Date", complaint)


def _check_amounts(company: Company, line: Row) -> None:
    amount, lcy, code = line["Amount"], line["Amount (LCY)"], line["Currency Code"]
    if amount * lcy < 0:
        complaint = "must have the same sign as Amount"
        raise field_error(company, TABLE, line, "Amount (LCY)", complaint)
    for name, currency in (("Amount", code), ("Amount (LCY)", ""), ("VAT Amount", code)):
        if line[name] != money.round_amount(company, line[name], currency):
            raise field_error(company, TABLE, line, name, "needs to be rounded")


def _check_posting_groups(company: Company, line: Row) -> None:
    if any(line[name] for name in POSTING_FIELDS[1:]):
        require(company, TABLE, line, "Gen. Posting Type")
    if line["VAT Amount"] + line["VAT Base Amount"] != line["Amount"]:
        text = "The sum of VAT Amount and VAT Base Amount must be equal to Amount."
        raise NavError("dialog", text)


def _check_sign(company: Company, line: Row) -> None:
    """Invoices and refunds raise what a customer owes, payments and credit memos lower it."""
    kind, amount = line["Document Type"], line["Amount"]
    if kind in ("Payment", "Credit Memo") and amount > 0:
        raise field_error(company, TABLE, line, "Amount", "must be negative")
    if kind not in (" ", "Payment", "Credit Memo") and amount < 0:
        raise field_error(company, TABLE, line, "Amount", "must be positive")
