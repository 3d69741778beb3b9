"""What a request's body says about a record, read field by field with FreshBooks' own complaints.

Each reader takes the body and a field's name and answers the value in the shape the record keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.money import Money, cents

LARGEST = Decimal(10) ** 12


class Given:
    """The members of a request body that describe one record of a kind such as `invoice`."""

    def __init__(self, kind: str, values: Mapping[str, Any]) -> None:
        self.kind = kind
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def raw(self, name: str) -> Any:
        """The value as it came, None where it is absent."""
        return self._values.get(name)

    def refuse(self, name: str, errno: int, message: str, status: int = 422) -> Refusal:
        """A refusal that names this field and its value."""
        value = self.raw(name)
        shown = value if isinstance(value, str | int | Decimal) else ""
        return Refusal(status, errno, message, field=name, kind=self.kind, value=shown)

    def hold_texts_to(self, limit: int) -> None:
        """Refuses with 1017 a text of more characters than this."""
        for name, value in self._values.items():
            if isinstance(value, str) and len(value) > limit:
                message = f"The field '{name}' is longer than {limit} characters."
                raise self.refuse(name, errors.TOO_LONG, message)

    def require(self, *names: str) -> None:
        """Refuses with 1001 unless each of these has a value."""
        for name in names:
            if self.raw(name) in (None, ""):
                raise self.refuse(name, errors.REQUIRED_FIELD, f"The field '{name}' is required.")


def text(given: Given, name: str) -> str:
    """A text; null counts as empty and a number as its digits."""
    return text_or_null(given, name) or ""


def text_or_null(given: Given, name: str) -> str | None:
    """A text, or null."""
    value = given.raw(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    raise given.refuse(name, errors.INVALID_MAPPING_TYPE, f"The field '{name}' must be a string.")


def whole(given: Given, name: str) -> int:
    """A whole number, also when it is written as a text; null counts as 0."""
    value = given.raw(name)
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    raise given.refuse(name, errors.NOT_A_NUMBER, f"The field '{name}' must be a number.")


def whole_or_null(given: Given, name: str) -> int | None:
    """A whole number, or null."""
    return None if given.raw(name) is None else whole(given, name)


def number(given: Given, name: str) -> str:
    """A number kept as text in its own digits, as FreshBooks keeps quantities and percentages."""
    value = given.raw(name)
    if value in (None, ""):
        return "0"
    _decimal(given, name, value)
    return str(value)


def percent(given: Given, name: str) -> str:
    """A percentage between 0 and 100, kept as text."""
    value = number(given, name)
    if not 0 <= Decimal(value) <= 100:
        raise given.refuse(
            name, errors.INVALID_PERCENT, f"The field '{name}' must be between 0 and 100."
        )
    return value


def percent_or_null(given: Given, name: str) -> str | None:
    """A percentage, or null."""
    return None if given.raw(name) in (None, "") else percent(given, name)


def flag(given: Given, name: str) -> bool:
    """True or false."""
    value = given.raw(name)
    if not isinstance(value, bool):
        raise given.refuse(name, errors.NOT_A_BOOLEAN, f"The field '{name}' must be a boolean.")
    return value


def flag_or_null(given: Given, name: str) -> bool | None:
    """True, false or null."""
    return None if given.raw(name) is None else flag(given, name)


def day(given: Given, name: str) -> str:
    """A calendar date, kept as `YYYY-MM-DD`."""
    value = given.raw(name)
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise given.refuse(name, errors.NOT_A_DATE, f"The field '{name}' must be a date.") from None


def day_or_null(given: Given, name: str) -> str | None:
    """A calendar date, or null."""
    return None if given.raw(name) in (None, "") else day(given, name)


def money(given: Given, name: str, default_code: str) -> Money:
    """An amount: `{"amount": "10.00", "code": "USD"}`, with or without the code, or just the amount."""
    value = given.raw(name)
    code = default_code
    if isinstance(value, dict):
        code = value.get("code") or default_code
        value = value.get("amount")
    return Money(cents(_decimal(given, name, value)), str(code))


def money_or_null(given: Given, name: str) -> Money | None:
    """An amount that is not negative, or null; the record says in which currency."""
    if given.raw(name) is None:
        return None
    found = money(given, name, "")
    if found.amount < 0:
        message = f"The field '{name}' cannot be negative."
        raise given.refuse(name, errors.INVALID_NEGATIVE, message)
    return found


def _decimal(given: Given, name: str, value: object) -> Decimal:
    try:
        found = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise given.refuse(name, errors.NOT_A_NUMBER, f"The field '{name}' must be a number.")
    if abs(found) >= LARGEST:
        raise given.refuse(name, errors.INVALID_RANGE, f"The field '{name}' is out of range.")
    return found
