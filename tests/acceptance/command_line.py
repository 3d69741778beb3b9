"""The real command line in processes of its own, beside sandboxes in another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIEOUT = (sys.executable, "-m", "tieout.app.cli")
SRC = str(Path(__file__).parents[2] / "src")


@dataclass
class CommandLine:
    """Runs ``tieout`` with a home of its own and keeps everything that it wrote."""

    home: Path
    written: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, "TIEOUT_HOME": str(self.home), "PYTHONPATH": SRC}

    def __call__(self, *arguments: str, given: str = "", ends: int = 0) -> str:
        """What a command writes; it must end with this code, and what fails must say why."""
        done = subprocess.run(
            (*TIEOUT, *arguments),
            input=given,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
            check=False,
        )
        self.keep(done.stdout, done.stderr)
        assert done.returncode == ends, f"{arguments}: {done.returncode}\n{done.stderr}"
        silent = not done.stdout or ends == 2  # What could be told is told, though not all of it.
        assert ends in (0, 1) or (done.stderr.strip() and silent) or "--json" in arguments
        return done.stdout + ("" if ends in (0, 1) or done.stdout else done.stderr)

    def json(self, *arguments: str, ends: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", ends=ends))

    def keep(self, out: str, log: str) -> None:
        self.written += [out, log]
        self.logged.append(log)
        assert "Traceback" not in out + log, out + log


@contextmanager
def sandbox(tieout: CommandLine, *options: str) -> Iterator[dict[str, Any]]:
    """``tieout sandbox`` until the block ends; the connection that it prints."""
    with subprocess.Popen(
        (*TIEOUT, "sandbox", "--limits", "off", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=tieout.environment,
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
