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
        "deadlock",
        "callback",
        "data_not_found",
    }
)
REFUSALS = {
    "deadlock": "Your activity was deadlocked with another user.",
    "callback": "Callback functions are not allowed.",
    "data_not_found": "There is no Cust. Ledger Entry within the filter.",
}
"""What nothing here brings about by itself: other sessions, dialogs and customised pages do."""


class NavError(Exception):
    """NAV says no: `text` is its sentence, `kind` decides the status or fault it travels with."""

    def __init__(self, kind: str, text: str) -> None:
        assert kind in KINDS, kind
        super().__init__(text)
        self.kind = kind
        self.text = text
