"""Handing records on as they are read, so that nobody holds a whole list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
# Takes records of one type as they come.
Keep = Callable[[Sequence[Any]], None]
# So many records are handed on together.
AT_ONCE = 500


async def handed_on(records: AsyncIterator[T], keep: Keep) -> None:
    """All records as they are read, some at a time."""
    some: list[T] = []
    async for record in records:
        some.append(record)
        if len(some) == AT_ONCE:
            keep(some)
            some = []
    keep(some)
