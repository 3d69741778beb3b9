"""Money as FreshBooks writes it: an amount as a decimal text beside a currency code."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import msgspec

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Money(msgspec.Struct, frozen=True):
    """An amount in a currency; JSON shows the amount as a text such as `"1000.00"`."""

    amount: Decimal
    code: str


def cents(amount: Decimal) -> Decimal:
    """Rounds to two places, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def rate(percent: str | None) -> Decimal:
    """The factor of a percentage text: `"20"` is 0.2, no text is 0."""
    return Decimal(percent) / 100 if percent else Decimal(0)
