"""Applying customer ledger entries to each other, and undoing it (codeunit 226).

Only entries of the same currency are applied, and only where no exchange gain or loss is
realised; anything else is refused in our own words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.business.flow import details, remaining
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.check import date_allowed
from tieout_sandboxes.nav.posting.transaction import CUSTOMER, DETAIL, Transaction


@dataclass(frozen=True)
class Named:
    """A customer ledger entry by its document."""

    customer_no: str
    document_type: str
    document_no: str


def find_entry(company: Company, named: Named, *, open_only: bool) -> Row:
    """The entry; raises NavError "record_not_found" in NAV's words."""
    for row in company.database.find(CUSTOMER, {"Document No.": named.document_no}):
        same = (row["Customer No."], row["Document Type"]) == (
            named.customer_no,
            named.document_type,
        )
        if same and (row["Open"] or not open_only):
            return row
    raise NavError(
        "record_not_found",
        "There is no Cust. Ledger Entry within the filter. Filters: Document No.: "
        f"{named.document_no}, Document Type: {named.document_type}, Customer No.: "
        f"{named.customer_no}" + (", Open: Yes" if open_only else ""),
    )


def settle(
    transaction: Transaction,
    new: Row,
    old: Row,
    document: Row,
    wanted: Decimal | None = None,
) -> None:
    """Applies `new` to `old`, at most `wanted`; `document` gives date, number and source."""
    company = transaction.company
    require_equal(company, CUSTOMER, old, "Positive", not new["Positive"])
    require_equal(company, CUSTOMER, old, "Currency Code", new["Currency Code"])
    rest, open_rest = (remaining(company, row["Entry No."])[0] for row in (new, old))
    amount = min(abs(rest), abs(open_rest))
    if wanted is not None:
        if wanted > amount:
            raise _too_much(new if abs(rest) == amount else old)
        amount = wanted
    signed = -amount if new["Positive"] else amount
    shares = [_share(company, new, signed), _share(company, old, -signed)]
    if sum(lcy for _, lcy in shares):
        raise NavError("dialog", "Realized gains and losses are not kept by this server.")
    for row, (part, part_lcy) in zip((new, old), shares, strict=True):
        transaction.add_detail(_application(row, new, document, part, part_lcy))
        _close_if_settled(company, row, new, document["Posting Date"])


def _too_much(row: Row) -> NavError:
    return NavError(
        "dialog",
        "Amount to Apply must not be larger than Remaining Amount in Cust. Ledger Entry "
        f"Entry No.='{row['Entry No.']}'.",
    )


def _share(company: Company, row: Row, amount: Decimal) -> tuple[Decimal, Decimal]:
    """The amount in local currency at the rate of the entry; the last share takes the rest."""
    left, left_lcy = remaining(company, row["Entry No."])
    if left + amount == 0:
        return amount, -left_lcy
    return amount, money.to_lcy(company, amount, row["Original Currency Factor"])


def _application(row: Row, new: Row, document: Row, amount: Decimal, lcy: Decimal) -> Row:
    return {
        "Cust. Ledger Entry No.": row["Entry No."],
        "Entry Type": "Application",
        "Posting Date": document["Posting Date"],
        "Document Type": document["Document Type"],
        "Document No.": document["Document No."],
        "Customer No.": row["Customer No."],
        "Currency Code": row["Currency Code"],
        "Amount": amount,
        "Amount (LCY)": lcy,
        "Initial Entry Due Date": row["Due Date"],
        "Initial Document Type": row["Document Type"],
        "Source Code": document["Source Code"],
        "Reason Code": document["Reason Code"],
        "Applied Cust. Ledger Entry No.": new["Entry No."],
    }


def _close_if_settled(company: Company, row: Row, new: Row, day: dt.date) -> None:
    if remaining(company, row["Entry No."])[0]:
        return
    closed = {"Open": False, "Closed by Entry No.": new["Entry No."], "Closed at Date": day}
    company.database.modify(CUSTOMER, {**row, **closed})


def apply(
    company: Company,
    new: Named,
    old: Named,
    day: dt.date,
    document_no: str,
    amount: Decimal | None = None,
) -> Row:
    """Applies one open entry to another; answers the applying entry."""
    applying = find_entry(company, new, open_only=True)
    applied = find_entry(company, old, open_only=True)
    _check_day(company, day, applying, applied)
    transaction = Transaction.start(company, _SOURCE)
    document = _document(applying, day, document_no)
    settle(transaction, applying, applied, document, amount)
    transaction.finish()
    return company.database.existing(CUSTOMER, applying["Entry No."])


def unapply(company: Company, new: Named, old: Named, day: dt.date, document_no: str) -> Row:
    """Undoes the last application between two entries; answers the applying entry."""
    applying = find_entry(company, new, open_only=False)
    applied = find_entry(company, old, open_only=False)
    number = _last_between(company, applying, applied)
    written = company.database.find(DETAIL, {"Transaction No.": number})
    undone = [row for row in written if _in_force(row)]
    _check_day(company, day, *undone)
    transaction = Transaction.start(company, _SOURCE)
    document = _document(applying, day, document_no)
    for row in undone:
        _check_last(company, row)
    for row in undone:
        _undo(transaction, row, document)
    transaction.finish()
    return company.database.existing(CUSTOMER, applying["Entry No."])


_SOURCE = "SALESAPPL"


def _document(applying: Row, day: dt.date, document_no: str) -> Row:
    kept: dict[str, Any] = {
        "Document Type": applying["Document Type"],
        "Reason Code": applying["Reason Code"],
        "Source Code": _SOURCE,
    }
    return {**kept, "Posting Date": day, "Document No.": document_no}


def _check_day(company: Company, day: dt.date, *entries: Row) -> None:
    if any(day < entry["Posting Date"] for entry in entries):
        raise NavError(
            "dialog",
            "The Posting Date entered must not be before the Posting Date on the Cust. Ledger "
            "Entry.",
        )
    if not date_allowed(company, day):
        raise NavError("dialog", "Posting Date is not within the range of allowed posting dates.")


def _in_force(row: Row) -> bool:
    return row["Entry Type"] == "Application" and not row["Unapplied"]


def _last_between(company: Company, applying: Row, applied: Row) -> int:
    """The transaction of the last application in force that touched both entries."""
    numbers = [
        {
            int(row["Transaction No."])
            for row in details(company, entry["Entry No."])
            if _in_force(row)
        }
        for entry in (applying, applied)
    ]
    both = numbers[0] & numbers[1]
    if not both:
        raise NavError(
            "dialog",
            f"Cust. Ledger Entry No. {applying['Entry No.']} does not have an application entry.",
        )
    return max(both)


def _check_last(company: Company, row: Row) -> None:
    later = details(company, row["Cust. Ledger Entry No."])
    if any(
        _in_force(other) and other["Transaction No."] > row["Transaction No."] for other in later
    ):
        raise NavError(
            "dialog",
            "Before you can unapply this entry, you must first unapply all application entries "
            "that were posted after this entry.",
        )


def _undo(transaction: Transaction, row: Row, document: Row) -> None:
    database = transaction.company.database
    back = {
        **row,
        **document,
        "Amount": -row["Amount"],
        "Amount (LCY)": -row["Amount (LCY)"],
        "Unapplied": True,
    }
    opposite = transaction.add_detail(back)
    mark = {"Unapplied": True, "Unapplied by Entry No.": opposite["Entry No."]}
    database.modify(DETAIL, {**row, **mark})
    entry = database.existing(CUSTOMER, row["Cust. Ledger Entry No."])
    reopened = {"Open": True, "Closed by Entry No.": 0, "Closed at Date": None}
    database.modify(CUSTOMER, {**entry, **reopened})
