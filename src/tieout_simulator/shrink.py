"""A failing seed made small: fewer faults, fewer days and fewer deeds, as long as the same law is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tieout_simulator.world import Options, Outcome, simulate

Still = Callable[[Options], bool]


def shrunk(failed: Outcome, options: Options) -> Options:
    """The smallest options found under which the seed still breaks one of the laws that it broke."""
    laws = {violation.law for violation in failed.violations}

    def still(smaller: Options) -> bool:
        return bool(laws & {v.law for v in simulate(failed.seed, smaller).violations})

    small = replace(options, faults=failed.swarm)
    if not still(small):
        return options
    small = replace(small, faults=_fewer(failed.swarm, lambda some: still(replace(small, faults=some))))  # fmt: skip
    for deeds in (1, 2, 3, 5, 8, 13, 21, 34, 55):
        fewer = replace(small, deeds=deeds, days=max(1, small.days * deeds // options.deeds))
        if deeds < small.deeds and still(fewer):
            return fewer
    return small


def _fewer(names: Sequence[str], fails: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    """Without each name that is not needed, one after another."""
    left = tuple(names)
    for name in names:
        without = tuple(n for n in left if n != name)
        if fails(without):
            left = without
    return left
