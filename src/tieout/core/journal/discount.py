"""A discount on a whole document, spread over its parts, each share with the tax of its part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.journal.parts import Part, aggregate
from tieout.core.journal.setup import DiscountPolicy, PostingSetup
from tieout.core.records.money import round_half_away, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """``amount`` in money, and ``percent`` as FreshBooks computed it (zero if it does not say); both have the sign of the document's lines."""

    amount: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)


def discounted(
    setup: PostingSetup, parts: Sequence[Part], discount: Discount, places: int
) -> tuple[Part, ...]:
    """The aggregated parts with the discount: on its own account, one part for each tax, or taken off the revenue.

    FreshBooks takes a percentage off every line before it computes tax, so tax is on what is left of each line, unrounded; that counts even where the discount
    of the whole rounds to nothing.
    """
    base = total(part.net for part in parts)
    if not discount.percent and not (discount.amount and base):
        return aggregate(parts)
    rate = discount.percent / 100 or discount.amount / base
    sums = aggregate([replace(p, bases=tuple(b * (1 - rate) for b in p.bases)) for p in parts])
    spread = _shares(sums, rate, discount.amount, places)
    if setup.discount is DiscountPolicy.NET:
        return tuple(replace(p, net=p.net - s) for p, s in zip(sums, spread, strict=True))
    apart = (_apart(setup, p, s, discount) for p, s in zip(sums, spread, strict=True))
    return (*sums, *aggregate(tuple(apart)))


def _shares(parts: Sequence[Part], rate: Decimal, amount: Decimal, places: int) -> list[Decimal]:
    """What comes off each part; they add up to ``amount``, what rounding leaves over comes off the largest."""
    spread = [round_half_away(part.net * rate, places) for part in parts]
    if spread:
        largest = max(range(len(parts)), key=lambda i: abs(parts[i].net))
        spread[largest] += amount - total(spread)
    return spread


def _apart(setup: PostingSetup, part: Part, share: Decimal, discount: Discount) -> Part:
    text = f"{discount.percent.normalize():f}% discount" if discount.percent else "Discount"
    return Part(
        target=replace(part.target, gl_account=setup.discount_account),
        rates=part.rates,
        net=-share,
        label="discount",
        names=(text,),
    )
