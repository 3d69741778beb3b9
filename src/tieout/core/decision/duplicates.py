"""Whether money that is about to be posted stands in NAV already, keyed by a person or booked by the bank reconciliation."""

from __future__ import annotations

from datetime import date, timedelta

from tieout.core.decision.facts import Facts
from tieout.core.journal.lines import AccountType, Journal
from tieout.core.records.finding import Finding


def duplicate(facts: Facts, journal: Journal) -> Finding | None:
    """A finding if a receipt of the same customer, or a line of the same bank account, has the amount and about the day and is not ours.

    A customer's entry must be open: one that is applied settles something else.
    """
    days = timedelta(days=facts.setup.duplicate_days)
    for entry in facts.strangers:
        same = (entry.customer_no, entry.currency_code) == (
            journal.customer_no,
            journal.currency_code,
        )
        if (
            same
            and entry.amount == journal.amount
            and _near(entry.posting_date, journal.document_date, days)
        ):
            return _suspected(
                entry.document_no, f"customer {entry.customer_no}", entry.posting_date
            )
    banks = [ln for ln in journal.lines if ln.account_type is AccountType.BANK_ACCOUNT]
    for line in facts.bank_strangers:
        same = any(
            (ln.account_no, ln.amount) == (line.bank_account_no, line.amount) for ln in banks
        )
        if same and _near(line.posting_date, journal.document_date, days):
            return _suspected(
                line.document_no, f"bank account {line.bank_account_no}", line.posting_date
            )
    return None


def _near(one: date, other: date, days: timedelta) -> bool:
    return abs(one - other) <= days


def _suspected(document_no: str, where: str, day: date) -> Finding:
    return Finding(
        rule="DUPLICATE_SUSPECTED",
        text=f"NAV has {document_no} of {day.isoformat()} with the same amount on {where}, and it is not ours.",
        remedy="If it is the same money, delete the payment here or reverse the one in NAV, then retry; if not, approve it: tieout approve.",
    )
