"""Running a program to its end and measuring what it took: seconds, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_S = 0.05


class RunFailed(Exception):
    """A program did not end well; the text has what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """``cpu_s`` is user and system time of the process and of all its children, as the kernel counts it.

    ``memory_mb`` is the sum of the largest resident size of each process, in millions of bytes; what processes share is counted for each.
    """

    wall_s: float
    cpu_s: float
    memory_mb: float


def measured(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a command and measure it. Raises RunFailed if its exit code is not 0."""
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=said
        )
        memory = Memory(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            words = said.read().decode(errors="replace")[-3000:]
            raise RunFailed(f"{' '.join(command)} ended with {process.returncode}\n{words}")
    return Usage(
        wall_s=wall_s, cpu_s=used.ru_utime + used.ru_stime, memory_mb=memory.peak_bytes() / 1e6
    )


class Memory:
    """Watches the memory of a process and its children from a thread, until the process has ended.

    The kernel keeps each process's high-water mark, so that nothing is missed between two looks but what happens in the last moment.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: dict[int, int] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def peak_bytes(self) -> int:
        """The sum of all processes' peaks; waits until the process is gone."""
        self._thread.join()
        return sum(self._peaks.values())

    def _watch(self) -> None:
        while high_water(self._pid):
            for pid in family(self._pid):
                self._peaks[pid] = max(self._peaks.get(pid, 0), high_water(pid))
            time.sleep(SAMPLE_S)


def family(pid: int) -> list[int]:
    """A process and all its children's children that live now."""
    with suppress(psutil.NoSuchProcess):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return []


def high_water(pid: int) -> int:
    """The largest resident size that a process ever had, in bytes; 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_of_tree(pid: int) -> float:
    """Seconds of user and system time that a living process, its living children and those it has seen end have used so far."""
    total = 0.0
    for member in family(pid):
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(member).cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
