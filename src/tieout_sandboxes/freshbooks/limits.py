"""How many requests a minute: 600 in general and 250 for accounting POSTs, told on every answer.

The windows are a fixed minute of real time, whatever the sandbox's own clock says, because the
client that waits for one to end waits in real time.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from tieout_sandboxes.freshbooks.switches import Switches

WINDOW_SECONDS = 60.0
Headers = list[tuple[bytes, bytes]]


@dataclass
class Window:
    """One minute's allowance of one class of requests."""

    ends: float
    used: int = 0


@dataclass(frozen=True)
class Allowance:
    """What an answer says about the limits, and whether the request may go ahead."""

    limit: int
    remaining: int
    reset: int
    retry_after: int
    exceeded: bool

    def headers(self) -> Headers:
        """The four headers; `retry-after` is on every answer, not only on refusals."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset),
            (b"retry-after", b"%d" % self.retry_after),
        ]


class Limits:
    """Counts requests by class and, if the switch says so, by token."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._windows: dict[tuple[str, str], Window] = {}

    def take(self, method: str, path: str, token: str) -> Allowance:
        """Counts one request."""
        posts = method == "POST" and path.startswith("/accounting/")
        switches = self._switches
        limit = switches.limit_accounting_post if posts else switches.limit_general
        window = self._window("post" if posts else "general", token)
        enforced = switches.limits == "real"
        exceeded = enforced and window.used >= limit
        window.used += 0 if exceeded or not enforced else 1
        left = math.ceil(max(window.ends - time.time(), 0))
        remaining = max(limit - window.used, 0) if enforced else limit - 1
        return Allowance(limit, remaining, math.ceil(window.ends), left, exceeded)

    def _window(self, name: str, token: str) -> Window:
        key = (name, token if self._switches.limit_scope == "token" else "")
        now = time.time()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = Window(now + WINDOW_SECONDS)
        return window
