"""Which tax is in which part of a document, in money, though FreshBooks gives percentages only.

FreshBooks' totals are the truth. What a document's total exceeds its lines by is its tax, whatever rule FreshBooks rounds with; the parts are
found by trying both rules it may use (per tax and document, per line) and must add up to exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.records.finding import Finding
from tieout.core.records.money import round_half_away, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An amount of a document that goes to one account with one tax: ``net`` before tax, or with tax if prices include it."""

    gl_account: str
    gen_prod: str
    vat_prod: str
    percent: Decimal
    net: Decimal
    taxed_lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """A part and its tax: ``gross`` includes ``tax``."""

    part: Part
    gross: Decimal
    tax: Decimal


def aggregate(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Add up what goes to the same account with the same groups, never across them; in the order first met."""
    sums: dict[tuple[str, str, str, Decimal], Part] = {}
    for part in parts:
        key = (part.gl_account, part.gen_prod, part.vat_prod, part.percent)
        seen = sums.get(key)
        sums[key] = part if seen is None else _plus(seen, part)
    return tuple(sums.values())


def taxes_of(
    lines: Sequence[Part], tax_total: Decimal, places: int, per_pair: Decimal
) -> tuple[tuple[Taxed, ...], tuple[Finding, ...]]:
    """The tax of every aggregated part, adding up to ``tax_total``.

    A difference of at most ``per_pair`` for each pair of line and tax goes to the part with the largest tax (NAV's VAT difference); a larger one is a
    finding.

    >>> line = Part(gl_account="4000", gen_prod="S", vat_prod="VAT20", percent=Decimal(20), net=Decimal("33.33"))
    >>> taxed, _ = taxes_of([line] * 3, Decimal("20.01"), 2, Decimal("0.01"))
    >>> taxed[0].gross, taxed[0].tax
    (Decimal('120.00'), Decimal('20.01'))
    """
    parts = aggregate(lines)
    for candidate in (_per_total(parts, places), _per_line(lines, parts, places)):
        if total(candidate) == tax_total:
            return _taxed(parts, candidate), ()
    taxes = _per_total(parts, places)
    difference = tax_total - total(taxes)
    pairs = sum(part.taxed_lines for part in parts if part.percent)
    if abs(difference) > per_pair * pairs:
        return (), (_unexplained(tax_total, total(taxes)),)
    largest = max(range(len(parts)), key=lambda i: (abs(taxes[i]), -i))
    taxes[largest] += difference
    return _taxed(parts, taxes), ()


def included_taxes_of(lines: Sequence[Part], places: int) -> tuple[Taxed, ...]:
    """The tax inside parts whose amounts include it, by NAV's own rule for journals: gross x rate / (100 + rate).

    >>> line = Part(gl_account="4000", gen_prod="S", vat_prod="VAT20", percent=Decimal(20), net=Decimal("99.99"))
    >>> included_taxes_of([line], 2)[0].tax
    Decimal('16.67')
    """
    return tuple(
        Taxed(
            part=part,
            gross=part.net,
            tax=round_half_away(part.net * part.percent / (100 + part.percent), places),
        )
        for part in aggregate(lines)
    )


def _plus(one: Part, other: Part) -> Part:
    return Part(
        gl_account=one.gl_account,
        gen_prod=one.gen_prod,
        vat_prod=one.vat_prod,
        percent=one.percent,
        net=one.net + other.net,
        taxed_lines=one.taxed_lines + other.taxed_lines,
    )


def _per_total(parts: Sequence[Part], places: int) -> list[Decimal]:
    """Each tax rounded once on its total; what rounding the parts leaves over goes to the largest part of that tax."""
    taxes = [round_half_away(part.net * part.percent / 100, places) for part in parts]
    for percent in {part.percent for part in parts}:
        mine = [i for i, part in enumerate(parts) if part.percent == percent]
        whole = round_half_away(total(parts[i].net for i in mine) * percent / 100, places)
        largest = max(mine, key=lambda i: abs(parts[i].net))
        taxes[largest] += whole - total(taxes[i] for i in mine)
    return taxes


def _per_line(lines: Sequence[Part], parts: Sequence[Part], places: int) -> list[Decimal]:
    def same(line: Part, part: Part) -> bool:
        return (line.gl_account, line.gen_prod, line.vat_prod, line.percent) == (
            part.gl_account,
            part.gen_prod,
            part.vat_prod,
            part.percent,
        )

    return [
        total(
            round_half_away(line.net * line.percent / 100, places)
            for line in lines
            if same(line, part)
        )
        for part in parts
    ]


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
