"""The queue of a test: the real one and the simulation's, which must not be told from it."""

from __future__ import annotations

import pytest
from tests.integration.engine.queues import ModelQueue, Queue, RealQueue


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a queue runs on both."""
    if "queue" in metafunc.fixturenames:
        metafunc.parametrize("queue", ["postgresql", "memory"], indirect=True)


@pytest.fixture
async def queue(request: pytest.FixtureRequest) -> Queue:
    """An empty queue."""
    if request.param == "memory":
        return ModelQueue()
    return await RealQueue.empty(request.getfixturevalue("database_url"))
