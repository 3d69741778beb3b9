"""Local amounts of a journal in another currency: each line is rounded by itself, so one line must take what that leaves over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tieout.core.journal.lines import JournalLine
from tieout.core.records.money import decimals, round_half_away, total


def balanced(
    lines: Sequence[JournalLine], factor: Decimal | None, lcy: str
) -> tuple[JournalLine, ...]:
    """The same lines; the largest after the first one carries Amount (LCY) if the rounded local amounts would not add up to zero.

    The first line is the customer's: what is open must have the rate of the document. ``factor`` is NAV's Currency Factor, none for the local currency.
    """
    if factor is None:
        return tuple(lines)
    local = [round_half_away(line.amount / factor, decimals(lcy)) for line in lines]
    left_over = total(local)
    if not left_over:
        return tuple(lines)
    place = max(range(1, len(lines)), key=lambda i: abs(lines[i].amount))
    changed = replace(lines[place], amount_lcy=local[place] - left_over)
    return (*lines[:place], changed, *lines[place + 1 :])
