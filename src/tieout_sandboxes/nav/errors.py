"""What NAV answers when it refuses: one kind for the program, one sentence for the person."""

from __future__ import annotations

KINDS = frozenset(
    {
        "dialog",
        "record_not_found",
        "duplicate",
        "testfield",
        "table_relation",
        "length",
        "option",
        "evaluate",
        "not_allowed",
        "stale",
        "lock",
        "permission",
        "unknown_field",
        "read_only",
    }
)


class NavError(Exception):
    """NAV says no: `text` is its sentence, `kind` decides the status or fault it travels with."""

    def __init__(self, kind: str, text: str) -> None:
        assert kind in KINDS, kind
        super().__init__(text)
        self.kind = kind
        self.text = text
