"""How often a recurring profile makes an invoice: `w`, `2w`, `m`, `3m`, `y` and so on."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

LAST_YEAR = 9999
_SHAPE = re.compile(r"(\d*)([wmy])")


def steps(frequency: str) -> tuple[int, str] | None:
    """How many of which unit, or None for what is no frequency.

    >>> steps("2w"), steps("m"), steps("1y"), steps("daily")
    ((2, 'w'), (1, 'm'), (1, 'y'), None)
    """
    found = _SHAPE.fullmatch(frequency)
    number = int(found[1] or 1) if found else 0
    return (number, found[2]) if found and number else None


def occurrence(first: date, frequency: str, number: int) -> date:
    """The day of a profile's invoice, counted from 0. A day that a month lacks is its last.

    >>> [occurrence(date(2026, 1, 31), "m", number).isoformat() for number in range(3)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    found = steps(frequency)
    assert found is not None, frequency
    each, unit = found
    if unit == "w":
        weeks = min(each * number, (date.max - first).days // 7)
        return first + timedelta(weeks=weeks)
    month = first.month - 1 + each * number * (12 if unit == "y" else 1)
    year, month = first.year + month // 12, month % 12 + 1
    if year > LAST_YEAR:
        return date.max
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
