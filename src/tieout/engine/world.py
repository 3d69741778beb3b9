"""One pair as a drain sees it: both systems, the rules, and where the business is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from tieout.core.journal.setup import PostingSetup
from tieout.engine.ports import Pair, Source, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One pair and the two systems that it joins.

    ``setups`` has every version of the posting setup, the present one included; ``zone`` is where the business is.
    """

    pair: Pair
    source: Source
    target: Target
    setup: PostingSetup
    setups: Mapping[int, PostingSetup]
    zone: tzinfo = UTC
