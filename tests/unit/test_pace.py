"""A company that could not be reached is left alone for longer each time, and no other is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tieout.core.failures import Throttled, Unreachable
from tieout.engine.schedule import Pace


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


def test_ready_until_it_fails() -> None:
    clock = Clock()
    pace = Pace(clock, lambda: 1.0)
    assert pace.ready(1)
    pace.failed(1, Unreachable("nav", "down"))
    assert not pace.ready(1)
    assert pace.ready(2)
    clock.now += timedelta(seconds=2)
    assert pace.ready(1)


def test_waits_grow_and_end_with_success() -> None:
    clock = Clock()
    pace = Pace(clock, lambda: 1.0)
    pace.failed(1, Unreachable("nav", "down"))
    pace.failed(1, Unreachable("nav", "down"))
    clock.now += timedelta(seconds=3)
    assert not pace.ready(1)
    pace.succeeded(1)
    assert pace.ready(1)


def test_throttling_says_itself_how_long() -> None:
    clock = Clock()
    pace = Pace(clock, lambda: 1.0)
    pace.failed(1, Throttled("freshbooks", "429", 60))
    clock.now += timedelta(seconds=59)
    assert not pace.ready(1)
    clock.now += timedelta(seconds=2)
    assert pace.ready(1)
