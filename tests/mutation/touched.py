"""Which test runs which line of the product: measured once, and anew for each test file that changed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from mutation.operators import Mutant
from mutation.workshop import SOURCE, Workshop

HOUR_S = 3600.0


class Measured(NamedTuple):
    """A test that passes on the product as it is; ``changed`` are modules that have other lines since that was measured."""

    name: str
    seconds: float
    lines: dict[str, list[int]]
    changed: frozenset[str] = frozenset()

    def distance(self, mutant: Mutant) -> int:
        """0: it runs a line of the mutant; 1: of its module; 2: of its folder; 3: of any other place."""
        lines = self.lines.get(mutant.file, ())
        if any(mutant.first_line <= line <= mutant.last_line for line in lines):
            return 0
        if lines:
            return 0 if mutant.file in self.changed else 1
        folder = mutant.file.rpartition("/")[0]
        return 2 if any(file.startswith(folder) for file in self.lines) else 3

    def concerns(self, mutant: Mutant) -> bool:
        """Whether the test could notice it. What is made at import may be looked at by any, also by one that runs no line of ours."""
        return mutant.at_import or self.distance(mutant) == 0


class Touched:
    """What was measured, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path, self._turn = path, Lock()
        self._product = {
            file.relative_to(SOURCE).as_posix(): digest([file])
            for file in (SOURCE / "tieout").rglob("*.py")
        }
        self._files: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def tests(self, workshop: Workshop, names: Sequence[str]) -> list[Measured]:
        """The tests of these files, the quickest first."""
        with self._turn:
            self._measure(workshop, names)
        return sorted(self._known(names), key=lambda test: test.seconds)

    def _measure(self, workshop: Workshop, names: Sequence[str]) -> None:
        """Run the tests of these files that are new or were changed."""
        known = {name: found["digest"] for name, found in self._files.items()}
        wanted = {name: digest([workshop.root / name]) for name in names}
        stale = [name for name, text in wanted.items() if known.get(name) != text]
        if not stale:
            return
        result = workshop.root / "touched.json"
        result.unlink(missing_ok=True)
        ended = workshop.run(
            *("pytest", "-q", "-p", "no:cacheprovider", "-p", "mutation.plugin", *stale),
            limit_s=HOUR_S,
            MUTATION_TOUCHED=str(result),
        )
        print(ended.output[-2000:], file=sys.stderr, flush=True)
        # 0: all pass; 1: some do not, which are left out. Anything else was interrupted.
        assert ended.code in (0, 1)
        found = json.loads(result.read_text())
        for name in stale:
            tests = {test: row for test, row in found.items() if test.split("::")[0] == name}
            self._files[name] = {
                "digest": wanted[name],
                "product": self._product,
                "tests": tests,
            }
        self._path.write_text(json.dumps(self._files))

    def _known(self, names: Sequence[str]) -> Iterator[Measured]:
        for file in names:
            known = self._files[file]
            changed = frozenset(
                name for name, text in self._product.items() if known["product"].get(name) != text
            )
            for name, row in known["tests"].items():
                yield Measured(name, row["seconds"], row["lines"], changed)


def digest(files: Iterable[Path]) -> str:
    """A word for the content of files."""
    found = hashlib.sha256()
    for file in sorted(files):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
