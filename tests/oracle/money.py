"""Amounts as they are compared: decimal, rounded commercially, and sums by whatever they are sorted by."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

NIL = Decimal(0)
CENT = Decimal("0.01")
# ISO 4217: currencies without a smaller unit, and with one of a thousandth. All others have hundredths.
WHOLE = [
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
]
THOUSANDTHS = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

Place = TypeVar("Place", bound=Hashable)


def of(value: Any) -> Decimal:
    """An amount as either server writes it."""
    if isinstance(value, Mapping):
        value = value["amount"]
    return Decimal(str(value)) if value not in (None, "") else NIL


def unit(currency: str) -> Decimal:
    """The smallest unit of a currency."""
    if currency in WHOLE:
        return Decimal(1)
    return Decimal("0.001") if currency in THOUSANDTHS else CENT


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def summed(parts: Iterable[tuple[Place, Decimal]]) -> dict[Place, Decimal]:
    """Sums by place, zeros left out."""
    sums: dict[Place, Decimal] = {}
    for place, amount in parts:
        sums[place] = sums.get(place, NIL) + amount
    return {place: amount for place, amount in sums.items() if amount}


def near(one: Mapping[Place, Decimal], other: Mapping[Place, Decimal], cents: Decimal) -> bool:
    """Whether no place differs by more."""
    return all(
        abs(one.get(place, NIL) - other.get(place, NIL)) <= cents for place in {*one, *other}
    )
