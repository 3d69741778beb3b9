"""Chance under a seed: what the sandboxes and the libraries draw (ids, tokens, the order of fields) is drawn from dice that anyone can throw again.

The product itself asks ``Host`` for time and chance and needs none of this. What the two sandboxes ask the machine for is answered here while a simulation
runs: random bytes, the time of the wall, pauses.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from tieout_simulator.virtual_time import VirtualClock


@contextmanager
def seeded(seed: int, clock: VirtualClock) -> Iterator[None]:
    """Random bytes come from the seed, and the time of the wall from the virtual clock."""
    dice = random.Random(f"machine {seed}")  # noqa: S311 - it shall be foreseen
    with (
        mock.patch.object(os, "urandom", dice.randbytes),
        mock.patch.object(random, "_urandom", dice.randbytes),
        mock.patch.object(time, "time", clock.wall),
        mock.patch.object(time, "monotonic", clock.monotonic),
    ):
        yield
