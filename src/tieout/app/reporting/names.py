"""What the chapters of the report of a tie-out share: their names, by which rows they are found, and how a document is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieout.app.reporting.report import Cell, Link
from tieout.app.reporting.statement import Statement
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.listing import Listed
from tieout.core.records.identity import Kind

SUMMARY, ACCOUNTS = "Summary", "Accounts"
BRIDGES, ADJUSTMENTS, DIFFERENCES, EXPLAINED = "Bridges", "Adjustments", "Differences", "Explained"
IN_FLIGHT, AGEING, NUMBERS, DOCUMENTS = "In flight", "Ageing", "Numbers", "Documents"
# What a difference may name: an entry, a customer, clients.
CLIENT = re.compile(r"\b(\d+)(?=[, ].*= customer)")
ENTRY, CUSTOMER = re.compile(r"\(entry (\d+)\)"), re.compile(r"customer (\S+)")
KINDS = {Kind.INVOICE: "Invoices", Kind.CREDIT_NOTE: "Credit notes", Kind.PAYMENT: "Payments"}


def listed_of(statement: Statement) -> tuple[tuple[str, Sequence[Difference]], ...]:
    """The two lists of findings with the chapter that shows each."""
    return (DIFFERENCES, statement.result.differences), (EXPLAINED, statement.explained)


def row_name(chapter: str, n: int) -> str:
    """By which a row of findings is found."""
    return f"{chapter} {n + 1}"


def whose(statement: Statement, listed: Listed) -> str:
    """The customer in NAV with the client's name."""
    name = statement.clients.get(listed.client, "")
    return f"{listed.customer_no} {name}".strip()


def place_of(statement: Statement, one: Difference) -> tuple[Cell, str, str]:
    """What a difference is about, leading to where that is listed; the number that is written on it; and whose it is."""
    key, entry = ref_of_key(statement.prefix, one.subject), ENTRY.search(one.text)
    names = [one.subject, *([str(key)] if key else []), *([f"entry {entry[1]}"] if entry else [])]
    listed = next((row for name in names if (row := statement.by_subject.get(name))), None)
    if listed is not None:
        label = one.subject if key else listed.subject
        return Link(label, f"doc {listed.subject}"), listed.number, whose(statement, listed)
    customer = CUSTOMER.search(one.subject)
    if customer:
        names = [statement.clients.get(key, "") for key in CLIENT.findall(one.subject)]
        first = first_of(statement, customer[1], statement.currency_of(one))
        return Link(f"customer {customer[1]}", first), "", ", ".join(filter(None, names))
    return Link(one.subject, BRIDGES if one.invariant == "I5" else one.subject), "", ""


def first_of(statement: Statement, customer_no: str, currency: str, *, other: bool = False) -> str:
    """The first document of a customer in a currency (or in any ``other``) that is open, or else of all; others stand around it."""
    mine = statement.by_customer.get(customer_no, ())
    fits = [row for row in mine if (row.currency == currency) is not other] or mine
    first = next((row for row in fits if any(row.open)), None) or next(iter(fits), None)
    return f"doc {first.subject}" if first else ""


def as_of_text(statement: Statement) -> str:
    """The day or moment of the statement."""
    return f"{statement.day}" if statement.as_of else f"{statement.read_at:%Y-%m-%d %H:%M} UTC"
