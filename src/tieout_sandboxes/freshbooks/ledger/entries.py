"""A journal entry: what one document does to the accounts, debits above and credits below zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from tieout_sandboxes.freshbooks.ledger.accounts import Place
from tieout_sandboxes.freshbooks.money import ZERO


class Booking(NamedTuple):
    """One amount on one account; `category` is the expense category it was written for, if any."""

    place: Place
    amount: Decimal
    category: str = ""


@dataclass(frozen=True)
class Entry:
    """What a document does to the accounts, at the document's own date and in its own currency."""

    kind: str
    number: int
    date: str
    code: str
    name: str
    description: str
    bookings: tuple[Booking, ...]
    client: int | None = None
    category: int | None = None

    def __post_init__(self) -> None:
        total = sum((booking.amount for booking in self.bookings), ZERO)
        assert total == ZERO, f"{self.kind} {self.number} is out of balance by {total}"

    @property
    def source(self) -> tuple[str, int]:
        """The document it comes from."""
        return self.kind, self.number


def bookings(*amounts: Booking | tuple[Place, Decimal]) -> tuple[Booking, ...]:
    """The amounts that are not zero, those on one account and category together."""
    return merged(Booking(*amount) for amount in amounts)


def merged(amounts: Iterable[Booking]) -> tuple[Booking, ...]:
    """The same for any number of them, in the order in which the accounts came."""
    sums: dict[tuple[Place, str], Decimal] = {}
    for place, amount, category in amounts:
        key = place, category
        sums[key] = sums.get(key, ZERO) + amount
    return tuple(
        Booking(place, amount, category) for (place, category), amount in sums.items() if amount
    )
