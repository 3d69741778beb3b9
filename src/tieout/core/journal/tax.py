"""Which tax is in which part of a document, in money, though FreshBooks gives percentages only.

FreshBooks' totals are the truth. What a document's total exceeds its lines by is its tax, whatever rule FreshBooks rounds with; the parts are
found by trying both rules it may use (per tax and document, per line) and must add up to exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.journal.parts import Part
from tieout.core.records.document import LineTax
from tieout.core.records.finding import Finding
from tieout.core.records.money import round_half_away, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """A part and its tax: ``gross`` includes ``tax``."""

    part: Part
    gross: Decimal
    tax: Decimal


def taxes_of(
    parts: Sequence[Part], tax_total: Decimal, places: int, per_pair: Decimal
) -> tuple[tuple[Taxed, ...], tuple[Finding, ...]]:
    """The tax of every part, adding up to ``tax_total``.

    A difference of at most ``per_pair`` for each pair of line and tax goes to the part with the largest tax; a larger one is a finding.

    >>> from tieout.core.journal.parts import Target
    >>> from tieout.core.journal.rates import Rates
    >>> vat = Rates((LineTax(name="VAT", percent=Decimal(20)),))
    >>> target, base = Target(gl_account="4000", gen_prod="S", vat_prod="VAT20"), Decimal("33.33")
    >>> part = Part(target=target, rates=vat, net=base * 3, bases=(base,) * 3)
    >>> taxed, _ = taxes_of([part], Decimal("20.01"), 2, Decimal("0.01"))
    >>> taxed[0].gross, taxed[0].tax
    (Decimal('120.00'), Decimal('20.01'))
    """
    for by_line in (False, True):
        taxes = _taxes(parts, places, by_line=by_line)
        if total(taxes) == tax_total:
            return _taxed(parts, taxes), ()
    taxes = _taxes(parts, places, by_line=False)
    difference = tax_total - total(taxes)
    pairs = sum(len(part.bases) * len(part.rates.taxes) for part in parts if part.rates.taxed)
    if abs(difference) > per_pair * pairs:
        return (), (_unexplained(tax_total, total(taxes)),)
    largest = max(range(len(parts)), key=lambda i: (abs(taxes[i]), -i))
    taxes[largest] += difference
    return _taxed(parts, taxes), ()


def included_taxes_of(parts: Sequence[Part], places: int) -> tuple[Taxed, ...]:
    """The tax inside parts whose amounts include it, by NAV's own rule for journals."""
    return tuple(
        Taxed(part=part, gross=part.net, tax=nav_tax(part, part.net, places)) for part in parts
    )


def nav_tax(part: Part, gross: Decimal, places: int) -> Decimal:
    """The tax that NAV finds in the gross amount of a journal line by itself.

    VAT: gross x rate / (100 + rate), rounded (table 81). Sales tax: the net amount is computed backwards and rounded, the tax is the rest (codeunit 12).

    >>> from tieout.core.journal.parts import Target
    >>> from tieout.core.journal.rates import Rates
    >>> vat = Rates((LineTax(name="VAT", percent=Decimal(20)),))
    >>> part = Part(target=Target(gl_account="4000", gen_prod="S"), rates=vat, net=Decimal(0))
    >>> nav_tax(part, Decimal("99.99"), 2)
    Decimal('16.67')
    """
    factor = part.rates.gross_of_one
    if part.target.sales_tax is not None:
        return gross - round_half_away(gross / factor, places)
    return round_half_away(gross * (factor - 1) / factor, places)


def _taxes(parts: Sequence[Part], places: int, *, by_line: bool) -> list[Decimal]:
    """The tax of each part by one of FreshBooks' two rules.

    What rounding the parts leaves over of a tax goes to the largest part that bears it.
    """
    found = [_first(part, places, by_line=by_line) for part in parts]
    for tax in dict.fromkeys(tax for part in parts for tax in part.rates.taxes):
        mine = [
            (i, k)
            for i, part in enumerate(parts)
            for k, own in enumerate(part.rates.taxes)
            if own == tax
        ]
        i, k = max(mine, key=lambda place: abs(parts[place[0]].net))
        found[i][k] += _whole(parts, tax, places, by_line=by_line) - total(
            found[a][b] for a, b in mine
        )
    return [total(row) for row in found]


def _first(part: Part, places: int, *, by_line: bool) -> list[Decimal]:
    """Each tax of a part, rounded for the part or, if its lines are not discounted apart, for each of them."""
    if by_line and total(part.bases) == part.net:
        rows = [part.rates.amounts(base, places) for base in part.bases]
        return [total(row[k] for row in rows) for k in range(len(part.rates.taxes))]
    return list(part.rates.amounts(part.net, places))


def _whole(parts: Sequence[Part], tax: LineTax, places: int, *, by_line: bool) -> Decimal:
    """One tax of the whole document: its exact amounts added up and rounded once, or rounded for each line."""
    exact = total(
        amount
        for part in parts
        for base in part.bases
        for own, amount in zip(
            part.rates.taxes,
            part.rates.amounts(base, places if by_line else None),
            strict=True,
        )
        if own == tax
    )
    return round_half_away(exact, places)


def _taxed(parts: Sequence[Part], taxes: Sequence[Decimal]) -> tuple[Taxed, ...]:
    return tuple(
        Taxed(part=part, gross=part.net + tax, tax=tax)
        for part, tax in zip(parts, taxes, strict=True)
    )


def _unexplained(theirs: Decimal, ours: Decimal) -> Finding:
    return Finding(
        rule="TAX_NOT_EXPLAINED",
        text=f"The total contains tax of {theirs}, but its lines and rates give {ours}.",
        remedy="Check the taxes of the lines in FreshBooks, or a discount that is not a percentage.",
    )
