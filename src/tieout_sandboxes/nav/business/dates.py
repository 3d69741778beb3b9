"""Date formulas of payment terms: `30D`, `1M`, `CM`, `CM+10D`."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_PART = re.compile(r"([+-]?)(C?)(\d*)([DWMY])")


def shift(day: dt.date, formula: str) -> dt.date:
    """The day a formula leads to (NAV's CALCDATE).

    >>> shift(dt.date(2026, 3, 10), "30D"), shift(dt.date(2026, 1, 31), "1M")
    (datetime.date(2026, 4, 9), datetime.date(2026, 2, 28))
    """
    for sign, current, count, unit in _PART.findall(formula):
        number = -int(count or 1) if sign == "-" else int(count or 1)
        day = _end_of(day, unit) if current else _add(day, number, unit)
    return day


def _add(day: dt.date, number: int, unit: str) -> dt.date:
    if unit in "DW":
        return day + dt.timedelta(days=number * (7 if unit == "W" else 1))
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _end_of(day: dt.date, unit: str) -> dt.date:
    if unit == "M":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if unit == "Y":
        return day.replace(month=12, day=31)
    return day + dt.timedelta(days=6 - day.weekday()) if unit == "W" else day
