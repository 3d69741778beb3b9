"""When to look again after the outside world failed."""

from __future__ import annotations

from datetime import timedelta

from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Outdated,
    Refused,
    Throttled,
    Unintelligible,
    Unstorable,
)

FIRST_S, CAP_S = 1.0, 900.0
# So often may one document fail all by itself before it is given up: after an hour or two.
LONE_FAILURES = 16
ITS_OWN = (OutcomeUnknown, Unintelligible, Unstorable, Refused)


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


def wait_without_progress(attempt: int, dice: float) -> timedelta:
    """How long until a document that waits for another is looked at again: from a second to a quarter of an hour, longer each time nothing has moved.

    >>> wait_without_progress(0, 1.0), wait_without_progress(30, 1.0)
    (datetime.timedelta(seconds=1), datetime.timedelta(seconds=900))
    """
    return timedelta(seconds=min(CAP_S, FIRST_S * 2 ** min(attempt, 20)) * (0.5 + dice / 2))


def is_its_own(failure: Failure) -> bool:
    """Whether a failure met by one document alone says something about that document. That a system cannot be reached does not."""
    return isinstance(failure, ITS_OWN)


def given_up(failure: Failure, failures: int) -> bool:
    """Whether a document that has now failed ``failures`` times all by itself is given up.

    >>> given_up(OutcomeUnknown("nav", "no answer"), 16), given_up(OutcomeUnknown("nav", "no answer"), 15)
    (True, False)
    """
    return is_its_own(failure) and failures >= LONE_FAILURES


def cause_of_death(failure: Failure, failures: int) -> str:
    """Why a document was given up, for a person."""
    return (
        f"GIVEN_UP: failed {failures} times by itself, the last time in {failure.system}: {failure.text.rstrip('.')}. "
        "Clear up the cause, then retry."
    )
