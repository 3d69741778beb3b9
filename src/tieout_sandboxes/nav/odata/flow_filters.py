"""FlowFilters: properties at the end of a page that narrow what its FlowFields add up.

`$filter=Date_Filter eq '2026-01-01..2026-01-31'` leaves no record out; it changes the figures,
also of a single entity (Microsoft, "How to: Use FlowFilters in OData URIs"). A page has those
FlowFilters that its own FlowFields use. The value is a filter as people type it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from tieout_sandboxes.nav.business.flow import FORMULAS, FlowFilter
from tieout_sandboxes.nav.criteria import criteria
from tieout_sandboxes.nav.odata.failure import bad_request
from tieout_sandboxes.nav.odata.filter import AllOf, Compare, Expression, columns_of
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.names import mangle
from tieout_sandboxes.nav.pages.values import from_text

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMERICAN = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")


@dataclass(frozen=True)
class FilterColumn(Column):
    """A FlowFilter among the properties of a page."""


def with_flow_filters(page: Page) -> Page:
    """The page with its FlowFilters at the end, in the order in which its FlowFields use them."""
    formulas = FORMULAS.get(page.table, {})
    uses = (use for column in page.columns if column.flow for use in formulas.get(column.field, ()))
    names = dict.fromkeys(use.filter for use in uses)
    extra = tuple(FilterColumn(mangle(n), n, "Text", unbound=True, read_only=True) for n in names)
    return replace(page, columns=page.columns + extra) if extra else page


def split(
    expression: Expression | None,
) -> tuple[Expression | None, dict[str, str]]:
    """What is asked of the records, and the FlowFilters beside it, by field."""
    parts = expression.parts if isinstance(expression, AllOf) else (expression,)
    texts, rest = {}, []
    for part in parts:
        if isinstance(part, Compare) and isinstance(part.column, FilterColumn):
            if part.operator != "eq":
                raise bad_request(f"The FlowFilter '{part.column.name}' can only be set with 'eq'.")
            texts[part.column.field] = part.value
        elif part is not None:
            rest.append(part)
    _check_none_left(rest)
    return (AllOf(tuple(rest)) if len(rest) > 1 else rest[0] if rest else None), texts


def _check_none_left(parts: list[Expression]) -> None:
    for column in (column for part in parts for column in columns_of(part)):
        if isinstance(column, FilterColumn):
            raise bad_request(f"The FlowFilter '{column.name}' can only be joined with 'and'.")


def read(texts: dict[str, str]) -> dict[str, FlowFilter]:
    """The FlowFilters from their texts; raises NavError where a text is not a filter."""
    return {name: _filter(name, text) for name, text in texts.items() if text}


def _filter(name: str, text: str) -> FlowFilter:
    dated = name == "Date Filter"
    text = _AMERICAN.sub(_iso, text) if dated else text
    column = Column(mangle(name), name, "Date" if dated else "Code")
    return FlowFilter(criteria(column, text), _upper(column, text) if dated else None)


def _iso(found: re.Match[str]) -> str:
    month, day, year = found.groups()
    return f"{year if len(year) == 4 else '20' + year}-{int(month):02}-{int(day):02}"


def _upper(column: Column, text: str) -> dt.date | None:
    """The last day of a date filter, None where it has no end."""
    days = _DATE.findall(text)
    if not days or text.rstrip().endswith("..") or ">" in text:
        return None
    return max(from_text(column, day) or dt.date.min for day in days)
