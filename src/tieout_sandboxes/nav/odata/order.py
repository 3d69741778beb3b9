"""The order of rows and where a page of them goes on (`$orderby`, `$skiptoken`)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata.failure import bad_request, unknown_property
from tieout_sandboxes.nav.odata.filter import literal
from tieout_sandboxes.nav.odata.language import V4, Language
from tieout_sandboxes.nav.odata.lexer import Token, tokens
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.values import blank, sortable


@total_ordering
@dataclass(frozen=True, eq=True)
class Reversed:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: Reversed) -> bool:
        return bool(other.value < self.value)


@dataclass(frozen=True)
class Order:
    """Columns and directions; the primary key is always the last of them, so order is total."""

    parts: tuple[tuple[Column, bool], ...]
    language: Language

    @property
    def columns(self) -> list[Column]:
        """The columns that decide the order."""
        return [column for column, _ in self.parts]

    def key(self) -> Callable[[Row], tuple[Any, ...]]:
        """A sort key for rows."""
        plan = [(c, c.field, down, blank(c)) for c, down in self.parts]

        def of(row: Row) -> tuple[Any, ...]:
            values = []
            for column, name, down, empty in plan:
                value = sortable(column, row.get(name, empty))
                values.append(Reversed(value) if down else value)
            return tuple(values)

        return of

    def token(self, row: Row) -> str:
        """The `$skiptoken` of a row: its sort values as literals."""
        values = (sortable(c, row.get(c.field, blank(c))) for c in self.columns)
        return ",".join(map(self.language.literal, values))

    def after(self, token: str) -> tuple[Any, ...]:
        """The sort key that a `$skiptoken` stands for."""
        found = [t for t in tokens(token, self.language) if t.kind not in ("mark", "end")]
        if len(found) != len(self.parts):
            raise bad_request("The skip token does not fit the order of the request.")
        return tuple(
            Reversed(value) if down else value
            for (column, down), value in zip(self.parts, self._values(found), strict=True)
        )

    def _values(self, found: list[Token]) -> list[Any]:
        columns = zip(self.columns, found, strict=True)
        wrong = bad_request("The skip token does not fit the order of the request.")
        return [sortable(c, literal(c, t, lambda _: wrong)) for c, t in columns]


def hide(token: str) -> str:
    """A `$skiptoken` that shows nothing of what it stands for."""
    return base64.urlsafe_b64encode(token.encode()).decode()


def reveal(token: str) -> str:
    """The opposite."""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise bad_request("The skip token does not fit the order of the request.") from None


def order_of(page: Page, orderby: str, language: Language = V4) -> Order:
    """The order a caller asks for, or the page's own."""
    parts = _asked(page, orderby) if orderby.strip() else _own(page)
    named = {column.field for column, _ in parts}
    keys = [(c, page.descending and not orderby.strip()) for c in page.key_columns]
    return Order(tuple(parts + [(c, down) for c, down in keys if c.field not in named]), language)


def _own(page: Page) -> list[tuple[Column, bool]]:
    by_field = {c.field: c for c in page.columns}
    return [(by_field[name], page.descending) for name in page.sort]


def _asked(page: Page, orderby: str) -> list[tuple[Column, bool]]:
    parts = []
    for item in orderby.split(","):
        name, _, direction = item.strip().partition(" ")
        if name not in page.by_name:
            raise unknown_property(name, page.service)
        if direction.strip() not in ("", "asc", "desc"):
            raise bad_request(f"Syntax error in '{orderby}'.")
        parts.append((page.by_name[name], direction.strip() == "desc"))
    return parts
