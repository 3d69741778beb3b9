"""One command in the document of an explanation: what NAV was told, by which rules, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.app.explanation.words import stamp
from tieout.core.decision.plan import Receipt, Role
from tieout.core.explanation.origin import Origin
from tieout.core.explanation.rate import Rate
from tieout.core.explanation.steps import Step
from tieout.core.journal.lines import Journal

Page = dict[str, Any]
# What NAV is told of a customer and says nothing about a person.
IMPERSONAL = {
    "country_region_code",
    "currency_code",
    "gen_bus_posting_group",
    "vat_bus_posting_group",
    "customer_posting_group",
    "payment_terms_code",
    "block_payment_tolerance",
    "tax_area_code",
    "tax_liable",
}
WORDS = "description"


def command_page(step: Step, rate: Rate | None, *, source: bool) -> Page:
    """A command, explained; ``source`` shows every word that NAV was told."""
    sent, command = step.sent, step.sent.stored.command
    request, withheld = _request(command.role, command.payload, source=source)
    receipt = sent.stored.receipt
    return {
        "key": command.key,
        "role": str(command.role),
        "revision": command.revision,
        "state": sent.state,
        "setup_version": command.setup_version,
        "intended_at": stamp(sent.intended_at),
        "done_at": receipt.posted_at if receipt else "",
        "after": command.depends_on,
        "request_hash": sent.hash,
        "request_intact": sent.intact,
        "request": request,
        "withheld": withheld,
        "answer": _answer(receipt) if receipt else None,
        "made_of": str(step.source),
        "document_lines": [
            {
                "line": choice.place,
                "item": choice.item,
                "amount": choice.amount.amount,
                "currency": choice.amount.currency,
                "taxes": choice.taxes,
                "rules": choice.rules,
            }
            for choice in step.choices
        ],
        "lines": [
            _line(place, each, step.journal, source=source)
            for place, each in enumerate(step.origins, 1)
        ],
        "customer_rules": step.groups,
        "rate": _rate(rate) if rate else None,
        "rounding": step.rounding,
    }


def _request(role: Role, payload: Mapping[str, Any], *, source: bool) -> tuple[Page, list[str]]:
    """What NAV was told, and the names of what is not shown of it."""
    if source:
        return dict(payload), []
    if role is Role.CREATE_CUSTOMER:
        kept = {name: value for name, value in payload.items() if name in IMPERSONAL}
        return kept, sorted(set(payload) - set(kept))
    if "lines" not in payload:
        return dict(payload), []
    lines = [{n: v for n, v in line.items() if n != WORDS} for line in payload["lines"]]
    return {**payload, "lines": lines}, [f"lines.{WORDS}"]


def _answer(receipt: Receipt) -> Page:
    return {
        "status": str(receipt.status),
        "no": receipt.no,
        "register_no": receipt.register_no,
        "entry_no": receipt.entry_no,
        "amount": receipt.amount,
        "text": receipt.text,
    }


def _line(place: int, origin: Origin, journal: Journal | None, *, source: bool) -> Page:
    line = origin.line
    groups, tax, settles = line.groups, line.sales_tax, line.applies_to
    return {
        "line": place,
        "account_type": str(line.account_type),
        "account_no": line.account_no,
        "amount": line.amount,
        "currency_code": journal.currency_code if journal else "",
        "vat_amount": line.vat_amount,
        "groups": f"{groups.gen_bus}/{groups.gen_prod}, {groups.vat_bus}/{groups.vat_prod}"
        if groups
        else "",
        "tax_area": f"{tax.area}/{tax.group}" if tax else "",
        "dimensions": ", ".join(f"{code}={value}" for code, value in line.dimensions),
        "settles": f"{settles.document_type} {settles.document_no}".strip() if settles else "",
        "document_lines": origin.lines,
        "account_rules": origin.account,
        "tax_rules": origin.tax,
        "certain": origin.certain,
        "note": origin.note,
        "description": line.description if source else "",
    }


def _rate(rate: Rate) -> Page:
    return {
        "currency": rate.currency,
        "local": rate.lcy,
        "factor": rate.factor,
        "day": rate.day,
        "source": rate.source,
        "row_since": rate.since,
        "row_now": rate.now,
    }
