"""What is to be played: a seed alone, or under a combination of flipped switches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from tieout_simulator.assumptions import Flip, assuming, combination, flips, named
from tieout_simulator.world import Options

EACH, RANDOM = "each", "random"
# What each switch is compared with.
NOTHING_FLIPPED: tuple[Flip, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A seed and the switches that differ under it."""

    seed: int
    flips: tuple[Flip, ...] = ()

    @property
    def switches(self) -> str:
        """The flips as ``--switches`` takes them."""
        return ",".join(str(flip) for flip in self.flips)

    @property
    def name(self) -> str:
        """What a ledger calls it."""
        return f"{self.seed} {self.switches}".strip()

    def options(self, given: Options) -> Options:
        """The options to play it with."""
        return assuming(given, self.flips) if self.flips else given


def trial(seed: int, switches: str) -> Trial:
    """The one of a seed: its random combination, or the named switches (none, if none are named). Raises UnknownFlip."""
    return Trial(seed, combination(seed) if switches == RANDOM else named(switches))


def trials(first: int, seeds: int, switches: str) -> Iterator[Trial]:
    """As many as are wanted, and those after them: whoever resumes skips what was played. With ``each``: as many of every value, and no more."""
    if switches == EACH:
        for some in (NOTHING_FLIPPED, *((flip,) for flip in flips())):
            yield from (Trial(seed, some) for seed in range(first, first + seeds))
        return
    yield from (trial(seed, switches) for seed in count(first))


def wanted(first: int, seeds: int, switches: str, played: set[str]) -> list[Trial]:
    """Those that are not played yet."""
    new = (one for one in trials(first, seeds, switches) if one.name not in played)
    return list(new if switches == EACH else islice(new, seeds))
