"""NAV's table of exchange rates, for whoever holds posted rates against it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Rate = tuple[date, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """Each currency's rates with the day from which they are in force, oldest first: units of the currency for one of the local currency."""

    rates: Mapping[str, Sequence[Rate]]

    def factor(self, currency: str, day: date) -> Decimal | None:
        """The rate of a day: the youngest that is not younger.

        >>> table = RateTable(rates={"EUR": [(date(2026, 3, 1), Decimal("1.17")), (date(2026, 4, 1), Decimal("1.15"))]})
        >>> table.factor("EUR", date(2026, 3, 31)), table.factor("EUR", date(2026, 2, 28))
        (Decimal('1.17'), None)
        """
        known = self.rates.get(currency, ())
        place = bisect_right(known, day, key=_starts)
        return known[place - 1][1] if place else None

    def others(self, currency: str, day: date, near: timedelta) -> frozenset[Decimal]:
        """The rates that somebody may take by mistake: of other days that are near, and the youngest; not of the row in force and the one before it."""
        known = self.rates.get(currency, ())
        place = bisect_right(known, day, key=_starts)
        first = bisect_right(known, day - near, key=_starts) - 1
        last = bisect_right(known, day + near, key=_starts)
        rows = {*range(max(first, 0), last), len(known) - 1} - {place - 1, place - 2, -1}
        return frozenset(known[row][1] for row in rows)


def _starts(rate: Rate) -> date:
    return rate[0]
