"""Looking for documents that come to an amount together, and how likely it is that they do so by accident."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import TypeVar

from tieout.core.matching.cards import Freshbooks, Nav

Card = TypeVar("Card", Freshbooks, Nav)

# Of so many documents at most every choice of up to MOST is tried: 1,456 sums.
CANDIDATES, MOST = 14, 4
LONGEST_RUN = 40
# How round amounts are: to the hundred, the ten, ... the cent, and the last unit.
STEPS = (1_000_000, 500_000, 250_000, 100_000, 50_000, 10_000, 5_000, 2_500, 1_000, 500, 100, 10, 1)
# An accident must be a thousand times less likely than one, or a person decides.
SAFETY = 1000
# Twenty times will do where the number of the document, or the day of its sales, speaks for it already.
NAMED_SAFETY = 20


def runs(cards: Sequence[Card], target: int) -> tuple[list[tuple[Card, ...]], int]:
    """The stretches of neighbours that come to the target, and how many were tried."""
    found, tried = [], 0
    for start in range(len(cards)):
        amount = 0
        for end in range(start, min(start + LONGEST_RUN, len(cards))):
            amount += cards[end].units
            tried += 1
            if amount == target and end > start:
                found.append(tuple(cards[start : end + 1]))
    return found, tried


def choices(cards: Sequence[Card], target: int) -> tuple[list[tuple[Card, ...]], int]:
    """The choices of two to MOST documents that come to the target, and how many were tried."""
    some = cards[:CANDIDATES]
    sizes = range(2, min(MOST, len(some)) + 1)
    found = [each for size in sizes for each in _of_size(some, size, target)]
    return found, sum(comb(len(some), size) for size in sizes)


def all_but(cards: Sequence[Card], target: int) -> tuple[list[tuple[Card, ...]], int]:
    """What is left of the documents when one or two are taken away and the rest comes to the target, and how many were tried."""
    spare = sum(card.units for card in cards) - target
    sizes = range(1, min(2, len(cards) - 2) + 1)
    without = [each for size in sizes for each in _of_size(cards, size, spare)]
    rests = [tuple(card for card in cards if card not in each) for each in without]
    return rests, sum(comb(len(cards), size) for size in sizes)


def _of_size(cards: Sequence[Card], size: int, target: int) -> Iterator[tuple[Card, ...]]:
    for each in combinations(cards, size):
        if sum(card.units for card in each) == target:
            yield each


def is_no_accident(
    cards: Sequence[Freshbooks] | Sequence[Nav], tried: int, safety: int = SAFETY
) -> bool:
    """Whether so many tries would hardly hit an amount by chance: sums are spread over as many values as fit between nothing and the whole.

    Round amounts are spread over few values: of hundreds, 1,300.00 is hit by chance; of odd cents it is not.
    """
    amounts = [abs(card.units) for card in cards]
    return tried * safety <= sum(amounts) // min(map(_roundness, amounts))


def _roundness(amount: int) -> int:
    return next(step for step in STEPS if amount % step == 0)
