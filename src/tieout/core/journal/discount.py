"""A discount on a whole document, spread over its parts, each share with the tax of its part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.journal.parts import Part, aggregate, shares
from tieout.core.journal.setup import DiscountPolicy, PostingSetup
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """``amount`` in money, and ``percent`` as FreshBooks computed it (zero if it does not say); both have the sign of the document's lines."""

    amount: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)


def discounted(
    setup: PostingSetup, parts: Sequence[Part], discount: Discount, places: int
) -> tuple[Part, ...]:
    """The aggregated parts with the discount: on its own account, one part for each tax, or taken off the revenue.

    FreshBooks takes a percentage off every line before it computes tax, so tax is on what is left of each line, unrounded.
    """
    base = total(part.net for part in parts)
    if not discount.amount or not base:
        return aggregate(parts)
    left = 1 - (discount.percent / 100 or discount.amount / base)
    sums = aggregate([replace(p, bases=tuple(b * left for b in p.bases)) for p in parts])
    spread = shares(sums, discount.amount, places)
    if setup.discount is DiscountPolicy.NET:
        return tuple(replace(p, net=p.net - s) for p, s in zip(sums, spread, strict=True))
    apart = (_apart(setup, p, s, discount) for p, s in zip(sums, spread, strict=True) if s)
    return (*sums, *aggregate(tuple(apart)))


def _apart(setup: PostingSetup, part: Part, share: Decimal, discount: Discount) -> Part:
    text = f"{discount.percent.normalize():f}% discount" if discount.percent else "Discount"
    return Part(
        target=replace(part.target, gl_account=setup.discount_account),
        rates=part.rates,
        net=-share,
        label="discount",
        names=(text,),
    )
