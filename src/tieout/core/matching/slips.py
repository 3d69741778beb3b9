"""Slips of the hand: how a number that was typed wrongly differs from the right one.

Of all errors in typing figures most are a single digit mistaken, left out or doubled, or two exchanged, mostly neighbours (Damerau, 1964; Verhoeff, 1969).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

# People may mean a day up to so much later than the document's, and mistype that.
MEANT_LATER = 3
MONTHS = 12


def one_slip(right: str, typed: str) -> str:
    """What one slip makes of ``right`` what was typed; empty if none does, or if they are the same.

    >>> one_slip("1045", "1054"), one_slip("1045", "145"), one_slip("1045", "1047")
    ('two digits exchanged', 'a digit left out', 'one digit mistaken')
    >>> one_slip("1045", "1145"), one_slip("1045", "10455"), one_slip("1045", "2222")
    ('one digit mistaken', 'a digit too many', '')
    """
    more = len(typed) - len(right)
    if right == typed or abs(more) > 1:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(right, typed, strict=False)) if a != b), None)
    if at is None:
        at = min(len(right), len(typed))
    if more == 1:
        return "a digit too many" if right[at:] == typed[at + 1 :] else ""
    if more == -1:
        return "a digit left out" if right[at + 1 :] == typed[at:] else ""
    wrong = [i for i in range(at, len(right)) if right[i] != typed[i]]
    if len(wrong) == 1:
        return "one digit mistaken"
    exchanged = len(wrong) == 2 and [right[i] for i in wrong] == [typed[i] for i in wrong[::-1]]
    return "two digits exchanged" if exchanged else ""


def without_one(text: str) -> Iterator[str]:
    """The text and each of what is left when one character is taken away: texts that are one slip apart have one of these in common.

    >>> list(without_one("105"))
    ['105', '05', '15', '10']
    """
    yield text
    for i in range(len(text)):
        yield text[:i] + text[i + 1 :]


def amount_slip(right: Decimal, typed: Decimal, tax: Decimal | None) -> str:
    """How an amount may have become another one; empty if no single slip explains it.

    >>> amount_slip(Decimal("960.00"), Decimal("690.00"), None)
    'two digits exchanged'
    >>> amount_slip(Decimal("960.00"), Decimal("800.00"), Decimal("160.00"))
    'keyed without its tax'
    >>> amount_slip(Decimal("960.00"), Decimal("96.00"), None), amount_slip(Decimal("960.00"), Decimal("-960.00"), None)
    ('the decimal point is elsewhere', 'the opposite sign')
    """
    if right == -typed:
        return "the opposite sign"
    if (right > 0) != (typed > 0):
        return ""
    if tax and typed == right - tax:
        return "keyed without its tax"
    if tax and typed == right + tax:
        return "its tax added twice"
    if abs(right - typed) <= Decimal("0.05"):
        return "rounding"
    if any(right * 10**n == typed or typed * 10**n == right for n in (1, 2, 3)):
        return "the decimal point is elsewhere"
    return one_slip(_digits(right), _digits(typed))


def _digits(amount: Decimal) -> str:
    return str(int(abs(amount).scaleb(2)))


def day_slip(right: date, typed: date) -> str:
    """How a day may have become another one; empty if no single slip explains it. What was meant may have been up to three days after the document.

    >>> day_slip(date(2026, 3, 4), date(2026, 4, 3)), day_slip(date(2026, 1, 4), date(2025, 1, 6))
    ('day and month exchanged', 'the year mistaken')
    >>> day_slip(date(2026, 3, 4), date(2026, 3, 5))
    ''
    """
    if abs((typed - right).days) <= MEANT_LATER:
        return ""
    if typed.day <= MONTHS and typed.day != typed.month:
        meant = typed.replace(month=typed.day, day=typed.month)
        if 0 <= (meant - right).days <= MEANT_LATER:
            return "day and month exchanged"
    late = (typed - right).days
    a_year = {year + meant for year in (-366, -365, 365, 366) for meant in range(MEANT_LATER + 1)}
    return "the year mistaken" if late in a_year else ""
