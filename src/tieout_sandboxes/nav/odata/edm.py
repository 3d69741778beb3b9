"""The data types of OData beside those of NAV: metadata, JSON values and URL literals.

A blank date is written `0001-01-01`, a blank option as one space, money as an exact number.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.pages import Column

EDM = {
    "Code": "Edm.String",
    "Text": "Edm.String",
    "Option": "Edm.String",
    "DateFormula": "Edm.String",
    "Integer": "Edm.Int32",
    "BigInteger": "Edm.Int64",
    "Decimal": "Edm.Decimal",
    "Date": "Edm.Date",
    "DateTime": "Edm.DateTimeOffset",
    "Boolean": "Edm.Boolean",
    "GUID": "Edm.Guid",
}
BLANK_DATE = "0001-01-01"
BLANK_DATETIME = "0001-01-01T00:00:00Z"
_BLANKS: dict[str, Any] = {
    "Integer": 0,
    "BigInteger": 0,
    "Decimal": Decimal(0),
    "Date": None,
    "DateTime": None,
    "Boolean": False,
    "GUID": "00000000-0000-0000-0000-000000000000",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def blank(column: Column) -> Any:
    """The value of a field nobody has filled, as the database holds it."""
    if column.type == "Option":
        return column.options[0] if column.options else " "
    return _BLANKS.get(column.type, "")


def blank_json(column: Column) -> Any:
    """The same as JSON shows it: dates have a blank of their own."""
    if column.type == "Date":
        return BLANK_DATE
    return BLANK_DATETIME if column.type == "DateTime" else blank(column)


def from_text(column: Column, text: str) -> Any:
    """A value of the column's type from its text in a URL, in JSON or in XML.

    Raises NavError "evaluate" where the text is not such a value.
    """
    try:
        return _READERS.get(column.type, str)(text)
    except (ValueError, InvalidOperation):
        raise NavError("evaluate", f"Unable to convert value {text!r} to {column.type}") from None


def from_json(column: Column, value: Any) -> Any:
    """A value of the column's type from a JSON body; null clears the field."""
    if value is None:
        return blank(column)
    if isinstance(value, str):
        return blank(column) if value == "" else from_text(column, value)
    if isinstance(value, bool) != (column.type == "Boolean"):
        raise NavError("evaluate", f"Unable to convert value {value!r} to {column.type}")
    if column.type == "Decimal":
        return Decimal(value)
    if column.type in ("Integer", "BigInteger") and value == int(value):
        return int(value)
    if column.type == "Boolean":
        return value
    raise NavError("evaluate", f"Unable to convert value {value!r} to {column.type}")


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
    value = value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
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
