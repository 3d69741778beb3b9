"""NAV as it is now in the document of an explanation."""

from __future__ import annotations

from typing import Any

from tieout.app.explanation.reading import Explanation
from tieout.core.explanation.entries import Applied, Ledgers
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.records.ledger import BankEntry, CustomerEntry, GLEntry

Page = dict[str, Any]


def entry_page(entry: GLEntry) -> Page:
    """A G/L entry."""
    return {
        "entry_no": entry.entry_no,
        "account": entry.gl_account_no,
        "type": entry.document_type,
        "document_no": entry.document_no,
        "key": entry.external_document_no,
        "posting_date": entry.posting_date,
        "amount": entry.amount,
        "user": entry.user,
        "reverses": entry.reverses,
    }


def nav_page(found: Explanation, *, source: bool) -> Page:
    """What stands in the ledgers, and of a client its customer; the name of that only with ``source``."""
    assert found.ledgers is not None
    card = found.card
    shown = {"no": card.no, "blocked": card.blocked} if card else None
    if card and shown and source:
        shown["name"] = card.name
    return {"card": shown, **_ledgers(found.ledgers, found.prefix)}


def _ledgers(ledgers: Ledgers, prefix: str) -> Page:
    return {
        "general": [entry_page(entry) for entry in ledgers.general],
        "customer": [_customer(entry) for entry in ledgers.customers],
        "bank": [_bank(entry) for entry in ledgers.banks],
        "vat": [
            {
                "entry_no": tax.entry.entry_no,
                "type": tax.entry.document_type,
                "document_no": tax.entry.document_no,
                "posting_date": tax.entry.posting_date,
                "groups": f"{tax.entry.vat_bus}/{tax.vat_prod}",
                "calculation": tax.entry.calculation,
                "base": tax.entry.base,
                "amount": tax.entry.amount,
                "difference": tax.difference,
            }
            for tax in ledgers.taxes
        ],
        "changes": [
            {
                "customer_entry_no": each.entry.customer_entry_no,
                "type": each.entry.entry_type,
                "posting_date": each.entry.posting_date,
                "amount": each.entry.amount,
                "amount_lcy": each.entry.amount_lcy,
                "undone": each.unapplied,
            }
            for each in ledgers.details
        ],
        "applied": [_applied(each, ledgers, prefix) for each in ledgers.applied],
        "unposted": ledgers.unposted,
    }


def _customer(entry: CustomerEntry) -> Page:
    return {
        "entry_no": entry.entry_no,
        "type": entry.document_type,
        "document_no": entry.document_no,
        "customer_no": entry.customer_no,
        "currency_code": entry.currency_code,
        "posting_date": entry.posting_date,
        "due_on": entry.due_on,
        "amount": entry.amount,
        "remaining": entry.remaining,
        "open": entry.open,
        "reversed": entry.reversed,
        "reversed_by": entry.reversed_by,
    }


def _bank(entry: BankEntry) -> Page:
    return {
        "entry_no": entry.entry_no,
        "type": entry.document_type,
        "document_no": entry.document_no,
        "bank_account_no": entry.bank_account_no,
        "posting_date": entry.posting_date,
        "amount": entry.amount,
        "amount_lcy": entry.amount_lcy,
        "reconciled": entry.reconciled,
        "reversed": entry.reversed,
    }


def _applied(each: Applied, ledgers: Ledgers, prefix: str) -> Page:
    entries = {entry.entry_no: entry for entry in (*ledgers.customers, *ledgers.others)}
    keys = {entry.entry_no: entry.external_document_no for entry in ledgers.general}
    other = entries.get(each.other)
    other_key = ledgers.other_keys.get(each.other) or keys.get(each.other, "")
    return {
        "entry_no": each.entry_no,
        "document": _named(entries.get(each.entry_no)),
        "other_entry_no": each.other,
        "other_document": _named(other),
        "other_key": other_key,
        "other_ref": str(ref_of_key(prefix, other_key) or ""),
        "amount": each.amount,
        "posting_date": each.day,
        "under": each.document_no,
        "undone": each.undone,
    }


def _named(entry: CustomerEntry | None) -> str:
    return f"{entry.document_type} {entry.document_no}".strip() if entry else ""
