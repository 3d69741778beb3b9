"""The data types of OData beside those of NAV: metadata and JSON values.

A blank date is written `0001-01-01`, a blank option as one space, money as an exact number.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata.failure import ODataError, bad_request
from tieout_sandboxes.nav.pages import Column
from tieout_sandboxes.nav.pages.values import blank, from_text, holds

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


def convert(column: Column, text: str) -> Any:
    """A value of the column's type from text in a URL or a body; raises ODataError 400."""
    try:
        return from_text(column, text)
    except NavError:
        raise inconvertible(column) from None


def inconvertible(column: Column) -> ODataError:
    """The value is of another type, or beyond what the type holds."""
    return bad_request(f"Unable to convert value to {column.type}")


def from_json(column: Column, value: Any) -> Any:
    """A value of the column's type from a JSON body; null clears the field."""
    if value is None:
        return blank(column)
    if isinstance(value, str):
        if column.options and value not in ("", *column.options):
            known = ",".join(column.options)
            text = f"'{value}' is not an option. The existing options are: {known}"
            raise NavError("option", text)
        return blank(column) if value == "" else convert(column, value)
    if isinstance(value, bool) and column.type == "Boolean":
        return value
    if isinstance(value, bool) or not holds(column.type, value):
        raise inconvertible(column)
    return Decimal(value) if column.type == "Decimal" else int(value)
