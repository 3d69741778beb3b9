"""A books check in words, for a person at a terminal, and as a document for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tieout.app.books_report import Report, difference_row, risks
from tieout.app.books_report_words import title
from tieout.app.console import table
from tieout.core.matching.documents import Document
from tieout.core.matching.result import Difference, Match

# A person at a terminal is shown so many; files and --json hold them all.
SHOWN = 50


def told(name: str, report: Report) -> dict[str, Any]:
    """The check for a program; documents are named by their id in FreshBooks and their entry number in NAV."""
    found = report.found
    return {
        "pair": name,
        "from": report.first,
        "to": report.last,
        "read_at": report.read_at,
        "agrees": found.agrees,
        "freshbooks": len(found.freshbooks),
        "nav": len(found.nav),
        "agreed": len(found.agreed),
        "at_risk": [{**asdict(risk), "kind": str(risk.kind)} for risk in risks(found)],
        "differences": [_difference(each) for each in found.differences],
        "proposals": [_match(each) for each in found.proposals],
        "matches": [_match(each) for each in found.matches],
        "customers": found.customers,
        "left_out": report.left_out,
        "claim": report.claim,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "freshbooks": _refs(each.freshbooks),
        "nav": _refs(each.nav),
        "at_risk": each.at_risk,
        "currency": each.currency,
        "text": each.text,
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "freshbooks": _refs(match.freshbooks),
        "nav": _refs(match.nav),
        "tier": str(match.tier),
        "score": match.score,
        "reasons": match.reasons,
    }


def _refs(documents: Sequence[Document]) -> list[str]:
    return [document.ref for document in documents]


def in_words(report: Report) -> str:
    """The check for a person: totals by kind, the first differences, the verdict."""
    found = report.found
    parts = [
        f"{report.freshbooks} (FreshBooks) and {report.nav} (NAV), {report.first} to {report.last}",
        f"{len(found.freshbooks)} documents in FreshBooks, {len(found.nav)} entries in NAV; {len(found.agreed)} matches agree.",
    ]
    if found.differences:
        rows = [[title(r.kind), r.count, r.amount, r.currency] for r in risks(found)]
        parts.append(table(["difference", "number", "at risk", ""], rows))
        lines = [difference_row(each) for each in found.differences[:SHOWN]]
        shown = [
            [r.kind, r.number, r.entry, r.amount or "", r.nav_amount or "", r.text] for r in lines
        ]
        headings = ["", "FreshBooks", "NAV entry", "FreshBooks", "NAV", ""]
        parts.append(table(headings, shown))
        if len(found.differences) > SHOWN:
            parts.append(f"... and {len(found.differences) - SHOWN} more; see --report and --json.")
    if found.proposals:
        parts.append(f"{len(found.proposals)} matches are only proposed; see --report or --json.")
    parts.append("Both books agree." if found.agrees else "The books do not agree.")
    return "\n\n".join(parts)
