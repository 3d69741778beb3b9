"""Reads the rows that a query asks for, one server page at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata import flow_filters
from tieout_sandboxes.nav.odata.failure import bad_request
from tieout_sandboxes.nav.odata.filter import (
    AllOf,
    Compare,
    Expression,
    OneOf,
    columns_of,
    compile_test,
    parse,
)
from tieout_sandboxes.nav.odata.language import Language
from tieout_sandboxes.nav.odata.model import Companies
from tieout_sandboxes.nav.odata.order import Order, hide, order_of, reveal
from tieout_sandboxes.nav.records import Records

_SAFE = "$',():"
Source = Records | Companies


@dataclass(frozen=True)
class Result:
    """One page of rows; `more` are the options of the next page, None at the end."""

    rows: list[Row]
    count: int
    more: dict[str, str] | None


class Query:
    """The options of a request against a page."""

    def __init__(
        self, records: Source, options: dict[str, str], language: Language, *, opaque: bool
    ) -> None:
        _check(options, language)
        self.options, self.language, self.opaque = options, language, opaque
        text = options.get("$filter", "")
        whole = parse(text, records.page, language) if text.strip() else None
        self.filter, filters = flow_filters.split(whole)
        self.records = _under(records, filters)
        self.order = order_of(records.page, options.get("$orderby", ""), language)
        self.top = _whole(options, "$top")
        self.skip = _whole(options, "$skip") or 0

    @property
    def counted(self) -> bool:
        """True if the number of all rows is to stand in the answer."""
        return self.options.get(self.language.count) == self.language.yes

    def passes(self, row: Row) -> bool:
        """True if this one row passes the filter."""
        return any(True for _ in self._tested([row]))

    def run(self, page_size: int) -> Result:
        """The rows of one page: everything that passes, in order, from the skip token on."""
        rows = self._ordered(list(self._passing()))
        count = len(rows)
        token = self.options.get("$skiptoken")
        start = self.skip
        if token is not None:
            start = bisect_right(rows, self.order.after(self._read(token)), key=self.order.key())
        limit = page_size if self.top is None else min(page_size, self.top)
        page = rows[start : start + limit]
        left = count - start - len(page)
        wanted = left if self.top is None else min(left, self.top - len(page))
        return Result(page, count, self._next(page, self.order) if wanted > 0 and page else None)

    def count(self) -> int:
        """How many rows pass, whatever `$top` and `$skip` say."""
        return sum(1 for _ in self._passing())

    def _next(self, page: list[Row], order: Order) -> dict[str, str]:
        options = {k: v for k, v in self.options.items() if k not in ("$skip", "$skiptoken")}
        if self.top is not None:
            options["$top"] = str(self.top - len(page))
        token = order.token(page[-1])
        return {**options, "$skiptoken": hide(token) if self.opaque else token}

    def _read(self, token: str) -> str:
        return reveal(token) if self.opaque else token

    def _passing(self) -> Iterable[Row]:
        return self._tested(self._candidates())

    def _tested(self, rows: Iterable[Row]) -> Iterable[Row]:
        columns = columns_of(self.filter) if self.filter else []
        if any(column.flow or column.unbound for column in columns + self.order.columns):
            rows = map(self.records.flow, rows)
        return rows if self.filter is None else filter(compile_test(self.filter), rows)

    def _candidates(self) -> Iterable[Row]:
        """The rows worth testing: by an index where the filter pins an indexed field."""
        parts = self.filter.parts if isinstance(self.filter, AllOf) else (self.filter,)
        for part in parts:
            wanted = _pinned(part)
            found = self.records.indexed(*wanted) if wanted else None
            if found is not None:
                return found
        return self.records.all()

    def _ordered(self, rows: list[Row]) -> list[Row]:
        keys = tuple(self.records.page.key)
        if tuple(column.field for column in self.order.columns) == keys:
            down = {down for _, down in self.order.parts}
            if len(down) == 1 and self.filter is None:
                return rows[::-1] if down.pop() else rows
        return sorted(rows, key=self.order.key())


def _under(records: Source, texts: dict[str, str]) -> Source:
    if not texts or isinstance(records, Companies):
        return records
    shown = texts if records.shows_flow_filters else {}
    return records.filtered(flow_filters.read(texts), shown)


def _check(options: dict[str, str], language: Language) -> None:
    for name in options:
        if name.startswith("$") and name not in language.options:
            raise bad_request(f"The query parameter '{name}' is not supported.")
    word = options.get(language.count, language.no)
    if word not in (language.yes, language.no):
        raise bad_request(f"Invalid value '{word}' for {language.count} query option found.")


def _pinned(part: Expression | None) -> tuple[str, list[object]] | None:
    if isinstance(part, OneOf):
        return part.column.field, list(part.values)
    if isinstance(part, Compare) and part.operator == "eq":
        return part.column.field, [part.value]
    return None


def _whole(options: dict[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.strip().isdigit():
        raise bad_request(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def link(base: str, options: dict[str, str]) -> str:
    """A URL with its query options, escaped as NAV writes them."""
    query = "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in options.items())
    return f"{base}?{query}"
