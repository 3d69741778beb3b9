"""Pages: 15 rows unless asked otherwise, never more than 100, and past the end an empty page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tieout_sandboxes.freshbooks.errors import INVALID_PAGE, INVALID_PER_PAGE, Refusal
from tieout_sandboxes.freshbooks.query import Query

DEFAULT_SIZE = 15
LARGEST_SIZE = 100
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """Which slice of a list was asked for."""

    number: int
    size: int

    def pages(self, total: int) -> int:
        """How many pages there are; an empty list has none."""
        return -(-total // self.size)

    def of(self, rows: Sequence[Item]) -> Sequence[Item]:
        """The rows of this page."""
        start = (self.number - 1) * self.size
        return rows[start : start + self.size]


def page_of(query: Query, bad_status: int) -> Page:
    """Reads `page` and `per_page`; page 0 means page 1, a size above 100 silently means 100."""
    number = _whole(query, "page", 1, INVALID_PAGE, bad_status)
    size = _whole(query, "per_page", DEFAULT_SIZE, INVALID_PER_PAGE, bad_status)
    if size == 0:
        raise _refused("per_page", "0", INVALID_PER_PAGE, bad_status)
    return Page(max(number, 1), min(size, LARGEST_SIZE))


def _whole(query: Query, name: str, default: int, errno: int, status: int) -> int:
    text = query.bare(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise _refused(name, text, errno, status)
    return int(text)


def _refused(name: str, text: str, errno: int, status: int) -> Refusal:
    return Refusal(status, errno, f"{name} must be a number", field=name, kind="", value=text)
