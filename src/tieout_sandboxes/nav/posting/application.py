"""Applying posted customer ledger entries to each other, and undoing it (codeunit 226)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.nav.business.flow import details
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting import exchange, unrealized_vat
from tieout_sandboxes.nav.posting.check import date_allowed
from tieout_sandboxes.nav.posting.entries import Named, find_entry
from tieout_sandboxes.nav.posting.settle import settle
from tieout_sandboxes.nav.posting.transaction import (
    COPIED,
    CUSTOMER,
    DETAIL,
    DIMENSIONS,
    Transaction,
)

APPLY, UNAPPLY = "SALESAPPL", "UNAPPSALES"
"""The source codes of both in Microsoft's demonstration companies."""


@dataclass(frozen=True)
class Given:
    """On which day and under which numbers something is applied or undone."""

    day: dt.date
    document_no: str
    external_no: str = ""


@dataclass(frozen=True)
class Applied:
    """The applying entry, and the register if the G/L was moved (0: none)."""

    entry: Row
    register_no: int


def apply(
    company: Company, new: Named, old: Named, given: Given, amount: Decimal | None = None
) -> Applied:
    """Applies one open entry to another."""
    applying = find_entry(company, new, open_only=True)
    applied = find_entry(company, old, open_only=True)
    _check_day(company, given.day, applying, applied)
    transaction = Transaction.start(company, APPLY)
    settle(transaction, applying, applied, _document(applying, given, APPLY), amount)
    register = transaction.finish()
    return Applied(company.database.existing(CUSTOMER, applying["Entry No."]), register)


def unapply(company: Company, new: Named, old: Named, given: Given) -> Applied:
    """Undoes the last application between two entries, and the whole transaction it was part of."""
    applying = find_entry(company, new, open_only=False)
    applied = find_entry(company, old, open_only=False)
    number = _last_between(company, applying, applied)
    written = company.database.find(DETAIL, {"Transaction No.": number})
    undone = [row for row in written if _is_in_force(row)]
    _check_day(company, given.day, *undone)
    for row in undone:
        _check_last(company, row)
    transaction = Transaction.start(company, UNAPPLY)
    document = _document(applying, given, UNAPPLY)
    for row in undone:
        _undo(transaction, row, document)
    unrealized_vat.undo(transaction, number, document)
    register = transaction.finish()
    return Applied(company.database.existing(CUSTOMER, applying["Entry No."]), register)


def _document(applying: Row, given: Given, source: str) -> Row:
    """What the entries of an application take over, as from a journal line."""
    own = {
        "Posting Date": given.day,
        "Document Date": given.day,
        "Document No.": given.document_no,
        "External Document No.": given.external_no,
        "Source Code": source,
    }
    dimensions = {line: applying[entry] for entry, line in DIMENSIONS.items()}
    return {**{name: applying[name] for name in COPIED}, **dimensions, **own}


def _check_day(company: Company, day: dt.date, *entries: Row) -> None:
    if any(day < entry["Posting Date"] for entry in entries):
        raise NavError(
            "dialog",
            "The Posting Date entered must not be before the Posting Date on the Cust. Ledger "
            "Entry.",
        )
    if not date_allowed(company, day):
        raise NavError("dialog", "Posting Date is not within the range of allowed posting dates.")


def _is_in_force(row: Row) -> bool:
    """Part of an application that has not been undone: more than the first amount of an entry."""
    return row["Entry Type"] != "Initial Entry" and not row["Unapplied"]


def _last_between(company: Company, applying: Row, applied: Row) -> int:
    """The transaction of the last application in force that touched both entries."""
    numbers = [
        {
            int(row["Transaction No."])
            for row in details(company, entry["Entry No."])
            if row["Entry Type"] == "Application" and not row["Unapplied"]
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
    number = row["Cust. Ledger Entry No."]
    if company.database.existing(CUSTOMER, number)["Reversed"]:
        text = f"You cannot unapply Cust. Ledger Entry No. {number} because the entry is part"
        raise NavError("dialog", f"{text} of a reversal.")
    later = (other for other in details(company, number) if _is_in_force(other))
    if any(
        other["Transaction No."] > row["Transaction No."]
        and other["Entry Type"] not in exchange.UNREALIZED
        for other in later
    ):
        raise NavError(
            "dialog",
            "Before you can unapply this entry, you must first unapply all application entries "
            "that were posted after this entry.",
        )


def _undo(transaction: Transaction, row: Row, document: Row) -> None:
    database = transaction.company.database
    taken = ("Posting Date", "Document Type", "Document No.", "Source Code", "Reason Code")
    back = {
        **row,
        **{name: document[name] for name in taken},
        "Amount": -row["Amount"],
        "Amount (LCY)": -row["Amount (LCY)"],
        "Unapplied": True,
    }
    moves_money = row["Entry Type"] != "Application"
    opposite = (
        exchange.post(transaction, back, document) if moves_money else transaction.add_detail(back)
    )
    mark = {"Unapplied": True, "Unapplied by Entry No.": opposite["Entry No."]}
    database.modify(DETAIL, {**row, **mark})
    entry = database.existing(CUSTOMER, row["Cust. Ledger Entry No."])
    reopened = {"Open": True, "Closed by Entry No.": 0, "Closed at Date": None}
    database.modify(CUSTOMER, {**entry, **reopened})
