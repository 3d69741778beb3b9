"""What was judged before, in a file: an interrupted run goes on where it was."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from mutation.judge import STAGES
from mutation.operators import Mutant
from mutation.touched import digest
from mutation.workshop import ROOT


@dataclass
class Verdict:
    """What is known of a mutant: ``caught`` in a ``stage`` by a test; ``broken``, which is not counted; ``equivalent``; or still open.

    Of an open one, which stages it has ``passed``, each with the state of its tests: it has to pass again what was changed.
    """

    word: str = "open"
    stage: str = ""
    by: str = ""
    passed: dict[str, str] = field(default_factory=dict)

    def has_passed(self, stage: str) -> bool:
        return self.passed.get(stage) == state(stage)


class Kept:
    """Verdicts by the key of the mutant."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        rows = json.loads(path.read_text()) if resume and path.exists() else {}
        self._path = path
        self._verdicts = {key: Verdict(**row) for key, row in rows.items()}

    def verdict(self, mutant: Mutant) -> Verdict:
        return self._verdicts.setdefault(mutant.key, Verdict())

    def save(self) -> None:
        rows = {key: asdict(verdict) for key, verdict in self._verdicts.items()}
        self._path.write_text(json.dumps(rows, indent=1))


@cache
def state(stage: str) -> str:
    """A word for the tests of a stage as they are; read once."""
    folders = [ROOT / place for place in STAGES[stage]]
    found = {path for folder in folders for path in folder.rglob("*.py")}
    return digest(found | {folder for folder in folders if folder.suffix})
