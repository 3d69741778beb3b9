"""At which exchange rate a journal was posted, and whether NAV's table still says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.journal.lines import Journal

Known = tuple[date, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``factor`` units of ``currency`` for one of ``lcy``, as NAV was told; none where NAV was left to its table.

    ``since`` and ``now`` are what NAV's table of exchange rates shows for the posting date today, none if it shows nothing.
    """

    currency: str
    lcy: str
    day: date
    factor: Decimal | None
    since: date | None
    now: Decimal | None

    @property
    def source(self) -> str:
        """Where the rate comes from, in words."""
        if self.now is None:
            return "NAV's exchange rates as they were then; the table has none for that day now"
        table = f"NAV's exchange rates, the row of {self.since}"
        if self.factor is None or self.factor == self.now:
            return table
        return (
            f"NAV's exchange rates as they were then; the row of {self.since} says {self.now} now"
        )


def rate_of(journal: Journal, lcy: str, known: Known | None) -> Rate | None:
    """The rate of a foreign journal; None for one in local currency. ``known`` is NAV's for its posting date, as its table is now."""
    if not journal.currency_code:
        return None
    since, now = known or (None, None)
    return Rate(
        currency=journal.currency_code,
        lcy=lcy,
        day=journal.posting_date,
        factor=journal.currency_factor,
        since=since,
        now=now,
    )
