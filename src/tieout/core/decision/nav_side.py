"""What people did in NAV to what was posted: it is found and held, never undone silently."""

from __future__ import annotations

from tieout.core.decision.facts import Facts
from tieout.core.decision.standing import Standing
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref

NAV_REVERSED = "NAV_REVERSED"


def posted_again(facts: Facts, ref: Ref, standing: Standing) -> bool:
    """Whether a person said of the document that was reversed, by its number, that it is to be posted again."""
    journal = standing.journal
    assert journal is not None
    return facts.said(ref, NAV_REVERSED) == journal.document_no


def nav_finding(facts: Facts, standing: Standing) -> Finding | None:
    """What a person did in NAV to the posted document is never undone silently."""
    journal = standing.journal
    assert journal is not None
    if standing.awaiting or not journal.customer_no:
        return None  # What comes to nothing has no line of a customer.
    item = facts.items.get((str(journal.document_type), journal.document_no))
    if item is None:
        return _nav(
            "MISSING_IN_NAV",
            f"{journal.document_no} was posted, but NAV's customer ledger does not show it.",
        )
    if item.reversed:
        return _reversed(journal.document_no)
    if item.amount != journal.amount:
        return _nav(
            "NAV_CHANGED",
            f"{journal.document_no} stands in NAV with {item.amount}, posted were {journal.amount}.",
        )
    return None


def _reversed(number: str) -> Finding:
    return Finding(
        rule="NAV_REVERSED",
        text=f"{number} was reversed in NAV by a person.",
        remedy=f"If that is right, delete it in FreshBooks; if it is to be posted again: tieout approve, with {NAV_REVERSED} {number}.",
    )


def _nav(rule: str, text: str) -> Finding:
    return Finding(
        rule=rule, text=text, remedy="Clear it up in NAV with the accountant, then retry."
    )
