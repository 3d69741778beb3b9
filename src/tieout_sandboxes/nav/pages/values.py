"""The values of NAV's field types: what is blank, and how a value is read from text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.pages.model import Column

_BLANKS: dict[str, Any] = {
    "Integer": 0,
    "BigInteger": 0,
    "Decimal": Decimal(0),
    "Date": None,
    "DateTime": None,
    "Boolean": False,
    "GUID": "00000000-0000-0000-0000-000000000000",
}
_LIMITS = {"Decimal": 10**18, "Integer": 2**31, "BigInteger": 2**63}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def blank(column: Column) -> Any:
    """The value of a field nobody has filled, as the database holds it."""
    if column.type == "Option":
        return column.options[0] if column.options else " "
    return _BLANKS.get(column.type, "")


def from_text(column: Column, text: str) -> Any:
    """A value of the column's type from its text in a URL, in JSON or in XML.

    Raises NavError "evaluate" where the text is not such a value.
    """
    try:
        value = _READERS.get(column.type, str)(text)
    except (ValueError, InvalidOperation):
        raise _wrong(column, text) from None
    if column.type in _LIMITS and not holds(column.type, value):
        raise _wrong(column, text)
    return value


def _wrong(column: Column, text: str) -> NavError:
    return NavError("evaluate", f"Unable to convert value {text!r} to {column.type}")


def holds(kind: str, value: Any) -> bool:
    """True if it is a number of that type: whole where it must be, and not beyond its limits."""
    if kind not in _LIMITS or not isinstance(value, int | Decimal):
        return False
    inside = -_LIMITS[kind] < value < _LIMITS[kind]
    return inside and (kind == "Decimal" or value == int(value))


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _date(text: str) -> dt.date | None:
    if not _DATE.match(text):
        raise ValueError(text)
    value = dt.date.fromisoformat(text[:10])
    return None if value == dt.date.min else value


def _datetime(text: str) -> dt.datetime | None:
    value = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    value = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return None if value.year == 1 else value


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return value


_READERS: dict[str, Any] = {
    "Integer": int,
    "BigInteger": int,
    "Decimal": _decimal,
    "Date": _date,
    "DateTime": _datetime,
    "Boolean": _boolean,
}


def sortable(column: Column, value: Any) -> Any:
    """A blank date comes before every date, so that records can be put in order."""
    if value is not None:
        return value
    return dt.date.min if column.type == "Date" else dt.datetime.min.replace(tzinfo=dt.UTC)
