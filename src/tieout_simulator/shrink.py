"""A failing seed made small: fewer switches, faults, days and deeds, as long as the same law is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tieout_simulator.assumptions import Flip, assuming
from tieout_simulator.world import Options, Outcome, simulate

Part = TypeVar("Part")


def shrunk(
    failed: Outcome, flips: Sequence[Flip], options: Options
) -> tuple[Options, tuple[Flip, ...]]:
    """The smallest options, and the fewest flipped switches, found under which the seed still breaks one of the laws that it broke."""
    laws = {violation.law for violation in failed.violations}

    def still(smaller: Options, some: Sequence[Flip]) -> bool:
        return bool(laws & {v.law for v in simulate(failed.seed, assuming(smaller, some)).violations})  # fmt: skip

    few = _fewer(flips, lambda some: still(options, some))
    small = replace(options, faults=failed.swarm)
    if not still(small, few):
        return options, few
    small = replace(small, faults=_fewer(failed.swarm, lambda some: still(replace(small, faults=some), few)))  # fmt: skip
    for deeds in (1, 2, 3, 5, 8, 13, 21, 34, 55):
        fewer = replace(small, deeds=deeds, days=max(1, small.days * deeds // options.deeds))
        if deeds < small.deeds and still(fewer, few):
            return fewer, few
    return small, few


def _fewer(parts: Sequence[Part], fails: Callable[[tuple[Part, ...]], bool]) -> tuple[Part, ...]:
    """Without each part that is not needed, one after another."""
    left = tuple(parts)
    for part in parts:
        without = tuple(one for one in left if one != part)
        if fails(without):
            left = without
    return left
