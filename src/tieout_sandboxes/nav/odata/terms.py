"""What stands to the left of a comparison in `$filter`: a property, or functions around properties.

The functions are those that NAV's help names (Microsoft, "Using Filter Expressions in OData
URIs"); each takes text, whole numbers, amounts or dates and gives text or a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from tieout_sandboxes.nav.odata.edm import EDM
from tieout_sandboxes.nav.pages import Column
from tieout_sandboxes.nav.pages.values import blank

Record = dict[str, Any]
TEXT, NUMBER, MOMENT, OTHER = "text", "number", "moment", "other"
_KINDS = {
    "Edm.String": TEXT,
    **dict.fromkeys(("Edm.Decimal", "Edm.Int32", "Edm.Int64"), NUMBER),
    **dict.fromkeys(("Edm.Date", "Edm.DateTimeOffset"), MOMENT),
}


@dataclass(frozen=True)
class Term:
    """Its kind, the columns it looks at, and how it is worked out; `plain` is a property alone."""

    kind: str
    columns: tuple[Column, ...]
    evaluate: Callable[[Record], Any]
    plain: Column | None = None


@dataclass(frozen=True)
class Function:
    """The kinds of its arguments (the last `optional` may be missing) and of its value."""

    arguments: tuple[str, ...]
    kind: str
    apply: Callable[..., Any]
    optional: int = 0


def _whole(mode: str) -> Function:
    return Function((NUMBER,), NUMBER, lambda value: Decimal(value).quantize(Decimal(1), mode))


def _part(text: str, start: Any, length: Any = None) -> str:
    rest = text[int(start) :]
    return rest if length is None else rest[: int(length)]


def _calendar(part: str) -> Function:
    return Function((MOMENT,), NUMBER, lambda value: getattr(value or dt.date.min, part))


def _clock(part: str) -> Function:
    return Function((MOMENT,), NUMBER, lambda value: getattr(value, part, 0))


FUNCTIONS = {
    "tolower": Function((TEXT,), TEXT, str.lower),
    "toupper": Function((TEXT,), TEXT, str.upper),
    "trim": Function((TEXT,), TEXT, str.strip),
    "concat": Function((TEXT, TEXT), TEXT, lambda one, other: one + other),
    "replace": Function((TEXT, TEXT, TEXT), TEXT, str.replace),
    "substring": Function((TEXT, NUMBER, NUMBER), TEXT, _part, optional=1),
    "indexof": Function((TEXT, TEXT), NUMBER, str.find),
    "round": _whole(ROUND_HALF_UP),
    "floor": _whole(ROUND_FLOOR),
    "ceiling": _whole(ROUND_CEILING),
    "length": Function((TEXT,), NUMBER, len),
    **{part: _calendar(part) for part in ("year", "month", "day")},
    **{part: _clock(part) for part in ("hour", "minute", "second")},
}


def of_column(column: Column) -> Term:
    """A property by itself."""
    edm, empty, field = EDM[column.type], blank(column), column.field
    return Term(_KINDS.get(edm, OTHER), (column,), lambda record: record.get(field, empty), column)


def of_literal(kind: str, value: Any) -> Term:
    """A text or a number as it was written."""
    return Term(kind, (), lambda _: value)


def of_call(function: Function, arguments: list[Term]) -> Term | None:
    """The function applied; None where number or kinds of the arguments do not fit."""
    most = len(function.arguments)
    fits = most - function.optional <= len(arguments) <= most
    if not fits or any(a.kind != k for a, k in zip(arguments, function.arguments, strict=False)):
        return None
    columns = tuple(column for each in arguments for column in each.columns)

    def evaluate(record: Record) -> Any:
        return function.apply(*(each.evaluate(record) for each in arguments))

    return Term(function.kind, columns, evaluate)
