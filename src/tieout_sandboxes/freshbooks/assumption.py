"""How an assumption is written down: its default, what it says, and the values it may have."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def assumed(default: Any, doc: str, *choices: Any) -> Any:
    """A field of a class of switches."""
    return field(default=default, metadata={"doc": doc, "choices": choices})
