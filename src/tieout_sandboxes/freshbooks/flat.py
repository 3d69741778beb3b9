"""What projects and time entries do alike, and otherwise than accounting: flat answers with a `meta`,
bare parameters instead of `search[..]`, moments in UTC, and errors in a style of their own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.paging import Page, page_of
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key
from tieout_sandboxes.freshbooks.table import Row, Wire

Test = Callable[[Row[Wire]], bool]


class FlatResource(Resource[Wire]):
    """A kind of record of the projects and time tracking families."""

    soft = False
    delete_verb = True

    def keys(self) -> Mapping[str, Key[Wire]]:
        return {}

    @abstractmethod
    def tests(self, query: Query) -> list[Test[Wire]]:
        """What the bare parameters of a list narrow it to."""

    @abstractmethod
    def page(self, query: Query, total: int) -> Page:
        """Which part of the list was asked for."""

    @abstractmethod
    def meta(self, query: Query, page: Page, rows: Sequence[Row[Wire]]) -> dict[str, Any]:
        """What stands beside the rows of a list."""

    @abstractmethod
    def arranged(self, query: Query, rows: list[Row[Wire]]) -> list[Row[Wire]]:
        """The rows in the order asked for; they come newest first."""

    @abstractmethod
    def member(self, row: Row[Wire]) -> Any:
        """A record as lists show it."""

    @abstractmethod
    def whole(self, row: Row[Wire]) -> dict[str, Any]:
        """The answer that shows one record."""

    def wants_deleted(self, _query: Query) -> bool:
        """Whether the deleted records are asked for; most of these resources have none."""
        return False

    def listing(self, query: Query) -> bytes:
        tests = self.tests(query)
        deleted = self.wants_deleted(query)
        newest = [self.table[number] for number in reversed(self.table.ids(deleted=deleted))]
        rows = self.arranged(query, [row for row in newest if all(test(row) for test in tests)])
        page = self.page(query, len(rows))
        shown = [self.member(row) for row in page.of(rows)]
        return encode({"meta": self.meta(query, page, rows), self.plural: shown})

    def read(self, number: int, _query: Query) -> bytes:
        return encode(self.whole(self.find(number)))

    def create(self, given: Given, _query: Query) -> bytes:
        return encode(self.whole(self.add(given)))

    def update(self, number: int, given: Given, _query: Query) -> bytes:
        row = self.find(number)
        self.edit(row, given)
        self.save(row, "update")
        return encode(self.whole(row))


def page_figures(page: Page, total: int) -> dict[str, Any]:
    """The four figures that every `meta` has."""
    return {
        "total": total, "per_page": page.size, "page": page.number, "pages": page.pages(total),
    }  # fmt: skip


def sized_page(query: Query, status: int) -> Page:
    """A page of 30 rows unless asked otherwise."""
    page = page_of(query, status)
    return page if query.bare("per_page") else Page(page.number, 30)


def requires(given: Given, *names: str) -> None:
    """Refuses with 2001 unless each of these has a value."""
    for name in names:
        if given.raw(name) in (None, ""):
            raise given.refuse(name, errors.FIELD_REQUIRED, "field required")


def same(query: Query, *names: str) -> list[Test[Any]]:
    """`name=v` narrows a list to the records that have this value in the field of that name."""
    texts = [(name, query.bare(name)) for name in names]
    return [_has(name, text) for name, text in texts if text is not None]


def _has(name: str, text: str) -> Test[Any]:
    wanted: Any = {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(wanted, str) and wanted.isdecimal():
        wanted = int(wanted)
    return lambda row: bool(getattr(row.wire, name) == wanted)


def moment(query: Query, name: str, kind: str) -> datetime | None:
    """A moment in UTC, such as `2026-01-01T00:00:00Z`; 422 for what is none."""
    text = query.bare(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"{name} must be a datetime"
        raise Refusal(422, errors.FIELD_REQUIRED, message, field=name, kind=kind) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
