"""What happened, line by line, and its fingerprint: two runs of one seed must have the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when, who did it, what."""

    at: datetime
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.who:<12} {self.what}"


@dataclass
class Trace:
    """All that happened in a run. ``keep`` is whether the lines are kept to be told (the fingerprint is always taken)."""

    now: Callable[[], datetime]
    keep: bool = False
    events: list[Event] = field(default_factory=list)
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def note(self, who: str, what: str) -> None:
        """Add a line."""
        at = self.now()
        self._hash.update(f"{at.isoformat()} {who} {what}\n".encode())
        if self.keep:
            self.events.append(Event(at, who, what))

    @property
    def fingerprint(self) -> str:
        """The hash of all lines."""
        return self._hash.hexdigest()[:16]
