"""How fast we may ask a server that counts its callers' requests.

A server that says how much is left of its window is believed: with plenty left we do not wait at all, with less than a tenth left the rest is spread
over the rest of the window. One that says nothing gets a steady rate with a small burst. Nothing here sleeps; ``reserve`` says how long to wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

BURST = 10
SCARCE = 10  # a tenth
WINDOW_S = 60.0


class Budget:
    """The requests that one class of calls (reads, say) may make to one server; ``rate`` per second where the server does not tell."""

    def __init__(
        self,
        rate: float,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._wall = wall
        self._interval = 1 / rate
        self._now = now
        self._next = 0.0
        self._limit = 0
        self._remaining = 0
        self._ends = 0.0
        self.taken = 0

    @property
    def per_second(self) -> float:
        """How many requests a second the server allows: as it said, or as was assumed."""
        return self._limit / WINDOW_S if self._limit > 1 else 1 / self._interval

    def reserve(self) -> float:
        """Take the next free place; how many seconds to wait for it."""
        self.taken += 1
        now = self._now()
        interval, slack = self._pace(now)
        slot = max(self._next, now)
        if slot < self._ends and self._limit and self._remaining <= 0:
            slot = self._ends
        self._next = slot + interval
        self._remaining -= 1
        return max(0.0, slot - now - slack)

    def learn(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer says about the window: ``x-ratelimit-limit``, ``-remaining``, and its end.

        The end is ``retry-after`` in seconds, or else ``x-ratelimit-reset`` in Unix time.
        """
        limit, remaining, left = (
            _number(headers.get(name))
            for name in ("x-ratelimit-limit", "x-ratelimit-remaining", "retry-after")
        )
        if left is None and (reset := _number(headers.get("x-ratelimit-reset"))) is not None:
            left = int(min(max(reset - self._wall(), 0), WINDOW_S))
        now = self._now()
        if status == 429:
            self._limit, self._remaining = self._limit or 1, 0
            self._ends = now + (left if left is not None else 10)
        elif limit and remaining is not None:
            ends = now + (WINDOW_S if left is None else left)
            same_window = now < self._ends and abs(ends - self._ends) < 2
            # Answers overtake each other; within a window the lower figure is the later one.
            self._remaining = min(self._remaining, remaining) if same_window else remaining
            self._limit, self._ends = limit, ends

    def _pace(self, now: float) -> tuple[float, float]:
        """Seconds between requests, and how much may be borrowed from the future."""
        if not self._limit:
            return self._interval, BURST * self._interval
        if now >= self._ends:  # a new window has begun, of which nothing is known yet
            self._remaining, self._next = self._limit, now
            self._ends = now + WINDOW_S
        if self._remaining * SCARCE >= self._limit:
            self._next = now
            return 0.0, 0.0
        return (self._ends - now) / (max(self._remaining, 0) + 1), 0.0


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
