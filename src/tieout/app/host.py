"""The machine that a worker runs on, as far as its work depends on it."""

from __future__ import annotations

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The clock of the wall."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Its clocks (``monotonic`` in seconds, for pauses), its dice (from 0 up to, not including, 1), and the name under which it holds leases.

    Nothing in the product asks the time or chance in another way, so that a simulation can be both.
    """

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    dice: Callable[[], float] = random.random
    owner: str = ""


def this_host() -> Host:
    """The one that this process runs on; the name is new for every process."""
    return Host(owner=f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}")
