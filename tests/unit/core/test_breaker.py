"""How long a connection that fails is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tieout.core.decision.breaker import Breaker, after_failure
from tieout.core.failures import Failure, Throttled, Unauthorized, Unreachable

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DOWN = Unreachable("nav", "down")


def seconds(failures: int, failure: Failure, dice: float) -> float | None:
    """How long it is left alone after so many failures in a row, the last of which was this one."""
    known = None
    if failures > 1:
        known = Breaker(failures=failures - 1, since=NOON, reason="down", open_until=None)
    until = after_failure(known, failure, NOON, dice).open_until
    return None if until is None else (until - NOON) / timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "failure", "least", "most"),
    [
        (3, DOWN, 2.5, 5),
        (4, DOWN, 5, 10),
        (8, DOWN, 80, 160),
        (9, DOWN, 150, 300),
        (10_000, DOWN, 150, 300),
        (1, Unauthorized("nav", "no"), 20, 40),
        (4, Unauthorized("nav", "no"), 40, 80),
        (1, Throttled("nav", "429", 17), 17, 17),
        (9, Throttled("nav", "429", 17), 17, 17),
    ],
)
def test_a_pause_doubles_and_half_of_it_is_left_to_chance(
    failures: int, failure: Failure, least: float, most: float
) -> None:
    assert (seconds(failures, failure, 0.0), seconds(failures, failure, 1.0)) == (least, most)


def test_two_failures_may_be_chance() -> None:
    assert [seconds(number, DOWN, 1.0) for number in (1, 2)] == [None, None]


def test_what_is_told_is_since_when_and_the_last_words() -> None:
    first = after_failure(None, Unreachable("nav", ""), NOON, 0.5)
    second = after_failure(first, DOWN, NOON + timedelta(minutes=1), 0.5)
    assert (first.failures, first.reason) == (1, "Unreachable")
    assert (second.failures, second.since, second.reason) == (2, NOON, "down")
