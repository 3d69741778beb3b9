"""Which days NAV takes postings on, and what is declared or closed already."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """NAV's open days.

    ``posting_from`` and ``posting_to`` are the window of the service user (none: open); ``vat_settled_to`` is the last day whose VAT is declared
    (the youngest closed VAT entry), ``year_closed_to`` the last day of the last closed fiscal year.
    """

    posting_from: date | None = None
    posting_to: date | None = None
    vat_settled_to: date | None = None
    year_closed_to: date | None = None

    def first_open(self, *, vat: bool) -> date:
        """The first day that may still be changed; with ``vat`` what is declared counts as closed.

        >>> Calendar(posting_from=date(2026, 3, 1), vat_settled_to=date(2026, 3, 31)).first_open(vat=True)
        datetime.date(2026, 4, 1)
        """
        closed = [self.year_closed_to, self.vat_settled_to if vat else None]
        opened = [day + A_DAY for day in closed if day]
        return max([self.posting_from or date.min, *opened])

    def takes(self, day: date, *, vat: bool) -> bool:
        """Whether something may be posted on this day."""
        return self.first_open(vat=vat) <= day and not self.after_window(day)

    def after_window(self, day: date) -> bool:
        """Whether the day lies behind the end of NAV's posting window."""
        return self.posting_to is not None and day > self.posting_to

    def vat_period_end(self, months: int) -> date | None:
        """The last day of the first VAT period that is not declared yet; none if no VAT was ever settled.

        >>> Calendar(vat_settled_to=date(2025, 11, 30)).vat_period_end(3)
        datetime.date(2026, 2, 28)
        """
        if self.vat_settled_to is None:
            return None
        place = self.vat_settled_to.year * 12 + self.vat_settled_to.month - 1 + months
        year, month = divmod(place, 12)
        return date(year, month + 1, monthrange(year, month + 1)[1])
