"""Where this installation keeps its state and how it is told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``home`` holds all state (``TIEOUT_HOME``); ``database_url`` (``DATABASE_URL``) overrides the embedded database.

    ``crash_at`` (``TIEOUT_CRASH_AT``, for tests of the machinery only) names a point of a
    transaction, ``record.before_commit:3``, at which the process kills itself.
    """

    home: Path
    database_url: str
    crash_at: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        default = Path(environment.get("HOME", "~")).expanduser() / ".tieout"
        return cls(
            home=Path(environment.get("TIEOUT_HOME") or default).absolute(),
            database_url=environment.get("DATABASE_URL", ""),
            crash_at=environment.get("TIEOUT_CRASH_AT", ""),
        )
