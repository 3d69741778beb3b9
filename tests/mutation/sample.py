"""Which mutants are tried: by a seed, as many of each area, and the same ones again although other lines were changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from mutation.operators import Mutant, mutants_of

AREAS = (
    "tieout/core/decision",
    "tieout/core/journal",
    "tieout/engine",
    "tieout/connectors",
)


def ranked(source: Path, area: str, seed: int, only: str = "") -> list[Mutant]:
    """All mutants of an area whose path has ``only``, in the order in which they are tried."""
    return sorted(_all(source, area, only), key=lambda mutant: _rank(seed, mutant))


def shares(count: int) -> dict[str, int]:
    """How many mutants of each area; the first ones get what is left over."""
    each, rest = divmod(count, len(AREAS))
    return {area: each + (index < rest) for index, area in enumerate(AREAS)}


def _all(source: Path, area: str, only: str) -> Iterator[Mutant]:
    for path in sorted((source / area).rglob("*.py")):
        file = path.relative_to(source).as_posix()
        if only in file:
            yield from mutants_of(file, path.read_bytes())


def _rank(seed: int, mutant: Mutant) -> str:
    return hashlib.sha256(f"{seed}\0{mutant.key}".encode()).hexdigest()
