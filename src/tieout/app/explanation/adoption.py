"""What an explanation says of a document that people keyed and a person adopted: who said so, on which evidence, and which entries of NAV it is."""

from __future__ import annotations

from typing import Any

from tieout.app.console import plain
from tieout.app.explanation.reading import Explanation
from tieout.app.explanation.words import INDENT, Page, compact, indent, moment_text, named, stamp
from tieout.core.records.adoption import AdoptedEntry, substance
from tieout.core.records.customer import Customer
from tieout.core.records.ledger import CustomerEntry


def adoption_page(found: Explanation) -> dict[str, Any] | None:
    """For a program; ``unchanged`` is None where the content was not read yet. An entry that NAV does not show any more is open by nothing."""
    adoption, ref = found.adoption, found.subject.ref
    if adoption is None or ref is None:
        return None
    now = {entry.entry_no: entry for entry in found.adopted_now}
    record = found.record
    known = None if record is None or isinstance(record, Customer) else substance(record)
    return {
        "ref": str(ref),
        "by": adoption.by,
        "at": stamp(adoption.at),
        "tier": adoption.tier,
        "score": adoption.score,
        "reasons": adoption.reasons,
        "note": adoption.note,
        "together_with": [str(other) for other in adoption.refs if other != ref],
        "substance": adoption.substance_of(ref),
        "unchanged": None if known is None else known == adoption.substance_of(ref),
        "entries": [_entry(each, now.get(each.entry_no)) for each in adoption.entries],
    }


def _entry(then: AdoptedEntry, now: CustomerEntry | None) -> dict[str, Any]:
    shown = "not shown by NAV" if now is None else "reversed" if now.reversed else ""
    return {
        "entry_no": then.entry_no,
        "type": then.document_type,
        "document_no": then.document_no,
        "customer_no": then.customer_no,
        "posting_date": plain(then.posting_date),
        "amount": then.amount,
        "currency": then.currency,
        "amount_now": now.amount if now else None,
        "open_now": now.remaining if now else None,
        "now": shown,
    }


def adoption_text(page: Page) -> str:
    """For a person."""
    told = page["adoption"]
    evidence = f"{told['tier'].lower()}, {told['score']} points: {', '.join(told['reasons'])}"
    lines = [
        f"{told['ref']} was adopted by {told['by']}, {moment_text(told['at'])}: people keyed it into NAV, and Tieout posts nothing for it",
        f"{INDENT}{'evidence':<13}{evidence}",
    ]
    if told["note"]:
        lines.append(f"{INDENT}{'note':<13}{told['note']}")
    if told["together_with"]:
        lines.append(f"{INDENT}{'together with':<13} {', '.join(told['together_with'])}")
    if told["unchanged"] is not None:
        same = "still the same" if told["unchanged"] else "NOT what FreshBooks shows now"
        lines.append(f"{INDENT}{'substance':<13}{told['substance']} ({same})")
    rows = [
        [
            e["entry_no"],
            named(e),
            e["customer_no"],
            e["posting_date"],
            e["amount"],
            e["currency"],
            e["open_now"],
            e["now"] if e["now"] or e["amount_now"] == e["amount"] else f"{e['amount_now']} now",
        ]
        for e in told["entries"]
    ]
    headings = ["NAV entry", "document", "customer", "posting date", "amount", "", "open now", ""]
    return "\n".join([*lines, indent(compact(headings, rows))])
