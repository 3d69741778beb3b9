"""The store in memory has every method of the real one, called in the same way, and each is tried on both."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tieout.store.store import PostgresStore
from tieout.store.tokens import ConnectionTokens
from tieout_simulator.memory.store import MemoryStore
from tieout_simulator.memory.tokens import MemoryTokens

HERE = Path(__file__)
FACES = ((PostgresStore, MemoryStore), (ConnectionTokens, MemoryTokens))
# How a transaction is opened is their own affair.
OWN = {"transaction"}
METHODS = [
    pytest.param(real, model, name, id=f"{real.__name__}.{name}")
    for real, model in FACES
    for name in dir(real)
    if not name.startswith("_") and name not in OWN
]


def parameters(face: type, name: str) -> list[tuple[str, object, object]]:
    found = inspect.signature(getattr(face, name)).parameters.values()
    return [(each.name, each.kind, each.default) for each in found]


@pytest.mark.parametrize(("real", "model", "name"), METHODS)
def test_the_model_has_it_and_the_suite_tries_it(real: type, model: type, name: str) -> None:
    assert parameters(real, name) == parameters(model, name)
    suite = "".join(path.read_text() for path in HERE.parent.glob("*.py") if path != HERE)
    assert re.search(rf"\.{name}\(", suite), "no test calls it"
