"""What holds for every field: its type, its length, its options and its related table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Field
from tieout_sandboxes.nav.errors import NavError


def accept(company: Company, table: str, field: Field, value: Any) -> Any:
    """The value as the field stores it; raises NavError where the field cannot hold it."""
    try:
        stored = _CONVERSIONS[field.type](value)
    except (ValueError, TypeError, InvalidOperation):
        raise NavError(
            "evaluate", f"The value '{value}' can't be evaluated into type {field.type}."
        ) from None
    if field.type == "Option":
        _check_option(field, stored)
    elif field.length:
        _check_length(field, stored)
    if field.relation and stored:
        check_relation(company, table, field.name, stored, field.relation)
    return stored


def check_relation(company: Company, table: str, name: str, value: str, related: str) -> None:
    """Raises NavError "table_relation" if the related table has no such record."""
    if company.database.get(related, value) is None:
        raise NavError(
            "table_relation",
            f"The field {name} of table {table} contains a value ({value}) "
            f"that cannot be found in the related table ({related}).",
        )


def _check_option(field: Field, value: str) -> None:
    if value not in field.options:
        options = ",".join(field.options)
        raise NavError(
            "option",
            f"Your entry of '{value}' is not an acceptable value for '{field.name}'. "
            f"The field can have as option values: {options}",
        )


def _check_length(field: Field, value: str) -> None:
    if len(value) > field.length:
        raise NavError(
            "length",
            f"The length of the string is {len(value)}, but it must be less than or equal to "
            f"{field.length} characters. Value: {value}",
        )


def _code(value: Any) -> str:
    return _text(value).strip().upper()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _option(value: Any) -> str:
    return _text(value) or " "


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != Decimal(value):
        raise ValueError(value)
    return int(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool | float):
        raise TypeError(value)
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(value)
    return number


def _date(value: Any) -> dt.date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _moment(value: Any) -> dt.datetime | None:
    if value is None or isinstance(value, dt.datetime):
        return value
    raise TypeError(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Code": _code,
    "Text": _text,
    "GUID": _text,
    "Option": _option,
    "Integer": _whole,
    "BigInteger": _whole,
    "Decimal": _decimal,
    "Date": _date,
    "DateTime": _moment,
    "Boolean": _boolean,
}
