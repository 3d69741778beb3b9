"""What ``tieout pair check`` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One thing that was checked and what was found. ``checked`` is false where not all of it could be checked."""

    what: str
    ok: bool
    found: str
    unreachable: bool = False
    checked: bool = True

    @property
    def mark(self) -> str:
        """How the table shows it: ``ok``, ``NO``, or ``--`` where it could not be checked."""
        if not self.ok:
            return "NO"
        return "ok" if self.checked else "--"
