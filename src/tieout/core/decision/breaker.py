"""When a connection is left alone: after several failures in a row it is not called for a while, then once to see, and again as before when that goes well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.core.failures import Failure, Throttled, Unauthorized

# Failures in a row that open it; a refused consent opens it at once, since only a person can help.
THRESHOLD = 3
FIRST_S, CAP_S = 5.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How a connection has failed: how often in a row, since when, the last words, and until when it is left alone (None: it is still called)."""

    failures: int
    since: datetime
    reason: str
    open_until: datetime | None


def after_failure(known: Breaker | None, failure: Failure, now: datetime, dice: float) -> Breaker:
    """The breaker after one more failure; ``dice`` is a random number from 0 to 1.

    Throttling says itself how long to wait and opens it at once. Otherwise the pause doubles from five seconds to five minutes, of which half is left to
    chance, so that many workers do not come back together.

    >>> from tieout.core.failures import Unreachable
    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    >>> first = after_failure(None, Unreachable("nav", "down"), noon, 1.0)
    >>> first.failures, first.open_until
    (1, None)
    >>> third = after_failure(after_failure(first, Unreachable("nav", "down"), noon, 1.0), Unreachable("nav", "down"), noon, 1.0)
    >>> str(third.open_until)
    '2026-03-10 12:00:05+00:00'
    """
    failures = known.failures + 1 if known else 1
    return Breaker(
        failures=failures,
        since=known.since if known else now,
        reason=failure.text or type(failure).__name__,
        open_until=_open_until(failures, failure, now, dice),
    )


def _open_until(failures: int, failure: Failure, now: datetime, dice: float) -> datetime | None:
    if isinstance(failure, Throttled):
        return now + timedelta(seconds=failure.wait_s)
    over = failures - THRESHOLD
    if isinstance(failure, Unauthorized):
        over = max(over, 0) + 3
    if over < 0:
        return None
    pause = min(CAP_S, FIRST_S * 2 ** min(over, 20))
    return now + timedelta(seconds=pause * (0.5 + dice / 2))
