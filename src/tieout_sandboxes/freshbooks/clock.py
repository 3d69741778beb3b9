"""The sandbox's clock, which a test can set, move or free, and the three ways FreshBooks writes a moment.

Accounting resources stamp `updated` with New York wall time and no zone, whatever the business's
own zone; a client's `signup_date` is UTC in the same shape. Both were seen side by side in traffic
recorded on 2026-06-29.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


class Clock:
    """Tells the sandbox what time it is: the real time, the real time moved, or a time set by hand."""

    def __init__(self) -> None:
        self._set: datetime | None = None
        self._moved = timedelta()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._set if self._set is not None else datetime.now(UTC) + self._moved

    def set(self, now: datetime) -> None:
        """Stands the clock still at this moment."""
        if now.tzinfo is None:
            raise ValueError(
                "the clock needs a moment with a zone, for example 2026-03-10T09:00:00Z"
            )
        self._set = now.astimezone(UTC)

    def advance(self, seconds: float) -> None:
        """Moves the clock on; a clock that stands still goes on standing still."""
        step = timedelta(seconds=seconds)
        if self._set is None:
            self._moved += step
        else:
            self._set += step

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Stands still at this moment for a while, and is afterwards as it was."""
        before = self._set
        self.set(moment)
        try:
            yield
        finally:
            self._set = before

    def free(self) -> None:
        """Lets the clock show the real time again."""
        self._set = None
        self._moved = timedelta()


def eastern(at: datetime) -> str:
    """`2026-06-29 12:52:44`: New York wall time, to the second, without a zone."""
    return at.astimezone(EASTERN).replace(tzinfo=None).isoformat(" ", "seconds")


def eastern_version(at: datetime) -> str:
    """`2026-06-29 12:52:44.256995`: the same to the microsecond, as in an invoice's `version`."""
    return at.astimezone(EASTERN).replace(tzinfo=None).isoformat(" ", "microseconds")


def eastern_day(at: datetime) -> date:
    """The New York calendar day, by which `updated_min` and `updated_max` are judged."""
    return at.astimezone(EASTERN).date()


def from_eastern(text: str) -> datetime:
    """The moment that `2026-06-29 12:52:44` names; of an hour that comes twice, the first."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


def plain_utc(at: datetime) -> str:
    """`2026-06-29 16:48:49`: UTC in the shape of the accounting stamps, as in `signup_date`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def iso_microseconds(at: datetime) -> str:
    """`2023-04-27T14:33:48.841075Z`: UTC as ledger accounts write it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def iso_utc(at: datetime) -> str:
    """`2026-06-29T12:31:51Z`: UTC as the identity endpoint writes it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat("T", "seconds") + "Z"
