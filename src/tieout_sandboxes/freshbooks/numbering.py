"""Document numbers: each follows the one before, whoever chose that: `0005` then `0006`, `000D` then `000E`.

The rule and both examples are FreshBooks' (api/invoices).
"""

from __future__ import annotations

from collections.abc import Callable

NONE_YET = "0000000"


class Numbering:
    """Hands out the next free number of one kind of document."""

    def __init__(self) -> None:
        self._last = NONE_YET

    def note(self, number: str) -> None:
        """Takes note of the number of the latest document."""
        self._last = number

    def next(self, taken: Callable[[str], bool]) -> str:
        """The number after the latest one that is not in use."""
        number = following(self._last)
        while taken(number):
            number = following(number)
        return number


def following(number: str) -> str:
    """The number after this one: its last letter or digit goes up by one.

    >>> following("0005"), following("000D"), following("INV-099"), following("9"), following("AZ")
    ('0006', '000E', 'INV-100', '10', 'BA')
    """
    done = ""
    for place in range(len(number) - 1, -1, -1):
        character, before = number[place], number[:place]
        if not character.isascii() or not character.isalnum():
            return f"{before}{character}1{done}"
        first, last, more = _run(character)
        if character != last:
            return f"{before}{chr(ord(character) + 1)}{done}"
        done = first + done
        if not before or not before[-1].isalnum():
            return f"{before}{more}{done}"
    return "1"


def _run(character: str) -> tuple[str, str, str]:
    """The first and last of a character's kind, and what is put in front when there is no room."""
    if character.isdigit():
        return "0", "9", "1"
    return ("a", "z", "a") if character.islower() else ("A", "Z", "A")
