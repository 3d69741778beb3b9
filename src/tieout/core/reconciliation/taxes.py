"""I2: each document has the same tax in both books.

FreshBooks names the taxes of a line by percentages and never by an amount (reference: invoices, lines). Independent of any percentage is the rest: what the
total has beyond its lines, less the discount. Where prices contain their tax there is no such rest, and nothing is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.cash import PREPAYMENT
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import CENT, Sides
from tieout.core.records.document import Line
from tieout.core.records.identity import Ref
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of a document in local currency in both books, and what of it stands on NAV's rounding account.

    ``cents`` is how much a foreign document may differ: every row of NAV is rounded by itself.
    """

    ref: Ref
    freshbooks: Decimal
    nav: Decimal
    rounded: Decimal
    cents: Decimal

    @property
    def agrees(self) -> bool:
        return abs(self.freshbooks - self.nav) <= self.cents

    def is_rounding(self, limit: Decimal) -> bool:
        """Whether the difference is exactly what stands on the rounding account, and no more than may stand there."""
        left = abs(self.freshbooks - self.nav - self.rounded)
        return left <= self.cents and abs(self.rounded) <= limit


def taxes(sides: Sides) -> Check:
    """The tax of each document that NAV has: what its total has beyond its lines, and what NAV's accounts of taxes got."""
    compared = list(compared_taxes(sides))
    differing = [tax for tax in compared if not tax.agrees]
    rounding = [tax for tax in differing if tax.is_rounding(sides.max_rounding)]
    return Check(
        invariant="I2",
        name="tax of documents",
        compared=len(compared),
        freshbooks=total(tax.freshbooks for tax in compared),
        nav=total(tax.nav for tax in compared),
        found=tuple(_difference(sides, tax) for tax in differing if tax not in rounding),
        explained=tuple(_rounding(tax) for tax in rounding),
    )


def compared_taxes(sides: Sides) -> Iterator[Tax]:
    """The tax of each document that NAV has, in both books."""
    for ref, amount, currency in residuals(sides):
        if sides.nav.under_key(ref):
            rows = sides.nav.taxes.get(ref, ())
            nav, rounded = total(rows), sides.nav.rounded.get(ref, ZERO)
            if currency == sides.lcy:
                yield Tax(ref, amount, nav, rounded, ZERO)
            else:
                cents = CENT * (1 + len(rows))
                yield Tax(ref, sides.local(ref, amount), nav, rounded, cents)


def residuals(sides: Sides) -> Iterator[tuple[Ref, Decimal, str]]:
    """The tax of each document that FreshBooks states, in its own currency, positive for sales."""
    books = sides.freshbooks
    for invoice in books.live_invoices:
        if invoice.lines and not invoice.tax_included:
            rest = _rest(invoice.amount.amount, invoice.lines) + invoice.discount.amount
            yield invoice.ref, rest, invoice.currency
    for note in books.live_credit_notes:
        rest = _rest(note.amount.amount, note.lines)
        if note.credit_type == PREPAYMENT:
            # Money, not a credit memo; what is declared when it comes in is taken back as it is used, and FreshBooks need not state it.
            if note.lines and not _declared_at_receipt(sides, note.ref):
                yield note.ref, rest, note.currency
        elif note.lines and note.ref not in books.deferred:
            yield note.ref, -rest, note.currency


def _declared_at_receipt(sides: Sides, prepayment: Ref) -> bool:
    rules = sides.evidence.rules
    return rules is not None and rules.of(prepayment).declares_prepayments


def _rest(amount: Decimal, lines: Sequence[Line]) -> Decimal:
    return amount - total(line.amount.amount for line in lines)


def _rounding(tax: Tax) -> Difference:
    return Difference(
        invariant="I2",
        kind=Break.ROUNDING,
        subject=str(tax.ref),
        freshbooks=tax.freshbooks,
        nav=tax.nav,
        text=f"NAV computes another tax; {tax.rounded} stands on the rounding account",
    )


def _difference(sides: Sides, tax: Tax) -> Difference:
    moving = sides.flight.explains(tax.ref)
    return Difference(
        invariant="I2",
        kind=Break.IN_FLIGHT if moving else Break.TAX,
        subject=str(tax.ref),
        freshbooks=tax.freshbooks,
        nav=tax.nav,
    )
