"""What was in NAV before Tieout: entries that people keyed, accepted by a person as these FreshBooks documents, so that they are never posted again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Line, Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedDocument:
    """A FreshBooks document as it was when it was adopted: ``substance`` is the hash of what of it belongs in a ledger.

    ``amount`` is what it changes the customer's balance by, debit positive.
    """

    ref: Ref
    substance: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedEntry:
    """A customer ledger entry of NAV as it was when it was adopted, debit positive; ``currency`` is never empty."""

    entry_no: int
    document_type: str
    document_no: str
    customer_no: str
    amount: Decimal
    currency: str
    posting_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Documents of FreshBooks and entries of NAV that are the same thing: one and one, several and one, or one and several.

    Accepted by whom and when, and on which evidence: ``tier``, ``score`` and ``reasons`` are those of the match, ``note`` is the person's own.
    """

    documents: tuple[AdoptedDocument, ...]
    entries: tuple[AdoptedEntry, ...]
    tier: str
    score: int
    reasons: tuple[str, ...]
    by: str
    at: datetime
    note: str = ""

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(document.ref for document in self.documents)

    @property
    def entry_nos(self) -> tuple[int, ...]:
        return tuple(entry.entry_no for entry in self.entries)

    def substance_of(self, ref: Ref) -> str:
        """The substance that a document had."""
        return next(document.substance for document in self.documents if document.ref == ref)

    def told(self) -> str:
        """Where it stands in NAV, who said so and on which evidence."""
        plural = "entry" if len(self.entries) == 1 else "entries"
        numbers = ", ".join(f"{e.entry_no} ({e.document_no})" for e in self.entries)
        why = ", ".join(self.reasons)
        return f"NAV {plural} {numbers}, accepted by {self.by} on {self.at:%Y-%m-%d} ({self.tier.lower()}, {self.score} points: {why})"


def substance(record: Invoice | CreditNote | Payment) -> str:
    """A hash of what of a document belongs in a ledger: the same while nothing would be posted otherwise.

    What is owed of it, its status, when it is due and how it is called may change.
    """
    text = json.dumps(list(_parts(record)), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _parts(record: Invoice | CreditNote | Payment) -> Iterator[object]:
    yield from (str(record.ref), record.customer.key, record.currency)
    yield record.visibility is Visibility.DELETED
    yield plain(record.amount.amount)
    if isinstance(record, Payment):
        yield from (str(record.invoice), record.paid_on.isoformat(), record.method)
        return
    yield from (record.issued_on.isoformat(), record.draft)
    if isinstance(record, Invoice):
        yield from (plain(record.discount.amount), record.tax_included)
    else:
        yield record.credit_type
    for line in record.lines:
        yield list(_line(line))


def _line(line: Line) -> Iterator[object]:
    yield from (line.name, plain(line.amount.amount), line.compounded)
    for tax in line.taxes:
        yield from (tax.name, plain(tax.percent))


def plain(amount: Decimal) -> str:
    """An amount without zeros at its end, so that 120 and 120.00 are the same.

    >>> plain(Decimal("120.00")), plain(Decimal("0.10"))
    ('120', '0.1')
    """
    return f"{amount.normalize():f}"
