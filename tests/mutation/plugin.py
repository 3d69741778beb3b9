"""What pytest does differently in the workshop: only chosen tests, the quickest first; no shrinking; and, once, who touches which line.

``MUTATION_ORDER`` names a file with the tests to run, in their order; ``MUTATION_TOUCHED`` one into which goes what each test touched.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest
from hypothesis import Phase, settings

ORDER, TOUCHED = os.environ.get("MUTATION_ORDER"), os.environ.get("MUTATION_TOUCHED")
SOURCE = Path(__file__).parents[2] / "src"

# A mutant needs no smallest example, and no memory of another mutant's.
settings.register_profile(
    "mutation", database=None, phases=[Phase.explicit, Phase.generate], deadline=None
)
settings.load_profile("mutation")


def pytest_configure(config: pytest.Config) -> None:
    if TOUCHED:
        config.pluginmanager.register(_Watch(Path(TOUCHED)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if ORDER:
        rank = {name: index for index, name in enumerate(json.loads(Path(ORDER).read_text()))}
        items[:] = sorted(
            (item for item in items if item.nodeid in rank), key=lambda item: rank[item.nodeid]
        )


class _Watch:
    """Notes of each test whether it passed, how long it took, and which lines of the product it ran."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: dict[str, float] = {}
        self._failed: set[str] = set()
        self._coverage = coverage.Coverage(
            data_file=None,
            config_file=False,
            include=[f"{SOURCE}/tieout/*"],
            concurrency=["thread", "greenlet"],
            messages=False,
        )
        # Tests that run nothing of the product are no trouble.
        self._coverage.set_option("run:disable_warnings", ["no-data-collected"])
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        begun = time.monotonic()
        result = yield
        self._seconds[item.nodeid] = round(time.monotonic() - begun, 3)
        self._coverage.switch_context("")
        return result  # type: ignore[return-value]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        touched: dict[str, dict[str, list[int]]] = {
            name: {} for name in self._seconds if name not in self._failed
        }
        for file in data.measured_files():
            below = Path(file).relative_to(SOURCE).as_posix()
            by_test = defaultdict(list)
            for line, names in data.contexts_by_lineno(file).items():
                for name in names:
                    by_test[name].append(line)
            for name, lines in by_test.items():
                if name in touched:
                    touched[name][below] = lines
        found = {
            name: {"seconds": self._seconds[name], "lines": lines}
            for name, lines in touched.items()
        }
        self._path.write_text(json.dumps(found))
