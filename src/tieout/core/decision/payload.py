"""A journal as the payload of a command, and back: text only, so that it is stored, hashed and sent as one and the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import (
    AccountType,
    Application,
    DocumentType,
    Journal,
    JournalLine,
    PostingGroups,
    SalesTax,
)
from tieout.core.records.money import total

Entry = tuple[str, str]


def entry_of(payload: Mapping[str, Any]) -> Entry | None:
    """The (document type, number) under which a posted payload stands in the ledger; None for a payload that posts nothing."""
    return (payload["document_type"], payload["document_no"]) if "lines" in payload else None


def payload_customer(payload: Mapping[str, Any]) -> str:
    """The customer of a posted payload, empty if it has none."""
    rows = (row for row in payload["lines"] if row["account_type"] == AccountType.CUSTOMER)
    return next((str(row["account_no"]) for row in rows), "")


def payload_amount(payload: Mapping[str, Any]) -> Decimal:
    """What a posted payload makes its customer owe more (positive) or less."""
    rows = payload["lines"]
    return total(Decimal(r["amount"]) for r in rows if r["account_type"] == AccountType.CUSTOMER)


def journal_payload(journal: Journal) -> dict[str, Any]:
    """The payload of the gateway's Post (docs/protocols/gateway.md), names in snake case."""
    return {
        "template_name": journal.template,
        "batch_name": journal.batch,
        "document_type": str(journal.document_type),
        "document_no": journal.document_no,
        "posting_date": journal.posting_date.isoformat(),
        "document_date": journal.document_date.isoformat(),
        "due_date": journal.due_date.isoformat() if journal.due_date else "",
        "currency_code": journal.currency_code,
        "currency_factor": _text(journal.currency_factor),
        "reason_code": journal.reason_code,
        "lines": [_line_payload(line) for line in journal.lines],
    }


def payload_journal(payload: Mapping[str, Any]) -> Journal:
    """The journal that a stored payload was made from."""
    due = payload["due_date"]
    return Journal(
        document_type=DocumentType(payload["document_type"]),
        document_no=payload["document_no"],
        posting_date=date.fromisoformat(payload["posting_date"]),
        document_date=date.fromisoformat(payload["document_date"]),
        due_date=date.fromisoformat(due) if due else None,
        currency_code=payload["currency_code"],
        currency_factor=_number(payload["currency_factor"]),
        template=payload["template_name"],
        batch=payload["batch_name"],
        reason_code=payload["reason_code"],
        lines=tuple(_payload_line(line) for line in payload["lines"]),
    )


def payload_buyer(payload: Mapping[str, Any]) -> Buyer | None:
    """The customer and its groups as they were when the document was posted."""
    journal = payload_journal(payload)
    groups = next((line.groups for line in journal.lines if line.groups), None)
    if groups is None:
        return None
    return Buyer(customer_no=journal.customer_no, gen_bus=groups.gen_bus, vat_bus=groups.vat_bus)


def same_effect(one: Journal, other: Journal) -> bool:
    """Whether two journals do the same to the books: type, customer, currency, date, accounts, groups, amounts and VAT.

    The date is the document's own: on which open day NAV took it is no effect, and neither are numbers, texts, due dates, rates and what it is applied to.
    """
    return _effect(one) == _effect(other)


def _effect(journal: Journal) -> tuple[Any, ...]:
    lines = sorted(
        (
            str(ln.account_type),
            ln.account_no,
            str(ln.groups),
            str(ln.sales_tax),
            ln.posting_group,
            ln.dimensions,
            ln.amount,
            ln.vat_amount or Decimal(0),
        )
        for ln in journal.lines
    )
    return (journal.document_type, journal.currency_code, journal.document_date, tuple(lines))


def _line_payload(line: JournalLine) -> dict[str, str]:
    groups, applies, tax = line.groups, line.applies_to, line.sales_tax
    return {
        "account_type": str(line.account_type),
        "account_no": line.account_no,
        "posting_group": line.posting_group,
        "description": line.description,
        "amount": str(line.amount),
        "amount_lcy": _text(line.amount_lcy),
        "gen_posting_type": groups.gen_posting_type if groups else "",
        "gen_bus_posting_group": groups.gen_bus if groups else "",
        "gen_prod_posting_group": groups.gen_prod if groups else "",
        "vat_bus_posting_group": groups.vat_bus if groups else "",
        "vat_prod_posting_group": groups.vat_prod if groups else "",
        "vat_amount": _text(line.vat_amount),
        "tax_area_code": tax.area if tax else "",
        "tax_group_code": tax.group if tax else "",
        "tax_liable": "true" if tax else "",
        "applies_to_doc_type": str(applies.document_type) if applies else "",
        "applies_to_doc_no": applies.document_no if applies else "",
        "dimensions": ";".join(f"{code}={value}" for code, value in line.dimensions),
    }


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(number)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _payload_line(row: Mapping[str, str]) -> JournalLine:
    groups = PostingGroups(
        gen_posting_type=row["gen_posting_type"],
        gen_bus=row["gen_bus_posting_group"],
        gen_prod=row["gen_prod_posting_group"],
        vat_bus=row["vat_bus_posting_group"],
        vat_prod=row["vat_prod_posting_group"],
    )
    applies = Application(
        document_type=DocumentType(row["applies_to_doc_type"]),
        document_no=row["applies_to_doc_no"],
    )
    return JournalLine(
        account_type=AccountType(row["account_type"]),
        account_no=row["account_no"],
        description=row["description"],
        amount=Decimal(row["amount"]),
        groups=groups if groups.gen_posting_type else None,
        amount_lcy=_number(row["amount_lcy"]),
        posting_group=row.get("posting_group", ""),
        vat_amount=_number(row["vat_amount"]),
        sales_tax=_sales_tax(row),
        applies_to=applies if applies.document_no else None,
        dimensions=_dimensions(row.get("dimensions", "")),
    )


def _sales_tax(row: Mapping[str, str]) -> SalesTax | None:
    area = row.get("tax_area_code", "")
    return SalesTax(area=area, group=row.get("tax_group_code", "")) if area else None


def _dimensions(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in text.split(";") if pair)
    return tuple((code, value) for code, _, value in pairs)
