"""The clock and the three ways a moment is written, also on the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tieout_sandboxes.freshbooks.clock import (
    Clock,
    eastern,
    eastern_day,
    eastern_version,
    iso_utc,
    plain_utc,
)

RECORDED = datetime(2026, 6, 29, 16, 52, 44, 256995, tzinfo=UTC)


def test_a_moment_is_written_in_four_ways() -> None:
    assert eastern(RECORDED) == "2026-06-29 12:52:44"
    assert eastern_version(RECORDED) == "2026-06-29 12:52:44.256995"
    assert plain_utc(RECORDED) == "2026-06-29 16:52:44"
    assert iso_utc(RECORDED) == "2026-06-29T16:52:44Z"


def test_an_eastern_hour_repeats_in_autumn_and_is_left_out_in_spring() -> None:
    first, again = (
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    )
    assert eastern(first) == eastern(again) == "2026-11-01 01:30:00"
    assert eastern(datetime(2026, 3, 8, 6, 59, tzinfo=UTC)) == "2026-03-08 01:59:00"
    assert eastern(datetime(2026, 3, 8, 7, 0, tzinfo=UTC)) == "2026-03-08 03:00:00"


def test_the_eastern_day_begins_hours_after_the_utc_day() -> None:
    assert eastern_day(datetime(2026, 3, 13, 3, 59, tzinfo=UTC)) == date(2026, 3, 12)
    assert eastern_day(datetime(2026, 3, 13, 4, 0, tzinfo=UTC)) == date(2026, 3, 13)


def test_a_set_clock_stands_still_and_can_be_moved() -> None:
    clock = Clock()
    clock.set(RECORDED)
    clock.advance(60)
    assert clock.now() == clock.now() == RECORDED + timedelta(seconds=60)


def test_a_real_clock_runs_and_can_be_moved_and_freed() -> None:
    clock = Clock()
    clock.advance(3600)
    assert timedelta(minutes=59) < clock.now() - datetime.now(UTC) <= timedelta(hours=1)
    clock.free()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Clock().set(datetime(2026, 3, 10))  # noqa: DTZ001
