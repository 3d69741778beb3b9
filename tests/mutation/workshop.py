"""A copy of the repository with an environment of its own, in which one mutant at a time is planted and judged."""

from __future__ import annotations

import os
import py_compile
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mutation.operators import Mutant

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".tieout*", "*.log"
)
# Mistakes this small are found by the first examples or by none.
FEWER = 10
EXAMPLES = re.compile(r"(max_examples=|^EXAMPLES = )([\d_]+)", re.MULTILINE)
GRACE_S = 10


@dataclass(frozen=True)
class Ended:
    """How a program ended; ``code`` is None where its time was over."""

    code: int | None
    output: str


class Workshop:
    """The copy. Everything that runs in it, tests and what they start, finds the product there and nowhere else."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.root, self._database = folder / "copy", database
        self.source = self.root / "src"
        self.stopped = False
        self._running: subprocess.Popen[str] | None = None
        shutil.copytree(ROOT, self.root, ignore=LEFT_OUT)
        shared = ROOT.parent / "shared"
        if shared.is_dir():
            (folder / "shared").symlink_to(shared)
        self._python = _environment(self.root)
        self._compile()
        _ask_for_fewer_examples(self.root / "tests")

    def _compile(self) -> None:
        """Two mutants of a second may have the same length: what is compiled is told apart by content, not by time."""
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        for path in self.source.rglob("*.py"):
            py_compile.compile(str(path), doraise=True, invalidation_mode=mode)

    @contextmanager
    def planted(self, mutant: Mutant) -> Iterator[None]:
        path = self.source / mutant.file
        path.write_bytes(mutant.wrong)
        try:
            yield
        finally:
            path.write_bytes(mutant.right)

    def run(self, *arguments: str, limit_s: float, **variables: str) -> Ended:
        """Run a module of Python in the copy; it and what it started end with it."""
        with subprocess.Popen(
            [str(self._python), "-m", *arguments],
            cwd=self.root,
            env={**self._variables(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            self._running = process
            if self.stopped:
                self.stop()
            try:
                output, _ = process.communicate(timeout=limit_s)
                return Ended(process.returncode, output)
            except subprocess.TimeoutExpired:
                return Ended(None, "")
            finally:
                _end(process)

    def stop(self) -> None:
        """End what runs, and at once whatever is started later."""
        self.stopped = True
        if self._running is not None:
            _end(self._running)

    def _variables(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "MUTATION"))}
        paths = (self.source, self.root, self.root / "tests")
        kept["PYTHONPATH"] = os.pathsep.join(str(path) for path in paths)
        kept["PATH"] = os.pathsep.join((str(self._python.parent), kept.get("PATH", os.defpath)))
        if self._database:
            kept["TIEOUT_TEST_DATABASE_URL"] = self._database
        return kept


def _environment(root: Path) -> Path:
    """A Python that has what ours has, and the copy's source before ours."""
    venv.create(root / ".venv", symlinks=True, with_pip=False)
    python = root / ".venv" / "bin" / "python"
    site = next((root / ".venv").glob("lib/python3.*/site-packages"))
    ours = sysconfig.get_path("purelib")
    (site / "mutation.pth").write_text(f"{root / 'src'}\n{ours}\n")
    for program in Path(sys.executable).parent.iterdir():
        if not (python.parent / program.name).exists():
            (python.parent / program.name).symlink_to(program)
    return python


def _ask_for_fewer_examples(tests: Path) -> None:
    for path in (tests / "properties").glob("test_*.py"):
        text = EXAMPLES.sub(
            lambda found: f"{found[1]}{max(10, int(found[2]) // FEWER)}", path.read_text()
        )
        path.write_text(text)


def _end(process: subprocess.Popen[str]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
            return
