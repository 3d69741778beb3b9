"""Document numbers: `0000001`, `0000002` and so on, passing over numbers that are taken."""

from __future__ import annotations

from collections.abc import Callable


class Numbering:
    """Hands out the next free number of one kind of document."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, taken: Callable[[str], bool]) -> str:
        """The next number, seven digits wide."""
        while True:
            self._last += 1
            number = f"{self._last:07d}"
            if not taken(number):
                return number
