"""What was judged before, in a file: an interrupted run goes on where it was."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from mutation.judge import Verdict
from mutation.operators import Mutant
from mutation.touched import digest
from mutation.workshop import ROOT


class Kept:
    """Verdicts by the key of the mutant. What survived is judged again as soon as any test was changed."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self._path = path
        tests = (ROOT / "tests").rglob("*.py")
        self._tests = digest(path for path in tests if path.parent.name != "mutation")
        self._rows = json.loads(path.read_text()) if resume and path.exists() else {}

    def verdict(self, mutant: Mutant) -> Verdict | None:
        row = self._rows.get(mutant.key)
        if row is None or (row["verdict"]["verdict"] == "survived" and row["tests"] != self._tests):
            return None
        return Verdict(**row["verdict"])

    def keep(self, mutant: Mutant, verdict: Verdict) -> None:
        self._rows[mutant.key] = {
            "file": mutant.file,
            "line": mutant.first_line,
            "operator": mutant.operator,
            "tests": self._tests,
            "verdict": asdict(verdict),
        }
        self._path.write_text(json.dumps(self._rows, indent=1))
