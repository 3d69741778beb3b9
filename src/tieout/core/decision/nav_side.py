"""What people did in NAV to what was posted: it is found and held, never undone silently."""

from __future__ import annotations

from tieout.core.decision.facts import Facts
from tieout.core.decision.standing import Standing
from tieout.core.records.finding import Finding


def nav_finding(facts: Facts, standing: Standing) -> Finding | None:
    """What a person did in NAV to the posted document is never undone silently."""
    journal = standing.journal
    assert journal is not None
    if standing.awaiting:
        return None
    item = facts.items.get((str(journal.document_type), journal.document_no))
    if item is None:
        return _nav(
            "MISSING_IN_NAV",
            f"{journal.document_no} was posted, but NAV's customer ledger does not show it.",
        )
    if item.reversed:
        return _nav("NAV_REVERSED", f"{journal.document_no} was reversed in NAV by a person.")
    if item.amount != journal.amount:
        return _nav(
            "NAV_CHANGED",
            f"{journal.document_no} stands in NAV with {item.amount}, posted were {journal.amount}.",
        )
    return None


def _nav(rule: str, text: str) -> Finding:
    return Finding(
        rule=rule, text=text, remedy="Clear it up in NAV with the accountant, then retry."
    )
