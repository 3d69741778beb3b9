"""Whether NAV lets a customer be posted to: told before anything is undone that could then not be posted anew."""

from __future__ import annotations

from tieout.core.decision.facts import Facts
from tieout.core.journal.lines import DocumentType
from tieout.core.records.finding import Finding

# What each kind of block stops (NAV 2018, table 18 and codeunit 11).
STOPS = {
    "Invoice": (DocumentType.INVOICE, DocumentType.BLANK),
    "All": tuple(DocumentType),
    "Privacy": tuple(DocumentType),
}


def blocked(facts: Facts, customer_no: str, kind: DocumentType) -> Finding | None:
    """A finding if NAV would refuse a document of this type for the customer."""
    how = facts.blocked.get(customer_no, "")
    if kind not in STOPS.get(how, ()):
        return None
    return Finding(
        rule="CUSTOMER_BLOCKED",
        text=f"Customer {customer_no} is blocked in NAV ({how}).",
        remedy="Unblock it in NAV, then retry.",
    )
