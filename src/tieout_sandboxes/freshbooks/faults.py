"""Faults a test may order: answers that fail, connections that drop before or after the work is done,
deliveries that are lost, doubled, held up or out of order.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

REQUEST_KINDS = ("status", "drop_before", "drop_after", "delay", "delay_after", "cut", "rewrite")
WEBHOOK_KINDS = ("webhook_lose", "webhook_duplicate", "webhook_delay", "webhook_reorder")
KINDS = (*REQUEST_KINDS, *WEBHOOK_KINDS)


@dataclass
class Fault:
    """One ordered fault: skips `after` matches, then fires `times` times (-1: for ever)."""

    id: int
    kind: str
    path: str = ""
    method: str = ""
    after: int = 0
    times: int = 1
    ms: int = 0
    status: int = 503
    retry_after: int | None = None
    html: bool = False
    find: str = ""
    put: str = ""
    _matched: int = field(default=0, repr=False)

    def fires(self, method: str, path: str) -> bool:
        """Counts a match and says whether the fault applies to it."""
        if self.path not in path or (self.method and self.method.upper() != method):
            return False
        self._matched += 1
        shot = self._matched - self.after
        return shot > 0 and (self.times < 0 or shot <= self.times)

    def shown(self) -> dict[str, Any]:
        """The fault as the control API reports it."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class BadFault(ValueError):
    """Raised for a fault that cannot be ordered; says what can."""


class Faults:
    """All faults in force, and how often each has fired."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, wanted: dict[str, Any]) -> int:
        """Orders a fault and answers its id."""
        if wanted.get("kind") not in KINDS:
            raise BadFault(f"no fault {wanted.get('kind')!r}; there are: {', '.join(KINDS)}")
        allowed = set(vars(Fault(0, "")))
        unknown = [name for name in wanted if name.startswith("_") or name not in allowed - {"id"}]
        if unknown:
            names = sorted(name for name in allowed if not name.startswith("_") and name != "id")
            raise BadFault(f"no parameter {unknown[0]!r}; there are: {', '.join(names)}")
        fault = Fault(next(self._ids), **wanted)
        self._faults.append(fault)
        return fault.id

    def clear(self) -> None:
        """Removes all faults."""
        self._faults.clear()

    def shown(self) -> list[dict[str, Any]]:
        """The faults in force."""
        return [fault.shown() for fault in self._faults]

    def firing(self, kinds: tuple[str, ...], method: str, path: str) -> list[Fault]:
        """The faults of these kinds that apply to a request or a notification, counted as hits."""
        found = [one for one in self._faults if one.kind in kinds and one.fires(method, path)]
        for fault in found:
            self.hits[str(fault.id)] += 1
            self.hits[fault.kind] += 1
        return found
