"""When to look again after the outside world failed."""

from __future__ import annotations

from datetime import timedelta

from tieout.core.failures import Failure, OutcomeUnknown, Outdated, Throttled

FIRST_S, CAP_S = 1.0, 900.0


def wait_after(failure: Failure, attempt: int, dice: float) -> timedelta:
    """How long to wait before attempt ``attempt`` + 1; ``dice`` is a random number from 0 to 1 (full jitter).

    Throttling says itself how long. What was overtaken, or has no known outcome, is looked at again at once, the first time.
    Everything else doubles from one second to a quarter of an hour.

    >>> from tieout.core.failures import Unreachable
    >>> wait_after(Unreachable("nav", "down"), 3, 1.0)
    datetime.timedelta(seconds=8)
    """
    if isinstance(failure, Throttled):
        return timedelta(seconds=failure.wait_s)
    if isinstance(failure, Outdated | OutcomeUnknown) and attempt == 0:
        return timedelta(0)
    ceiling = min(CAP_S, FIRST_S * 2 ** min(attempt, 20))
    return timedelta(seconds=ceiling * max(dice, 0.1))
