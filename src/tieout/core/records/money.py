"""An amount of money in one currency, exact to the last unit.

Amounts are ``Decimal`` and are never mixed with amounts of another currency. Rounding is commercial: half away from zero, at the
number of decimals of the currency (ISO 4217: two, but none for yen and three for the Kuwaiti dinar).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor units that differ from two.
DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def decimals(currency: str) -> int:
    """The number of decimals of a currency.

    >>> decimals("GBP"), decimals("JPY"), decimals("KWD")
    (2, 0, 3)
    """
    return DECIMALS.get(currency, 2)


def round_half_away(amount: Decimal, places: int) -> Decimal:
    """Commercial rounding: a half goes away from zero.

    >>> round_half_away(Decimal("16.665"), 2), round_half_away(Decimal("-16.665"), 2)
    (Decimal('16.67'), Decimal('-16.67'))
    """
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount and its currency (ISO 4217 code, upper case).

    >>> Money(Decimal("800.00"), "GBP") + Money(Decimal("160.00"), "GBP")
    Money(amount=Decimal('960.00'), currency='GBP')
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.amount, Decimal), f"{self.amount!r} is not a Decimal"
        assert self.currency, "an amount without a currency"

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def rounded(self) -> Money:
        """The amount at the decimals of its currency."""
        return Money(round_half_away(self.amount, decimals(self.currency)), self.currency)

    def _same(self, other: Money) -> Decimal:
        assert self.currency == other.currency, f"{self.currency} met {other.currency}"
        return other.amount


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts of one currency; zero for none."""
    return sum(amounts, Decimal(0))
