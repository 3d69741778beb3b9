from __future__ import annotations

import pytest

from tieout.connectors.budget import BURST, Budget


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(budget: Budget, remaining: int, *, left: int = 50, limit: int = 600) -> None:
    budget.learn(
        200,
        {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(remaining),
            "retry-after": str(left),
        },
    )


def test_a_silent_server_gets_a_burst_and_then_a_steady_rate() -> None:
    budget = Budget(8, Clock())
    waits = [budget.reserve() for _ in range(BURST + 9)]
    assert waits[: BURST + 1] == [0.0] * (BURST + 1)
    assert [round(w, 3) for w in waits[BURST + 1 :]] == [0.125 * n for n in range(1, 9)]


def test_a_server_with_plenty_left_is_not_waited_for() -> None:
    budget = Budget(8, Clock())
    told(budget, 600)
    assert sum(budget.reserve() for _ in range(500)) == 0


def test_what_is_scarce_is_spread_over_the_rest_of_the_window() -> None:
    clock = Clock()
    budget = Budget(8, clock)
    told(budget, 49)
    waits = [budget.reserve() for _ in range(3)]
    assert waits == pytest.approx([0, 50 / 50, 50 / 50 + 50 / 49])


def test_nothing_left_waits_for_the_next_window_and_then_runs_again() -> None:
    clock = Clock()
    budget = Budget(8, clock)
    told(budget, 0, left=30)
    assert budget.reserve() == 30
    clock.now += 31
    told(budget, 599, left=59)
    assert [budget.reserve() for _ in range(5)] == [0] * 5


def test_a_refusal_for_being_too_fast_holds_all_calls_back() -> None:
    budget = Budget(3, Clock())
    budget.learn(429, {"retry-after": "20"})
    assert budget.reserve() == 20


def test_late_answers_do_not_raise_the_figure_within_a_window() -> None:
    budget = Budget(8, Clock())
    told(budget, 0, left=30)
    told(budget, 400, left=30)
    assert budget.reserve() == 30


def test_calls_in_flight_count() -> None:
    budget = Budget(8, Clock())
    told(budget, 61)
    waits = [budget.reserve() for _ in range(5)]
    assert waits[:2] == [0, 0]
    assert waits[4] > waits[3] > 0


def test_headers_that_are_no_numbers_are_ignored() -> None:
    budget = Budget(8, Clock())
    budget.learn(200, {"x-ratelimit-limit": "many", "x-ratelimit-remaining": "0"})
    assert budget.reserve() == 0
