"""Faults a test asks for: statuses, dropped connections, delays, crashes at commit points.

See docs/protocols/sandbox-control.md. Faults are matched in the order they were added.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tieout_sandboxes.nav.errors import REFUSALS, NavError

KINDS = ("status", "refuse", "drop_before", "drop_after", "delay", "delay_after")
GATEWAY_KINDS = ("gateway_crash", "gateway_pause", "gateway_deadlock")
POINTS = (
    "call_received",
    "epoch_stored",
    "key_inserted",
    "lines_posted",
    "committed",
    "answer_ready",
)


class Dropped(Exception):
    """The connection is closed without an answer."""


@dataclass
class Fault:
    """One fault: applies to some requests, skips `after` of them, fires `times` times."""

    id: int
    kind: str
    path: str = ""
    method: str = ""
    after: int = 0
    times: int = 1
    status: int = 503
    retry_after: int | None = None
    html: bool = False
    ms: int | None = None
    point: str = ""
    error: str = ""

    def fires(self) -> bool:
        """Counts one match; True if the fault is due now."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times == 0:
            return False
        self.times -= self.times > 0
        return True


@dataclass
class Faults:
    """All faults in force, and how often each request, fault and point has been met."""

    latency_ms: int = 0
    active: list[Fault] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    _next_id: int = 1
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, options: dict[str, Any]) -> int:
        """Raises ValueError, naming what exists, where the description is not understood."""
        kind, point = options.get("kind"), options.get("point", "")
        if kind not in KINDS + GATEWAY_KINDS:
            raise ValueError(
                f"unknown kind {kind!r}; there are: {', '.join(KINDS + GATEWAY_KINDS)}"
            )
        if kind in GATEWAY_KINDS and point not in POINTS:
            raise ValueError(f"unknown point {point!r}; there are: {', '.join(POINTS)}")
        if kind == "refuse" and options.get("error") not in REFUSALS:
            raise ValueError(f"refuse takes an error of: {', '.join(REFUSALS)}")
        names = set(Fault.__dataclass_fields__) - {"id"}
        unknown = sorted(set(options) - names)
        if unknown:
            raise ValueError(f"unknown {', '.join(unknown)}; there are: {', '.join(sorted(names))}")
        wrong = [n for n in ("after", "times", "status") if type(options.get(n, 0)) is not int]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} must be a whole number")
        fault = Fault(self._next_id, **options)
        self._next_id += 1
        self.active.append(fault)
        return fault.id

    def clear(self) -> None:
        """Removes every fault and releases whatever is paused."""
        self.active.clear()
        self._released.set()
        self._released = asyncio.Event()

    def reset_counters(self) -> None:
        """`requests` and `hits` start again from zero."""
        self.requests.clear()
        self.hits.clear()

    def for_request(self, method: str, path: str) -> Fault | None:
        """The first fault that is due for this request."""
        for fault in self.active:
            wanted = fault.path in path and fault.method.upper() in ("", method)
            if fault.kind in KINDS and wanted and fault.fires():
                self.hits[fault.kind] += 1
                return fault
        return None

    async def at_point(self, point: str) -> None:
        """Called by the gateway at each named point; may pause, may raise Dropped, or NavError for the victim of a deadlock."""
        self.hits[point] += 1
        for fault in self.active:
            if fault.kind not in GATEWAY_KINDS or fault.point != point or not fault.fires():
                continue
            self.hits[fault.kind] += 1
            if fault.kind == "gateway_crash":
                raise Dropped(point)
            if fault.kind == "gateway_deadlock":
                raise NavError("deadlock", REFUSALS["deadlock"])
            await self._pause(fault.ms)

    async def _pause(self, ms: int | None) -> None:
        released = self._released
        try:
            await asyncio.wait_for(released.wait(), None if ms is None else ms / 1000)
        except TimeoutError:
            return
