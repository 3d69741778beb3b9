"""What is not matched yet, on both sides, and found by its marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.customers import Links
from tieout.core.matching.result import Match, Tier

Card = TypeVar("Card", Freshbooks, Nav)
Mark = TypeVar("Mark", bound=Hashable)


@dataclass(slots=True)
class Pool:
    """All documents, which of them are still free, and the matches so far; the one thing in matching that changes as it goes."""

    freshbooks: Sequence[Freshbooks]
    nav: Sequence[Nav]
    links: Links = field(default_factory=Links)
    matches: list[Match] = field(default_factory=list)
    proposals: list[Match] = field(default_factory=list)
    pairs: list[tuple[Freshbooks, Nav]] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    numbers: dict[tuple[bool, str], list[Freshbooks]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = grouped(((f.debit, key), f) for f in self.freshbooks for key in f.numbers)

    def is_free(self, card: Freshbooks | Nav) -> bool:
        return id(card) not in self.taken

    def free(self, cards: Iterable[Card]) -> list[Card]:
        return [card for card in cards if id(card) not in self.taken]

    def take(
        self, fs: Sequence[Freshbooks], ns: Sequence[Nav], tier: Tier, score: int, *reasons: str
    ) -> None:
        """Match these, once and for all."""
        cards: tuple[Freshbooks | Nav, ...] = (*fs, *ns)
        assert all(self.is_free(card) for card in cards), "a document was matched twice"
        self.taken |= {id(card) for card in cards}
        self.pairs += [(f, n) for f in fs for n in ns]
        self.matches.append(
            Match(
                freshbooks=tuple(f.document for f in fs),
                nav=tuple(n.document for n in ns),
                tier=tier,
                score=score,
                reasons=reasons,
            )
        )


def grouped(items: Iterable[tuple[Mark, Card]]) -> dict[Mark, list[Card]]:
    """Cards by a mark, in their order."""
    found: dict[Mark, list[Card]] = defaultdict(list)
    for key, card in items:
        found[key].append(card)
    return found
