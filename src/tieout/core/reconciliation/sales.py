"""What brings revenue in FreshBooks, or takes it back: for revenue by account (I6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.books import FreshbooksBooks
from tieout.core.reconciliation.expected import ZERO
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Line
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import total

GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What brings revenue, or takes it back: ``sign`` is -1 for what lowers it, ``share`` the part of it that counts (a credit may be used in parts)."""

    ref: Ref
    kind: Kind
    client: Ref
    currency: str
    day: date
    amount: Decimal
    lines: Sequence[Line]
    sign: int = 1
    share: Decimal = Decimal(1)
    discount: Decimal = ZERO
    tax_included: bool = False

    @property
    def base(self) -> Decimal:
        return total(line.amount.amount for line in self.lines)

    @property
    def rows(self) -> int:
        """How many lines it has, some of which may have been added up."""
        return sum(line.count for line in self.lines)


def sales(books: FreshbooksBooks) -> Iterator[Sale]:
    """All that brings revenue or takes it back: invoices, goodwill credits when they are issued, or else when they are used."""
    for invoice in books.live_invoices:
        base = total(line.amount.amount for line in invoice.lines)
        discount = invoice.discount.amount
        yield Sale(
            ref=invoice.ref,
            kind=Kind.INVOICE,
            client=invoice.customer,
            currency=invoice.currency,
            day=invoice.issued_on,
            amount=invoice.amount.amount,
            lines=invoice.lines,
            discount=-discount if base < 0 else discount,
            tax_included=invoice.tax_included,
        )
    notes = {note.ref: note for note in books.credit_notes if note.credit_type == GOODWILL}
    for note in books.live_credit_notes:
        if note.ref in notes and note.ref not in books.deferred:
            yield _taken_back(note, note.ref, note.issued_on, note.amount.amount)
    for payment in books.live_payments:
        used = notes.get(payment.credit) if payment.credit in books.deferred else None
        if used is not None and books.moves(payment):
            yield _taken_back(used, payment.ref, payment.paid_on, payment.amount.amount)


def _taken_back(note: CreditNote, ref: Ref, day: date, part: Decimal) -> Sale:
    """So much of a goodwill credit, under the document that makes it count."""
    whole = note.amount.amount
    return Sale(
        ref=ref,
        kind=Kind.CREDIT_NOTE,
        client=note.customer,
        currency=note.currency,
        day=day,
        amount=whole,
        lines=note.lines,
        sign=-1,
        share=part / whole if whole else Decimal(1),
    )


def net(line: Line, sale: Sale) -> Decimal:
    """A line without the tax that its price contains."""
    amount = line.amount.amount
    if not sale.tax_included:
        return amount
    rates = [tax.percent / 100 for tax in line.taxes]
    factor = 1 + total(rates)
    if line.compounded and len(rates) > 1:
        factor += rates[0] * rates[1]
    return amount / factor
