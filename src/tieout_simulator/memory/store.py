"""The store in memory: the same face as the PostgreSQL store, held to it by the same contract tests."""

from __future__ import annotations

from tieout_simulator.memory.adoptions import Adoptions
from tieout_simulator.memory.agreement import Agreement
from tieout_simulator.memory.connections import Connections
from tieout_simulator.memory.explain import Dossiers
from tieout_simulator.memory.frozen import FrozenDays
from tieout_simulator.memory.line import Lines
from tieout_simulator.memory.recorded import Records
from tieout_simulator.memory.settle import Settling


class MemoryStore(
    Connections, Lines, Settling, Records, Dossiers, Agreement, Adoptions, FrozenDays
):
    """``engine.ports.Store`` in memory, and what the wiring asks besides; every transaction is whole or not at all, and alone."""
